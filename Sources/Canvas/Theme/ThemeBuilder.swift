// Builds a theme from the assignments of a file.

/// A theme that is being read.
struct ThemeBuilder {
    private var theme = Theme(title: "", glyphs: .unicode)
    private var palette = ThemePalette()
    private var problems: [ThemeProblem]
    private var named: Set<StyleRole> = []
    private var gradients: Set<Gradient> = []

    init(problems: [ThemeProblem]) {
        self.problems = problems
    }

    mutating func takeMeta(_ entry: ThemeEntry) {
        switch entry.key {
        case "name": theme.title = entry.value
        case "inherits": break
        case "background":
            guard let background = ThemeBackground(rawValue: entry.value) else {
                return refuse(entry, .invalidValue)
            }
            theme.background = background
        case "min-contrast":
            guard let least = Double(entry.value), (1...21).contains(least) else {
                return refuse(entry, .invalidValue)
            }
            theme.contrastMin = least
        case "colours":
            guard let depth = ThemeBuilder.depths[entry.value] else {
                return refuse(entry, .invalidValue)
            }
            theme.depthMax = depth
        default: refuse(entry, .unknownKey)
        }
    }

    private static let depths: [String: ColourDepth] = [
        "mono": .mono, "8": .eight, "16": .sixteen, "256": .indexed, "truecolor": .direct,
    ]

    mutating func takeColour(_ entry: ThemeEntry) {
        guard let colour = ThemePalette.defined(by: entry.value) else {
            return refuse(entry, .invalidColour)
        }
        palette.define(entry.key, as: colour)
    }

    /// Takes `foreground [on background] [attributes] [/ attributes without colours]`.
    mutating func takeRole(_ entry: ThemeEntry) {
        guard let role = StyleRole(name: entry.key) else { return refuse(entry, .unknownKey) }
        let halves = entry.value.split(
            separator: "/",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        var words = halves[0].split(separator: " ").map(String.init)
        guard !words.isEmpty, let foreground = palette.colour(words.removeFirst()) else {
            return refuse(entry, .invalidColour)
        }
        var style = Style(foreground: foreground)
        if words.first == "on" {
            guard words.count > 1, let background = palette.colour(words[1]) else {
                return refuse(entry, .invalidColour)
            }
            style.background = background
            words.removeFirst(2)
        }
        let monoWords = halves.count > 1 ? halves[1].split(separator: " ").map(String.init) : []
        guard let coloured = attributes(words), let mono = attributes(monoWords), mono.count <= 2
        else { return refuse(entry, .invalidAttributes) }
        style.attributes = coloured
        style.monoAttributes = mono
        theme[role] = style
        named.insert(role)
    }

    /// Two to five colours from little to much.
    mutating func takeGradient(_ entry: ThemeEntry) {
        guard let gradient = Gradient.allCases.first(where: { $0.name == entry.key }) else {
            return refuse(entry, .unknownKey)
        }
        let words = entry.value.split(separator: ",", omittingEmptySubsequences: false)
        guard (2...5).contains(words.count) else { return refuse(entry, .invalidStopCount) }
        let stops = words.compactMap { palette.colour(trimmed(String($0))) }
        guard stops.count == words.count else { return refuse(entry, .invalidColour) }
        for step in 0..<Gradient.stepCount {
            theme[gradient.role(step: step)] = Style(foreground: colour(step, between: stops))
        }
        gradients.insert(gradient)
    }

    mutating func takeGlyphSet(_ entry: ThemeEntry) {
        switch entry.value {
        case "unicode": theme.glyphs = .unicode
        case "ascii": theme.glyphs = .ascii
        default: refuse(entry, .invalidValue)
        }
    }

    mutating func takeGlyph(_ entry: ThemeEntry) {
        guard let glyph = Glyph.allCases.first(where: { $0.name == entry.key }) else {
            return refuse(entry, .unknownKey)
        }
        let scalars = entry.value.unicodeScalars
        guard scalars.count == 1, let scalar = scalars.first,
            TextWidth.width(of: scalar) == .narrow, scalar.isASCII || !theme.glyphs.isAscii
        else { return refuse(entry, .invalidGlyph) }
        theme.glyphs = theme.glyphs.replacing(glyph, with: scalar)
    }

    /// The theme, with the look of a parent for every role that was not named.
    consuming func finish() -> ThemeReading {
        for role in StyleRole.named where !named.contains(role) {
            problems.append(ThemeProblem(.missingRole(role), line: 0))
            theme[role] = theme[nearestNamed(role)]
        }
        for gradient in Gradient.allCases where !gradients.contains(gradient) {
            problems.append(ThemeProblem(.missingGradient(gradient), line: 0))
            for step in 0..<Gradient.stepCount { theme[gradient.role(step: step)] = theme[.text] }
        }
        return ThemeReading(theme: theme, problems: problems.sorted { $0.line < $1.line })
    }

    private func nearestNamed(_ role: StyleRole) -> StyleRole {
        var candidate = role.parent
        while let role = candidate {
            if named.contains(role) { return role }
            candidate = role.parent
        }
        return .text
    }

    private mutating func refuse(_ entry: ThemeEntry, _ reason: ThemeProblem.Reason) {
        problems.append(ThemeProblem(reason, line: entry.line))
    }

    private func attributes(_ words: [String]) -> TextAttributes? {
        var result: TextAttributes = []
        for word in words {
            guard let named = TextAttributes.named.first(where: { $0.name == word }) else {
                return nil
            }
            result.insert(named.attribute)
        }
        return result
    }

    /// The colour of `step`, mixed where all stops have one, else the nearest stop's.
    private func colour(_ step: Int, between stops: [Colour]) -> Colour {
        let place = Double(step) / Double(Gradient.stepCount - 1) * Double(stops.count - 1)
        let first = min(Int(place), stops.count - 2)
        let share = place - Double(first)
        guard let low = stops[first].rgb, let high = stops[first + 1].rgb else {
            return share < 0.5 ? stops[first] : stops[first + 1]
        }
        if share == 0 { return stops[first] }
        if share == 1 { return stops[first + 1] }
        return Colour(nearest: OkLab(low).mixed(with: OkLab(high), share: share).rgb)
    }
}
