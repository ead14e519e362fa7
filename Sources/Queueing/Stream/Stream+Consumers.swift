// Consumers come, change, are asked, and go.

public import Base

extension Stream {
    /// Makes a consumer of a checked configuration, or changes the one of that name.
    ///
    /// - Returns: its index, and whether it is new.
    /// - Throws: why it is not made or changed.
    public mutating func addConsumer(
        _ configuration: ConsumerConfiguration,
        name: [UInt8],
        mayCreate: Bool,
        mayUpdate: Bool,
        isBound: Bool,
        at now: Instant,
        into effects: inout Effects
    ) throws(QueueingError) -> (index: UInt32, isNew: Bool) {
        let present = consumer(named: name.raw)
        if state.rules.retention == .workQueue {
            try configuration.checkWorkQueue(
                beside: configurations(except: present),
                isNew: present == nil
            )
        }
        if let present {
            let old = consumers[present].configuration
            if old.isSame(as: configuration) { return (present, false) }
            guard mayUpdate else { throw QueueingError(ErrorCode(10_148)) }
            try old.checkUpdate(to: configuration, isBound: consumers[present].isBound)
            consumers[present].update(to: configuration, in: &state, at: now)
            if !isBound { consumers[present].setBound(false, at: now) }
            if state.rules.retention == .interest { releaseUnwanted(into: &effects) }
            mark(present)
            return (present, false)
        }
        guard mayCreate else { throw QueueingError(ErrorCode(10_149)) }
        let most = state.configuration.limits.consumersMax
        let isInternal = !configuration.flags.isDisjoint(with: [.direct, .sourcing])
        if most > 0, limitedConsumerCount >= most, !isInternal {
            throw QueueingError(.consumersMax)
        }
        let index = consumers.nextIndex
        var made = ConsumerState(configuration, name: name, index: index, on: &state, at: now)
        made.isHeld = isHeld
        _ = consumers.insert(made)
        register(index)
        if isBound { consumers[index].setBound(true, at: now) }
        mark(index)
        return (index, true)
    }

    /// Puts a consumer back where its snapshot and the changes after it say it was.
    ///
    /// - Returns: `false` if the bytes are broken; the consumer should then be held and shown, not
    /// used.
    public mutating func restoreConsumer(
        _ index: UInt32,
        snapshot: RawSpan,
        changes: RawSpan,
        at now: Instant
    ) -> Bool {
        var isWhole = true
        if !snapshot.isEmpty {
            isWhole = consumers[index].restore(snapshot, in: &state, at: now)
        }
        isWhole = consumers[index].replay(changes, in: &state, at: now) && isWhole
        consumers[index].settleAfterReplay(in: &state)
        mark(index)
        return isWhole
    }

    /// How many consumers count for the limit.
    private var limitedConsumerCount: Int64 {
        var count: Int64 = 0
        var cursor: UInt32 = 0
        while let index = consumers.next(&cursor) {
            let flags = consumers[index].configuration.flags
            if flags.isDisjoint(with: [.direct, .sourcing]) { count += 1 }
        }
        return count
    }

    private func configurations(except index: UInt32?) -> [ConsumerConfiguration] {
        var all: [ConsumerConfiguration] = []
        var cursor: UInt32 = 0
        while let other = consumers.next(&cursor) {
            if other != index { all.append(consumers[other].configuration) }
        }
        return all
    }

    /// Takes a consumer away; those who wait are told.
    public mutating func removeConsumer(_ index: UInt32, into effects: inout Effects) {
        consumers[index].endRequests(.consumerDeleted, into: &effects)
        unregister(index)
        consumers.remove(index)
        if state.rules.retention == .interest { releaseUnwanted(into: &effects) }
    }

    /// Removes what no consumer needs any more.
    mutating func releaseUnwanted(into effects: inout Effects) {
        var sequence = state.index.next(from: 1)
        while sequence > 0 {
            release(sequence)
            sequence = state.index.next(from: sequence &+ 1)
        }
        tellRemovals(into: &effects)
    }

    /// Takes a pull request for a consumer.
    public mutating func request(
        _ text: RawSpan,
        consumer index: UInt32,
        reply: RawSpan,
        at now: Instant,
        into effects: inout Effects
    ) {
        consumers[index].request(text, reply: reply, at: now, into: &effects)
        mark(index)
    }

    /// Takes an acknowledgement for a consumer.
    public mutating func acknowledge(
        _ subject: AckSubject,
        consumer index: UInt32,
        payload: RawSpan,
        reply: RawSpan,
        at now: Instant,
        into effects: inout Effects
    ) {
        holdDead(subject, payload, consumer: index)
        consumers[index].acknowledge(
            subject,
            payload: payload,
            reply: reply,
            at: now,
            into: &effects
        )
        releaseAcknowledged(index, into: &effects)
        mark(index)
    }

    /// Somebody listens on a consumer's deliver subject now, or nobody does any more.
    public mutating func setBound(_ isBound: Bool, consumer index: UInt32, at now: Instant) {
        consumers[index].setBound(isBound, at: now)
        mark(index)
    }

    /// The receiver of a consumer answered a flow control request.
    public mutating func answerFlowControl(
        _ token: RawSpan,
        consumer index: UInt32,
        last: SequencePair?,
        at now: Instant,
        into effects: inout Effects
    ) {
        consumers[index].answerFlowControl(token, last: last, at: now, into: &effects)
        releaseAcknowledged(index, into: &effects)
        mark(index)
    }

    /// Holds delivery of a consumer until a time; `never` lets it go on.
    public mutating func pauseConsumer(
        _ index: UInt32,
        until: Instant,
        at now: Instant,
        into effects: inout Effects
    ) {
        consumers[index].pause(until: until, at: now, into: &effects)
        mark(index)
    }

    /// Lets a consumer begin again at `sequence`, or behind its ack floor if that is 0.
    ///
    /// - Throws: why it cannot.
    public mutating func resetConsumer(
        _ index: UInt32,
        to sequence: UInt64,
        into effects: inout Effects
    ) throws(QueueingError) -> UInt64 {
        let start = try consumers[index].reset(to: sequence, in: &state)
        if state.rules.retention == .interest { releaseUnwanted(into: &effects) }
        mark(index)
        return start
    }

    /// Lets go of the client that is pinned in a consumer's priority group.
    ///
    /// - Throws: what is wrong with the group.
    public mutating func unpinConsumer(
        _ index: UInt32,
        group: [UInt8],
        into effects: inout Effects
    ) throws(QueueingError) {
        let configuration = consumers[index].configuration
        if !configuration.priorityGroups.contains(group) { throw QueueingError(ErrorCode(10_160)) }
        consumers[index].unpin(byAdmin: true, into: &effects)
        mark(index)
    }
}
