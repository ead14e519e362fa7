// The bytes that travel between shard, journal and disk.

import Glibc

/// A block of bytes with exactly one owner; grows by doubling.
@safe
public struct RecordBuffer: ~Copyable, Sendable {
    private nonisolated(unsafe) var base: UnsafeMutableRawPointer
    /// How many bytes are in use.
    public private(set) var count: Int
    /// How many bytes fit without growing.
    public private(set) var capacity: Int

    /// Bytes on whose multiples the memory begins: what the allocator gives by itself.
    ///
    /// It does not reuse a gap of just the size for anything that must begin at a page.
    private static var alignment: Int { 16 }

    /// An empty buffer with room for `capacity` bytes.
    public init(capacity: Int) {
        let room = max(64, capacity)
        unsafe base = .allocate(byteCount: room, alignment: Self.alignment)
        self.capacity = room
        count = 0
    }

    /// The buffer that was lent as `loan`; each loan may come back once.
    public init(_ loan: BufferLoan) {
        // SAFETY: a loan is made from a live buffer that was not destroyed, and is redeemed once.
        unsafe base = UnsafeMutableRawPointer(bitPattern: loan.address).unsafelyUnwrapped
        capacity = Int(loan.capacity)
        count = Int(loan.count)
    }

    deinit { unsafe base.deallocate() }

    /// Gives the buffer up as a plain value that can pass through a ring.
    public consuming func lend() -> BufferLoan {
        // SAFETY: the loan takes over the only pointer to the memory.
        let loan = unsafe BufferLoan(
            address: UInt(bitPattern: base),
            capacity: UInt32(capacity),
            count: UInt32(count)
        )
        discard self
        return loan
    }

    /// The bytes in use, readable while the buffer is not changed.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            // SAFETY: `base` covers `count` bytes until deinit, and the span borrows `self`.
            let region = unsafe UnsafeRawBufferPointer(start: base, count: count)
            return unsafe _overrideLifetime(region.bytes, borrowing: self)
        }
    }

    /// A copy of the bytes in use.
    public var array: [UInt8] { bytes.array(0..<count) }

    /// Forgets the bytes and keeps the memory.
    public mutating func removeAll() {
        count = 0
    }

    /// Makes room for `additional` bytes behind those in use.
    public mutating func reserve(_ additional: Int) {
        let needed = count + additional
        guard needed > capacity else { return }
        var larger = capacity * 2
        while larger < needed { larger *= 2 }
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: larger,
            alignment: Self.alignment
        )
        // SAFETY: the new block is larger than what is in use.
        unsafe block.copyMemory(from: base, byteCount: count)
        unsafe base.deallocate()
        unsafe base = block
        capacity = larger
    }

    /// Adds `bytes` at the end.
    public mutating func append(_ bytes: RawSpan) {
        reserve(bytes.byteCount)
        unsafe bytes.withUnsafeBytes { source in
            if let from = source.baseAddress {
                // SAFETY: `reserve` made the room.
                unsafe (base + count).copyMemory(from: from, byteCount: source.count)
            }
        }
        count += bytes.byteCount
    }

    /// Adds `value` at the end, little-endian.
    mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        reserve(MemoryLayout<Value>.size)
        // SAFETY: `reserve` made the room.
        unsafe (base + count).storeBytes(of: value.littleEndian, as: Value.self)
        count += MemoryLayout<Value>.size
    }

    /// Adds `value` at the end, seven bits a byte, lowest first.
    mutating func appendVarint(_ value: UInt64) {
        reserve(10)
        var rest = value
        while rest >= 0x80 {
            // SAFETY: `reserve` made room for ten bytes, the most a 64-bit number takes.
            unsafe (base + count).storeBytes(
                of: UInt8(truncatingIfNeeded: rest) | 0x80,
                as: UInt8.self
            )
            count &+= 1
            rest >>= 7
        }
        // SAFETY: as above.
        unsafe (base + count).storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
        count &+= 1
    }

    /// Adds `additional` zero bytes at the end.
    mutating func appendZeros(_ additional: Int) {
        reserve(additional)
        // SAFETY: `reserve` made the room.
        unsafe memset(base + count, 0, additional)
        count += additional
    }

    /// Adds `additional` bytes of any value at the end, to be overwritten through `mutableBytes`.
    mutating func extend(_ additional: Int) {
        reserve(additional)
        count += additional
    }

    /// Cuts the bytes in use down to `count`.
    mutating func truncate(_ count: Int) {
        precondition(count <= self.count, "cannot cut to more than there is")
        self.count = count
    }

    /// Overwrites `MemoryLayout<Value>.size` bytes at `offset`, little-endian.
    mutating func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int)
    {
        precondition(offset >= 0 && offset + MemoryLayout<Value>.size <= count, "outside the bytes")
        // SAFETY: checked above.
        unsafe (base + offset).storeBytes(of: value.littleEndian, as: Value.self)
    }

    /// The bytes of `range`, changeable while the buffer is not used otherwise.
    @_lifetime(&self)
    mutating func mutableBytes(_ range: Range<Int>) -> MutableRawSpan {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "outside the bytes")
        // SAFETY: checked above; the span borrows `self` exclusively.
        let region = unsafe UnsafeMutableRawBufferPointer(
            start: base + range.lowerBound,
            count: range.count
        )
        return unsafe _overrideLifetime(region.mutableBytes, mutating: &self)
    }
}

/// A buffer on its way to another owner.
///
/// A plain value, so that it passes through rings. Whoever receives it makes exactly one
/// `RecordBuffer` of it; a loan that is dropped leaks its memory.
public struct BufferLoan: BitwiseCopyable, Sendable {
    let address: UInt
    let capacity: UInt32
    /// How many bytes are in use.
    public let count: UInt32
}

extension RawSpan {
    /// The little-endian number at `offset`; zero if it is not all inside.
    func number<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type,
        at offset: Int
    ) -> Value {
        guard offset >= 0, offset <= byteCount &- MemoryLayout<Value>.size else { return 0 }
        // SAFETY: checked above.
        return Value(
            littleEndian: unsafe unsafeLoadUnaligned(
                fromUncheckedByteOffset: offset,
                as: Value.self
            )
        )
    }

    /// The bytes from `start` up to but not including `end`.
    @_lifetime(copy self)
    func part(_ start: Int, _ end: Int) -> RawSpan {
        precondition(start >= 0 && start <= end && end <= byteCount, "outside the bytes")
        return extracting(start..<end)
    }
}
