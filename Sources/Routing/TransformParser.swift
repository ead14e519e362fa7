// Reads one token of a transform's destination.
// Source: NATS ADR-30.

/// Why two texts do not make a transform.
public struct TransformError: Error, Equatable, Sendable {
    /// What is wrong.
    public enum Reason: Equatable, Sendable {
        /// One of the two is no subject, or only one of them ends in `>`.
        case invalidSubject
        /// A function that does not exist.
        case unknownFunction
        /// A wildcard number that the source does not have.
        case indexOutOfRange
        /// A function wants more arguments.
        case notEnoughArguments
        /// A function wants fewer arguments.
        case tooManyArguments
        /// An argument is no number, or no delimiter.
        case invalidArgument
    }

    /// What is wrong.
    public let reason: Reason
    /// The token it is wrong with; empty if it is the whole subject.
    public let token: [UInt8]

    static var invalidSubject: TransformError {
        TransformError(reason: .invalidSubject, token: [])
    }

    /// The text as clients know it.
    public var text: [UInt8] {
        guard reason != .invalidSubject else { return Array("invalid subject".utf8) }
        let what =
            switch reason {
            case .invalidSubject: ""
            case .unknownFunction: "unknown function"
            case .indexOutOfRange: "wildcard index out of range"
            case .notEnoughArguments: "not enough arguments passed to the function"
            case .tooManyArguments: "too many arguments passed to the function"
            case .invalidArgument: "function argument is invalid or in the wrong format"
            }
        return Array("invalid mapping destination: \(what) in ".utf8) + token
    }
}

/// Reads `$1`, `{{function(arguments)}}` or a plain token.
struct TransformParser {
    let token: [UInt8]

    /// What the token asks for; `stars` are the places of the source's `*`.
    func part(stars: [Int]) throws(TransformError) -> SubjectTransform.Part {
        if token == [UInt8(ascii: ">")] { return .tail }
        guard token.count > 1 else { return .literal(token) }
        if token[0] == UInt8(ascii: "$") {
            guard let number = integer(token[1...]) else { return .literal(token) }
            return .wildcard(try place(number, stars))
        }
        guard token.count > 4, token.starts(with: [UInt8](repeating: UInt8(ascii: "{"), count: 2)),
            token.suffix(2).elementsEqual([UInt8](repeating: UInt8(ascii: "}"), count: 2))
        else { return .literal(token) }
        let body = trimmed(token[2..<token.count - 2])
        guard let open = body.firstIndex(of: UInt8(ascii: "(")), body.last == UInt8(ascii: ")")
        else { throw error(.unknownFunction) }
        let name = trimmed(body[body.startIndex..<open])
        let arguments = body[(open + 1)..<(body.endIndex - 1)]
            .split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        return try function(lowered(name), arguments, stars)
    }

    private func function(
        _ name: String,
        _ arguments: [ArraySlice<UInt8>],
        _ stars: [Int]
    ) throws(TransformError) -> SubjectTransform.Part {
        switch name {
        case "wildcard":
            guard arguments.count == 1 else { throw error(.tooManyArguments) }
            guard !trimmed(arguments[0]).isEmpty else { throw error(.notEnoughArguments) }
            return .wildcard(try place(try number(arguments[0]), stars))
        case "partition":
            let buckets = try number(arguments[0])
            var tokens: [Int] = []
            for argument in arguments.dropFirst() {
                tokens.append(try place(try number(argument), stars))
            }
            return .partition(buckets: buckets, tokens: tokens)
        case "random":
            guard arguments.count == 1 else { throw error(.notEnoughArguments) }
            return .random(try number(arguments[0]))
        case "split":
            try requireTwo(arguments)
            let delimiter = Array(trimmed(arguments[1]))
            guard !delimiter.isEmpty, !delimiter.contains(UInt8(ascii: ".")),
                !delimiter.contains(UInt8(ascii: " "))
            else { throw error(.invalidArgument) }
            return .split(try place(try number(arguments[0]), stars), delimiter: delimiter)
        case "splitfromleft": return try pair(arguments, stars) { .splitFromLeft($0, $1) }
        case "splitfromright": return try pair(arguments, stars) { .splitFromRight($0, $1) }
        case "slicefromleft": return try pair(arguments, stars) { .sliceFromLeft($0, $1) }
        case "slicefromright": return try pair(arguments, stars) { .sliceFromRight($0, $1) }
        case "left": return try pair(arguments, stars) { .left($0, $1) }
        case "right": return try pair(arguments, stars) { .right($0, $1) }
        default: throw error(.unknownFunction)
        }
    }

    private func pair(
        _ arguments: [ArraySlice<UInt8>],
        _ stars: [Int],
        _ make: (Int, Int) -> SubjectTransform.Part
    ) throws(TransformError) -> SubjectTransform.Part {
        try requireTwo(arguments)
        let token = try number(arguments[0])
        let second = try number(arguments[1])
        return make(try place(token, stars), second)
    }

    private func requireTwo(_ arguments: [ArraySlice<UInt8>]) throws(TransformError) {
        if arguments.count < 2 { throw error(.notEnoughArguments) }
        if arguments.count > 2 { throw error(.tooManyArguments) }
    }

    /// The source token that the wildcard `number` stands at.
    private func place(_ number: Int, _ stars: [Int]) throws(TransformError) -> Int {
        guard number >= 1, number <= stars.count else {
            let suffix = stars.isEmpty ? "" : ": [\(number)]"
            throw TransformError(reason: .indexOutOfRange, token: token + Array(suffix.utf8))
        }
        return stars[number - 1]
    }

    private func number(_ bytes: ArraySlice<UInt8>) throws(TransformError) -> Int {
        guard let number = integer(trimmed(bytes)), number <= Int(Int32.max) else {
            throw error(.invalidArgument)
        }
        return number
    }

    private func integer(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard !bytes.isEmpty, bytes.count < 12 else { return nil }
        var number = 0
        for byte in bytes {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }

    private func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes
        while rest.first == UInt8(ascii: " ") { rest.removeFirst() }
        while rest.last == UInt8(ascii: " ") { rest.removeLast() }
        return rest
    }

    private func lowered(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    private func error(_ reason: TransformError.Reason) -> TransformError {
        TransformError(reason: reason, token: token)
    }
}
