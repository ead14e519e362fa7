// The colours that a theme file names.

/// Names for colours, and how colours are written.
struct ThemePalette {
    private var colours: [String: Colour] = [:]

    static let names16 = [
        "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
        "brightblack", "brightred", "brightgreen", "brightyellow", "brightblue", "brightmagenta",
        "brightcyan", "brightwhite",
    ]

    mutating func define(_ name: String, as colour: Colour) {
        colours[name] = colour
    }

    /// The colour that a value in the section `palette` stands for:
    /// truecolour, index among 256, name among 16, the last two of which may be left out.
    static func defined(by value: String) -> Colour? {
        let parts = value.split(separator: "|", omittingEmptySubsequences: false)
            .map { trimmed(String($0)) }
        guard (1...3).contains(parts.count) else { return nil }
        let isTerminal = parts[0] == "default"
        let rgb = isTerminal ? nil : rgb(parts[0])
        guard isTerminal || rgb != nil else { return nil }
        let near = rgb.map { Colour(nearest: $0) } ?? .terminal
        guard let second = index256(parts.count > 1 ? parts[1] : "", near.index256),
            let third = index16(parts.count > 2 ? parts[2] : "", near.index16)
        else { return nil }
        return Colour(rgb: rgb, index256: second.value, index16: third.value)
    }

    /// The colour written in a role or gradient: a name, `#rrggbb` or `default`.
    func colour(_ text: String) -> Colour? {
        if let named = colours[text] { return named }
        if text == "default" { return .terminal }
        return ThemePalette.rgb(text).map { Colour(nearest: $0) }
    }

    private static func rgb(_ text: String) -> Rgb? {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == 0x23, digits.count == 6, digits.allSatisfy({ isHexDigit($0) })
        else { return nil }
        return UInt32(text.dropFirst(), radix: 16).map { Rgb(hex: $0) }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    /// An index, or `near` where nothing is written.
    private struct Choice {
        let value: UInt8?
    }

    private static func index256(_ text: String, _ near: UInt8?) -> Choice? {
        if text.isEmpty { return Choice(value: near) }
        if text == "default" { return Choice(value: nil) }
        return UInt8(text).map { Choice(value: $0) }
    }

    private static func index16(_ text: String, _ near: UInt8?) -> Choice? {
        if text.isEmpty { return Choice(value: near) }
        if text == "default" { return Choice(value: nil) }
        return names16.firstIndex(of: text).map { Choice(value: UInt8($0)) }
    }
}
