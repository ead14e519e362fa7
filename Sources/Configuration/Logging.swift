// What is logged, and where to.
// Source: NATS server configuration, logging.

/// What is logged, and where to.
public struct Logging: Equatable, Sendable {
    /// What is logged beyond warnings and what everybody should know.
    public struct Topics: OptionSet, Hashable, Sendable {
        /// One bit a topic.
        public let rawValue: UInt8

        /// The topics of the bits in `rawValue`.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Connections that come and go.
        public static let debug = Topics(rawValue: 1)
        /// Every command of every client.
        public static let trace = Topics(rawValue: 2)
        /// The system account's commands too.
        public static let systemTrace = Topics(rawValue: 4)
        /// Of messages only the headers.
        public static let headersOnly = Topics(rawValue: 8)
    }

    /// How lines begin.
    public enum Clock: Hashable, Sendable {
        /// Without the time.
        case none
        /// With local time.
        case local
        /// With universal time.
        case universal
    }

    /// What is logged beyond the usual.
    public var topics: Topics = []
    /// How lines begin.
    public var clock = Clock.local
    /// The file that is appended to; empty for standard error.
    public var file = ""
    /// Bytes after which the file is set aside; `nil` is never.
    public var fileBytesMax: Int64?
    /// Files that are kept; `nil` is all.
    public var filesMax: Int?
    /// Bytes of a traced message that are shown; `nil` is all.
    public var tracedBytesMax: Int?

    /// The usual, to standard error.
    public init() {}
}
