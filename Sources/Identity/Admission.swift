// What comes of a client's credentials.

import Routing

/// Who a client was found to be.
public struct Admission: Equatable, Sendable {
    /// The user, an index of the configuration's users; `nil` where nobody has to say who it is.
    public let user: Int?
    /// The account, an index of the configuration's accounts.
    public let account: Int
    /// The user's set in `Authenticator.permissions`; `nil` where everything is permitted.
    public let permissionSet: UInt32?

    /// Everybody, where nobody has to say who it is.
    public static var anybody: Admission { Admission(user: nil, account: 0, permissionSet: nil) }

    init(user: Int?, account: Int, permissionSet: UInt32?) {
        self.user = user
        self.account = account
        self.permissionSet = permissionSet
    }
}

/// A comparison with a hash, which takes too long for a thread that serves others.
public struct PasswordCheck: Sendable {
    let given: [UInt8]
    let expected: [UInt8]
    let admission: Admission?

    /// Makes the comparison, on whatever thread may be kept busy for it.
    /// - Returns: who the client is; `nil` if it is refused.
    public func run() -> Admission? {
        Password.matches(given, expected) ? admission : nil
    }
}

/// What comes of a client's credentials.
public enum Decision: Sendable {
    /// The client is known.
    case admitted(Admission)
    /// It depends on a comparison that is still to be made.
    case undecided(PasswordCheck)
    /// The client is refused.
    case refused
}

/// What the TLS layer knows about a client that showed a certificate.
public struct CertificateClaim: Equatable, Sendable {
    /// Alternative names in the order they are tried: mail addresses, hosts, URIs.
    public var alternatives: [[UInt8]]
    /// The distinguished name in the form of RFC 2253; empty if there is none.
    public var subject: [UInt8]

    /// The names that a certificate claims for its owner.
    public init(alternatives: [[UInt8]], subject: [UInt8]) {
        self.alternatives = alternatives
        self.subject = subject
    }
}

/// Users that cannot be checked or served.
public enum IdentityError: Error, Equatable, Sendable {
    /// A rule of the user at `user` has a malformed subject, or names a queue group for publishing.
    case malformedRule(user: Int)
    /// There is no memory for the permissions of the user at `user`.
    case tooManyRules(user: Int)
    /// The cryptographic library cannot be used.
    case noCryptography
}
