// What operators do to a queue, and requests that change the stream as a whole.

public import Base

extension Stream {
    /// How many messages the slowest consumer still has to deal with; all of them if there is none.
    public var depth: UInt64 {
        guard consumers.count > 0 else { return state.messages }
        var depth: UInt64 = 0
        var cursor: UInt32 = 0
        while let index = consumers.next(&cursor) {
            let open = consumers[index].pendingCount + UInt64(consumers[index].pending.count)
            depth = max(depth, open)
        }
        return depth
    }

    /// Takes nothing in any more.
    public mutating func pauseIngress() {
        if mode == .open { mode = .ingressPaused }
    }

    /// Takes nothing in any more and rests when everything is given out.
    public mutating func startDrain(at now: Instant) {
        guard mode != .draining, mode != .drained else { return }
        mode = .draining
        drain = DrainProgress()
        drain.since = now
        drain.startDepth = depth
        finishDrain(at: now)
    }

    /// Goes back to normal from pause, drain and hold.
    public mutating func resume() {
        mode = .open
        drain = DrainProgress()
        holdDelivery(false)
    }

    /// Holds delivery to all consumers, or lets it go on.
    public mutating func holdDelivery(_ isHeld: Bool) {
        self.isHeld = isHeld
        var cursor: UInt32 = 0
        while let index = consumers.next(&cursor) {
            consumers[index].isHeld = isHeld
            mark(index)
        }
    }

    /// Holds delivery to one consumer, or lets it go on.
    public mutating func holdDelivery(_ isHeld: Bool, consumer index: UInt32) {
        consumers[index].isHeld = isHeld
        mark(index)
    }

    /// Takes the mode and the drain that were kept through a restart.
    public mutating func restore(_ mode: QueueMode, drain: DrainProgress, isHeld: Bool) {
        self.mode = mode
        self.drain = drain
        holdDelivery(isHeld)
    }

    mutating func finishDrain(at now: Instant) {
        guard mode == .draining, depth == 0 else { return }
        mode = .drained
        drain.finished = now
    }

    /// Removes what `purge` selects and moves consumers on.
    ///
    /// - Returns: how many messages that were.
    /// - Throws: why nothing is removed.
    public mutating func purge(
        _ purge: Purge,
        into effects: inout Effects
    ) throws(QueueingError) -> UInt64 {
        let purged = try state.purge(purge)
        var cursor: UInt32 = 0
        while let index = consumers.next(&cursor) {
            consumers[index].purged(in: state)
        }
        for at in 0..<state.removals.count { noteDeletion(of: at) }
        state.clearRemovals()
        recount()
        return purged
    }

    /// Deletes one message.
    ///
    /// - Throws: why it cannot be deleted.
    public mutating func delete(
        _ sequence: UInt64,
        into effects: inout Effects
    ) throws(QueueingError) {
        try state.delete(sequence)
        tellRemovals(into: &effects)
    }

    /// Removes one message, whoever may delete.
    public mutating func remove(_ sequence: UInt64, into effects: inout Effects) {
        guard state.contains(sequence) else { return }
        state.remove(sequence)
        tellRemovals(into: &effects)
    }

    /// Takes away messages that damage has taken: they cannot be read any more.
    public mutating func lose(
        first: UInt64,
        through last: UInt64,
        into effects: inout Effects
    ) {
        state.recoverDeletion(first: first, through: last)
        tellRemovals(into: &effects)
        for index in 0..<consumers.limit where consumers.contains(index) { mark(index) }
    }

    /// Changes the configuration to one that `StreamConfiguration.updated` let pass.
    public mutating func update(
        _ configuration: StreamConfiguration,
        into effects: inout Effects
    ) {
        let wasInterest = state.rules.retention == .interest
        state.update(configuration)
        keepsDeadLetters = !configuration.deadLetterQueue.isEmpty
        tellRemovals(into: &effects)
        if !wasInterest, state.rules.retention == .interest { releaseUnwanted(into: &effects) }
    }

    /// Messages behind `sequence` never became safe: forgets them; `named` is the highest sequence
    /// that was told to a log as gone.
    public mutating func rollBack(
        to sequence: UInt64,
        named: UInt64 = 0,
        into effects: inout Effects
    ) {
        state.rollBack(to: sequence, named: named)
        tellRemovals(into: &effects)
        forgetDeletions(behind: sequence)
        recount()
    }

    /// The stream goes: whoever waits is told.
    public mutating func close(_ kind: ConsumerStatus.Kind, into effects: inout Effects) {
        var cursor: UInt32 = 0
        while let index = consumers.next(&cursor) {
            consumers[index].endRequests(kind, into: &effects)
        }
    }

    private mutating func recount() {
        var cursor: UInt32 = 0
        while let index = consumers.next(&cursor) {
            consumers[index].recount(in: &state)
            mark(index)
        }
    }
}
