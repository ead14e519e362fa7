// Text to value, strictly.
// Source: RFC 8259; duplicate names are refused (RFC 7493, section 2.3).

/// Reads JSON texts within limits.
///
/// Refuses duplicate names, invalid UTF-8, lone surrogates, a byte order mark, trailing bytes and
/// numbers that do not fit.
public struct JSONReader: Sendable {
    /// How much is taken before refusing.
    public let limits: JSONLimits

    /// A reader that refuses what exceeds `limits`.
    public init(limits: JSONLimits) {
        self.limits = limits
    }

    /// The value that `text` stands for.
    ///
    /// - Throws: the first thing wrong with the text, and its offset.
    /// - Complexity: O(bytes)
    public func read(_ text: Span<UInt8>) throws(JSONError) -> JSONValue {
        guard text.count <= limits.textBytesMax else {
            throw JSONError(.textTooLong, at: limits.textBytesMax)
        }
        var scanner = JSONScanner(text: text, limits: limits)
        return try scanner.document()
    }

    /// The value that the text in `bytes` stands for.
    ///
    /// - Throws: the first thing wrong with the text, and its offset.
    /// - Complexity: O(bytes)
    public func read(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        try read(bytes.span)
    }
}
