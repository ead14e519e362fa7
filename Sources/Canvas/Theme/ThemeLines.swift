// The lines of a theme file: sections and assignments.

/// One assignment in a theme file.
struct ThemeEntry: Equatable {
    /// Where in the file it stands.
    enum Section: String, CaseIterable {
        case meta, palette, roles, gradients, glyphs
    }

    let section: Section
    let key: String
    let value: String
    let line: Int
}

/// The assignments of one theme file.
struct ThemeLines {
    private(set) var entries: [ThemeEntry] = []
    private(set) var problems: [ThemeProblem] = []
    private var section: ThemeEntry.Section?

    init(_ bytes: [UInt8]) {
        guard bytes.count <= ThemeParser.byteCountMax else {
            problems.append(ThemeProblem(.fileTooLong, line: 0))
            return
        }
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() { read(line, number: index + 1) }
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>, number: Int) {
        guard bytes.count <= ThemeParser.lineByteCountMax else {
            problems.append(ThemeProblem(.lineTooLong, line: number))
            return
        }
        let spaced = bytes.map { $0 == 0x09 || $0 == 0x0D ? 0x20 : $0 }
        let shown = DisplayText(spaced)
        guard !shown.isAltered else {
            problems.append(ThemeProblem(.unreadable, line: number))
            return
        }
        let text = trimmed(uncommented(shown.text))
        guard !text.isEmpty else { return }
        if text.hasPrefix("[") && text.hasSuffix("]") {
            section = ThemeEntry.Section(rawValue: trimmed(String(text.dropFirst().dropLast())))
            if section == nil { problems.append(ThemeProblem(.unknownSection, line: number)) }
            return
        }
        assign(text, number: number)
    }

    private mutating func assign(_ text: String, number: Int) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !trimmed(String(parts[0])).isEmpty else {
            problems.append(ThemeProblem(.noAssignment, line: number))
            return
        }
        guard let section else { return }
        let key = trimmed(String(parts[0]))
        guard !entries.contains(where: { $0.section == section && $0.key == key }) else {
            problems.append(ThemeProblem(.duplicateKey, line: number))
            return
        }
        let value = trimmed(String(parts[1]))
        entries.append(ThemeEntry(section: section, key: key, value: value, line: number))
    }

    /// The text before a comment: a `#` at the start, or between a space and a space or the end.
    private func uncommented(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        guard let first = scalars.firstIndex(where: { $0 != " " }), scalars[first] != "#" else {
            return ""
        }
        for index in scalars.indices.dropFirst() where scalars[index] == "#" {
            let isLast = index + 1 == scalars.count
            if scalars[index - 1] == " " && (isLast || scalars[index + 1] == " ") {
                return String(String.UnicodeScalarView(scalars[..<index]))
            }
        }
        return text
    }
}

/// `text` without the spaces at both ends.
func trimmed(_ text: String) -> String {
    var inner = text.unicodeScalars[...]
    while inner.first == " " { inner.removeFirst() }
    while inner.last == " " { inner.removeLast() }
    return String(inner)
}
