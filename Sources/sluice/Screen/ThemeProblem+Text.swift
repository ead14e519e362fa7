// The words for what is wrong with a theme.

import Canvas

extension ThemeProblem {
    /// What is wrong, in a few words.
    var text: String {
        switch reason {
        case .fileTooLong: "longer than \(ThemeParser.byteCountMax) bytes"
        case .lineTooLong: "longer than \(ThemeParser.lineByteCountMax) bytes"
        case .unreadable: "no UTF-8, or a character that is not shown"
        case .noAssignment: "neither `[section]` nor `key = value`"
        case .unknownSection: "no such section"
        case .unknownKey: "no such key in this section"
        case .duplicateKey: "the key stands twice"
        case .invalidValue: "no value that the key can have"
        case .invalidColour: "no colour: write #rrggbb, default or a name from the palette"
        case .invalidAttributes:
            "attributes are bold, dim, italic, underline, reverse; at most two behind the slash"
        case .invalidStopCount: "a gradient has two to five colours"
        case .invalidGlyph: "not one character of one cell"
        case .unknownParent: "no theme of this name to inherit from"
        case .inheritsTooDeep: "inherits more than \(ThemeParser.depthMax) themes deep"
        case .missingRole(let role): "role \(role.name ?? "?") is missing"
        case .missingGradient(let gradient): "gradient \(gradient.name) is missing"
        case .lowContrast(let role, let ground, let hundredths):
            "\(role.name ?? "?") on \(ground.name ?? "?") has a contrast of only "
                + "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
        }
    }
}
