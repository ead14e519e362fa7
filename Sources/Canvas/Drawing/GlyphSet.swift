// All characters that drawings are made of, for terminals with and without UTF-8.

/// All characters that drawings are made of.
public struct GlyphSet: Equatable, Sendable {
    /// Whether only ASCII is used.
    public let isAscii: Bool
    /// Frames by weight.
    public let light, heavy, double: BorderGlyphs
    /// From an empty to a full cell, filled from below.
    public let columns: [Unicode.Scalar]
    /// From an empty to a full cell, filled from the left.
    public let bars: [Unicode.Scalar]
    /// From nothing to full ink.
    public let shades: [Unicode.Scalar]
    private var single: [Unicode.Scalar]

    /// The character for `glyph`.
    public subscript(_ glyph: Glyph) -> Unicode.Scalar { single[Int(glyph.rawValue)] }

    /// The character for `glyph` as text.
    public func text(_ glyph: Glyph) -> String { String(Character(self[glyph])) }

    /// The frame of `weight`.
    public func border(_ weight: BorderWeight) -> BorderGlyphs {
        switch weight {
        case .light: light
        case .heavy: heavy
        case .double: double
        }
    }

    /// The same set with another character for `glyph`; a character that is not narrow is ignored.
    public func replacing(_ glyph: Glyph, with scalar: Unicode.Scalar) -> GlyphSet {
        guard TextWidth.width(of: scalar) == .narrow, scalar.isASCII || !isAscii else {
            return self
        }
        var result = self
        result.single[Int(glyph.rawValue)] = scalar
        return result
    }

    /// Box drawing, blocks and braille.
    public static let unicode = GlyphSet(
        isAscii: false,
        light: BorderGlyphs("─│┌┐└┘"),
        heavy: BorderGlyphs("━┃┏┓┗┛"),
        double: BorderGlyphs("═║╔╗╚╝"),
        columns: Array(" ▁▂▃▄▅▆▇█".unicodeScalars),
        bars: Array(" ▏▎▍▌▋▊▉█".unicodeScalars),
        shades: Array(" ░▒▓█".unicodeScalars),
        single: Glyph.allCases.map(unicodeScalar)
    )

    /// Nothing above U+007E.
    public static let ascii = GlyphSet(
        isAscii: true,
        light: BorderGlyphs("-|++++"),
        heavy: BorderGlyphs("=|++++"),
        double: BorderGlyphs("=#####"),
        columns: Array(" _.-=+*%#".unicodeScalars),
        bars: Array(" .:=#".unicodeScalars),
        shades: Array(" .+%#".unicodeScalars),
        single: Glyph.allCases.map(asciiScalar)
    )

    private static func unicodeScalar(_ glyph: Glyph) -> Unicode.Scalar {
        switch glyph {
        case .stateOk, .right, .stepRunning: "▶"
        case .stateWarn: "◆"
        case .stateCrit, .up: "▲"
        case .statePaused: "‖"
        case .stateDraining: "▽"
        case .stateSealed: "✕"
        case .stateUnknown: "?"
        case .live: "●"
        case .cursor: ">"
        case .mark: "*"
        case .down: "▼"
        case .left: "◀"
        case .stepDone: "✓"
        case .stepOpen: "○"
        case .bullet, .dot: "•"
        case .ellipsis: "…"
        case .separator: "│"
        case .badgeLeft: "▌"
        case .badgeRight: "▐"
        case .dotFaint: "·"
        case .tick: "┤"
        case .altered: "⚠"
        }
    }

    private static func asciiScalar(_ glyph: Glyph) -> Unicode.Scalar {
        switch glyph {
        case .stateOk, .right, .stepRunning, .cursor: ">"
        case .stateWarn, .altered: "!"
        case .stateCrit: "!"
        case .statePaused: "="
        case .stateDraining, .down: "v"
        case .stateSealed: "x"
        case .stateUnknown: "?"
        case .live, .mark, .bullet: "*"
        case .up: "^"
        case .left: "<"
        case .stepDone: "+"
        case .stepOpen: "o"
        case .ellipsis: "~"
        case .separator, .tick: "|"
        case .badgeLeft: "["
        case .badgeRight: "]"
        case .dot: "o"
        case .dotFaint: "."
        }
    }
}
