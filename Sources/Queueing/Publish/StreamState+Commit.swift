// A message is stored: the one way that a stream grows, at run time and after a restart.

public import Base

extension StreamState {
    /// Stores a message that `decide` let pass, and removes what has to make room for it.
    ///
    /// `isWanted` is `false` if nobody is interested in a stream that keeps only what somebody
    /// wants; the sequence is used up all the same.
    ///
    /// - Throws: why there is no room.
    public mutating func commit(
        _ staged: Staged,
        subject: RawSpan,
        headers: RawSpan,
        payload: RawSpan,
        isWanted: Bool,
        at now: Instant
    ) throws(PublishRefusal) -> Stored {
        let stamp = max(now, lastTime.adding(nanoseconds: 1))
        let id = headers.part(staged.headers.messageId)
        guard isWanted else { return skip(id, at: stamp) }
        try checkRoom(staged, subject: subject, headers: headers, payload: payload)
        let sequence = lastSequence &+ 1
        remember(id, sequence, at: stamp)
        guard staged.hasNewSubject, let own = stagedSubject.take() else {
            return commit(staged, subject, headers, payload, sequence, stamp)
        }
        let stored = commit(staged, own: own, headers, payload, sequence, stamp)
        stagedSubject = consume own
        return stored
    }

    private mutating func commit(
        _ staged: Staged,
        own subject: borrowing Table<UInt8>,
        _ headers: RawSpan,
        _ payload: RawSpan,
        _ sequence: UInt64,
        _ time: Instant
    ) -> Stored {
        commit(staged, subject.bytes, headers, payload, sequence, time)
    }

    private mutating func commit(
        _ staged: Staged,
        _ subject: RawSpan,
        _ headers: RawSpan,
        _ payload: RawSpan,
        _ sequence: UInt64,
        _ time: Instant
    ) -> Stored {
        let plan = StorePlan(
            sequence: sequence,
            time: time,
            ttl: staged.ttl,
            rollup: staged.rollup,
            isMarker: staged.headers.isMarker
        )
        guard staged.hasNewHeaders, let own = stagedHeaders.take() else {
            return store(plan, subject: subject, headers: headers, payload: payload)
        }
        let stored = store(plan, subject, own: own, payload)
        stagedHeaders = consume own
        return stored
    }

    private mutating func store(
        _ plan: StorePlan,
        _ subject: RawSpan,
        own headers: borrowing Table<UInt8>,
        _ payload: RawSpan
    ) -> Stored {
        store(plan, subject: subject, headers: headers.bytes, payload: payload)
    }

    /// Uses a sequence up without storing anything.
    private mutating func skip(_ id: RawSpan, at time: Instant) -> Stored {
        lastSequence &+= 1
        lastTime = time
        remember(id, lastSequence, at: time)
        if index.count == 0 { floor = lastSequence &+ 1 }
        return Stored(
            sequence: lastSequence,
            time: time,
            previousOnSubject: 0,
            subject: noIndex
        )
    }

    /// Keeps the message id for the window and for `Nats-Expected-Last-Msg-Id`.
    mutating func remember(_ id: RawSpan, _ sequence: UInt64, at time: Instant) {
        lastMessageId.removeAll()
        guard !id.isEmpty else { return }
        lastMessageId.append(id)
        guard rules.duplicateWindow > 0 else { return }
        forgetOldIds(time)
        dedup.insert(id, sequence: sequence, at: time)
    }

    private mutating func checkRoom(
        _ staged: Staged,
        subject: RawSpan,
        headers: RawSpan,
        payload: RawSpan
    ) throws(PublishRefusal) {
        guard rules.discard == .new else { return }
        let subjectBytes = staged.hasNewSubject ? stagedSubjectCount : subject.byteCount
        let headerBytes = staged.hasNewHeaders ? stagedHeaderCount : headers.byteCount
        let size = rules.size(
            subject: subjectBytes,
            headers: headerBytes,
            payload: payload.byteCount
        )
        let number = staged.hasNewSubject ? findStagedSubject() : subjects.find(subject)
        let onSubject = number == noIndex ? 0 : UInt64(subjects[number].count)
        let replaces =
            rules.messagesPerSubjectMax != .max && onSubject >= rules.messagesPerSubjectMax
        if replaces, rules.flags.contains(.discardNewPerSubject), staged.rollup == .none {
            throw .messagesPerSubjectMax
        }
        if index.count >= rules.messagesMax, !replaces { throw .messagesMax }
        if rules.bytesMax != .max, bytes + size > rules.bytesMax { throw .bytesMax }
    }
}

/// A message that is about to be stored: everything but its bytes.
struct StorePlan: BitwiseCopyable {
    let sequence: UInt64
    let time: Instant
    let ttl: MessageTtl
    let rollup: Rollup
    let isMarker: Bool
    /// How many bytes the payload has, if they are on disk alone.
    var remoteBytes: Int?
}

extension StreamState {
    /// Puts a message at the end, then enforces what its headers and the limits say.
    mutating func store(
        _ plan: StorePlan,
        subject: RawSpan,
        headers: RawSpan,
        payload: RawSpan
    ) -> Stored {
        var number = subjects.find(subject)
        if number == noIndex { number = subjects.add(subject) }
        let size = rules.size(
            subject: subject.byteCount,
            headers: headers.byteCount,
            payload: plan.remoteBytes ?? payload.byteCount
        )
        let sequence = plan.sequence
        let previous = count(sequence, at: plan.time, on: number, bytes: size)
        if plan.remoteBytes == nil {
            records.append(
                sequence: sequence,
                time: plan.time,
                subject: subject,
                headers: headers,
                payload: payload
            )
        } else {
            records.leaveOut()
        }
        register(plan)
        if sequence > durableSequence, putsOff {
            putOff(plan.rollup, on: number, sequence, bytes: size)
        } else {
            enforce(plan.rollup, on: number, upTo: sequence)
        }
        return Stored(
            sequence: sequence,
            time: plan.time,
            previousOnSubject: previous,
            subject: number
        )
    }

    /// Counts a message behind all others; whether its bytes are in memory is another matter.
    /// - Returns: the message before it on its subject, or 0.
    @inline(__always)
    mutating func count(
        _ sequence: UInt64,
        at time: Instant,
        on number: UInt32,
        bytes size: UInt64
    ) -> UInt64 {
        if index.count == 0 { ageCursor = max(ageCursor, sequence) }
        index.append(
            sequence: sequence,
            time: time,
            size: UInt32(truncatingIfNeeded: size),
            subject: number
        )
        let previous = subjects[number].last
        subjects[number].take(sequence, through: sequence, count: 1)
        lastSequence = sequence
        lastTime = time
        bytes += size
        return previous
    }

    private mutating func register(_ plan: StorePlan) {
        switch plan.ttl {
        case .none, .invalid: break
        case .never:
            if immortals.isDue { sweepImmortals() }
            immortals.append(plan.sequence)
        case .after(let wait):
            let end = plan.time.adding(nanoseconds: wait)
            expiries.insert(Expiry(time: end, sequence: plan.sequence))
        }
        if plan.isMarker {
            if markers.isDue { sweepMarkers() }
            markers.append(plan.sequence)
        }
    }

    private mutating func sweepImmortals() {
        var kept = 0
        for place in 0..<immortals.count where index.holds(immortals[place]) {
            immortals.keep(place, at: kept)
            kept += 1
        }
        immortals.cut(to: kept)
    }

    private mutating func sweepMarkers() {
        var kept = 0
        for place in 0..<markers.count where index.holds(markers[place]) {
            markers.keep(place, at: kept)
            kept += 1
        }
        markers.cut(to: kept)
    }

    mutating func enforce(_ rollup: Rollup, on number: UInt32, upTo sequence: UInt64) {
        switch rollup {
        case .none: break
        case .subject:
            while subjects[number].first < sequence { remove(subjects[number].first) }
        case .everything: removeAll(below: sequence)
        }
        while UInt64(subjects[number].count &- subjects[number].pending)
            > rules.messagesPerSubjectMax
        {
            remove(subjects[number].first)
        }
        enforceLimits()
    }
}
