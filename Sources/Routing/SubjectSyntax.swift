// Which bytes are subjects and which are filters.
// Source: NATS client protocol, subjects; matching is by bytes, tokens are separated by dots.

/// Rules for the form of subjects and filters.
public enum SubjectSyntax {
    /// Whether `filter` may be subscribed to: no empty token, and `>` only as the last one.
    public static func isValidFilter(_ filter: RawSpan) -> Bool {
        var start = 0
        while start <= filter.byteCount {
            let end = tokenEnd(filter, start)
            guard end > start else { return false }
            let isTail = end == start + 1 && filter.unsafeByte(start) == UInt8(ascii: ">")
            if isTail, end < filter.byteCount { return false }
            start = end + 1
        }
        return true
    }

    /// Whether `subject` may be published to: no empty token and no wildcard.
    public static func isValidSubject(_ subject: RawSpan) -> Bool {
        isValidFilter(subject) && !hasWildcard(subject)
    }

    /// How many tokens `subject` has.
    public static func tokenCount(_ subject: RawSpan) -> Int {
        var count = 1
        for offset in 0..<subject.byteCount
        where subject.unsafeByte(offset) == UInt8(ascii: ".") {
            count += 1
        }
        return count
    }

    /// Whether `subject` belongs to servers among themselves, so that nobody may publish to it.
    public static func isReserved(_ subject: RawSpan) -> Bool {
        starts(subject, "_GR_.") || starts(subject, "$NRG.")
    }

    private static func starts(_ subject: RawSpan, _ text: StaticString) -> Bool {
        guard subject.byteCount >= text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount {
            // SAFETY: the offset is below the text's count.
            guard unsafe text.utf8Start[offset] == subject.unsafeByte(offset) else { return false }
        }
        return true
    }

    /// Whether a whole token of `filter` is `*` or `>`.
    public static func hasWildcard(_ filter: RawSpan) -> Bool {
        var start = 0
        while start <= filter.byteCount {
            let end = tokenEnd(filter, start)
            if end == start + 1 {
                let only = filter.unsafeByte(start)
                if only == UInt8(ascii: "*") || only == UInt8(ascii: ">") { return true }
            }
            start = end + 1
        }
        return false
    }
}
