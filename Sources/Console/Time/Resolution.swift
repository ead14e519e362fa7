// How finely the past is remembered.

/// One of the lengths of buckets that history keeps.
public enum Resolution: UInt8, Sendable, Hashable, CaseIterable {
    /// A second each, ten minutes long.
    case second
    /// Ten seconds each, two hours long.
    case tenSeconds
    /// A minute each, a day long.
    case minute

    /// Seconds in a bucket.
    public var seconds: Int {
        switch self {
        case .second: 1
        case .tenSeconds: 10
        case .minute: 60
        }
    }

    /// Buckets that are kept.
    public var capacity: Int {
        switch self {
        case .second: 600
        case .tenSeconds: 720
        case .minute: 1_440
        }
    }

    /// The coarsest resolution that still gives every column of `seconds` its own buckets.
    static func forColumns(of seconds: Int) -> Resolution {
        allCases.last { $0.seconds <= max(1, seconds) } ?? .second
    }

    /// The buckets that column number `column` of `seconds` covers; never none.
    func buckets(ofColumn column: Int, seconds: Int) -> Range<Int> {
        let width = max(1, seconds)
        let first = column * width / self.seconds
        return first..<max(first + 1, (column + 1) * width / self.seconds)
    }
}
