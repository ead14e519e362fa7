// Strict UTF-8 for text that somebody else wrote.
// Source: RFC 3629; table 3-7 of the Unicode standard.

/// Strict UTF-8, one byte at a time; bytes that belong to no scalar are passed on as they are.
struct Utf8Decoder {
    private var held: [4 of UInt8] = [0, 0, 0, 0]
    private var heldCount = 0
    private var wanted = 0

    mutating func take(_ byte: UInt8, into filter: inout DisplayFilter) {
        if heldCount > 0 {
            guard continues(byte) else {
                finish(into: &filter)
                return take(byte, into: &filter)
            }
            hold(byte)
            if heldCount == wanted { complete(into: &filter) }
            return
        }
        switch byte {
        case 0..<0x80: filter.take(Unicode.Scalar(byte))
        case 0xC2...0xDF: start(byte, wanted: 2)
        case 0xE0...0xEF: start(byte, wanted: 3)
        case 0xF0...0xF4: start(byte, wanted: 4)
        default: filter.take(badByte: byte)
        }
    }

    /// Passes on what is held of an unfinished scalar.
    mutating func finish(into filter: inout DisplayFilter) {
        for index in 0..<heldCount { filter.take(badByte: held[index]) }
        heldCount = 0
    }

    private mutating func start(_ byte: UInt8, wanted: Int) {
        self.wanted = wanted
        heldCount = 0
        hold(byte)
    }

    private mutating func hold(_ byte: UInt8) {
        held[heldCount] = byte
        heldCount += 1
    }

    /// Whether `byte` may follow what is held; excludes overlong forms and surrogates.
    private func continues(_ byte: UInt8) -> Bool {
        guard heldCount == 1 else { return byte & 0xC0 == 0x80 }
        return switch held[0] {
        case 0xE0: (0xA0...0xBF).contains(byte)
        case 0xED: (0x80...0x9F).contains(byte)
        case 0xF0: (0x90...0xBF).contains(byte)
        case 0xF4: (0x80...0x8F).contains(byte)
        default: byte & 0xC0 == 0x80
        }
    }

    private mutating func complete(into filter: inout DisplayFilter) {
        var value = UInt32(held[0]) & (0xFF >> UInt32(wanted + 1))
        for index in 1..<wanted { value = value << 6 | UInt32(held[index] & 0x3F) }
        heldCount = 0
        if let scalar = Unicode.Scalar(value) { filter.take(scalar) }
    }
}
