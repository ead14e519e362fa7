// Small questions about bytes.

import Base

extension RawSpan {
    /// The byte at `offset`, which must be inside.
    @inline(__always)
    func byte(_ offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < byteCount, "outside the bytes")
        // SAFETY: checked above.
        return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// The bytes of `slice`, which must be inside.
    @_lifetime(copy self)
    func part(_ slice: ByteSlice) -> RawSpan {
        extracting(slice.range)
    }

    /// Whether these are the bytes of `text`, which has no more than 255.
    func equals(_ text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        // SAFETY: both have `byteCount` bytes.
        for offset in 0..<byteCount where unsafe byte(offset) != text.utf8Start[offset] {
            return false
        }
        return true
    }

    /// A copy of the bytes.
    var array: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        for offset in 0..<byteCount { bytes.append(byte(offset)) }
        return bytes
    }

    /// The number written in decimal digits, or `nil`.
    var decimal: UInt64? {
        guard byteCount > 0, byteCount <= 20 else { return nil }
        var number: UInt64 = 0
        for offset in 0..<byteCount {
            let digit = byte(offset) &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(digit))
            if overflow || carry { return nil }
            number = sum
        }
        return number
    }
}

/// Whether one of the tokens of `subject` is a wildcard.
func hasWildcard(_ subject: RawSpan) -> Bool {
    var start = 0
    for offset in 0...subject.byteCount
    where offset == subject.byteCount || subject.byte(offset) == UInt8(ascii: ".") {
        if offset == start &+ 1 {
            let only = subject.byte(start)
            if only == UInt8(ascii: "*") || only == UInt8(ascii: ">") { return true }
        }
        start = offset &+ 1
    }
    return false
}
