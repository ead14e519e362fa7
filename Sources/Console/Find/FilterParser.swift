// Text to filter expression.

/// Why a filter does not parse.
enum FilterRefusal: Error, Hashable {
    case unfinishedPattern
    case badPattern(offset: Int)
    case missingValue
    case missingParenthesis
    case unexpected
    case tooDeep

    /// For the person who typed it.
    var explanation: String {
        switch self {
        case .unfinishedPattern: "pattern not finished"
        case .badPattern(let offset): "bad pattern at \(offset + 1)"
        case .missingValue: "value missing"
        case .missingParenthesis: "parenthesis missing"
        case .unexpected: "not understood"
        case .tooDeep: "nested too deeply"
        }
    }
}

/// A recursive descent parser over the words of a filter.
struct FilterParser {
    private static let depthMax = 16
    private var tokens: [String]
    private var next = 0

    /// What `text` means.
    static func parse(_ text: String) -> Result<FilterExpression, FilterRefusal> {
        do throws(FilterRefusal) {
            var parser = FilterParser(tokens: tokenize(text))
            guard !parser.tokens.isEmpty else { return .success(.everything) }
            let expression = try parser.either(depth: 0)
            guard parser.next == parser.tokens.count else { throw .unexpected }
            return .success(expression)
        } catch {
            return .failure(error)
        }
    }

    private init(tokens: [String]) {
        self.tokens = tokens
    }

    private mutating func either(depth: Int) throws(FilterRefusal) -> FilterExpression {
        guard depth < Self.depthMax else { throw .tooDeep }
        var parts = [try both(depth: depth)]
        while take("or") { parts.append(try both(depth: depth)) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func both(depth: Int) throws(FilterRefusal) -> FilterExpression {
        var parts = [try single(depth: depth)]
        while next < tokens.count, tokens[next] != "or", tokens[next] != ")" {
            _ = take("and")
            parts.append(try single(depth: depth))
        }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func single(depth: Int) throws(FilterRefusal) -> FilterExpression {
        guard depth < Self.depthMax else { throw .tooDeep }
        guard next < tokens.count else { throw .missingValue }
        if take("not") || take("!") { return .not(try single(depth: depth + 1)) }
        if take("(") {
            let inner = try either(depth: depth + 1)
            guard take(")") else { throw .missingParenthesis }
            return inner
        }
        let token = tokens[next]
        next += 1
        if token == ")" { throw .unexpected }
        if token == "~" {
            guard next < tokens.count else { throw .unfinishedPattern }
            next += 1
            return .pattern(try Pattern(tokens[next - 1]))
        }
        if next < tokens.count, let comparison = Self.comparisons[tokens[next]] {
            next += 1
            guard next < tokens.count else { throw .missingValue }
            next += 1
            return .condition(
                field: token.lowercased(),
                comparison,
                try Self.operand(tokens[next - 1], comparison)
            )
        }
        return .word(Filter.lowered(Array(token.utf8)))
    }

    private mutating func take(_ word: String) -> Bool {
        guard next < tokens.count, tokens[next].lowercased() == word else { return false }
        next += 1
        return true
    }

    private static let comparisons: [String: FilterComparison] = [
        "<": .less, "<=": .lessOrEqual, ">": .more, ">=": .moreOrEqual,
        "=": .equal, "==": .equal, "!=": .notEqual, "~": .like,
    ]

    private static func operand(
        _ token: String,
        _ comparison: FilterComparison
    ) throws(FilterRefusal) -> FilterOperand {
        FilterOperand(
            text: Filter.lowered(Array(token.utf8)),
            number: Quantity.parse(token),
            pattern: comparison == .like ? try Pattern(token) : nil
        )
    }

    /// Words, operators, parentheses; quotes keep blanks together, a pattern runs to a blank.
    private static func tokenize(_ text: String) -> [String] {
        var tokens: [String] = []
        var word = ""
        var rest = Substring(text)
        var isQuoted = false
        func finish() {
            if !word.isEmpty { tokens.append(word) }
            word = ""
        }
        while let character = rest.popFirst() {
            if isQuoted {
                if character == "\"" { isQuoted = false } else { word.append(character) }
                continue
            }
            switch character {
            case "\"": isQuoted = true
            case " ": finish()
            case "(" where word.isEmpty, ")" where !word.contains("["):
                finish()
                tokens.append(String(character))
            case "<", ">", "=", "!":
                finish()
                if rest.first == "=" {
                    rest.removeFirst()
                    tokens.append("\(character)=")
                } else {
                    tokens.append(String(character))
                }
            case "~":
                finish()
                tokens.append("~")
                let pattern = rest.prefix { $0 != " " }
                if !pattern.isEmpty { tokens.append(String(pattern)) }
                rest = rest.dropFirst(pattern.count)
            default: word.append(character)
            }
        }
        finish()
        return tokens
    }
}

/// Numbers with units as people type them.
enum Quantity {
    private static let factors: [(String, Double)] = [
        ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12),
        ("ms", 1e-3), ("us", 1e-6), ("k", 1e3), ("g", 1e9), ("t", 1e12),
        ("s", 1), ("h", 3_600), ("d", 86_400), ("%", 0.01), ("b", 1),
    ]

    /// The value of `text` in base units: `10k`, `2.5MB`, `5m` (minutes), `3M` (millions), `30s`.
    static func parse(_ text: String) -> Double? {
        if let plain = Double(text), plain.isFinite { return plain }
        if text.hasSuffix("M"), let value = Double(text.dropLast()) { return value * 1e6 }
        if text.hasSuffix("m"), let value = Double(text.dropLast()) { return value * 60 }
        let lowered = text.lowercased()
        for (suffix, factor) in factors where lowered.hasSuffix(suffix) {
            if let value = Double(lowered.dropLast(suffix.count)), value.isFinite {
                return value * factor
            }
        }
        return nil
    }

    /// A duration in nanoseconds: `30m`, `2h`, `1d`; nil if it is none or longer than ten years.
    static func nanoseconds(_ text: String) -> UInt64? {
        guard Double(text) == nil, let seconds = parse(text), seconds > 0, seconds < 3.2e8 else {
            return nil
        }
        return UInt64(seconds * 1e9)
    }
}
