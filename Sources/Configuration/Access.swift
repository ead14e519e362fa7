// Who may connect, and what they may do.
// Source: NATS server configuration, `authorization` and `accounts`.

import Base

/// Users, accounts and how long a client may take to say who it is.
///
/// A single user and password is one entry of `users`. Without token and users anybody may connect.
public struct Access: Equatable, Sendable {
    /// The token everybody must know, plain or bcrypt (`$2…`); `nil` without.
    public var token: [UInt8]?
    /// Everybody who may connect, of all accounts.
    public var users: [User] = []
    /// The user that clients without credentials are; an index of `users`.
    public var anonymousUser: Int?
    /// The accounts that `users` refer to by index; the first one is `$G`.
    public var accounts = [Account(name: Array("$G".utf8)), Account(name: Array("$SYS".utf8))]
    /// The account of the system's own subjects, an index of `accounts`; `nil` if there is none.
    public var systemAccount: Int? = 1
    /// Time from accepting a connection to its CONNECT, where one is required.
    public var timeoutNanoseconds: UInt64 = 2 * nanosecondsPerSecond

    /// Everybody may connect.
    public init() {}

    /// Whether a client must say who it is.
    public var isRequired: Bool { token != nil || !users.isEmpty }
}

/// Somebody who may connect.
public struct User: Equatable, Sendable {
    /// What proves that a client is this user.
    public enum Proof: Equatable, Sendable {
        /// A password, plain or as bcrypt (`$2…`).
        case password([UInt8])
        /// The signature of the server's nonce by the key that is the name.
        case nkey
    }

    /// Kinds of connections.
    public struct ConnectionKinds: OptionSet, Hashable, Sendable {
        /// One bit a kind.
        public let rawValue: UInt8

        /// The kinds of the bits in `rawValue`.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Plain or TLS.
        public static let standard = ConnectionKinds(rawValue: 1)
        /// WebSocket.
        public static let webSocket = ConnectionKinds(rawValue: 2)
        /// Leaf nodes.
        public static let leafNode = ConnectionKinds(rawValue: 4)
        /// MQTT.
        public static let mqtt = ConnectionKinds(rawValue: 8)
    }

    /// The user name, or the public key `U…` in its text form.
    public var name: [UInt8]
    /// What proves that a client is this user.
    public var proof: Proof
    /// The user's account, an index of `Access.accounts`.
    public var account: Int
    /// What the user may do; `nil` is everything.
    public var permissions: Permissions?
    /// How the user may connect; empty is in every way.
    public var connectionKinds: ConnectionKinds = []

    /// The user `name` of an `account`, who may do everything.
    public init(name: [UInt8], proof: Proof, account: Int) {
        self.name = name
        self.proof = proof
        self.account = account
    }
}

/// What a user may publish and subscribe to.
public struct Permissions: Equatable, Sendable {
    /// Subjects that may be published to.
    public var publish = SubjectRules()
    /// Subjects that may be subscribed to.
    public var subscribe = SubjectRules()
    /// Whether reply subjects of delivered messages may be published to; `nil` without.
    public var responses: Responses?

    /// Everything is allowed.
    public init() {}

    /// How often and how long a reply subject may be used.
    public struct Responses: Equatable, Sendable {
        /// Replies to one message; `nil` is no limit.
        public var messagesMax: Int? = 1
        /// Time from the delivery to the last reply; `nil` is no limit.
        public var expiryNanoseconds: UInt64? = 120 * nanosecondsPerSecond

        /// One reply within two minutes.
        public init() {}
    }
}

/// What is allowed and what of it is denied.
public struct SubjectRules: Equatable, Sendable {
    /// What is allowed; `nil` is everything, and an empty list is nothing.
    public var allow: [SubjectRule]?
    /// What is denied nevertheless.
    public var deny: [SubjectRule] = []

    /// Everything is allowed.
    public init() {}
}

/// A subject with wildcards, and a queue group with wildcards where one is named.
public struct SubjectRule: Hashable, Sendable {
    /// The subject.
    public var subject: [UInt8]
    /// The queue group, only in rules for subscriptions; `nil` is none.
    public var queue: [UInt8]?

    /// The rule for `subject` in `queue`.
    public init(subject: [UInt8], queue: [UInt8]?) {
        self.subject = subject
        self.queue = queue
    }
}
