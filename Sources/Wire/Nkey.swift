// Keys of servers, accounts and users as text.
// Source: NATS nkeys: base 32 of a prefix, 32 bytes and a CRC-16/XMODEM, low byte first.

/// What a public key belongs to.
public enum NkeyRole: UInt8, BitwiseCopyable, CaseIterable, Sendable {
    /// `A…`
    case account = 0
    /// `C…`
    case cluster = 16
    /// `N…`
    case server = 104
    /// `O…`
    case `operator` = 112
    /// `U…`
    case user = 160
    /// `X…`
    case curve = 184
}

/// Why a text is no public key.
public enum NkeyError: Error, Equatable, BitwiseCopyable, Sendable {
    /// The text does not have 56 letters.
    case wrongLength
    /// A byte that is no base 32 digit.
    case invalidDigit
    /// The checksum does not match.
    case wrongChecksum
    /// The key belongs to something else.
    case wrongRole
}

/// The text form of public keys.
public enum Nkey {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
    private static let keyBytes = 32
    private static let textBytes = 56

    /// The 32 bytes of the public key in `text`, which must belong to a `role`.
    ///
    /// - Throws: the first thing wrong with the text.
    public static func decode(_ text: [UInt8], as role: NkeyRole) throws(NkeyError) -> [UInt8] {
        guard text.count == textBytes else { throw .wrongLength }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(keyBytes + 3)
        var (group, bits) = (UInt32(0), UInt32(0))
        for digit in text {
            guard let value = value(of: digit) else { throw .invalidDigit }
            group = group << 5 | UInt32(value)
            bits &+= 5
            guard bits >= 8 else { continue }
            bits &-= 8
            bytes.append(UInt8(truncatingIfNeeded: group >> bits))
        }
        let body = bytes[..<(keyBytes + 1)]
        let checksum = UInt16(bytes[keyBytes + 1]) | UInt16(bytes[keyBytes + 2]) << 8
        guard crc16(body) == checksum else { throw .wrongChecksum }
        guard body.first == role.rawValue else { throw .wrongRole }
        return Array(body.dropFirst())
    }

    /// The text of the public `key` of a `role`.
    ///
    /// - Throws: `wrongLength` unless the key has 32 bytes.
    public static func encode(_ key: [UInt8], as role: NkeyRole) throws(NkeyError) -> [UInt8] {
        guard key.count == keyBytes else { throw .wrongLength }
        var bytes = [role.rawValue] + key
        let checksum = crc16(bytes[...])
        bytes.append(UInt8(truncatingIfNeeded: checksum))
        bytes.append(UInt8(truncatingIfNeeded: checksum >> 8))
        var text: [UInt8] = []
        text.reserveCapacity(textBytes)
        var (group, bits) = (UInt32(0), UInt32(0))
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            bits &+= 8
            while bits >= 5 {
                bits &-= 5
                text.append(digits[Int(group >> bits & 31)])
            }
        }
        return text
    }

    static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit &- UInt8(ascii: "A")
        case UInt8(ascii: "2")...UInt8(ascii: "7"): digit &- UInt8(ascii: "2") &+ 26
        default: nil
        }
    }

    static func crc16(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        var crc: UInt16 = 0
        for byte in bytes {
            crc ^= UInt16(byte) << 8
            for _ in 0..<8 {
                crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1
            }
        }
        return crc
    }
}
