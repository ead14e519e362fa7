// Finds out who a client is.

public import Configuration
public import Routing
public import Wire

/// Compares credentials with the configured users; a value that any thread may use.
public struct Authenticator: Sendable {
    private let access: Access
    private let mapsCertificates: Bool
    /// Users with passwords by name, users with keys by key.
    private let named: [[UInt8]: Int]
    private let keyed: [[UInt8]: Int]
    /// Users whose names are distinguished names.
    private let distinguished: [(name: DistinguishedName, user: Int)]
    /// The set of each user in the permission table.
    private let sets: [UInt32?]
    /// A hash to spend time on when the user does not exist.
    private let decoy: [UInt8]?

    /// An authenticator for the users of `access`.
    ///
    /// With `mapsCertificates`, a client's certificate decides which user it is.
    ///
    /// - Throws: `malformedRule` or `noCryptography`.
    public init(_ access: Access, mapsCertificates: Bool) throws(IdentityError) {
        guard Sodium.isReady else { throw .noCryptography }
        self.access = access
        self.mapsCertificates = mapsCertificates
        var (named, keyed) = ([[UInt8]: Int](), [[UInt8]: Int]())
        var (sets, setCount) = ([UInt32?](), UInt32(0))
        for (index, user) in access.users.enumerated() {
            guard user.permissions?.isWellFormed ?? true else {
                throw .malformedRule(user: index)
            }
            if user.proof == .nkey { keyed[user.name] = index } else { named[user.name] = index }
            sets.append(user.permissions == nil ? nil : setCount)
            if user.permissions != nil { setCount += 1 }
        }
        self.named = named
        self.keyed = keyed
        self.sets = sets
        distinguished = mapsCertificates ? Self.distinguishedNames(access.users) : []
        decoy = access.users.lazy.compactMap(\.hash).first
    }

    /// Whether a client has to say who it is before anything else.
    public var isRequired: Bool { access.isRequired && access.anonymousUser == nil }

    /// Whether a client may have to sign a challenge.
    public var usesChallenges: Bool { !keyed.isEmpty }

    /// The set of `user`, an index of the configuration's users; `nil` where everything is
    /// permitted.
    public func permissionSet(of user: Int) -> UInt32? { sets[user] }

    /// How many sets of permissions the users have.
    public var permissionSetCount: Int { sets.count { $0 != nil } }

    /// The permissions of all users, for one shard.
    /// - Throws: `tooManyRules`.
    public func permissions(seed: UInt64) throws(IdentityError) -> PermissionTable {
        var table = PermissionTable(seed: seed)
        for (index, user) in access.users.enumerated() {
            guard let permissions = user.permissions else { continue }
            let set = table.addSet()
            precondition(set == sets[index], "sets are numbered in the order of users")
            guard table.add(permissions, to: set) else { throw .tooManyRules(user: index) }
        }
        return table
    }

    // MARK: - Deciding

    /// Decides who the client is.
    ///
    /// `challenge` is what it was given to sign; `certificate` is what TLS has verified, if
    /// anything. Without any credentials it is the anonymous user, where there is one.
    public func decide(
        _ credentials: ConnectOptions.Credentials,
        challenge: [UInt8],
        certificate: CertificateClaim?,
        over kind: User.ConnectionKinds
    ) -> Decision {
        guard access.isRequired else {
            return .admitted(Admission(user: nil, account: 0, permissionSet: nil))
        }
        if let key = credentials.nkey, !key.isEmpty {
            return decide(key: key, credentials.signature ?? [], challenge, kind)
        }
        if mapsCertificates {
            return decide(certificate: certificate, credentials.password ?? [], kind)
        }
        if let name = credentials.user, !name.isEmpty {
            return decide(name: name, credentials.password ?? [], kind)
        }
        if let token = access.token, let given = credentials.token {
            let admission = Admission(user: nil, account: 0, permissionSet: nil)
            return compare(given, token, admission)
        }
        guard credentials.isEmpty, let user = access.anonymousUser else { return .refused }
        return admits(user, kind) ? .admitted(admission(of: user)) : .refused
    }

    private func decide(
        key: [UInt8],
        _ signature: [UInt8],
        _ challenge: [UInt8],
        _ kind: User.ConnectionKinds
    ) -> Decision {
        let isAnswered = Challenge.isAnswered(challenge, signature: signature, key: key)
        guard isAnswered, let user = keyed[key], admits(user, kind) else { return .refused }
        return .admitted(admission(of: user))
    }

    private func decide(
        name: [UInt8],
        _ password: [UInt8],
        _ kind: User.ConnectionKinds
    ) -> Decision {
        guard let user = named[name], admits(user, kind),
            case .password(let expected) = access.users[user].proof
        else {
            // Someone who guesses names learns nothing from how long the answer takes.
            return compare(password, decoy ?? Self.noPassword, nil)
        }
        return compare(password, expected, admission(of: user))
    }

    /// The user that a verified certificate names; its password counts too, if it has one.
    private func decide(
        certificate: CertificateClaim?,
        _ password: [UInt8],
        _ kind: User.ConnectionKinds
    ) -> Decision {
        guard let certificate, let user = user(of: certificate), admits(user, kind),
            case .password(let expected) = access.users[user].proof
        else { return .refused }
        if expected.isEmpty { return .admitted(admission(of: user)) }
        return compare(password, expected, admission(of: user))
    }

    private func user(of certificate: CertificateClaim) -> Int? {
        for name in certificate.alternatives {
            if let user = named[name] { return user }
        }
        guard let subject = DistinguishedName(certificate.subject) else { return nil }
        let exact = distinguished.first { $0.name == subject }
        return (exact ?? distinguished.first { $0.name.hasSameGroups(as: subject) })?.user
    }

    private func compare(
        _ given: [UInt8],
        _ expected: [UInt8],
        _ admission: Admission?
    ) -> Decision {
        let check = PasswordCheck(given: given, expected: expected, admission: admission)
        if Password.isHash(expected) { return .undecided(check) }
        guard let admission = check.run() else { return .refused }
        return .admitted(admission)
    }

    private func admits(_ user: Int, _ kind: User.ConnectionKinds) -> Bool {
        let kinds = access.users[user].connectionKinds
        return kinds.isEmpty || kinds.isSuperset(of: kind)
    }

    private func admission(of user: Int) -> Admission {
        Admission(user: user, account: access.users[user].account, permissionSet: sets[user])
    }

    private static let noPassword = [UInt8](repeating: 0, count: 32)

    private static func distinguishedNames(
        _ users: [User]
    ) -> [(name: DistinguishedName, user: Int)] {
        users.enumerated().compactMap { index, user in
            guard user.proof != .nkey, let name = DistinguishedName(user.name) else { return nil }
            return (name, index)
        }
    }
}

extension User {
    /// The hash of the password, if it is one.
    fileprivate var hash: [UInt8]? {
        guard case .password(let expected) = proof, Password.isHash(expected) else { return nil }
        return expected
    }
}

extension ConnectOptions.Credentials {
    /// Whether the client says nothing about who it is.
    fileprivate var isEmpty: Bool {
        [user, password, token, nkey, signature].allSatisfy { $0?.isEmpty ?? true }
    }
}
