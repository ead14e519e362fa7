// Questions about subjects and wildcards that need no table.

import Base

/// Subjects and filters as plain bytes: well-formed, matching, overlapping, contained.
///
/// `*` stands for one token, `>` at the end for one or more.
public enum SubjectPattern {
    private static var dot: UInt8 { UInt8(ascii: ".") }

    /// Whether `bytes` may name a filter: full tokens without white space, `>` only at the end.
    public static func isFilter(_ bytes: [UInt8]) -> Bool {
        guard !bytes.isEmpty, !bytes.contains(where: isBlank) else { return false }
        let tokens = split(bytes)
        for (index, token) in tokens.enumerated() {
            if token.isEmpty { return false }
            if isTail(token), index < tokens.count - 1 { return false }
        }
        return true
    }

    /// Whether `bytes` is a filter without wildcards.
    public static func isLiteral(_ bytes: [UInt8]) -> Bool {
        isFilter(bytes) && !hasWildcard(bytes)
    }

    /// Whether one of the tokens of `bytes` is a wildcard.
    public static func hasWildcard(_ bytes: [UInt8]) -> Bool {
        split(bytes).contains { isStar($0) || isTail($0) }
    }

    /// Whether some subject matches both filters.
    public static func overlap(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        let one = split(left)
        let other = split(right)
        var index = 0
        while index < one.count, index < other.count {
            if isTail(one[index]) || isTail(other[index]) { return true }
            if !isStar(one[index]), !isStar(other[index]), one[index] != other[index] {
                return false
            }
            index += 1
        }
        return one.count == other.count
    }

    /// Whether every subject that matches `inner` matches `outer`.
    public static func contains(_ outer: [UInt8], _ inner: [UInt8]) -> Bool {
        let wide = split(outer)
        let narrow = split(inner)
        for (index, token) in wide.enumerated() {
            guard index < narrow.count else { return false }
            if isTail(token) { return true }
            if isTail(narrow[index]) { return false }
            if isStar(token) { continue }
            guard token == narrow[index] else { return false }
        }
        return wide.count == narrow.count
    }

    /// Whether the literal `subject` matches `filter`.
    ///
    /// - Complexity: O(bytes), allocates nothing.
    public static func matches(_ filter: RawSpan, _ subject: RawSpan) -> Bool {
        var filterStart = 0
        var subjectStart = 0
        while filterStart <= filter.byteCount {
            guard subjectStart <= subject.byteCount else { return false }
            let filterEnd = tokenEnd(filter, filterStart)
            let subjectEnd = tokenEnd(subject, subjectStart)
            if filterEnd == filterStart &+ 1 {
                let only = filter.unsafeByte(filterStart)
                if only == UInt8(ascii: ">") { return true }
                if only == UInt8(ascii: "*") {
                    filterStart = filterEnd &+ 1
                    subjectStart = subjectEnd &+ 1
                    continue
                }
            }
            guard
                equal(
                    filter.extracting(filterStart..<filterEnd),
                    subject.extracting(subjectStart..<subjectEnd)
                )
            else { return false }
            filterStart = filterEnd &+ 1
            subjectStart = subjectEnd &+ 1
        }
        return subjectStart > subject.byteCount
    }

    /// Whether the literal `subject` matches `filter`.
    public static func matches(_ filter: [UInt8], _ subject: [UInt8]) -> Bool {
        // SAFETY: the bytes are only read during the call.
        unsafe matches(filter.span.bytes, subject.span.bytes)
    }

    /// The tokens of `bytes`.
    static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.split(separator: dot, omittingEmptySubsequences: false)
    }

    static func isStar(_ token: ArraySlice<UInt8>) -> Bool {
        token.count == 1 && token.first == UInt8(ascii: "*")
    }

    static func isTail(_ token: ArraySlice<UInt8>) -> Bool {
        token.count == 1 && token.first == UInt8(ascii: ">")
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }
}
