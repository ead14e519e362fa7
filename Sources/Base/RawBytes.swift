// Bytes of an array, looked at in place.

extension [UInt8] {
    /// The bytes, readable while the array is not changed.
    @inlinable
    public var raw: RawSpan {
        @_lifetime(borrow self)
        borrowing get {
            // SAFETY: bytes have no padding, so all of the span's memory is initialised.
            unsafe span.bytes
        }
    }
}
