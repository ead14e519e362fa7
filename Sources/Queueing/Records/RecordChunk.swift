// One block of memory full of whole messages.

public import Base

/// A message whose bytes are in memory: numbers, and where the bytes lie.
///
/// Good until the stream changes.
public struct Record: BitwiseCopyable, Sendable {
    /// Its sequence.
    public let sequence: UInt64
    /// When it came.
    public let time: Instant
    /// The chunk that holds it.
    let chunk: UInt32
    /// Where its subject lies in the chunk.
    let subject: ByteSlice
    /// Where its header block lies in the chunk.
    let headers: ByteSlice
    /// Where its payload lies in the chunk.
    let payload: ByteSlice

    /// Bytes of the subject.
    public var subjectBytes: Int { Int(subject.count) }
    /// Bytes of the header block; 0 without headers.
    public var headerBytes: Int { Int(headers.count) }
    /// Bytes of the payload.
    public var payloadBytes: Int { Int(payload.count) }
}

/// A block of memory with messages in sequence order: records from the front, their offsets from
/// the end.
struct RecordChunk: BitwiseCopyable {
    /// Bytes in front of each message.
    static let headBytes = 32
    static let alignment = 8

    /// Where the memory is.
    let address: UInt
    let byteCount: UInt32
    /// Bytes of records.
    var used: UInt32 = 0
    /// How many records, dead ones included.
    var slots: UInt32 = 0
    /// How many records are alive.
    var live: UInt32 = 0
    /// Bytes of records that are alive.
    var liveBytes: UInt32 = 0
    /// When it was read last, in reads of the store.
    var lastUse: UInt64 = 0
    /// Everything from `first` through `last` that is alive is here.
    var first: UInt64 = 0
    var last: UInt64 = 0

    init(byteCount: Int) {
        self.byteCount = UInt32(byteCount)
        address = UInt(
            bitPattern: UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
        )
    }

    private var base: UnsafeMutableRawPointer {
        // SAFETY: `init` allocated the address; `free` is the last call.
        unsafe UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped
    }

    func free() {
        unsafe base.deallocate()
    }

    /// Bytes that a message of so many bytes takes.
    static func footprint(_ bytes: Int) -> Int {
        (headBytes + bytes + alignment - 1) & ~(alignment - 1)
    }

    /// Whether a message of so many bytes still fits.
    func fits(_ bytes: Int) -> Bool {
        Int(used) + Self.footprint(bytes) + (Int(slots) + 1) * 4 <= Int(byteCount)
    }

    /// Adds a message that fits behind all others.
    mutating func append(
        sequence: UInt64,
        time: Instant,
        subject: RawSpan,
        headers: RawSpan,
        payload: RawSpan
    ) {
        let bytes = subject.byteCount + headers.byteCount + payload.byteCount
        precondition(fits(bytes), "a chunk is not overfilled")
        let start = Int(used)
        // SAFETY: `fits` made sure that head, bytes and offset lie inside the block.
        unsafe base.storeBytes(of: sequence, toByteOffset: start, as: UInt64.self)
        unsafe base.storeBytes(of: time.nanoseconds, toByteOffset: start + 8, as: UInt64.self)
        unsafe store32(subject.byteCount, start + 16)
        unsafe store32(headers.byteCount, start + 20)
        unsafe store32(payload.byteCount, start + 24)
        unsafe store32(1, start + 28)
        var end = start + Self.headBytes
        unsafe copy(subject, &end)
        unsafe copy(headers, &end)
        unsafe copy(payload, &end)
        slots += 1
        unsafe store32(start, Int(byteCount) - Int(slots) * 4)
        let footprint = UInt32(Self.footprint(bytes))
        used += footprint
        live += 1
        liveBytes += footprint
        if first == 0 { first = sequence }
        last = sequence
    }

    @unsafe private func store32(_ value: Int, _ offset: Int) {
        // SAFETY: callers pass offsets inside the block.
        unsafe base.storeBytes(
            of: UInt32(truncatingIfNeeded: value),
            toByteOffset: offset,
            as: UInt32.self
        )
    }

    @unsafe private func copy(_ bytes: RawSpan, _ end: inout Int) {
        // SAFETY: `append` made sure that the bytes fit behind `end`.
        unsafe bytes.withUnsafeBytes { source in
            if let from = source.baseAddress {
                unsafe (base + end).copyMemory(from: from, byteCount: source.count)
            }
        }
        end += bytes.byteCount
    }

    private func load32(_ offset: Int) -> Int {
        // SAFETY: offsets come from `append` or lie below `slots`.
        Int(unsafe base.load(fromByteOffset: offset, as: UInt32.self))
    }

    private func start(_ slot: Int) -> Int {
        load32(Int(byteCount) - (slot + 1) * 4)
    }

    private func sequence(_ slot: Int) -> UInt64 {
        // SAFETY: `append` wrote the head at this offset.
        unsafe base.load(fromByteOffset: start(slot), as: UInt64.self)
    }

    /// The slot of a message, dead ones included; -1 if it never was here.
    func slot(of wanted: UInt64) -> Int {
        guard slots > 0, wanted >= first, wanted <= last else { return -1 }
        let guess = Int(truncatingIfNeeded: min(wanted &- first, UInt64(slots) - 1))
        if sequence(guess) == wanted { return guess }
        var low = 0
        var high = guess
        while low < high {
            let middle = (low + high) / 2
            if sequence(middle) < wanted { low = middle + 1 } else { high = middle }
        }
        return sequence(low) == wanted ? low : -1
    }

    func isAlive(_ slot: Int) -> Bool { load32(start(slot) + 28) == 1 }

    /// Marks a message that is alive as dead.
    mutating func kill(_ slot: Int) {
        let record = record(slot, chunk: 0)
        let bytes = record.subjectBytes + record.headerBytes + record.payloadBytes
        // SAFETY: as for `load32`.
        unsafe store32(0, start(slot) + 28)
        live -= 1
        liveBytes -= UInt32(Self.footprint(bytes))
    }

    /// Takes the last slot away, whose message is dead or is to be forgotten.
    mutating func popLast() {
        let slot = Int(slots) - 1
        if isAlive(slot) { kill(slot) }
        used = UInt32(start(slot))
        slots -= 1
        if slots > 0 { last = sequence(Int(slots) - 1) } else { first = 0 }
    }

    /// The message in `slot`.
    func record(_ slot: Int, chunk: UInt32) -> Record {
        let start = start(slot)
        let subject = load32(start + 16)
        let headers = load32(start + 20)
        let payload = load32(start + 24)
        let begin = start + Self.headBytes
        // SAFETY: as for `sequence`.
        let time = unsafe base.load(fromByteOffset: start + 8, as: UInt64.self)
        return Record(
            sequence: sequence(slot),
            time: Instant(nanoseconds: time),
            chunk: chunk,
            subject: ByteSlice(start: begin, count: subject),
            headers: ByteSlice(start: begin + subject, count: headers),
            payload: ByteSlice(start: begin + subject + headers, count: payload)
        )
    }

    /// The bytes of `slice`; the caller keeps the chunk alive.
    @unsafe
    func bytes(_ slice: ByteSlice) -> UnsafeRawBufferPointer {
        precondition(slice.end <= Int(byteCount), "slice outside its chunk")
        // SAFETY: checked above.
        return unsafe UnsafeRawBufferPointer(
            start: base + Int(slice.start),
            count: Int(slice.count)
        )
    }
}
