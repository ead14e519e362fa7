// Sequences that were used up without a message, until they are safe.
//
// Where a stream keeps only what somebody wants, what nobody wants has a sequence and no message.
// The log has nothing of it: it is safe, and its publisher hears, once the stream's state says on
// disk that the sequence is gone.

import Journal

/// How far sequences without a message are safe.
struct SkippedSequences {
    /// The highest one of which the journal was not told with a sync; 0 if there is none.
    private var untold: UInt64 = 0
    /// Orders that tell of them and how far, in the order of their answers.
    private var underWay: [(order: JournalTicket, through: UInt64)] = []
    /// The highest one that is on disk as gone.
    private(set) var safe: UInt64 = 0

    /// Whether the next order has to be synced.
    var mustTell: Bool { untold > 0 }

    /// `sequence` is used up.
    mutating func add(_ sequence: UInt64) { untold = sequence }

    /// `order`, which is synced, tells of all.
    mutating func give(_ order: JournalTicket) {
        guard untold > 0 else { return }
        underWay.append((order, untold))
        untold = 0
    }

    /// `order` is on disk.
    /// - Returns: whether more is safe by that.
    mutating func settle(_ order: JournalTicket) -> Bool {
        guard let at = underWay.firstIndex(where: { $0.order == order }) else { return false }
        safe = max(safe, underWay.remove(at: at).through)
        return true
    }

    /// `order` is refused; what it told is to be told again.
    /// - Returns: how far it told; `nil` if it told of none.
    mutating func refuse(_ order: JournalTicket) -> UInt64? {
        guard let at = underWay.firstIndex(where: { $0.order == order }) else { return nil }
        let through = underWay.remove(at: at).through
        untold = max(untold, through)
        return through
    }

    /// Sequences that were not told are given out again.
    mutating func rollBack() { untold = 0 }
}
