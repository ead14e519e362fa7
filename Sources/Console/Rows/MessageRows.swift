// One message in lines: headers, then its payload as text or bytes.

import Base
import Canvas
import Engine

/// One message in lines.
enum MessageRows {
    /// Headers and payload, cut to `columns` cells a line.
    static func lines(_ message: PeekedMessage, columns: Int, _ style: TextStyle) -> [TextLine] {
        var lines = headerLines(message.headers, style).flatMap {
            $0.wrapped(cells: max(1, columns), indent: 2)
        }
        if !lines.isEmpty { lines.append([]) }
        lines +=
            isText(message.payload)
            ? textLines(message.payload, columns: max(1, columns), style)
            : byteLines(message.payload, columns: columns)
        let shown = UInt64(message.payload.count)
        if message.payloadByteCount > shown {
            let rest = message.payloadByteCount - shown
            lines.append([TextRun("\(Format.bytes(rest)) more", .textMuted)])
        }
        return lines
    }

    private static func headerLines(_ headers: [UInt8], _ style: TextStyle) -> [TextLine] {
        headers.split(separator: UInt8(ascii: "\n")).prefix(64).compactMap { line in
            let kept = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard !kept.isEmpty else { return nil }
            guard let colon = kept.firstIndex(of: UInt8(ascii: ":")) else {
                return [TextRun(style.name(Array(kept)), .textMuted)]
            }
            return [
                TextRun(style.name(Array(kept[..<colon]), cellsMax: 60) + ":", .textMuted),
                TextRun(style.name(Array(kept[(colon + 1)...])), .text),
            ]
        }
    }

    /// Whether hardly any byte is a control character.
    static func isText(_ bytes: [UInt8]) -> Bool {
        let strange = bytes.count {
            $0 < 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D || $0 == 0x7F
        }
        return strange * 20 <= bytes.count && String(validating: bytes, as: UTF8.self) != nil
    }

    private static func textLines(_ bytes: [UInt8], columns: Int, _ style: TextStyle) -> [TextLine]
    {
        var lines: [TextLine] = []
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let bytes = Array(line).filter { $0 != 0x0D }
            // No stand-in takes more than four cells a byte.
            let text = style.name(bytes, cellsMax: 4 * bytes.count)
            lines += pieces(text, cells: columns).map { [TextRun($0, .textCode)] }
        }
        return lines
    }

    /// `text` in pieces of at most `cells`, broken between characters.
    private static func pieces(_ text: String, cells: Int) -> [String] {
        var pieces: [String] = []
        var piece = ""
        var used = 0
        for character in text {
            let width = TextWidth.cells(of: String(character))
            if used + width > cells, !piece.isEmpty {
                pieces.append(piece)
                (piece, used) = ("", 0)
            }
            piece.append(character)
            used += width
        }
        return pieces + [piece]
    }

    /// Sixteen bytes a line: offset, hexadecimal, what can be shown of them.
    private static func byteLines(_ bytes: [UInt8], columns: Int) -> [TextLine] {
        let perLine = columns >= 76 ? 16 : columns >= 44 ? 8 : 4
        return stride(from: 0, to: min(bytes.count, 4_096), by: perLine).map { start in
            let part = bytes[start..<min(bytes.count, start + perLine)]
            let hex = part.map { hexadecimal(UInt64($0), digits: 2) }.joined(separator: " ")
            var text = String.UnicodeScalarView()
            for byte in part {
                text.append(byte >= 0x20 && byte < 0x7F ? Unicode.Scalar(byte) : ".")
            }
            return [
                TextRun(hexadecimal(UInt64(start), digits: 6) + "  ", .textMuted),
                TextRun(TextWidth.pad(hex, cells: perLine * 3 + 1), .textCode),
                TextRun(String(text), .text),
            ]
        }
    }

    private static func hexadecimal(_ value: UInt64, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
