// Values: arrays, maps, strings in quotes and blocks, words, numbers and variables.

extension SyntaxParser {
    /// The value that starts here.
    mutating func value() throws(ConfigurationError) -> SyntaxValue {
        guard let byte = next else { throw surprise }
        switch byte {
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "{"): return try map()
        case UInt8(ascii: "("): return try block()
        case UInt8(ascii: "\""): return try quoted()
        case UInt8(ascii: "'"): return try verbatim()
        default: return try word()
        }
    }

    private mutating func enter() throws(ConfigurationError) {
        guard depth < SyntaxLimits.depthMax else { throw refusal(.tooDeep) }
        depth += 1
        step()
    }

    private mutating func array() throws(ConfigurationError) -> SyntaxValue {
        let opened = place
        try enter()
        var nodes: [SyntaxNode] = []
        while true {
            skipSpaceAndComments()
            guard let byte = next else {
                throw ConfigurationError(.unclosed(UInt8(ascii: "[")), at: opened)
            }
            if byte == UInt8(ascii: "]") { break }
            guard !byte.endsWord else { throw surprise }
            let start = place
            nodes.append(SyntaxNode(try value(), at: start))
            skipBlanks()
            if skipComment() { continue }
            if let byte = next, byte != UInt8(ascii: "]") {
                guard byte == UInt8(ascii: ",") || byte.isSpace else { throw surprise }
                step()
            }
        }
        depth -= 1
        step()
        return .array(nodes)
    }

    private mutating func map() throws(ConfigurationError) -> SyntaxValue {
        let opened = place
        try enter()
        scopes.append([])
        while true {
            skipSpaceAndComments()
            guard let byte = next else {
                throw ConfigurationError(.unclosed(UInt8(ascii: "{")), at: opened)
            }
            if byte == UInt8(ascii: "}") { break }
            try entry(isInMap: true)
        }
        depth -= 1
        step()
        return .map(scopes.removeLast())
    }

    /// Everything between `(` and a line that is just `)`.
    private mutating func block() throws(ConfigurationError) -> SyntaxValue {
        let opened = place
        step()
        let start = offset
        while let byte = next {
            let isAlone = offset > start && text[offset - 1] == UInt8(ascii: "\n")
            let isLast = afterNext == nil || afterNext == UInt8(ascii: "\n")
            if byte == UInt8(ascii: ")"), isAlone, isLast {
                defer { step() }
                return .string(Array(text[start..<offset]))
            }
            step()
        }
        throw ConfigurationError(.unclosed(UInt8(ascii: "(")), at: opened)
    }

    private mutating func verbatim() throws(ConfigurationError) -> SyntaxValue {
        let opened = place
        step()
        let start = offset
        while let byte = next {
            if byte == UInt8(ascii: "'") {
                defer { step() }
                return .string(Array(text[start..<offset]))
            }
            step()
        }
        throw ConfigurationError(.unclosed(UInt8(ascii: "'")), at: opened)
    }

    private mutating func quoted() throws(ConfigurationError) -> SyntaxValue {
        let opened = place
        step()
        var bytes: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                step()
                return .string(bytes)
            case UInt8(ascii: "\\"):
                bytes.append(try escaped())
            default:
                bytes.append(byte)
                step()
            }
        }
        throw ConfigurationError(.unclosed(UInt8(ascii: "\"")), at: opened)
    }

    private mutating func escaped() throws(ConfigurationError) -> UInt8 {
        step()
        guard let byte = next else { throw surprise }
        switch byte {
        case UInt8(ascii: "t"): step(); return 0x09
        case UInt8(ascii: "n"): step(); return 0x0A
        case UInt8(ascii: "r"): step(); return 0x0D
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): step(); return byte
        case UInt8(ascii: "x"):
            step()
            return try hexadecimal() << 4 | hexadecimal()
        default: throw refusal(.invalidEscape(byte))
        }
    }

    private mutating func hexadecimal() throws(ConfigurationError) -> UInt8 {
        guard let byte = next else { throw surprise }
        let letter = byte.lowercased
        defer { step() }
        if byte.isDigit { return byte - UInt8(ascii: "0") }
        guard letter >= UInt8(ascii: "a"), letter <= UInt8(ascii: "f") else {
            throw refusal(.invalidEscape(byte))
        }
        return letter - UInt8(ascii: "a") + 10
    }

    private mutating func word() throws(ConfigurationError) -> SyntaxValue {
        var bytes: [UInt8] = []
        var hasEscapes = false
        while let byte = next, !byte.endsWord {
            switch byte {
            case UInt8(ascii: "\\"):
                bytes.append(try escaped())
                hasEscapes = true
            case UInt8(ascii: "'"):
                throw refusal(.quoteInWord)
            default:
                bytes.append(byte)
                step()
            }
        }
        return hasEscapes ? .string(bytes) : try meaning(of: bytes)
    }

    private mutating func meaning(of word: [UInt8]) throws(ConfigurationError) -> SyntaxValue {
        if word.first == UInt8(ascii: "$") { return try variable(Array(word.dropFirst())) }
        switch String(decoding: word.lowercased, as: UTF8.self) {
        case "true", "yes", "on": return .bool(true)
        case "false", "no", "off": return .bool(false)
        default: break
        }
        switch NumberWord(word) {
        case .integer(let value, let isSize): return .integer(value, isSize: isSize)
        case .float(let value): return .float(value)
        case .tooLarge: throw refusal(.numberTooLarge(word))
        case .none: return .string(word)
        }
    }

    private mutating func variable(_ name: [UInt8]) throws(ConfigurationError) -> SyntaxValue {
        // A hash of a password is no variable, even without quotes.
        if name.count > 3, name[0] == UInt8(ascii: "2"), name[2] == UInt8(ascii: "$") {
            return .string([UInt8(ascii: "$")] + name)
        }
        for scope in scopes.indices.reversed() {
            guard let index = scopes[scope].lastIndex(where: { $0.key == name }) else { continue }
            scopes[scope][index].isReferenced = true
            return scopes[scope][index].node.value
        }
        guard !trail.variables.contains(name),
            trail.variables.count < SyntaxLimits.variableDepthMax
        else { throw refusal(.variableCycle(name)) }
        guard let text = surroundings.environment[name] else {
            throw refusal(.unknownVariable(name))
        }
        var inner = trail
        inner.variables.append(name)
        var parser = SyntaxParser(
            text: text,
            file: "$" + String(decoding: name, as: UTF8.self),
            surroundings: surroundings,
            trail: inner
        )
        parser.skipBlanks()
        guard let byte = parser.next, !byte.endsWord else { return .string([]) }
        let value = try parser.value()
        parser.skipSpaceAndComments()
        guard parser.next == nil else { throw parser.surprise }
        return value
    }
}

/// What a word means as a number.
enum NumberWord: Equatable {
    case integer(Int64, isSize: Bool)
    case float(Double)
    case tooLarge

    /// Powers of ten and of two behind each letter.
    private static let units: [(letter: UInt8, power: Int)] = [
        (UInt8(ascii: "k"), 1), (UInt8(ascii: "m"), 2), (UInt8(ascii: "g"), 3),
        (UInt8(ascii: "t"), 4), (UInt8(ascii: "p"), 5), (UInt8(ascii: "e"), 6),
    ]

    /// The number that `word` writes, or `nil` if it writes none.
    init?(_ word: [UInt8]) {
        let isNegative = word.first == UInt8(ascii: "-")
        let body = word.dropFirst(isNegative ? 1 : 0)
        let digits = body.prefix { $0.isDigit }
        guard !digits.isEmpty else { return nil }
        let rest = Array(body.dropFirst(digits.count))
        if rest.first == UInt8(ascii: ".") {
            guard rest.count > 1, rest.dropFirst().allSatisfy(\.isDigit),
                let number = Double(String(decoding: word, as: UTF8.self))
            else { return nil }
            self = number.isFinite ? .float(number) : .tooLarge
            return
        }
        guard let unit = Self.unit(rest.lowercased) else { return nil }
        let (sign, text) = (isNegative ? "-" : "", String(decoding: digits, as: UTF8.self))
        guard let number = Int64(sign + text) else {
            self = .tooLarge
            return
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        self = overflow ? .tooLarge : .integer(product, isSize: !rest.isEmpty)
    }

    /// 1000 to some power for a letter alone, 1024 when `b`, `i` or `ib` follow.
    private static func unit(_ suffix: [UInt8]) -> Int64? {
        guard let first = suffix.first else { return 1 }
        guard let power = units.first(where: { $0.letter == first })?.power else { return nil }
        let isBinary: Bool
        switch String(decoding: suffix.dropFirst(), as: UTF8.self) {
        case "": isBinary = false
        case "b", "i", "ib": isBinary = true
        default: return nil
        }
        return (0..<power).reduce(Int64(1)) { product, _ in product * (isBinary ? 1_024 : 1_000) }
    }
}
