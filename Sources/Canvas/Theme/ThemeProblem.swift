// What is wrong with a theme file.

/// Something wrong with a theme file and where.
public struct ThemeProblem: Error, Equatable, Sendable {
    /// What is wrong.
    public enum Reason: Equatable, Sendable {
        /// The file is longer than `ThemeParser.byteCountMax`.
        case fileTooLong
        /// The line is longer than `ThemeParser.lineByteCountMax`.
        case lineTooLong
        /// The line is no UTF-8 or holds a character that is not shown.
        case unreadable
        /// The line is neither empty, a comment, a section nor `key = value`.
        case noAssignment
        /// There is no such section.
        case unknownSection
        /// The section has no such key.
        case unknownKey
        /// The key stands twice in one file.
        case duplicateKey
        /// The value is none that the key can have.
        case invalidValue
        /// The colour is neither `#rrggbb` nor in the palette, or has a wrong index or name.
        case invalidColour
        /// There is no such attribute, or more than two for terminals without colours.
        case invalidAttributes
        /// A gradient has fewer than two or more than five stops.
        case invalidStopCount
        /// The character does not take exactly one cell.
        case invalidGlyph
        /// No theme of the name that is inherited from.
        case unknownParent
        /// Themes inherit from each other more than `ThemeParser.depthMax` deep.
        case inheritsTooDeep
        /// The role is not named; its parent's look stands in.
        case missingRole(StyleRole)
        /// The gradient is not named.
        case missingGradient(Gradient)
        /// The role has less contrast, in hundredths, than the theme promises.
        case lowContrast(StyleRole, ground: StyleRole, hundredths: Int)
    }

    /// What is wrong.
    public let reason: Reason
    /// The line, counted from 1; 0 stands for the file.
    public let line: Int

    /// A problem of `line`.
    public init(_ reason: Reason, line: Int) {
        self.reason = reason
        self.line = line
    }

    /// Whether the theme can be used all the same.
    public var isWarning: Bool {
        switch reason {
        case .unknownSection, .unknownKey, .missingRole, .missingGradient, .lowContrast: true
        default: false
        }
    }
}
