// What is known of one stream of a simulated store, and what follows from that.

import Journal

/// What a stream must and may look like after an accident.
struct JournalModel {
    /// Acknowledged messages.
    var acknowledged: [UInt64: Message] = [:]
    /// Messages that were handed over, acknowledged or not.
    var posted: [UInt64: Message] = [:]
    /// Deletions that were answered as durable.
    var deleted = SequenceSet()
    /// Deletions that were handed over.
    var maybeDeleted = SequenceSet()
    var next: UInt64 = 1
    /// Values of the one key with all changes, and the batch that made each: the first must have
    /// been kept or replaced by a later one.
    var values: [(batch: JournalTicket, value: [UInt8])] = [(0, [])]
    /// Configurations, as with values.
    var configurations: [[UInt8]]
    var isCreated = false
    var isRemoved = false
    var mayBeRemoved = false

    init(configurations: [[UInt8]]) { self.configurations = configurations }

    /// A state batch is there to stay, and what it says is deleted.
    mutating func keep(_ batch: JournalTicket, deleted range: ClosedRange<UInt64>?) {
        if let first = values.firstIndex(where: { $0.batch == batch }) {
            values.removeFirst(first)
        }
        if let range { deleted.insert(range) }
    }

    /// Nothing of a state batch was written: what it says must never appear.
    mutating func drop(_ batch: JournalTicket) { values.removeAll { $0.batch == batch } }
}

/// A state batch on its way.
struct StateOrder {
    /// The stream's key.
    let key: UInt64
    let deleted: ClosedRange<UInt64>?
    let isDurable: Bool
}
