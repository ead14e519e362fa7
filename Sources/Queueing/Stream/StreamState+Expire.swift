// Messages leave a stream because their time is over.

public import Base

extension StreamState {
    /// When `expire` has something to do next.
    public var nextExpiry: Instant {
        mutating get {
            guard !rules.flags.contains(.sealed) else { return .distantFuture }
            var next = expiries.first?.time ?? .distantFuture
            if rules.ageMax > 0, let oldest = nextAgeing() {
                next = min(next, index.time(of: oldest).adding(nanoseconds: rules.ageMax))
            }
            return next
        }
    }

    /// Removes messages whose time is over, and stores markers for subjects that end.
    ///
    /// - Returns: whether there is more to do at once; at most `most` messages are looked at.
    public mutating func expire(at now: Instant, most: Int) -> Bool {
        guard !rules.flags.contains(.sealed) else { return false }
        var left = most
        while let first = expiries.first, first.time <= now {
            guard left > 0 else { return true }
            left -= 1
            expiries.removeFirst()
            if index.contains(first.sequence) { end(first.sequence, at: now) }
        }
        guard rules.ageMax > 0, now.nanoseconds > rules.ageMax else { return false }
        let limit = now.nanoseconds - rules.ageMax
        while let oldest = nextAgeing(), index.time(of: oldest).nanoseconds <= limit {
            guard left > 0 else { return true }
            left -= 1
            ageCursor = oldest &+ 1
            if !immortals.contains(oldest) { end(oldest, at: now) }
        }
        return false
    }

    /// The first message that `ageMax` has not looked at.
    private mutating func nextAgeing() -> UInt64? {
        let next = index.next(from: ageCursor)
        guard next > 0 else { return nil }
        ageCursor = next
        return next
    }

    /// Removes a message; the last one of a subject may leave a marker.
    private mutating func end(_ sequence: UInt64, at now: Instant) {
        let number = index.subject(of: sequence)
        guard rules.deleteMarkerTtl > 0, subjects[number].count == 1,
            !markers.contains(sequence), lastSequence < .max
        else { return remove(sequence) }
        mark(number, at: now)
    }

    /// Stores the marker of a subject's end, which replaces its last message.
    private mutating func mark(_ number: UInt32, at now: Instant) {
        let wait = rules.deleteMarkerTtl / nanosecondsPerSecond * nanosecondsPerSecond
        let text = durationText(Int64(wait))
        let headers = Array(
            "NATS/1.0\r\nNats-Marker-Reason: MaxAge\r\nNats-TTL: \(text)\r\nNats-Rollup: sub\r\n\r\n"
                .utf8
        )
        let subject = subjects.name(number).array
        let plan = StorePlan(
            sequence: lastSequence &+ 1,
            time: max(now, lastTime.adding(nanoseconds: 1)),
            ttl: .after(wait),
            rollup: .subject,
            isMarker: true
        )
        _ = store(
            plan,
            subject: subject.raw,
            headers: headers.raw,
            payload: RawSpan()
        )
        // What is over goes whether its marker becomes safe or not.
        enforce(.subject, on: number, upTo: lastSequence)
        markersStored += 1
    }
}
