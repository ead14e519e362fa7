// From measures to counts.

extension UInt64 {
    /// `value` rounded down and brought into range; not-a-number is 0.
    public init(saturating value: Double) {
        self = value.isNaN || value <= 0 ? 0 : value >= 1.8e19 ? .max : UInt64(value)
    }
}
