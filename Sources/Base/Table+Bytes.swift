// A table of bytes as a buffer that text is put together in.

extension Table<UInt8> {
    /// The bytes, readable while the table is not changed.
    @inlinable
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            // SAFETY: `base` covers `used` initialised bytes, and the span borrows the table.
            let region = unsafe UnsafeRawBufferPointer(start: base, count: used)
            return unsafe _overrideLifetime(region.bytes, borrowing: self)
        }
    }

    /// Adds `bytes` at the end.
    @inlinable
    public mutating func append(_ bytes: RawSpan) {
        let count = bytes.byteCount
        while used &+ count > room { grow() }
        unsafe bytes.withUnsafeBytes { source in
            if let from = source.baseAddress {
                // SAFETY: there is room for `count` more.
                unsafe UnsafeMutableRawPointer(base + used).copyMemory(from: from, byteCount: count)
            }
        }
        used &+= count
    }

    /// Adds the bytes of `text` at the end.
    @inlinable
    public mutating func append(_ text: StaticString) {
        // SAFETY: a static string keeps its UTF-8 for ever.
        append(
            unsafe UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
                .bytes
        )
    }

    /// Adds `value` in decimal digits.
    @inlinable
    public mutating func append(decimal value: UInt64) {
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var at = 20
        var rest = value
        repeat {
            at &-= 1
            digits[at] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        while at < 20 {
            append(digits[at])
            at &+= 1
        }
    }
}
