// Strings: escapes, surrogate pairs and strict UTF-8.

extension JSONScanner {
    /// The string whose opening quote stands here.
    @_lifetime(self: copy self)
    mutating func string() throws(JSONError) -> [UInt8] {
        let start = offset
        offset &+= 1
        var bytes: [UInt8] = []
        while let byte = next {
            guard bytes.count <= limits.stringBytesMax else {
                throw JSONError(.stringTooLong, at: start)
            }
            switch byte {
            case UInt8(ascii: "\""):
                offset &+= 1
                return bytes
            case UInt8(ascii: "\\"):
                try escape(into: &bytes)
            case 0..<0x20:
                throw refusal(.controlByte)
            case 0x20..<0x80:
                bytes.append(byte)
                offset &+= 1
            default:
                try scalar(into: &bytes)
            }
        }
        throw refusal(.unexpectedEnd)
    }

    @_lifetime(self: copy self)
    private mutating func scalar(into bytes: inout [UInt8]) throws(JSONError) {
        let count = Utf8.scalarByteCount(at: offset, in: text)
        guard count > 0 else { throw refusal(.invalidUtf8) }
        for index in offset..<offset &+ count { bytes.append(text[index]) }
        offset &+= count
    }

    @_lifetime(self: copy self)
    private mutating func escape(into bytes: inout [UInt8]) throws(JSONError) {
        offset &+= 1
        guard let byte = next else { throw refusal(.unexpectedEnd) }
        let short: UInt8
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): short = byte
        case UInt8(ascii: "b"): short = 0x08
        case UInt8(ascii: "f"): short = 0x0C
        case UInt8(ascii: "n"): short = 0x0A
        case UInt8(ascii: "r"): short = 0x0D
        case UInt8(ascii: "t"): short = 0x09
        case UInt8(ascii: "u"): return try unicodeEscape(into: &bytes)
        default: throw refusal(.invalidEscape)
        }
        bytes.append(short)
        offset &+= 1
    }

    /// `uXXXX`, or two of them that form a surrogate pair.
    @_lifetime(self: copy self)
    private mutating func unicodeEscape(into bytes: inout [UInt8]) throws(JSONError) {
        let start = offset &- 1
        let high = try hexadecimal()
        if let scalar = Unicode.Scalar(high) {
            bytes.append(contentsOf: scalar.utf8)
            return
        }
        guard high < 0xDC00, next == UInt8(ascii: "\\") else {
            throw JSONError(.loneSurrogate, at: start)
        }
        offset &+= 1
        guard next == UInt8(ascii: "u") else { throw JSONError(.loneSurrogate, at: start) }
        let low = try hexadecimal()
        guard low >= 0xDC00, low < 0xE000,
            let scalar = Unicode.Scalar(0x10000 &+ ((high &- 0xD800) << 10 | (low &- 0xDC00)))
        else { throw JSONError(.loneSurrogate, at: start) }
        bytes.append(contentsOf: scalar.utf8)
    }

    /// The four digits behind the `u` that stands here.
    @_lifetime(self: copy self)
    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        offset &+= 1
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next else { throw refusal(.unexpectedEnd) }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte &- UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte &- UInt8(ascii: "a") &+ 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte &- UInt8(ascii: "A") &+ 10
            default: throw refusal(.invalidEscape)
            }
            value = value << 4 | UInt32(digit)
            offset &+= 1
        }
        return value
    }
}
