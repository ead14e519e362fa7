// Filters as sets of subjects: one inside another, two with something in common.

import Base

extension SubjectSyntax {
    /// Whether every subject that `inner` matches is matched by `outer`; both are valid filters.
    ///
    /// - Complexity: O(bytes), allocates nothing.
    public static func covers(_ outer: RawSpan, _ inner: RawSpan) -> Bool {
        var (outerStart, innerStart) = (0, 0)
        while outerStart <= outer.byteCount {
            guard innerStart <= inner.byteCount else { return false }
            let outerToken = outer.extracting(outerStart..<tokenEnd(outer, outerStart))
            let innerToken = inner.extracting(innerStart..<tokenEnd(inner, innerStart))
            if isToken(outerToken, UInt8(ascii: ">")) { return true }
            if isToken(innerToken, UInt8(ascii: ">")) { return false }
            guard isToken(outerToken, UInt8(ascii: "*")) || equal(outerToken, innerToken) else {
                return false
            }
            outerStart += outerToken.byteCount + 1
            innerStart += innerToken.byteCount + 1
        }
        return innerStart > inner.byteCount
    }

    /// Whether some subject is matched by both filters, which are valid.
    ///
    /// - Complexity: O(bytes), allocates nothing.
    public static func overlap(_ left: RawSpan, _ right: RawSpan) -> Bool {
        var (leftStart, rightStart) = (0, 0)
        while leftStart <= left.byteCount {
            guard rightStart <= right.byteCount else { return false }
            let leftToken = left.extracting(leftStart..<tokenEnd(left, leftStart))
            let rightToken = right.extracting(rightStart..<tokenEnd(right, rightStart))
            if isToken(leftToken, UInt8(ascii: ">")) || isToken(rightToken, UInt8(ascii: ">")) {
                return true
            }
            guard
                isToken(leftToken, UInt8(ascii: "*")) || isToken(rightToken, UInt8(ascii: "*"))
                    || equal(leftToken, rightToken)
            else { return false }
            leftStart += leftToken.byteCount + 1
            rightStart += rightToken.byteCount + 1
        }
        return rightStart > right.byteCount
    }

    /// Whether `filter` matches the published `subject`, whose tokens are all taken literally.
    ///
    /// - Complexity: O(bytes), allocates nothing.
    public static func matches(_ filter: RawSpan, subject: RawSpan) -> Bool {
        var (filterStart, subjectStart) = (0, 0)
        while filterStart <= filter.byteCount {
            guard subjectStart <= subject.byteCount else { return false }
            let wanted = filter.extracting(filterStart..<tokenEnd(filter, filterStart))
            if isToken(wanted, UInt8(ascii: ">")) { return true }
            let token = subject.extracting(subjectStart..<tokenEnd(subject, subjectStart))
            guard isToken(wanted, UInt8(ascii: "*")) || equal(wanted, token) else { return false }
            filterStart += wanted.byteCount + 1
            subjectStart += token.byteCount + 1
        }
        return subjectStart > subject.byteCount
    }

    private static func isToken(_ token: RawSpan, _ wildcard: UInt8) -> Bool {
        token.byteCount == 1 && token.unsafeByte(0) == wildcard
    }
}
