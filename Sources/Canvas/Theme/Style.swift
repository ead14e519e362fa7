// How a role looks.

/// What a terminal does to characters besides colouring them.
public struct TextAttributes: OptionSet, BitwiseCopyable, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8

    /// A set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Heavier or brighter.
    public static let bold = TextAttributes(rawValue: 1)
    /// Fainter.
    public static let dim = TextAttributes(rawValue: 2)
    /// Slanted.
    public static let italic = TextAttributes(rawValue: 4)
    /// With a line below.
    public static let underline = TextAttributes(rawValue: 8)
    /// Foreground and background exchanged.
    public static let reverse = TextAttributes(rawValue: 16)

    /// The attributes by the names that theme files use.
    public static let named: [(name: String, attribute: TextAttributes)] = [
        ("bold", .bold), ("dim", .dim), ("italic", .italic), ("underline", .underline),
        ("reverse", .reverse),
    ]

    /// How many of them are set.
    public var count: Int { rawValue.nonzeroBitCount }
}

/// How a role looks.
public struct Style: BitwiseCopyable, Equatable, Hashable, Sendable {
    /// The colour of the character.
    public var foreground: Colour
    /// The colour behind it; `nil` shows the ground the character lies on.
    public var background: Colour?
    /// What else is done where there are colours.
    public var attributes: TextAttributes
    /// What is done where there are none.
    public var monoAttributes: TextAttributes

    /// A look.
    public init(
        foreground: Colour,
        background: Colour? = nil,
        attributes: TextAttributes = [],
        monoAttributes: TextAttributes = []
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
        self.monoAttributes = monoAttributes
    }
}
