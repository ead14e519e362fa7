// What is shown in place of something that must not reach the screen.

/// A few visible characters, each one cell wide, in place of one that is not shown.
struct StandIn {
    /// The characters.
    let text: String
    /// How many cells they take.
    let cellCount: Int

    /// A picture for C0 and DEL, an escape with the number for all others.
    init(for scalar: Unicode.Scalar) {
        let value = scalar.value
        let picture = value < 0x20 ? 0x2400 + value : value == 0x7F ? 0x2421 : nil
        text =
            picture.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
            ?? "\\u{" + String(value, radix: 16) + "}"
        cellCount = picture == nil ? text.utf8.count : 1
    }

    /// `·xx` for a byte that belongs to no scalar.
    init(byte: UInt8) {
        let digits = String(byte, radix: 16)
        text = "·" + (digits.utf8.count < 2 ? "0" : "") + digits
        cellCount = 3
    }
}
