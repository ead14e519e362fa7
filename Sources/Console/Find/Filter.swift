// Which rows are shown: words, patterns and conditions.

/// Which rows are shown.
///
/// Words must all occur, whatever their case; `~` starts a pattern; `field op value` compares a
/// column; `and`, `or`, `not`, `!` and parentheses join them. A text that does not parse keeps the
/// last good meaning and says what is wrong.
public struct Filter: Hashable, Sendable {
    /// What was typed.
    public private(set) var text = ""
    /// Why the text does not parse; nil if it does.
    public private(set) var problem: String?
    private var expression: FilterExpression = .everything

    /// A filter that keeps everything.
    public init() {}

    /// The filter that `text` describes.
    public init(_ text: String) {
        self.init()
        change(to: text)
    }

    /// Whether it keeps everything.
    public var isEmpty: Bool { expression == .everything }

    /// Takes a new text; one that does not parse leaves the meaning as it was.
    public mutating func change(to text: String) {
        self.text = text
        switch FilterParser.parse(text) {
        case .success(let expression):
            self.expression = expression
            problem = nil
        case .failure(let refusal):
            problem = refusal.explanation
        }
    }

    /// Whether a row with these words and columns is kept.
    func matches(words: [[UInt8]], value: (String) -> ColumnValue?) -> Bool {
        Self.matches(expression, words, value)
    }

    private static func matches(
        _ expression: FilterExpression,
        _ words: [[UInt8]],
        _ value: (String) -> ColumnValue?
    ) -> Bool {
        switch expression {
        case .everything: true
        case .word(let word): words.contains { contains(lowered($0), word) }
        case .pattern(let pattern): words.contains { pattern.matches(lowered($0)) }
        case .condition(let field, let comparison, let operand):
            value(field).map { compare($0, comparison, operand) } ?? false
        case .not(let inner): !matches(inner, words, value)
        case .all(let parts): parts.allSatisfy { matches($0, words, value) }
        case .any(let parts): parts.contains { matches($0, words, value) }
        }
    }

    private static func compare(
        _ value: ColumnValue,
        _ comparison: FilterComparison,
        _ operand: FilterOperand
    ) -> Bool {
        switch value {
        case .number(let number):
            guard let other = operand.number else { return comparison == .notEqual }
            return comparison.holds(number < other, number == other)
        case .text(let bytes):
            let text = lowered(bytes)
            switch comparison {
            case .like: return operand.pattern?.matches(text) ?? contains(text, operand.text)
            case .equal: return text == operand.text
            case .notEqual: return text != operand.text
            case .less, .lessOrEqual, .more, .moreOrEqual:
                let isLess = text.lexicographicallyPrecedes(operand.text)
                return comparison.holds(isLess, text == operand.text)
            }
        }
    }

    static func lowered(_ bytes: [UInt8]) -> [UInt8] {
        bytes.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
    }

    static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard let first = part.first else { return true }
        guard text.count >= part.count else { return false }
        for start in 0...(text.count - part.count) where text[start] == first {
            if text[start..<start + part.count].elementsEqual(part) { return true }
        }
        return false
    }
}

/// What a filter means.
indirect enum FilterExpression: Hashable, Sendable {
    case everything
    case word([UInt8])
    case pattern(Pattern)
    case condition(field: String, FilterComparison, FilterOperand)
    case not(FilterExpression)
    case all([FilterExpression])
    case any([FilterExpression])
}

/// How a column is compared.
enum FilterComparison: Hashable, Sendable {
    case less, lessOrEqual, more, moreOrEqual, equal, notEqual, like

    func holds(_ isLess: Bool, _ isEqual: Bool) -> Bool {
        switch self {
        case .less: isLess
        case .lessOrEqual: isLess || isEqual
        case .more: !isLess && !isEqual
        case .moreOrEqual: !isLess
        case .equal, .like: isEqual
        case .notEqual: !isEqual
        }
    }
}

/// What a column is compared with.
struct FilterOperand: Hashable, Sendable {
    /// As lower-case text.
    let text: [UInt8]
    /// As a number in the base unit, if it is one: `10k`, `5m`, `2GB`.
    let number: Double?
    /// As a pattern, after `~`.
    let pattern: Pattern?
}
