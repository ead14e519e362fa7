// Messages that a terminal shows outside of its window.

/// The sequence by which a terminal is asked to notify a person.
public enum TerminalNotification: String, CaseIterable, Sendable {
    /// One line of text, as iTerm2, Windows Terminal, WezTerm, kitty and foot take it.
    case osc9
    /// A title and a text, as rxvt, VTE, foot and Konsole take it.
    case osc777

    /// The bytes that say `text` under `title`.
    ///
    /// Controls and semicolons, which would end the sequence or its fields, become blanks, and what
    /// is longer than `scalarsMax` is cut.
    public func bytes(title: String, text: String) -> [UInt8] {
        let (title, text) = (Self.plain(title), Self.plain(text))
        return switch self {
        case .osc9: Array("\u{1B}]9;\(title): \(text)\u{7}".utf8)
        case .osc777: Array("\u{1B}]777;notify;\(title);\(text)\u{7}".utf8)
        }
    }

    /// Scalars of a title or a text at most.
    private static let scalarsMax = 200

    private static func plain(_ text: String) -> String {
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(scalarsMax) {
            let isText = scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
            kept.append(isText && scalar != ";" ? scalar : " ")
        }
        return String(kept)
    }
}
