// A look for every role, and the characters that go with it.

/// Which background a theme is made for.
public enum ThemeBackground: String, BitwiseCopyable, CaseIterable, Sendable {
    /// Light characters on dark.
    case dark
    /// Dark characters on light.
    case light
    /// The terminal's own, whatever it is.
    case any
}

/// A look for every role, and the characters that go with it.
public struct Theme: Equatable, Sendable {
    /// The name shown to people.
    public var title: String
    /// The background it is made for.
    public var background: ThemeBackground
    /// The least contrast between text and what lies behind it that the theme promises.
    public var contrastMin: Double
    /// The most colours the theme makes use of.
    public var depthMax: ColourDepth
    /// The characters that drawings are made of.
    public var glyphs: GlyphSet
    private var styles: [Style]

    /// A theme that leaves all colours to the terminal and tells roles apart by nothing.
    public init(title: String, glyphs: GlyphSet) {
        self.title = title
        self.glyphs = glyphs
        background = .any
        contrastMin = 4.5
        depthMax = .direct
        let style = Style(foreground: .terminal, background: nil)
        styles = [Style](repeating: style, count: StyleRole.allCases.count)
    }

    /// How `role` looks.
    public subscript(role: StyleRole) -> Style {
        get { styles[Int(role.rawValue)] }
        set { styles[Int(role.rawValue)] = newValue }
    }

    /// The colours and attributes of a cell: its role on its ground.
    ///
    /// A role without a background of its own shows the ground's; a ground without one shows that
    /// of `text`, which covers no other ground. Without colours at most two attributes are kept,
    /// those of the ground first.
    public func style(role: StyleRole, ground: StyleRole) -> Style {
        var style = self[role]
        guard role != ground else {
            style.background = style.background ?? self[.text].background
            return style
        }
        let below = self[ground]
        let own = role == .text ? nil : style.background
        style.background = own ?? below.background ?? self[.text].background
        let both = below.monoAttributes.union(style.monoAttributes)
        style.monoAttributes = both.count > 2 ? below.monoAttributes : both
        // Dim characters in reverse are grey on grey.
        if style.monoAttributes.contains(.reverse) { style.monoAttributes.remove(.dim) }
        return style
    }
}
