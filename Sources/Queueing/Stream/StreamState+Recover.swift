// A stream is built again from what the journal kept.

public import Base

extension StreamState {
    /// Takes a message that was stored before, in sequence order; limits are enforced as when it
    /// came.
    ///
    /// Whether its bytes stay in memory is decided by `residentBytesMax`.
    public mutating func recover(
        sequence: UInt64,
        time: Instant,
        subject: RawSpan,
        headers: RawSpan,
        payload: RawSpan
    ) {
        guard sequence > lastSequence else { return }
        if rules.storage == .file { durableSequence = sequence }
        _ = take(
            sequence: sequence,
            time: time,
            subject: subject,
            headers: headers,
            payload: payload
        )
        records.evict(durable: sequence)
    }

    /// Takes a message as `recover` does, of whose payload only the number of bytes is known.
    public mutating func recoverHead(
        sequence: UInt64,
        time: Instant,
        subject: RawSpan,
        headers: RawSpan,
        payloadByteCount: Int
    ) {
        guard sequence > lastSequence else { return }
        durableSequence = sequence
        guard headers.isEmpty else {
            _ = take(
                sequence: sequence,
                time: time,
                subject: subject,
                headers: headers,
                payload: RawSpan(),
                remoteBytes: payloadByteCount
            )
            return
        }
        // Most messages have no headers, and a start takes as long as all of them together.
        lastMessageId.removeAll()
        let isSame = subjects.isName(of: recoveredSubject, subject)
        let number = isSame ? recoveredSubject : self.number(of: subject)
        recoveredSubject = number
        let size = rules.size(subject: subject.byteCount, headers: 0, payload: payloadByteCount)
        _ = count(sequence, at: time, on: number, bytes: size)
        records.leaveOut()
        enforce(.none, on: number, upTo: sequence)
    }

    /// Stores a message whose sequence and time are given; limits and headers are enforced as ever.
    mutating func take(
        sequence: UInt64,
        time: Instant,
        subject: RawSpan,
        headers: RawSpan,
        payload: RawSpan,
        remoteBytes: Int? = nil
    ) -> Stored {
        let asked = PublishHeaders(headers)
        let ttl = MessageTtl(headers.part(asked.ttl))
        var rollup = Rollup.none
        if !asked.rollup.isEmpty, rules.flags.contains(.allowRollup) {
            let value = headers.part(asked.rollup)
            if value.equalsIgnoringCase("sub") { rollup = .subject }
            if value.equalsIgnoringCase("all") { rollup = .everything }
        }
        remember(headers.part(asked.messageId), sequence, at: time)
        let plan = StorePlan(
            sequence: sequence,
            time: time,
            ttl: ttl,
            rollup: rollup,
            isMarker: asked.isMarker,
            remoteBytes: remoteBytes
        )
        return store(plan, subject: subject, headers: headers, payload: payload)
    }

    /// Takes a deletion that was made before; sequences that are not there are passed over.
    public mutating func recoverDeletion(first: UInt64, through last: UInt64) {
        var sequence = index.next(from: first)
        while sequence > 0, sequence <= last {
            remove(sequence)
            sequence = index.next(from: sequence &+ 1)
        }
    }

    /// Takes the lowest sequence that may be there, and the last one that was given.
    public mutating func recoverBounds(first: UInt64, last: UInt64) {
        removeAll(below: first)
        if last > lastSequence {
            lastSequence = last
            if rules.storage == .file { durableSequence = last }
        }
        floor = max(floor, first)
    }

    /// Takes a message that was read from disk because somebody waits for it.
    public mutating func load(
        sequence: UInt64,
        time: Instant,
        subject: RawSpan,
        headers: RawSpan,
        payload: RawSpan
    ) {
        guard index.contains(sequence) else { return }
        records.load(
            sequence: sequence,
            time: time,
            subject: subject,
            headers: headers,
            payload: payload
        )
    }

    /// Ends a series of `load`.
    public mutating func endLoad() { records.endLoad(durable: durableSequence) }
}
