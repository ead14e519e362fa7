// Where in a segment a sequence lies, roughly; can be thrown away and made again.

public import Base

/// A place in a segment where a block begins.
public struct IndexEntry: BitwiseCopyable, Equatable, Sendable {
    /// Sequence of the block's first message.
    public let firstSequence: UInt64
    /// When that message was taken in.
    public let firstTime: Instant
    /// Where the block begins.
    public let offset: UInt64

    /// The entry of a block.
    public init(firstSequence: UInt64, firstTime: Instant, offset: UInt64) {
        self.firstSequence = firstSequence
        self.firstTime = firstTime
        self.offset = offset
    }
}

/// One entry for every 64 KiB of a segment, at most; what is between is found by walking block
/// headers.
public struct SparseIndex: Equatable, Sendable {
    /// The entries, in order.
    public private(set) var entries: [IndexEntry] = []
    static var format: UInt8 { 4 }
    static var distanceBytes: UInt64 { 64 << 10 }

    /// An empty index.
    public init() {}

    /// Notes a block unless the last entry is close before it.
    public mutating func note(_ entry: IndexEntry) {
        if isDue(at: entry.offset) { entries.append(entry) }
    }

    /// Whether a block at `offset` is far enough behind the last entry to get one.
    func isDue(at offset: UInt64) -> Bool {
        entries.last.map { offset >= $0.offset + Self.distanceBytes } ?? true
    }

    /// The last entry that is not behind `sequence`; `nil` if all are.
    public func entry(before sequence: UInt64) -> IndexEntry? {
        last { $0.firstSequence <= sequence }
    }

    /// The last entry whose block begins before `time`; `nil` if none does.
    public func entry(before time: Instant) -> IndexEntry? {
        last { $0.firstTime < time }
    }

    private func last(where isBefore: (IndexEntry) -> Bool) -> IndexEntry? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(entries[middle]) { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : entries[low - 1]
    }

    /// Appends the index as a seal block holds it.
    func append(to buffer: inout RecordBuffer) {
        buffer.append(Self.format)
        for entry in entries {
            buffer.append(entry.firstSequence)
            buffer.append(entry.firstTime.nanoseconds)
            buffer.append(entry.offset)
        }
    }

    /// Reads what `append` wrote; `nil` for anything else.
    init?(_ bytes: RawSpan) {
        var cursor = ByteCursor()
        guard cursor.byte(bytes) == Self.format else { return nil }
        while !cursor.isAtEnd(bytes) {
            guard let sequence = cursor.fixed64(bytes), let time = cursor.fixed64(bytes),
                let offset = cursor.fixed64(bytes)
            else { return nil }
            entries.append(
                IndexEntry(
                    firstSequence: sequence,
                    firstTime: Instant(nanoseconds: time),
                    offset: offset
                )
            )
        }
    }
}
