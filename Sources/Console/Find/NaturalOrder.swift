// The order of names: as bytes are, but numbers in them by their value.

/// The order of names: as bytes are, but numbers in them by their value, so that `L2` comes before
/// `L12`.
enum NaturalOrder {
    /// Whether `left` comes before `right`.
    ///
    /// Names that differ only in leading zeros are in the order of their bytes.
    static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        var (one, other) = (0, 0)
        while one < left.count, other < right.count {
            if isDigit(left[one]), isDigit(right[other]) {
                let first = digits(left, from: &one)
                let second = digits(right, from: &other)
                if first.count != second.count { return first.count < second.count }
                if first != second { return first.lexicographicallyPrecedes(second) }
            } else {
                if left[one] != right[other] { return left[one] < right[other] }
                one += 1
                other += 1
            }
        }
        if one == left.count, other == right.count { return left.lexicographicallyPrecedes(right) }
        return one == left.count
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// The digits from `place` on without leading zeros; `place` is behind them then.
    private static func digits(_ bytes: [UInt8], from place: inout Int) -> ArraySlice<UInt8> {
        let start = place
        while place < bytes.count, isDigit(bytes[place]) { place += 1 }
        return bytes[start..<place].drop { $0 == 0x30 }
    }
}
