// Lays messages out as records of one batch; one batch becomes one block.
// Layout: sluice-journal(5), RECORDS.

public import Base

/// A full or finished batch on its way to the journal.
public struct RecordBatch: ~Copyable, Sendable {
    /// The records.
    public var buffer: RecordBuffer
    /// How many messages.
    public let messageCount: Int
    /// Sequence of the first message.
    public let firstSequence: UInt64
    /// Sequence of the last message.
    public let lastSequence: UInt64
    /// When the first message was taken in.
    public let firstTime: Instant
    /// When the last message was taken in.
    public let lastTime: Instant

    /// The buffer alone.
    consuming func takeBuffer() -> RecordBuffer { buffer }
}

/// Collects messages of one stream, in sequence order, into a batch.
///
/// Copies every byte once; allocates only when the buffer must grow. A batch takes `byteCountMax`
/// bytes, or one message of any size.
public struct BatchWriter: ~Copyable {
    private var buffer: RecordBuffer
    private var firstTime: UInt64 = 0
    private var lastTime: UInt64 = 0
    /// How many messages are in the batch.
    public private(set) var messageCount = 0
    /// Sequence of the first message.
    public private(set) var firstSequence: UInt64 = 0
    /// Sequence of the last message.
    public private(set) var lastSequence: UInt64 = 0
    /// Bytes beyond which a batch takes no further message.
    public static var byteCountMax: Int { 64 << 10 }
    static var format: UInt8 { 1 }

    /// An empty batch that uses the memory of `buffer`.
    public init(_ buffer: consuming RecordBuffer) {
        self.buffer = buffer
        self.buffer.removeAll()
    }

    /// An empty batch with memory of its own.
    public init() {
        self.init(RecordBuffer(capacity: Self.byteCountMax + 1_024))
    }

    /// Whether there are no messages.
    public var isEmpty: Bool { messageCount == 0 }

    /// Bytes of the records so far.
    public var byteCount: Int { buffer.count }

    /// Adds a message; `sequence` is above that of the message before.
    /// - Returns: `false` if the batch is full and the message must go into the next one.
    public mutating func add(
        sequence: UInt64,
        time: Instant,
        subject: RawSpan,
        headers: RawSpan,
        payload: RawSpan
    ) -> Bool {
        let bytes = subject.byteCount + headers.byteCount + payload.byteCount
        if messageCount == 0 {
            begin(sequence: sequence, time: time)
        } else {
            precondition(sequence > lastSequence, "sequences only rise")
            guard buffer.count + bytes + 32 <= Self.byteCountMax else { return false }
        }
        buffer.reserve(bytes + 48)
        buffer.appendVarint(sequence &- lastSequence)
        buffer.appendVarint(zigzag(Int64(truncatingIfNeeded: time.nanoseconds &- lastTime)))
        buffer.appendVarint(UInt64(subject.byteCount))
        buffer.append(subject)
        buffer.appendVarint(UInt64(headers.byteCount))
        buffer.append(headers)
        buffer.appendVarint(UInt64(payload.byteCount))
        buffer.append(payload)
        lastSequence = sequence
        lastTime = time.nanoseconds
        messageCount &+= 1
        return true
    }

    private mutating func begin(sequence: UInt64, time: Instant) {
        buffer.append(Self.format)
        buffer.append(sequence)
        buffer.append(time.nanoseconds)
        firstSequence = sequence
        lastSequence = sequence
        firstTime = time.nanoseconds
        lastTime = time.nanoseconds
    }

    /// The batch, ready to be handed over.
    public consuming func finish() -> RecordBatch {
        precondition(messageCount > 0, "an empty batch is not written")
        return RecordBatch(
            buffer: buffer,
            messageCount: messageCount,
            firstSequence: firstSequence,
            lastSequence: lastSequence,
            firstTime: Instant(nanoseconds: firstTime),
            lastTime: Instant(nanoseconds: lastTime)
        )
    }
}

/// A message inside a batch: numbers and where its bytes lie.
public struct StoredMessage: BitwiseCopyable, Equatable, Sendable {
    /// Its sequence in the stream.
    public let sequence: UInt64
    /// When it was taken in.
    public let time: Instant
    /// Where its subject lies in the batch.
    public let subject: ByteSlice
    /// Where its header bytes lie in the batch; empty without headers.
    public let headers: ByteSlice
    /// Where its payload lies in the batch; empty in a batch of heads.
    public let payload: ByteSlice
    /// How many bytes its payload has, wherever that is.
    public let payloadByteCount: UInt64
}

/// Walks through the messages of a batch.
///
/// Holds a position only; the bytes are passed to every call. Takes any bytes: where they break the
/// format the walk ends and `isMalformed` is set.
public struct BatchReader: BitwiseCopyable {
    private var cursor: ByteCursor
    private var sequence: UInt64 = 0
    private var time: UInt64 = 0
    /// The pages of a block that holds some, the one being read, and the next message there.
    private var pages: HeadPageReader?
    private var page: HeadPage?
    private var slot = 0
    /// Whether the bytes are no batch.
    public private(set) var isMalformed = false
    /// Whether the batch holds heads: messages without their payloads.
    public let isOfHeads: Bool

    /// A walk from the first message of `batch` on.
    public init(_ batch: RawSpan) {
        cursor = ByteCursor()
        pages = HeadPageReader(batch)
        let format = cursor.byte(batch)
        isOfHeads = format == HeadWriter.format || pages != nil
        guard pages == nil else { return }
        guard isOfHeads || format == BatchWriter.format, let first = cursor.fixed64(batch),
            let start = cursor.fixed64(batch)
        else {
            isMalformed = true
            return
        }
        sequence = first
        time = start
    }

    /// The next message of `batch`; `nil` at the end.
    public mutating func next(_ batch: RawSpan) -> StoredMessage? {
        guard pages == nil else { return nextOfPages(batch) }
        guard !isMalformed, !cursor.isAtEnd(batch) else { return nil }
        guard let step = cursor.varint(batch), let later = cursor.varint(batch),
            let subject = cursor.counted(batch), let headers = cursor.counted(batch),
            let payload = isOfHeads ? 0..<0 : cursor.counted(batch),
            let payloadByteCount = isOfHeads ? cursor.varint(batch) : UInt64(payload.count)
        else {
            isMalformed = true
            return nil
        }
        sequence = sequence &+ step
        time = time &+ UInt64(bitPattern: unzigzag(later))
        return StoredMessage(
            sequence: sequence,
            time: Instant(nanoseconds: time),
            subject: ByteSlice(start: subject.lowerBound, count: subject.count),
            headers: ByteSlice(start: headers.lowerBound, count: headers.count),
            payload: ByteSlice(start: payload.lowerBound, count: payload.count),
            payloadByteCount: payloadByteCount
        )
    }

    private mutating func nextOfPages(_ block: RawSpan) -> StoredMessage? {
        if page == nil {
            page = pages?.next(block)
            slot = 0
            isMalformed = pages?.isMalformed ?? false
        }
        guard let page else { return nil }
        defer {
            slot += 1
            if slot == page.slots { self.page = nil }
        }
        return StoredMessage(
            sequence: page.firstSequence &+ UInt64(slot),
            time: Instant(nanoseconds: page.time(of: slot, block)),
            subject: page.name(page.subject(of: slot, block), block),
            headers: .empty,
            payload: .empty,
            payloadByteCount: page.payloadByteCount(of: slot, block)
        )
    }
}
