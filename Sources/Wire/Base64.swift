// Base 64 in both alphabets.
// Source: RFC 4648, sections 4 and 5.

/// Bytes as base 64 text.
public enum Base64 {
    /// Which two digits stand for 62 and 63, and whether the end is filled up.
    public enum Alphabet: Equatable, Sendable {
        /// `+` and `/`, filled up with `=`.
        case standard
        /// `-` and `_`, not filled up.
        case url
    }

    /// The text for `bytes`.
    public static func encode(_ bytes: [UInt8], _ alphabet: Alphabet) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count &+ 2) / 3 &* 4)
        var offset = 0
        while offset < bytes.count {
            let count = min(3, bytes.count &- offset)
            var group: UInt32 = 0
            for index in 0..<3 {
                let byte = index < count ? bytes[offset &+ index] : 0
                group = group << 8 | UInt32(byte)
            }
            for index in 0...count {
                let shift = UInt32(18 &- 6 &* index)
                text.append(digit(UInt8(truncatingIfNeeded: group >> shift & 63), alphabet))
            }
            if alphabet == .standard {
                for _ in count..<3 { text.append(UInt8(ascii: "=")) }
            }
            offset &+= 3
        }
        return text
    }

    /// The bytes that `text` stands for, in either alphabet, filled up or not.
    ///
    /// `nil` for other digits, digits of both alphabets, an impossible length, and bits left over.
    public static func decode(_ text: [UInt8]) -> [UInt8]? {
        var digits = text[...]
        while digits.last == UInt8(ascii: "="), text.count &- digits.count < 2 {
            digits = digits.dropLast()
        }
        guard digits.count % 4 != 1 else { return nil }
        guard digits.count == text.count || text.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count &* 3 / 4)
        var (group, bits) = (UInt32(0), UInt32(0))
        var (hasStandard, hasUrl) = (false, false)
        for digit in digits {
            guard let value = value(of: digit) else { return nil }
            hasStandard = hasStandard || digit == UInt8(ascii: "+") || digit == UInt8(ascii: "/")
            hasUrl = hasUrl || digit == UInt8(ascii: "-") || digit == UInt8(ascii: "_")
            group = group << 6 | UInt32(value)
            bits &+= 6
            guard bits >= 8 else { continue }
            bits &-= 8
            bytes.append(UInt8(truncatingIfNeeded: group >> bits))
            group &= (1 << bits) &- 1
        }
        guard group == 0, !(hasStandard && hasUrl) else { return nil }
        return bytes
    }

    private static func digit(_ value: UInt8, _ alphabet: Alphabet) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") &+ value
        case 26..<52: UInt8(ascii: "a") &+ value &- 26
        case 52..<62: UInt8(ascii: "0") &+ value &- 52
        case 62: alphabet == .standard ? UInt8(ascii: "+") : UInt8(ascii: "-")
        default: alphabet == .standard ? UInt8(ascii: "/") : UInt8(ascii: "_")
        }
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit &- UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit &- UInt8(ascii: "a") &+ 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit &- UInt8(ascii: "0") &+ 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
