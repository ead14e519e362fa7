// Seeds of keys as text.
// Source: NATS nkeys: base 32 of two prefix bytes, 32 bytes and a CRC-16/XMODEM, low byte first.

extension Nkey {
    private static let seedPrefix: UInt8 = 144
    private static let seedTextBytes = 58
    private static let seedBytes = 36

    /// The 32 bytes of the seed in `text`, which must belong to a `role`.
    ///
    /// - Throws: the first thing wrong with the text.
    public static func decode(seed text: [UInt8], of role: NkeyRole) throws(NkeyError) -> [UInt8] {
        guard text.count == seedTextBytes else { throw .wrongLength }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(seedBytes)
        var (group, bits) = (UInt32(0), UInt32(0))
        for digit in text {
            guard let value = value(of: digit) else { throw .invalidDigit }
            group = group << 5 | UInt32(value)
            bits &+= 5
            guard bits >= 8 else { continue }
            bits &-= 8
            bytes.append(UInt8(truncatingIfNeeded: group >> bits))
        }
        let checksum = UInt16(bytes[34]) | UInt16(bytes[35]) << 8
        guard crc16(bytes[..<34]) == checksum else { throw .wrongChecksum }
        let prefix = [seedPrefix | role.rawValue >> 5, (role.rawValue & 31) << 3]
        guard bytes.starts(with: prefix) else { throw .wrongRole }
        return Array(bytes[2..<34])
    }
}
