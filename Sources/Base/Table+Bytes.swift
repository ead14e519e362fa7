// A table of bytes as a span.

extension Table<UInt8> {
    /// The bytes, readable while the table is not changed.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            // SAFETY: `base` covers `count` initialised bytes, and the span borrows the table.
            let region = unsafe UnsafeRawBufferPointer(start: base, count: count)
            return unsafe _overrideLifetime(region.bytes, borrowing: self)
        }
    }
}
