// What a stream keeps besides messages: values by key, deletions, the purge floor.
// Layout: sluice-journal(5), STATE RECORDS.

/// Collects state records of one stream.
///
/// Keys and values are the owner's own: consumer state, aggregates, counters. A `put` replaces
/// everything under its key; deltas pile up behind it until the next `put`.
public struct StateWriter: ~Copyable {
    var buffer: RecordBuffer
    /// How many records.
    public private(set) var recordCount = 0
    static var format: UInt8 { 2 }
    /// Most bytes of a key.
    public static var keyBytesMax: Int { 1_024 }

    /// An empty batch that uses the memory of `buffer`.
    public init(_ buffer: consuming RecordBuffer) {
        self.buffer = buffer
        self.buffer.removeAll()
        self.buffer.append(Self.format)
    }

    /// An empty batch with memory of its own.
    public init() {
        self.init(RecordBuffer(capacity: 4_096))
    }

    /// Whether there are no records.
    public var isEmpty: Bool { recordCount == 0 }

    /// Bytes of the records so far.
    public var byteCount: Int { buffer.count }

    /// Sets the value of `key`.
    public mutating func put(_ key: RawSpan, _ value: RawSpan) {
        begin(.put)
        counted(key)
        counted(value)
    }

    /// Adds `change` to what is under `key`.
    public mutating func delta(_ key: RawSpan, _ change: RawSpan) {
        begin(.delta)
        counted(key)
        counted(change)
    }

    /// Takes `key` away.
    public mutating func remove(_ key: RawSpan) {
        begin(.remove)
        counted(key)
    }

    /// Deletes the messages from `first` through `last`.
    public mutating func delete(first: UInt64, through last: UInt64) {
        precondition(first <= last, "a range has a first and a last sequence")
        begin(.deleted)
        buffer.appendVarint(first)
        buffer.appendVarint(last - first)
    }

    /// Deletes every message below `sequence`.
    public mutating func setFloor(_ sequence: UInt64) {
        begin(.floor)
        buffer.appendVarint(sequence)
    }

    /// The buffer alone.
    public consuming func takeBuffer() -> RecordBuffer { buffer }

    private mutating func begin(_ kind: StateRecord.Kind) {
        recordCount += 1
        buffer.append(kind.rawValue)
    }

    private mutating func counted(_ bytes: RawSpan) {
        buffer.appendVarint(UInt64(bytes.byteCount))
        buffer.append(bytes)
    }
}

/// A state record as it was read.
enum StateRecord {
    enum Kind: UInt8 {
        case put = 1
        case delta = 2
        case remove = 3
        case deleted = 4
        case floor = 5
    }

    case put(key: Range<Int>, value: Range<Int>)
    case delta(key: Range<Int>, change: Range<Int>)
    case remove(key: Range<Int>)
    case deleted(first: UInt64, last: UInt64)
    case floor(UInt64)
}

/// Walks through the records of a state batch; takes any bytes.
struct StateReader {
    private var cursor = ByteCursor()
    private(set) var isMalformed = false

    init(_ batch: RawSpan) {
        isMalformed = cursor.byte(batch) != StateWriter.format
    }

    mutating func next(_ batch: RawSpan) -> StateRecord? {
        guard !isMalformed, !cursor.isAtEnd(batch) else { return nil }
        let record = read(batch)
        isMalformed = record == nil
        return record
    }

    private mutating func read(_ batch: RawSpan) -> StateRecord? {
        guard let kind = cursor.byte(batch).flatMap(StateRecord.Kind.init(rawValue:)) else {
            return nil
        }
        switch kind {
        case .put, .delta:
            guard let key = cursor.counted(batch), let value = cursor.counted(batch) else {
                return nil
            }
            return kind == .put
                ? .put(key: key, value: value) : .delta(key: key, change: value)
        case .remove:
            return cursor.counted(batch).map { .remove(key: $0) }
        case .deleted:
            guard let first = cursor.varint(batch), let more = cursor.varint(batch) else {
                return nil
            }
            let (last, overflow) = first.addingReportingOverflow(more)
            return overflow ? nil : .deleted(first: first, last: last)
        case .floor:
            return cursor.varint(batch).map { .floor($0) }
        }
    }
}
