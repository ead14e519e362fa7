// The state lane folded: what is under each key now, and which messages are deleted.

import Base

/// A value a stream's owner keeps, with what changed since it was put.
public struct StateValue: Equatable, Sendable {
    /// Under which key.
    public let key: [UInt8]
    /// The value of the last `put`; empty if there was none.
    public internal(set) var value: [UInt8]
    /// The deltas since, oldest first.
    public internal(set) var deltas: [[UInt8]]
}

/// All state of one stream.
struct StateFold: Equatable {
    private(set) var values: [[UInt8]: StateValue] = [:]
    private(set) var deleted = SequenceSet()
    /// Every message below it is deleted.
    private(set) var floor: UInt64 = 0

    /// The values, always in the same order.
    var ordered: [StateValue] {
        values.values.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    /// Takes all records of `batch`.
    /// - Returns: `false` if the batch breaks the format; records before the break are taken.
    mutating func apply(_ batch: RawSpan) -> Bool {
        var reader = StateReader(batch)
        var gone: [ClosedRange<UInt64>] = []
        while let record = reader.next(batch) {
            switch record {
            case .put(let key, let value):
                let name = batch.array(key)
                values[name] = StateValue(key: name, value: batch.array(value), deltas: [])
            case .delta(let key, let change):
                let name = batch.array(key)
                values[name, default: StateValue(key: name, value: [], deltas: [])].deltas
                    .append(batch.array(change))
            case .remove(let key):
                values[batch.array(key)] = nil
            case .deleted(let first, let last):
                if last >= floor { gone.append(max(first, floor)...last) }
            case .floor(let sequence):
                raiseFloor(to: sequence)
            }
        }
        deleted.insert(contentsOf: gone)
        deleted.removeBelow(floor)
        return !reader.isMalformed
    }

    /// Deletes everything below `sequence`.
    mutating func raiseFloor(to sequence: UInt64) {
        guard sequence > floor else { return }
        floor = sequence
        deleted.removeBelow(sequence)
    }

    /// How many sequences from `first` through `last` are not deleted.
    func countLeft(of first: UInt64, through last: UInt64) -> UInt64 {
        let start = max(first, floor)
        guard start <= last else { return 0 }
        return last - start + 1 - deleted.count(in: start...last)
    }

    /// Deleted sequences, those below the floor among them.
    var allDeleted: SequenceSet {
        var all = deleted
        if floor > 1 { all.insert(1...(floor - 1)) }
        return all
    }

    /// Bytes after which a checkpoint goes on in another batch.
    private static var checkpointBytesMax: Int { 8 << 20 }

    /// Gives `write` batches that make an empty fold equal to this one.
    func writeCheckpoint<Failure: Error>(
        _ write: (borrowing StateWriter) throws(Failure) -> Void
    ) throws(Failure) {
        var writer = StateWriter()
        if floor > 0 { writer.setFloor(floor) }
        for range in deleted.ranges {
            writer.delete(first: range.lowerBound, through: range.upperBound)
            try Self.flush(&writer, write)
        }
        for value in ordered {
            writer.put(value.key.raw, value.value.raw)
            for delta in value.deltas { writer.delta(value.key.raw, delta.raw) }
            try Self.flush(&writer, write)
        }
        if !writer.isEmpty { try write(writer) }
    }

    private static func flush<Failure: Error>(
        _ writer: inout StateWriter,
        _ write: (borrowing StateWriter) throws(Failure) -> Void
    ) throws(Failure) {
        guard writer.buffer.count >= checkpointBytesMax else { return }
        try write(writer)
        writer = StateWriter()
    }
}

extension RawSpan {
    /// A copy of the bytes of `range`.
    func array(_ range: Range<Int>) -> [UInt8] {
        let bytes = part(range.lowerBound, range.upperBound)
        // SAFETY: the array is made from live bytes.
        return unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }
}
