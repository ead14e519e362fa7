// A range of bytes inside a buffer that somebody else owns.

/// Where some bytes lie: an offset and a count, without the buffer.
///
/// Stands for bytes on the hot path, where neither `Range` (not bitwise copyable) nor a pointer
/// will do.
@frozen
public struct ByteSlice: BitwiseCopyable, Equatable, Sendable {
    /// Offset of the first byte.
    public var start: UInt32
    /// How many bytes.
    public var count: UInt32

    /// The `count` bytes from `start` on.
    @inlinable
    public init(start: UInt32, count: UInt32) {
        self.start = start
        self.count = count
    }

    /// The `count` bytes from `start` on; both must fit 32 bits.
    @inlinable
    public init(start: Int, count: Int) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.count = UInt32(truncatingIfNeeded: count)
    }

    /// No bytes.
    @inlinable
    public static var empty: ByteSlice { ByteSlice(start: UInt32(0), count: UInt32(0)) }

    /// Offset behind the last byte.
    @inlinable
    public var end: Int { Int(start) &+ Int(count) }

    /// Whether there are no bytes.
    @inlinable
    public var isEmpty: Bool { count == 0 }

    /// Offsets of the bytes.
    @inlinable
    public var range: Range<Int> { Int(start)..<end }
}
