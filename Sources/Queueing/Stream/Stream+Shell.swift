// What the shell does with a stream besides events: look for bytes, load them, read it all back.
//
// Each of these goes through to a part of the stream, so that nobody outside can put another part
// there.

public import Base

extension Stream {
    /// The message `sequence` if its bytes are in memory.
    public mutating func find(_ sequence: UInt64) -> Record? {
        state.records.find(sequence)
    }

    /// Whether the message is there.
    public mutating func contains(_ sequence: UInt64) -> Bool {
        state.contains(sequence)
    }

    /// The numbers of the stream, of whose consumers `consumerCount` are counted.
    public mutating func report(consumerCount: Int) -> StreamStateReport {
        state.report(consumerCount: consumerCount)
    }

    /// Takes a message that was read from disk because somebody waits for it.
    public mutating func load(
        sequence: UInt64,
        time: Instant,
        subject: RawSpan,
        headers: RawSpan,
        payload: RawSpan
    ) {
        state.load(
            sequence: sequence,
            time: time,
            subject: subject,
            headers: headers,
            payload: payload
        )
    }

    /// Ends a series of `load`.
    public mutating func endLoad() { state.endLoad() }

    /// The read that a `.load` of `sequence` asked for has ended: consumers that waited for it go
    /// on, and ask again if the message is not in memory.
    public mutating func endRead(of sequence: UInt64) {
        for index in 0..<consumers.limit where consumers.contains(index) {
            guard consumers[index].loading == sequence else { continue }
            consumers[index].loading = 0
            mark(index)
        }
    }

    // MARK: - Recovery

    /// Takes a message that was stored before, in sequence order.
    public mutating func recover(
        sequence: UInt64,
        time: Instant,
        subject: RawSpan,
        headers: RawSpan,
        payload: RawSpan
    ) {
        state.recover(
            sequence: sequence,
            time: time,
            subject: subject,
            headers: headers,
            payload: payload
        )
    }

    /// Takes a message that was stored before, whose payload is on disk alone.
    public mutating func recoverHead(
        sequence: UInt64,
        time: Instant,
        subject: RawSpan,
        headers: RawSpan,
        payloadByteCount: Int
    ) {
        state.recoverHead(
            sequence: sequence,
            time: time,
            subject: subject,
            headers: headers,
            payloadByteCount: payloadByteCount
        )
    }

    /// Takes a page of messages that were stored before, whose payloads are on disk alone.
    public mutating func recoverPage(_ page: HeadPage, _ block: RawSpan) {
        state.recoverPage(page, block)
    }

    /// Ends recovery: what is below `first` is gone, and `last` was given before; of what limits
    /// made go again the journal has yet to be told.
    public mutating func endRecovery(first: UInt64, last: UInt64) {
        state.recoverBounds(first: first, last: last)
        for at in 0..<state.removals.count { noteDeletion(of: at) }
        state.clearRemovals()
        clearDeletions(below: max(first, 1))
    }

    /// Puts a consumer where it was: the snapshot, and what happened since.
    ///
    /// - Returns: `false` if some of the bytes make no sense; the consumer stands where the others
    ///   say.
    public mutating func restoreConsumer(
        _ index: UInt32,
        snapshot: RawSpan,
        changes: [[UInt8]],
        at now: Instant
    ) -> Bool {
        var isWhole = consumers[index].restore(snapshot, in: &state, at: now)
        for change in changes {
            let isRead = consumers[index].replay(change.raw, in: &state, at: now)
            isWhole = isWhole && isRead
        }
        consumers[index].settleAfterReplay(in: &state)
        mark(index)
        return isWhole
    }

    /// Forgets a consumer's changes once they are on their way to the log.
    public mutating func clearChanges(of index: UInt32) {
        consumers[index].clearChanges()
    }
}
