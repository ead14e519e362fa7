// Theme files: an INI subset with the sections meta, palette, roles, gradients and glyphs.
// Source: sluice-theme(5).

/// What reading a theme file gave.
public struct ThemeReading: Equatable, Sendable {
    /// The theme; what could not be read has the look of its parent role.
    public internal(set) var theme: Theme
    /// What is wrong with the file, in the order of its lines.
    public internal(set) var problems: [ThemeProblem] = []

    /// Whether nothing but warnings was found.
    public var isUsable: Bool { problems.allSatisfy(\.isWarning) }
}

/// Reads theme files.
public struct ThemeParser: Sendable {
    /// The most bytes a file may have.
    public static let byteCountMax = 65_536
    /// The most bytes a line may have.
    public static let lineByteCountMax = 512
    /// How deep themes may inherit from each other.
    public static let depthMax = 4

    private let file: @Sendable (String) -> [UInt8]?

    /// A parser that finds the files that themes inherit from by asking `file` for a name.
    public init(inheriting file: @escaping @Sendable (String) -> [UInt8]?) {
        self.file = file
    }

    /// Reads one file.
    public func read(_ bytes: [UInt8]) -> ThemeReading {
        var problems: [ThemeProblem] = []
        let entries = gather(bytes, depth: 0, problems: &problems)
        var builder = ThemeBuilder(problems: problems)
        for entry in entries where entry.section == .meta { builder.takeMeta(entry) }
        for entry in entries where entry.section == .palette { builder.takeColour(entry) }
        for entry in entries where entry.section == .roles { builder.takeRole(entry) }
        for entry in entries where entry.section == .gradients { builder.takeGradient(entry) }
        for entry in entries where entry.section == .glyphs && entry.key == "set" {
            builder.takeGlyphSet(entry)
        }
        for entry in entries where entry.section == .glyphs && entry.key != "set" {
            builder.takeGlyph(entry)
        }
        return builder.finish()
    }

    /// The assignments of a file behind those of the file it inherits from.
    private func gather(
        _ bytes: [UInt8],
        depth: Int,
        problems: inout [ThemeProblem]
    ) -> [ThemeEntry] {
        let lines = ThemeLines(bytes)
        if depth == 0 { problems += lines.problems }
        guard let inherits = lines.entries.first(where: { $0.isParent }) else {
            return lines.entries
        }
        guard depth < ThemeParser.depthMax else {
            problems.append(ThemeProblem(.inheritsTooDeep, line: depth == 0 ? inherits.line : 0))
            return lines.entries
        }
        guard let parent = file(inherits.value) else {
            problems.append(ThemeProblem(.unknownParent, line: depth == 0 ? inherits.line : 0))
            return lines.entries
        }
        let inherited = gather(parent, depth: depth + 1, problems: &problems)
        let kept = inherited.filter { old in
            !lines.entries.contains { $0.section == old.section && $0.key == old.key }
        }
        return kept.map(\.withoutLine) + lines.entries
    }
}

extension ThemeEntry {
    fileprivate var isParent: Bool { section == .meta && key == "inherits" }

    /// The same, read from another file.
    fileprivate var withoutLine: ThemeEntry {
        ThemeEntry(section: section, key: key, value: value, line: 0)
    }
}
