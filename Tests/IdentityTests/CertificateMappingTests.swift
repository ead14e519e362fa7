import Base
import Configuration
import Routing
import Testing
import Wire

@testable import Identity

@Suite struct CertificateMappingTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func user(of claim: CertificateClaim?, password: String? = nil) throws -> Int? {
        let names = [
            "anna@desk.test", "a.test", "CN=anna,O=Desk", "CN=bob+UID=7,O=Desk", "guarded.test",
        ]
        var access = Access()
        access.users = names.map { User(name: bytes($0), proof: .password([]), account: 0) }
        access.users[4].proof = .password(bytes("pw"))
        var credentials = ConnectOptions.Credentials()
        credentials.password = password.map(bytes)
        credentials.user = bytes("a.test")
        let decision = try Authenticator(access, mapsCertificates: true).decide(
            credentials,
            challenge: [],
            certificate: claim,
            over: .standard
        )
        guard case .admitted(let admission) = decision else { return nil }
        return admission.user
    }

    private func claim(_ alternatives: [String], _ subject: String = "") -> CertificateClaim {
        CertificateClaim(alternatives: alternatives.map(bytes), subject: bytes(subject))
    }

    @Test func `the first name that is a user decides`() throws {
        #expect(try user(of: claim(["x@y.z", "anna@desk.test", "a.test"])) == 0)
        #expect(try user(of: claim(["a.test", "anna@desk.test"])) == 1)
        #expect(try user(of: claim(["a.test"], "CN=anna,O=Desk")) == 1)
    }

    @Test func `the distinguished name decides last, in any order of its parts`() throws {
        #expect(try user(of: claim(["x"], "CN=anna,O=Desk")) == 2)
        #expect(try user(of: claim([], "O=Desk,CN=anna")) == 2)
        #expect(try user(of: claim([], "UID=7+CN=bob,O=Desk")) == 3)
        #expect(try user(of: claim([], "CN=bob,UID=7,O=Desk")) == nil)
    }

    @Test(arguments: [
        "CN=anna", "CN=anna\\,O=Desk", "CN=ANNA,O=Desk", "CN=anna,O=Desk,C=LU", "O=Desk+CN=anna",
    ])
    func `nearly the name is not the name`(subject: String) throws {
        #expect(try user(of: claim([], subject)) == nil)
    }

    @Test func `no certificate, no user`() throws {
        #expect(try user(of: nil) == nil)
        #expect(try user(of: claim([])) == nil)
    }

    @Test func `a password counts as well where there is one`() throws {
        #expect(try user(of: claim(["guarded.test"])) == nil)
        #expect(try user(of: claim(["guarded.test"]), password: "wrong") == nil)
        #expect(try user(of: claim(["guarded.test"]), password: "pw") == 4)
    }

    @Test func `a user without password cannot connect by name where certificates decide nothing`()
        throws
    {
        var access = Access()
        access.users = [User(name: bytes("a.test"), proof: .password([]), account: 0)]
        var credentials = ConnectOptions.Credentials()
        credentials.user = bytes("a.test")
        credentials.password = []
        let decision = try Authenticator(access, mapsCertificates: false).decide(
            credentials,
            challenge: [],
            certificate: claim(["a.test"]),
            over: .standard
        )
        guard case .refused = decision else {
            Issue.record("admitted")
            return
        }
    }
}
