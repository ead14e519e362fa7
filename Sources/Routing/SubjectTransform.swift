// Maps subjects to other subjects.
// Source: NATS ADR-30.

public import Base

/// A rule that makes another subject out of each subject that matches its source.
public struct SubjectTransform: Equatable, Sendable {
    /// What stands at one place of the destination.
    enum Part: Equatable, Sendable {
        case literal([UInt8])
        case tail
        case wildcard(Int)
        case partition(buckets: Int, tokens: [Int])
        case random(Int)
        case split(Int, delimiter: [UInt8])
        case splitFromLeft(Int, Int)
        case splitFromRight(Int, Int)
        case sliceFromLeft(Int, Int)
        case sliceFromRight(Int, Int)
        case left(Int, Int)
        case right(Int, Int)
    }

    /// What the rule applies to.
    public let source: [UInt8]
    /// What it was written as.
    public let destination: [UInt8]
    let parts: [Part]
    let sourceTokenCount: Int

    /// The rule from `source`, where empty means `>`, to `destination`.
    ///
    /// - Throws: why the two do not make a rule.
    public init(from source: [UInt8], to destination: [UInt8]) throws(TransformError) {
        let from = source.isEmpty ? [UInt8(ascii: ">")] : source
        let sourceTokens = SubjectPattern.split(from)
        let destinationTokens = SubjectPattern.split(destination)
        guard Self.isWellFormed(sourceTokens), Self.isWellFormed(destinationTokens),
            !destinationTokens.contains(where: SubjectPattern.isStar),
            sourceTokens.last.map(SubjectPattern.isTail)
                == destinationTokens.last.map(SubjectPattern.isTail)
        else { throw .invalidSubject }
        var stars: [Int] = []
        for (index, token) in sourceTokens.enumerated() where SubjectPattern.isStar(token) {
            stars.append(index)
        }
        var parts: [Part] = []
        for token in destinationTokens {
            parts.append(try TransformParser(token: Array(token)).part(stars: stars))
        }
        self.source = from
        self.destination = destination
        self.parts = parts
        sourceTokenCount = sourceTokens.count
    }

    /// Whether the rule leaves every subject as it is.
    public var isIdentity: Bool {
        source == [UInt8(ascii: ">")] && destination == source
    }

    /// Appends what `subject` becomes; `chance` is any number and decides where `random` goes.
    ///
    /// - Returns: whether `subject` matches the source; if not, nothing is appended.
    public func apply(
        to subject: RawSpan,
        chance: UInt32,
        into result: inout Table<UInt8>
    ) -> Bool {
        // SAFETY: the bytes are only read during the call.
        guard unsafe SubjectPattern.matches(source.span.bytes, subject) else { return false }
        for (index, part) in parts.enumerated() {
            if index > 0 { result.append(UInt8(ascii: ".")) }
            append(part, subject, chance, &result)
        }
        return true
    }

    private static func isWellFormed(_ tokens: [ArraySlice<UInt8>]) -> Bool {
        for (index, token) in tokens.enumerated() {
            if token.isEmpty { return false }
            if SubjectPattern.isTail(token), index < tokens.count - 1 { return false }
        }
        return true
    }

    private func append(
        _ part: Part,
        _ subject: RawSpan,
        _ chance: UInt32,
        _ result: inout Table<UInt8>
    ) {
        switch part {
        case .literal(let bytes): for byte in bytes { result.append(byte) }
        case .tail:
            let start = Self.token(sourceTokenCount - 1, of: subject).lowerBound
            result.append(subject, start..<subject.byteCount)
        case .wildcard(let token): result.append(subject, Self.token(token, of: subject))
        case .partition(let buckets, let tokens):
            result.append(decimal: Self.bucket(of: subject, tokens, buckets))
        case .random(let buckets):
            result.append(decimal: buckets <= 0 ? 0 : Int(chance >> 1) % buckets)
        case .split(let token, let delimiter):
            Self.split(subject, Self.token(token, of: subject), delimiter, &result)
        case .splitFromLeft(let token, let position):
            let range = Self.token(token, of: subject)
            Self.cut(subject, range, at: range.lowerBound + position, &result)
        case .splitFromRight(let token, let position):
            let range = Self.token(token, of: subject)
            Self.cut(subject, range, at: range.upperBound - position, &result)
        case .sliceFromLeft(let token, let size):
            Self.slice(subject, Self.token(token, of: subject), size, firstIsShort: false, &result)
        case .sliceFromRight(let token, let size):
            Self.slice(subject, Self.token(token, of: subject), size, firstIsShort: true, &result)
        case .left(let token, let count):
            let range = Self.token(token, of: subject)
            let end = count > 0 ? min(range.lowerBound + count, range.upperBound) : range.upperBound
            result.append(subject, range.lowerBound..<end)
        case .right(let token, let count):
            let range = Self.token(token, of: subject)
            let start =
                count > 0 ? max(range.upperBound - count, range.lowerBound) : range.lowerBound
            result.append(subject, start..<range.upperBound)
        }
    }
}

extension SubjectTransform {
    /// Where the token number `index` of `subject` lies; empty behind the end if there is none.
    private static func token(_ index: Int, of subject: RawSpan) -> Range<Int> {
        var start = 0
        for _ in 0..<max(index, 0) {
            start = tokenEnd(subject, start) + 1
            if start > subject.byteCount { return subject.byteCount..<subject.byteCount }
        }
        return start..<tokenEnd(subject, start)
    }

    /// FNV-1a of the tokens, or of the whole subject if none are named, modulo `buckets`.
    private static func bucket(of subject: RawSpan, _ tokens: [Int], _ buckets: Int) -> Int {
        guard buckets > 0 else { return 0 }
        var hash: UInt32 = 2_166_136_261
        func add(_ range: Range<Int>) {
            for offset in range {
                hash = (hash ^ UInt32(subject.unsafeByte(offset))) &* 16_777_619
            }
        }
        if tokens.isEmpty { add(0..<subject.byteCount) }
        for token in tokens { add(Self.token(token, of: subject)) }
        return Int(hash % UInt32(truncatingIfNeeded: buckets))
    }

    private static func cut(
        _ subject: RawSpan,
        _ range: Range<Int>,
        at position: Int,
        _ result: inout Table<UInt8>
    ) {
        guard position > range.lowerBound, position < range.upperBound else {
            return result.append(subject, range)
        }
        result.append(subject, range.lowerBound..<position)
        result.append(UInt8(ascii: "."))
        result.append(subject, position..<range.upperBound)
    }

    private static func slice(
        _ subject: RawSpan,
        _ range: Range<Int>,
        _ size: Int,
        firstIsShort: Bool,
        _ result: inout Table<UInt8>
    ) {
        guard size > 0, size < range.count else { return result.append(subject, range) }
        let rest = range.count % size
        var start = range.lowerBound
        var end = start + (firstIsShort && rest > 0 ? rest : size)
        while start < range.upperBound {
            if start > range.lowerBound { result.append(UInt8(ascii: ".")) }
            result.append(subject, start..<end)
            start = end
            end = min(end + size, range.upperBound)
        }
    }

    /// The pieces between the delimiters, empty ones left out, as tokens.
    private static func split(
        _ subject: RawSpan,
        _ range: Range<Int>,
        _ delimiter: [UInt8],
        _ result: inout Table<UInt8>
    ) {
        var isFirst = true
        var start = range.lowerBound
        while start <= range.upperBound {
            var end = start
            while end < range.upperBound, !isPrefix(delimiter, of: subject, end, range.upperBound) {
                end += 1
            }
            if end > start {
                if !isFirst { result.append(UInt8(ascii: ".")) }
                result.append(subject, start..<end)
                isFirst = false
            }
            start = max(end + delimiter.count, end + 1)
        }
    }

    private static func isPrefix(
        _ delimiter: [UInt8],
        of subject: RawSpan,
        _ start: Int,
        _ end: Int
    ) -> Bool {
        guard !delimiter.isEmpty, start + delimiter.count <= end else { return false }
        for (index, byte) in delimiter.enumerated()
        where subject.unsafeByte(start + index) != byte {
            return false
        }
        return true
    }
}

extension Table<UInt8> {
    /// Adds the bytes of `source` in `range`.
    mutating func append(_ source: RawSpan, _ range: Range<Int>) {
        for offset in range { append(source.unsafeByte(offset)) }
    }

    /// Adds `number` in decimal digits.
    mutating func append(decimal number: Int) {
        if number >= 10 { append(decimal: number / 10) }
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }
}
