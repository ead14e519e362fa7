// Colours and attributes of cells for the terminal at hand.

public import Canvas

/// How a terminal is told to draw a cell.
public struct Look: BitwiseCopyable, Hashable, Sendable {
    /// The number of the colour of the character; -1 is the terminal's own.
    public let foreground: Int32
    /// The number of the colour behind it; -1 is the terminal's own.
    public let background: Int32
    /// What is done besides.
    public let attributes: TextAttributes

    /// A look.
    public init(foreground: Int32, background: Int32, attributes: TextAttributes) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }
}

/// Turns roles into what a terminal with some number of colours can show.
public struct ColourTable: Sendable {
    private let theme: Theme
    /// How many colours are used: the fewest of what theme and terminal have.
    public let depth: ColourDepth

    /// The table of `theme` for a terminal of `depth`.
    public init(_ theme: Theme, depth: ColourDepth) {
        self.theme = theme
        self.depth = min(depth, theme.depthMax)
        terminalDepth = depth
    }

    private let terminalDepth: ColourDepth
    private static let brightBlack: Int32 = 8

    /// How a cell of `role` on `ground` is drawn.
    public func look(role: StyleRole, ground: StyleRole) -> Look {
        let style = theme.style(role: role, ground: ground)
        guard depth > .mono else {
            return Look(foreground: -1, background: -1, attributes: style.monoAttributes)
        }
        // Among few colours most of them are hard to read on the one of the selected row.
        let isOnSelected = depth <= .sixteen && ground == .rowSelected
        let front = number(isOnSelected ? theme[ground].foreground : style.foreground)
        let back = style.background.map { number($0) } ?? -1
        guard depth == .eight else {
            return Look(foreground: front, background: back, attributes: style.attributes)
        }
        guard front != Self.brightBlack else {
            // Without its brightness it would be black on black.
            let dimmed = style.attributes.subtracting(.bold).union(.dim)
            return Look(foreground: -1, background: back < 0 ? back : back & 7, attributes: dimmed)
        }
        let isBright = front >= 8
        return Look(
            foreground: front < 0 ? front : front & 7,
            background: back < 0 ? back : back & 7,
            attributes: isBright ? style.attributes.union(.bold) : style.attributes
        )
    }

    private func number(_ colour: Colour) -> Int32 {
        switch depth {
        case .mono: -1
        case .eight: colour.index16.map(Int32.init) ?? -1
        case .sixteen:
            terminalDepth == .direct
                ? colour.rgb.map { Int32(bitPattern: $0.hex) } ?? -1
                : colour.index16.map(Int32.init) ?? -1
        case .indexed:
            terminalDepth == .direct
                ? colour.rgb.map { Int32(bitPattern: $0.hex) } ?? -1
                : colour.index256.map(Int32.init) ?? -1
        case .direct: colour.rgb.map { Int32(bitPattern: $0.hex) } ?? -1
        }
    }
}

/// What decides how many colours are used.
public struct ColourChoice: Equatable, Sendable {
    /// What was asked for on the command line.
    public var option: ColourDepth?
    /// The value of `NO_COLOR`.
    public var noColour: String?
    /// The value of `COLORTERM`.
    public var colourTerm: String?
    /// The terminal's type.
    public var type: String

    /// The answers of an environment.
    public init(option: ColourDepth?, noColour: String?, colourTerm: String?, type: String) {
        self.option = option
        self.noColour = noColour
        self.colourTerm = colourTerm
        self.type = type
    }

    /// Whether no colour may be used.
    public var isMono: Bool {
        if let option { return option == .mono }
        if let noColour, !noColour.isEmpty { return true }
        return type.hasSuffix("-m") || type.hasSuffix("-mono")
    }

    /// Whether every colour is to be tried.
    public var wantsDirect: Bool {
        if let option { return option == .direct }
        guard !isMono, type != "dumb" else { return false }
        return colourTerm == "truecolor" || colourTerm == "24bit" || type.hasSuffix("-direct")
    }

    /// The depth for a terminal type that has `colourCount` colours.
    public func depth(colourCount: Int) -> ColourDepth {
        guard !isMono else { return .mono }
        let most: ColourDepth =
            switch colourCount {
            case ..<8: .mono
            case ..<16: .eight
            case ..<256: .sixteen
            case 256: .indexed
            default: .direct
            }
        return min(option ?? most, most)
    }
}
