import CCertificates
import COpenSSL
import Glibc
import Testing

@testable import Reactor

@Suite struct TlsContextTests {
    let files = TestCertificates()

    init() {
        files.issue("host", CertificateRequest(alternatives: "DNS:broker.test"))
        files.issue("other", CertificateRequest(alternatives: "DNS:other.test"))
    }

    func settings() -> TlsTerms {
        .server(certificateFile: files.certificate("host"), keyFile: files.key("host"))
    }

    func step(of settings: TlsTerms) -> TlsError.Step? {
        do throws(TlsError) {
            _ = try TlsContext(.server, settings)
            return nil
        } catch {
            #expect(!error.text.isEmpty)
            return error.step
        }
    }

    @Test func `names the file that is missing`() {
        var wrong = settings()
        wrong.certificateFile = "/nonexistent.pem"
        #expect(step(of: wrong) == .certificate)
        wrong = settings()
        wrong.keyFile = "/nonexistent.key"
        #expect(step(of: wrong) == .key)
        wrong = settings()
        wrong.checksPeer = true
        wrong.authorityFile = "/nonexistent.pem"
        #expect(step(of: wrong) == .authorities)
        #expect(step(of: settings()) == nil)
    }

    @Test func `tells why a file cannot be read`() throws {
        var wrong = settings()
        wrong.certificateFile = "/nonexistent.pem"
        let error = #expect(throws: TlsError.self) { try TlsContext(.server, wrong) }
        #expect(error?.number == ENOENT)
        #expect(error?.text == "TLS certificate: No such file or directory")
    }

    @Test func `refuses the key of another certificate`() {
        var wrong = settings()
        wrong.keyFile = files.key("other")
        #expect(step(of: wrong) == .key)
    }

    @Test func `refuses an encrypted key instead of asking`() {
        files.encryptKey("host")
        let error = #expect(throws: TlsError.self) { try TlsContext(.server, settings()) }
        #expect(error?.step == .key)
        #expect(error?.text == "TLS key: interrupted or cancelled")
    }

    @Test func `takes cipher suites by their standard names`() throws {
        var chosen = settings()
        chosen.cipherSuites = [
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
        ]
        let pair = try TlsPair(
            server: try TlsContext(.server, chosen),
            client: try TlsContext(.client, .client(authorityFile: files.certificate("ca"))),
            peerName: "broker.test"
        )
        #expect(pair.shakeHands().server == .done)
        #expect(pair.server.cipherSuite == "TLS_CHACHA20_POLY1305_SHA256")
    }

    @Test(arguments: ["TLS_NONSENSE", "ALL", "eNULL", "TLS_AES_128_GCM_SHA256:ALL", ""])
    func `refuses cipher suites that do not exist`(name: String) {
        var wrong = settings()
        wrong.cipherSuites = [name]
        #expect(step(of: wrong) == .cipherSuites)
    }

    @Test func `takes key exchange groups and refuses unknown ones`() {
        var chosen = settings()
        chosen.groups = ["X25519", "P-256"]
        #expect(step(of: chosen) == nil)
        chosen.groups = ["nonsense"]
        #expect(step(of: chosen) == .groups)
    }

    @Test func `a server with TLS 1_3 as its floor refuses a client of 1_2`() throws {
        var chosen = settings()
        chosen.requiresTls13 = true
        let client = try TlsContext(.client, .client(authorityFile: files.certificate("ca")))
        let pair = try TlsPair(
            server: try TlsContext(.server, chosen),
            client: client,
            peerName: "broker.test"
        )
        unsafe ccertificates_speak(pair.client.session, TLS1_2_VERSION)
        guard case .failed(let error) = pair.shakeHands().server else {
            Issue.record("the server went on")
            return
        }
        #expect(error.text.contains("protocol"))
    }

    @Test(arguments: [TLS1_VERSION, TLS1_1_VERSION])
    func `a server refuses a client below TLS 1_2`(version: Int32) throws {
        let pair = try TlsPair(
            server: try TlsContext(.server, settings()),
            client: try TlsContext(.client, .client(authorityFile: files.certificate("ca"))),
            peerName: "broker.test"
        )
        unsafe ccertificates_speak(pair.client.session, version)
        let (ours, theirs) = pair.shakeHands()
        #expect(ours != .done && theirs != .done)
    }
}
