import Base
import Configuration
import Testing
import Wire

@testable import Identity

@Suite struct AuthenticatorTests {
    static let challenge = Array("PXoWU7zWAMt75FY".utf8)

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// anna (plain), bob (hash, account 1, may publish nothing), a key user, and carl over
    /// WebSocket only.
    private func access() throws -> Access {
        var access = Access()
        access.accounts.append(Account(name: bytes("DESK")))
        var bob = User(name: bytes("bob"), proof: .password(PasswordTests.hash), account: 2)
        var permissions = Permissions()
        permissions.publish.allow = []
        bob.permissions = permissions
        var carl = User(name: bytes("carl"), proof: .password(bytes("pw")), account: 0)
        carl.connectionKinds = .webSocket
        access.users = [
            User(name: bytes("anna"), proof: .password(bytes("secret")), account: 0), bob,
            User(name: try TestKey(seed: 1).text, proof: .nkey, account: 2), carl,
        ]
        return access
    }

    private func decide(
        _ access: Access,
        _ fill: (inout ConnectOptions.Credentials) -> Void
    ) throws -> Admission? {
        var credentials = ConnectOptions.Credentials()
        fill(&credentials)
        let decision = try Authenticator(access, mapsCertificates: false).decide(
            credentials,
            challenge: Self.challenge,
            certificate: nil,
            over: .standard
        )
        switch decision {
        case .admitted(let admission): return admission
        case .undecided(let check): return check.run()
        case .refused: return nil
        }
    }

    @Test func `without users everybody is admitted to the first account`() throws {
        let everybody = Admission(user: nil, account: 0, permissionSet: nil)
        #expect(try decide(Access()) { _ in } == everybody)
        #expect(try decide(Access()) { $0.user = bytes("anyone") } == everybody)
        #expect(try !Authenticator(Access(), mapsCertificates: false).isRequired)
    }

    @Test func `a password admits its user alone`() throws {
        let access = try access()
        let anna = Admission(user: 0, account: 0, permissionSet: nil)
        let found = try decide(access) {
            $0.user = bytes("anna")
            $0.password = bytes("secret")
        }
        #expect(found == anna)
        let wrong: [(String?, String?)] = [
            ("anna", "Secret"), ("anna", ""), ("anna", nil), ("Anna", "secret"), ("", "secret"),
            (nil, "secret"), ("anna\0", "secret"), ("bob", "secret"), ("nobody", "secret"),
            (nil, nil),
        ]
        for (user, password) in wrong {
            let refused = try decide(access) {
                $0.user = user.map(bytes)
                $0.password = password.map(bytes)
            }
            #expect(refused == nil, "\(user ?? "-") \(password ?? "-")")
        }
    }

    @Test func `a hash takes a check of its own`() throws {
        let authenticator = try Authenticator(try access(), mapsCertificates: false)
        var credentials = ConnectOptions.Credentials()
        credentials.user = bytes("bob")
        credentials.password = bytes("s3cret")
        let decision = authenticator.decide(
            credentials,
            challenge: [],
            certificate: nil,
            over: .standard
        )
        guard case .undecided(let check) = decision else {
            Issue.record("decided at once")
            return
        }
        #expect(check.run() == Admission(user: 1, account: 2, permissionSet: 0))
    }

    @Test func `guessing a name takes as long as guessing a password`() throws {
        let authenticator = try Authenticator(try access(), mapsCertificates: false)
        var credentials = ConnectOptions.Credentials()
        credentials.user = bytes("nobody")
        credentials.password = bytes("s3cret")
        let decision = authenticator.decide(
            credentials,
            challenge: [],
            certificate: nil,
            over: .standard
        )
        guard case .undecided(let check) = decision else {
            Issue.record("decided at once")
            return
        }
        #expect(check.run() == nil)
    }

    @Test func `a key admits whoever signs the challenge`() throws {
        let (access, key) = (try access(), try TestKey(seed: 1))
        let admission = try decide(access) {
            $0.nkey = key.text
            $0.signature = key.sign(Self.challenge)
        }
        #expect(admission == Admission(user: 2, account: 2, permissionSet: nil))
        let stranger = try TestKey(seed: 2)
        let wrong: [([UInt8], [UInt8]?)] = [
            (key.text, nil), (key.text, []), (key.text, key.sign(Self.challenge + [0])),
            (key.text, stranger.sign(Self.challenge)),
            (stranger.text, stranger.sign(Self.challenge)), (bytes("anna"), bytes("secret")),
        ]
        for (name, signature) in wrong {
            let refused = try decide(access) {
                $0.nkey = name
                $0.signature = signature
            }
            #expect(refused == nil)
        }
    }

    @Test func `the name of a key is no user name`() throws {
        let key = try TestKey(seed: 1)
        let refused = try decide(try access()) {
            $0.user = key.text
            $0.password = []
        }
        #expect(refused == nil)
    }

    @Test(arguments: ["secret", "hash"])
    func `a token admits to the first account`(kind: String) throws {
        var access = Access()
        access.token = kind == "hash" ? PasswordTests.hash : bytes("s3cret")
        let admission = try decide(access) { $0.token = bytes("s3cret") }
        #expect(admission == Admission(user: nil, account: 0, permissionSet: nil))
        #expect(try decide(access) { $0.token = bytes("s3cre") } == nil)
        #expect(try decide(access) { $0.token = [] } == nil)
        #expect(try decide(access) { _ in } == nil)
        #expect(try decide(access) { $0.password = bytes("s3cret") } == nil)
    }

    @Test func `only clients without credentials are the anonymous user`() throws {
        var access = try access()
        access.anonymousUser = 1
        #expect(try !Authenticator(access, mapsCertificates: false).isRequired)
        let bob = Admission(user: 1, account: 2, permissionSet: 0)
        #expect(try decide(access) { _ in } == bob)
        #expect(try decide(access) { $0.user = bytes("anna") } == nil)
        #expect(try decide(access) { $0.password = bytes("x") } == nil)
        #expect(try decide(access) { $0.token = bytes("x") } == nil)
        #expect(try decide(access) { $0.signature = bytes("x") } == nil)
    }

    @Test func `users of other kinds of connections are refused`() throws {
        let refused = try decide(try access()) {
            $0.user = bytes("carl")
            $0.password = bytes("pw")
        }
        #expect(refused == nil)
    }

    @Test func `challenges are of use only where somebody has a key`() throws {
        #expect(try Authenticator(try access(), mapsCertificates: false).usesChallenges)
        var access = try access()
        access.users.remove(at: 2)
        #expect(try !Authenticator(access, mapsCertificates: false).usesChallenges)
    }

    @Test(arguments: ["a..b", "", "a.>.b", ".a"])
    func `refuses malformed rules`(subject: String) throws {
        var access = try access()
        var permissions = Permissions()
        permissions.subscribe.deny = [SubjectRule(subject: bytes(subject), queue: nil)]
        access.users[3].permissions = permissions
        #expect(throws: IdentityError.malformedRule(user: 3)) {
            try Authenticator(access, mapsCertificates: false)
        }
    }

    @Test func `refuses a queue group in a rule for publishing`() throws {
        var access = try access()
        var permissions = Permissions()
        permissions.publish.allow = [SubjectRule(subject: bytes("a"), queue: bytes("q"))]
        access.users[0].permissions = permissions
        #expect(throws: IdentityError.malformedRule(user: 0)) {
            try Authenticator(access, mapsCertificates: false)
        }
    }
}
