// What a consumer can tell of itself to those who watch it.

public import Base

extension ConsumerState {
    /// When somebody asked, was served or acknowledged last.
    public var lastUse: Instant { usedAt }

    /// Nanoseconds since the delivery of `sequence`, or since its receiver last asked for more
    /// time; `nil` if it does not wait for an acknowledgement.
    public func waited(for sequence: UInt64, at now: Instant) -> UInt64? {
        let place = pending.find(sequence)
        guard place >= 0, !pending[place].isDue else { return nil }
        let wait = deadline(attempts: pending[place].attempts, at: .never)
        guard wait != .distantFuture, pending[place].deadline.nanoseconds >= wait.nanoseconds
        else { return nil }
        let sent = Instant(nanoseconds: pending[place].deadline.nanoseconds &- wait.nanoseconds)
        return now.nanoseconds(since: sent)
    }

    /// The lowest sequence it still has to deal with; 0 if there is none.
    mutating func oldestOpen(in stream: borrowing StreamState) -> UInt64 {
        var oldest = pending.count > 0 ? pending[pending.first].sequence : 0
        guard pendingCount > 0 else { return oldest }
        if !lastOnes.isEmpty {
            let next = lastOnes[lastOnes.count - 1]
            return oldest == 0 ? next : min(oldest, next)
        }
        let next = stream.nextSequence(from: nextSequence, selection: &selection)
        if next > 0 { oldest = oldest == 0 ? next : min(oldest, next) }
        return oldest
    }
}

extension Stream {
    /// When the oldest message was stored that the consumer at `index` still has to deal with;
    /// `never` if there is none.
    public mutating func oldestOpen(of index: UInt32) -> Instant {
        let sequence = consumers[index].oldestOpen(in: state)
        guard sequence > 0, state.holds(sequence) else { return .never }
        return state.index.time(of: sequence)
    }

    /// When the first message in store came; `never` if there is none.
    public var oldestStored: Instant { state.index.timeOfFirst }
}
