// Messages without their payloads: what a start has to know of each.
// Layout: sluice-journal(5), HEADS.

import Base

/// What takes the heads of messages, in sequence order.
protocol HeadCollector: ~Copyable {
    /// Adds the head of `message`, whose bytes are in `batch`.
    mutating func add(_ message: StoredMessage, of batch: RawSpan)
}

/// Collects the heads of messages, in sequence order, for one block.
struct HeadWriter: HeadCollector, ~Copyable {
    private(set) var buffer = RecordBuffer(capacity: HeadWriter.byteCountMax + 4_096)
    private(set) var firstSequence: UInt64 = 0
    private(set) var lastSequence: UInt64 = 0
    private(set) var count: UInt32 = 0
    private var lastTime: UInt64 = 0

    static var format: UInt8 { 5 }
    /// Bytes from which on a block is full.
    static var byteCountMax: Int { 64 << 10 }

    var isFull: Bool { buffer.count >= Self.byteCountMax }

    mutating func add(_ message: StoredMessage, of batch: RawSpan) {
        if count == 0 {
            buffer.append(Self.format)
            buffer.append(message.sequence)
            buffer.append(message.time.nanoseconds)
            firstSequence = message.sequence
            lastSequence = message.sequence
            lastTime = message.time.nanoseconds
        }
        let later = Int64(truncatingIfNeeded: message.time.nanoseconds &- lastTime)
        buffer.appendVarint(message.sequence &- lastSequence)
        buffer.appendVarint(zigzag(later))
        append(counted: batch.extracting(message.subject.range))
        append(counted: batch.extracting(message.headers.range))
        buffer.appendVarint(message.payloadByteCount)
        lastSequence = message.sequence
        lastTime = message.time.nanoseconds
        count &+= 1
    }

    private mutating func append(counted bytes: RawSpan) {
        buffer.appendVarint(UInt64(bytes.byteCount))
        buffer.append(bytes)
    }

    /// Forgets what was collected.
    mutating func removeAll() {
        buffer.removeAll()
        count = 0
    }
}
