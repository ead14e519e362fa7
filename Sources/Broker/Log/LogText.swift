// The one way from bytes of somebody else into the log.

/// Text that cannot disturb a log or the terminal it is read on.
public enum LogText {
    /// Most bytes of one name that are shown.
    public static let byteCountMax = 256

    /// `bytes` with everything but printable ASCII escaped: `\n`, `\xff`, and quotes and
    /// backslashes with a backslash in front; cut off with `...` behind `byteCountMax` bytes.
    public static func safe(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for byte in bytes.prefix(byteCountMax) {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text.append(UInt8(ascii: "\\"))
                text.append(byte)
            case 0x0A: text.append(contentsOf: "\\n".utf8)
            case 0x0D: text.append(contentsOf: "\\r".utf8)
            case 0x09: text.append(contentsOf: "\\t".utf8)
            case 0x20...0x7E: text.append(byte)
            default:
                text.append(contentsOf: "\\x".utf8)
                text.append(digit(byte >> 4))
                text.append(digit(byte & 15))
            }
        }
        if bytes.count > byteCountMax { text.append(contentsOf: "...".utf8) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
