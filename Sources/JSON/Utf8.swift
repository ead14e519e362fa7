// Where UTF-8 is well formed.
// Source: Unicode 15, table 3-7.

/// Strict UTF-8 over bytes.
enum Utf8 {
    /// How many bytes the scalar at `offset` takes; 0 if they are not UTF-8.
    static func scalarByteCount(at offset: Int, in bytes: Span<UInt8>) -> Int {
        let lead = bytes[offset]
        let second: ClosedRange<UInt8>
        let count: Int
        switch lead {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: (count, second) = (2, 0x80...0xBF)
        case 0xE0: (count, second) = (3, 0xA0...0xBF)
        case 0xED: (count, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (count, second) = (3, 0x80...0xBF)
        case 0xF0: (count, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (count, second) = (4, 0x80...0xBF)
        case 0xF4: (count, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard bytes.count &- offset >= count, second.contains(bytes[offset &+ 1]) else { return 0 }
        for index in offset &+ 2..<max(offset &+ 2, offset &+ count)
        where bytes[index] & 0xC0 != 0x80 {
            return 0
        }
        return count
    }
}
