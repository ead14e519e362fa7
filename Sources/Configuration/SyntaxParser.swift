// Text to tree: keys, separators, comments and files that include each other.
// Source: the configuration syntax of nats-server.

/// Reads one configuration file and those it includes.
struct SyntaxParser {
    let text: [UInt8]
    let file: String
    let surroundings: SyntaxSurroundings
    /// The files that include this one, and the variables that led here.
    let trail: Trail
    var offset = 0
    var line = 1
    var depth = 0
    /// The maps that are not closed yet, outermost first; variables are looked up in them.
    var scopes: [[SyntaxEntry]] = [[]]

    /// How a text came to be parsed.
    struct Trail {
        var files: [String] = []
        var variables: [[UInt8]] = []
    }

    init(text: [UInt8], file: String, surroundings: SyntaxSurroundings, trail: Trail) {
        self.text = text
        self.file = file
        self.surroundings = surroundings
        self.trail = trail
    }

    /// The entries of the file at `path`.
    static func parse(
        path: String,
        surroundings: SyntaxSurroundings,
        trail: Trail,
        from place: SourcePlace
    ) throws(ConfigurationError) -> [SyntaxEntry] {
        guard !trail.files.contains(path) else {
            throw ConfigurationError(.includeCycle(path), at: place)
        }
        guard trail.files.count < SyntaxLimits.includeDepthMax else {
            throw ConfigurationError(.tooDeep, at: place)
        }
        let text: [UInt8]
        do {
            text = try surroundings.read(path)
        } catch {
            throw ConfigurationError(.unreadable(path, number: error.number), at: place)
        }
        guard text.count <= SyntaxLimits.fileBytesMax else {
            throw ConfigurationError(.fileTooLong(path), at: place)
        }
        var inner = trail
        inner.files.append(path)
        var parser = SyntaxParser(
            text: text,
            file: path,
            surroundings: surroundings,
            trail: inner
        )
        return try parser.document()
    }

    /// The byte at `offset`, or `nil` at the end.
    var next: UInt8? { offset < text.count ? text[offset] : nil }

    /// The byte after `next`, or `nil` at the end.
    var afterNext: UInt8? { offset + 1 < text.count ? text[offset + 1] : nil }

    /// The current line.
    var place: SourcePlace { SourcePlace(file: file, line: line) }

    /// The refusal for `reason` on the current line.
    func refusal(_ reason: ConfigurationError.Reason) -> ConfigurationError {
        ConfigurationError(reason, at: place)
    }

    /// The refusal of whatever stands here.
    var surprise: ConfigurationError {
        refusal(next.map { .unexpectedByte($0) } ?? .unexpectedEnd)
    }

    mutating func step() {
        if next == UInt8(ascii: "\n") { line += 1 }
        offset += 1
    }

    mutating func skipBlanks() {
        while let byte = next, byte.isBlank { step() }
    }

    mutating func skipSpace() {
        while let byte = next, byte.isSpace { step() }
    }

    /// Steps over a comment, up to its line end; `false` if none stands here.
    mutating func skipComment() -> Bool {
        let isSlashes = next == UInt8(ascii: "/") && afterNext == UInt8(ascii: "/")
        guard next == UInt8(ascii: "#") || isSlashes else { return false }
        while let byte = next, byte != UInt8(ascii: "\n") { step() }
        return true
    }

    mutating func skipSpaceAndComments() {
        repeat { skipSpace() } while skipComment()
    }

    /// All entries of the file; the whole may stand in braces, as JSON does.
    mutating func document() throws(ConfigurationError) -> [SyntaxEntry] {
        var opened: SourcePlace?
        while true {
            skipSpaceAndComments()
            guard let byte = next else { break }
            if byte == UInt8(ascii: "{"), opened == nil {
                opened = place
                step()
            } else if byte == UInt8(ascii: "}"), opened != nil {
                opened = nil
                step()
                try endOfValue()
            } else {
                try entry(isInMap: opened != nil)
            }
        }
        if let opened { throw ConfigurationError(.unclosed(UInt8(ascii: "{")), at: opened) }
        return scopes.removeLast()
    }

    /// Reads a key and its value into the innermost scope.
    mutating func entry(isInMap: Bool) throws(ConfigurationError) {
        let start = place
        let isQuoted = next == UInt8(ascii: "\"") || next == UInt8(ascii: "'")
        let key = try key()
        if !isQuoted, let byte = next, byte.isSpace, key.lowercased == Array("include".utf8) {
            return try include()
        }
        skipSpace()
        if let byte = next, byte.isSeparator {
            step()
            if isInMap { skipSpace() } else { skipBlanks() }
        }
        guard let byte = next, !byte.endsWord else {
            throw ConfigurationError(.missingValue(key), at: start)
        }
        let value = try value()
        add(SyntaxEntry(key: key, node: SyntaxNode(value, at: start)))
        try endOfValue()
    }

    mutating func add(_ entry: SyntaxEntry) {
        scopes[scopes.count - 1].append(entry)
    }

    private mutating func key() throws(ConfigurationError) -> [UInt8] {
        guard let first = next, !first.isSeparator, !first.endsWord, !first.opensValue else {
            throw surprise
        }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            let opened = place
            step()
            let start = offset
            while let byte = next, byte != first { step() }
            guard next != nil else { throw ConfigurationError(.unclosed(first), at: opened) }
            defer { step() }
            return Array(text[start..<offset])
        }
        let start = offset
        while let byte = next, !byte.isSpace, !byte.isSeparator { step() }
        return Array(text[start..<offset])
    }

    private mutating func include() throws(ConfigurationError) {
        skipBlanks()
        let start = place
        guard let byte = next, !byte.endsWord, !byte.opensValue else {
            throw ConfigurationError(.missingValue(Array("include".utf8)), at: start)
        }
        guard case .string(let path) = try value(), !path.isEmpty, !path.contains(0) else {
            throw ConfigurationError(.missingValue(Array("include".utf8)), at: start)
        }
        let found = try SyntaxParser.parse(
            path: Self.resolve(String(decoding: path, as: UTF8.self), beside: file),
            surroundings: surroundings,
            trail: trail,
            from: start
        )
        for entry in found { add(entry) }
        try endOfValue()
    }

    /// `path` seen from the directory of `file`.
    static func resolve(_ path: String, beside file: String) -> String {
        var path = path[...]
        while path.hasPrefix("./") { path = path.dropFirst(2).drop { $0 == "/" } }
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return String(path) }
        return String(file[...slash]) + path
    }

    /// Steps over what separates a value from the next key; closing braces stay.
    mutating func endOfValue() throws(ConfigurationError) {
        skipBlanks()
        if skipComment() { return }
        guard let byte = next else { return }
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): step()
        case UInt8(ascii: "}"): return
        default: throw surprise
        }
    }
}

extension UInt8 {
    var isBlank: Bool { self == 0x20 || self == 0x09 }

    /// Blanks, line ends, and the two that nobody types.
    var isSpace: Bool { self == 0x20 || self >= 0x09 && self <= 0x0D }

    var isSeparator: Bool { self == UInt8(ascii: "=") || self == UInt8(ascii: ":") }

    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    /// Whether a word without quotes ends before this byte.
    var endsWord: Bool {
        switch self {
        case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ";"), UInt8(ascii: ","): true
        case UInt8(ascii: "]"), UInt8(ascii: "}"): true
        default: false
        }
    }

    /// Whether this byte starts a value that is no word.
    var opensValue: Bool {
        self == UInt8(ascii: "{") || self == UInt8(ascii: "[") || self == UInt8(ascii: "(")
    }

    /// The letter in lower case, or the byte itself.
    var lowercased: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }
}

extension [UInt8] {
    /// The bytes with ASCII letters in lower case.
    var lowercased: [UInt8] { map(\.lowercased) }
}
