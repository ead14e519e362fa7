// Many small byte strings in one block of memory.

/// Keeps byte strings of any length and gives their places back when they are freed.
///
/// Places come in powers of two from 16 bytes on; freed ones wait in a list per size. All strings
/// together take at most 4 GiB; `store` answers `nil` beyond `byteCountMax`.
@safe
public struct ByteArena: ~Copyable {
    private var base: UnsafeMutableRawPointer
    private var end = 0
    private var capacity: Int
    private var freePlaces: Table<UInt32>
    /// Most bytes the arena grows to.
    public let byteCountMax: Int

    /// An arena that starts small and grows up to `byteCountMax` bytes.
    public init(byteCountMax: Int = 1 << 31) {
        capacity = 1_024
        unsafe base = .allocate(byteCount: 1_024, alignment: 16)
        freePlaces = Table(repeating: noIndex, count: 32)
        self.byteCountMax = min(byteCountMax, 1 << 31)
    }

    deinit { unsafe base.deallocate() }

    /// Bytes taken from the system.
    public var byteCount: Int { capacity }

    /// Keeps a copy of `bytes`.
    /// - Returns: where they lie, or `nil` if the arena is full.
    public mutating func store(_ bytes: RawSpan) -> ByteSlice? {
        guard !bytes.isEmpty else { return .empty }
        guard let start = place(sizeClass: sizeClass(bytes.byteCount)) else { return nil }
        // SAFETY: `place` gives room for at least `byteCount` bytes behind `start`.
        unsafe bytes.withUnsafeBytes { source in
            if let from = source.baseAddress {
                unsafe (base + start).copyMemory(from: from, byteCount: source.count)
            }
        }
        return ByteSlice(start: start, count: bytes.byteCount)
    }

    /// Gives the place of `slice` back.
    public mutating func free(_ slice: ByteSlice) {
        guard !slice.isEmpty else { return }
        let list = sizeClass(Int(slice.count))
        // SAFETY: every place has at least 16 bytes and begins at a multiple of 16.
        unsafe (base + Int(slice.start)).storeBytes(of: freePlaces[list], as: UInt32.self)
        freePlaces[list] = slice.start
    }

    /// The bytes of `slice`, readable while the arena is not changed.
    @_lifetime(borrow self)
    public func bytes(of slice: ByteSlice) -> RawSpan {
        precondition(slice.end <= end, "slice outside its arena")
        // SAFETY: checked above; the span borrows the arena.
        let region = unsafe UnsafeRawBufferPointer(
            start: base + Int(slice.start),
            count: Int(slice.count)
        )
        return unsafe _overrideLifetime(region.bytes, borrowing: self)
    }

    private func sizeClass(_ byteCount: Int) -> Int {
        max(4, Int.bitWidth - (byteCount - 1).leadingZeroBitCount)
    }

    private mutating func place(sizeClass: Int) -> Int? {
        let free = freePlaces[sizeClass]
        if free != noIndex {
            // SAFETY: a freed place holds the index of the next one.
            freePlaces[sizeClass] = unsafe (base + Int(free)).load(as: UInt32.self)
            return Int(free)
        }
        let size = 1 << sizeClass
        guard end + size <= byteCountMax else { return nil }
        if end + size > capacity { grow(toHold: end + size) }
        defer { end += size }
        return end
    }

    private mutating func grow(toHold needed: Int) {
        var larger = capacity * 2
        while larger < needed { larger *= 2 }
        let block = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        // SAFETY: the new block is larger than what is in use.
        unsafe block.copyMemory(from: base, byteCount: end)
        unsafe base.deallocate()
        unsafe base = block
        capacity = larger
    }
}
