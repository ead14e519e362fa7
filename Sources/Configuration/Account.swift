// An isolated space of subjects.
// Source: NATS server configuration, `accounts`.

import Base

/// An account: subjects of its own, and what it shares with others.
public struct Account: Equatable, Sendable {
    /// The name.
    public var name: [UInt8]
    /// What all its connections together may use.
    public var limits = AccountLimits()
    /// What its streams may use; `nil` if it may have none.
    public var jetStream: AccountStreamLimits?
    /// What others may import.
    public var exports: [AccountExport] = []
    /// What it takes from others.
    public var imports: [AccountImport] = []
    /// Subjects that are rewritten when they are published to.
    public var mappings: [SubjectMapping] = []

    /// The account `name`, without limits and without streams.
    public init(name: [UInt8]) {
        self.name = name
    }
}

/// What all connections of an account together may use.
public struct AccountLimits: Equatable, Sendable {
    /// Clients at a time; `nil` is no limit.
    public var connectionsMax: Int?
    /// Subscriptions of all connections; `nil` is no limit.
    public var subscriptionsMax: Int?
    /// Longest payload in bytes; `nil` is the server's limit.
    public var payloadBytesMax: Int?
    /// Leaf nodes at a time; `nil` is no limit.
    public var leafNodesMax: Int?

    /// No limits.
    public init() {}
}

/// What the streams of an account may use.
public struct AccountStreamLimits: Equatable, Sendable {
    /// Bytes in memory; `nil` is no limit.
    public var memoryBytesMax: Int64?
    /// Bytes on disk; `nil` is no limit.
    public var storeBytesMax: Int64?
    /// Streams; `nil` is no limit.
    public var streamsMax: Int?
    /// Consumers; `nil` is no limit.
    public var consumersMax: Int?
    /// Unacknowledged messages of a consumer; `nil` is no limit.
    public var ackPendingMax: Int?
    /// Bytes of one stream in memory; `nil` is no limit.
    public var memoryStreamBytesMax: Int64?
    /// Bytes of one stream on disk; `nil` is no limit.
    public var storeStreamBytesMax: Int64?
    /// Whether every stream must name its limit in bytes.
    public var requiresBytesLimit = false

    /// No limits.
    public init() {}
}

/// Something an account lets others import.
public struct AccountExport: Equatable, Sendable {
    /// What is exported.
    public enum Kind: Hashable, Sendable {
        /// Messages of a subject.
        case stream
        /// Requests to a subject.
        case service(ServiceResponse)
    }

    /// How a service answers.
    public enum ServiceResponse: Hashable, Sendable {
        /// One message.
        case single
        /// Messages up to an empty one.
        case stream
        /// One message in chunks.
        case chunked
    }

    /// The subject, with wildcards.
    public var subject: [UInt8]
    /// What is exported.
    public var kind: Kind
    /// Who may import it, indices of `Access.accounts`; `nil` is everybody.
    public var accounts: [Int]?
    /// How long an answer may take.
    public var responseNanoseconds: UInt64 = 120 * nanosecondsPerSecond

    /// The export of `subject` to everybody.
    public init(subject: [UInt8], kind: Kind) {
        self.subject = subject
        self.kind = kind
    }
}

/// Something an account takes from another one.
public struct AccountImport: Equatable, Sendable {
    /// What is imported.
    public enum Kind: Hashable, Sendable {
        /// Messages of a subject.
        case stream
        /// Requests to a subject.
        case service
    }

    /// What is imported.
    public var kind: Kind
    /// Whom it is taken from, an index of `Access.accounts`.
    public var account: Int
    /// The subject there.
    public var subject: [UInt8]
    /// The subject here; empty for the same one.
    public var localSubject: [UInt8] = []

    /// The import of `subject` from `account`, under the same name.
    public init(kind: Kind, account: Int, subject: [UInt8]) {
        self.kind = kind
        self.account = account
        self.subject = subject
    }
}

/// A subject that is rewritten when it is published to.
public struct SubjectMapping: Equatable, Sendable {
    /// One of the subjects it becomes.
    public struct Destination: Equatable, Sendable {
        /// The subject, with `$1` or `{{…}}` for tokens of the source.
        public var subject: [UInt8]
        /// Its share in percent, 0 to 100.
        public var percent: Int

        /// The destination `subject` with a share of `percent`.
        public init(subject: [UInt8], percent: Int) {
            self.subject = subject
            self.percent = percent
        }
    }

    /// The subject that is published to, with wildcards.
    public var source: [UInt8]
    /// What it becomes; the rest to 100 percent stays as it is.
    public var destinations: [Destination]

    /// The mapping of `source` to `destinations`.
    public init(source: [UInt8], destinations: [Destination]) {
        self.source = source
        self.destinations = destinations
    }
}
