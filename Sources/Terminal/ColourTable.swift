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
    private static let white: Int32 = 7

    /// How a cell of `role` on `ground` is drawn.
    public func look(role: StyleRole, ground: StyleRole) -> Look {
        let style = theme.style(role: role, ground: ground)
        guard depth > .mono else {
            return Look(foreground: -1, background: -1, attributes: style.monoAttributes)
        }
        // Among few colours most of them are hard to read on those of rows set apart.
        let isMarked = [.rowSelected, .rowCursorUnfocused, .rowMarked].contains(ground)
        let isOnCursor = depth <= .sixteen && isMarked
        let wanted = number(isOnCursor ? theme[ground].foreground : style.foreground)
        let back = style.background.map { number($0) } ?? -1
        guard depth == .eight else {
            let front = legible(wanted, on: back, role)
            return Look(foreground: front, background: back, attributes: style.attributes)
        }
        // What lies on a ground of its own is told apart by its own attributes.
        let hasGround = role != .text && theme[role].background != nil
        let apart = theme[hasGround ? role : ground].monoAttributes
        return dull(wanted, on: back, style, role, apart)
    }

    /// The look where no colour is bright.
    private func dull(
        _ wanted: Int32,
        on back: Int32,
        _ style: Style,
        _ role: StyleRole,
        _ apart: TextAttributes
    ) -> Look {
        let ground = back < 0 ? back : back & 7
        let front = legible(wanted, on: ground, role)
        // A grey ground would be black, and what lies on it like everything else.
        let own = back == Self.brightBlack ? apart : []
        guard front != Self.brightBlack else {
            // Without its brightness it would be black on black.
            let dimmed = style.attributes.subtracting(.bold).union(.dim).union(own)
            // On a ground of the theme's own that of the terminal might be the same colour.
            let bright = ground < 0 ? -1 : ground == 7 ? 0 : Self.white
            return Look(foreground: bright, background: ground, attributes: dimmed)
        }
        let isBright = front >= 8
        return Look(
            foreground: front < 0 ? front : front & 7,
            background: ground,
            attributes: style.attributes.union(own).union(isBright ? .bold : [])
        )
    }

    /// `front` where it can be seen on `back`: among few colours black or white instead, whichever
    /// can better, and of gradients no dark colours on a dark ground.
    ///
    /// Every terminal has sixteen colours of its own; bright black, which may be any grey, is taken
    /// for a dark one, and more contrast is asked for on it. On its ground a theme's own colours
    /// are kept.
    private func legible(_ front: Int32, on back: Int32, _ role: StyleRole) -> Int32 {
        guard depth == .eight || depth == .sixteen, terminalDepth != .direct else { return front }
        let isPlain = back == theme[.text].background.map { number($0) } ?? -1
        guard back >= 0, !isPlain else {
            // Where there is no bright blue, the blue there is cannot be read.
            if depth == .eight, front & 7 == 4, theme.background != .light { return 6 }
            let isOfGradient = role.rawValue >= StyleRole.heat0.rawValue
            return isOfGradient && theme.background != .light ? Self.lighter[front] ?? front : front
        }
        // The terminal's own is what the theme is made for: light characters on dark or not.
        let own: Int32 = theme.background == .light ? 0 : 7
        let ground = Self.nominal(back)
        let contrast = { (index: Int32) in Self.nominal(index).contrast(with: ground) }
        let least = back == Self.brightBlack ? 7 : 4.5
        guard contrast(front < 0 ? own : front) < least else { return front }
        return contrast(0) > contrast(15) ? 0 : 15
    }

    /// What stands for black, blue and grey in gradients, whose shades are glyphs as well.
    private static let lighter: [Int32: Int32] = [0: 6, 4: 6, 8: 6]

    private static func nominal(_ index: Int32) -> Rgb {
        Rgb(hex: sixteen[Int(index & 15)])
    }

    private static let sixteen: [UInt32] = [
        0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
        0x555555, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
    ]

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
