import Testing

@testable import Reactor

@Suite struct CertificateNamesTests {
    let files = TestCertificates()

    init() {
        files.issue("host", CertificateRequest(alternatives: "DNS:broker.test"))
    }

    /// A pair whose server demands a certificate and whose client shows `name`, if any.
    func pair(showing name: String?) throws -> TlsPair {
        var server = TlsTerms.server(
            certificateFile: files.certificate("host"),
            keyFile: files.key("host")
        )
        server.checksPeer = true
        server.authorityFile = files.certificate("ca")
        var client = TlsTerms.client(authorityFile: files.certificate("ca"))
        client.certificateFile = name.map(files.certificate)
        client.keyFile = name.map(files.key)
        return try TlsPair(
            server: try TlsContext(.server, server),
            client: try TlsContext(.client, client),
            peerName: "broker.test"
        )
    }

    @Test func `tells every name of the client in order`() throws {
        files.issue(
            "anna",
            CertificateRequest(
                subject: "C=LU/O=Desk/CN=anna",
                alternatives: "email:anna@desk.test,DNS:a.test,URI:spiffe://desk/anna,DNS:b.test,"
                    + "email:second@desk.test,IP:10.0.0.1"
            )
        )
        let pair = try pair(showing: "anna")
        #expect(pair.shakeHands().server == .done)
        let shown = pair.server.peerNames()
        let names = try #require(shown)
        #expect(names.emails == [Array("anna@desk.test".utf8), Array("second@desk.test".utf8)])
        #expect(names.hosts == [Array("a.test".utf8), Array("b.test".utf8)])
        #expect(names.uris == [Array("spiffe://desk/anna".utf8)])
        #expect(names.subject == Array("CN=anna,O=Desk,C=LU".utf8))
    }

    @Test(arguments: [
        ("O=Desk/CN=anna/+UID=7", "UID=7+CN=anna,O=Desk"),
        ("O=Desk, Inc./CN=a+b", "CN=a\\+b,O=Desk\\, Inc."),
        ("CN=été", "CN=été"),
    ])
    func `writes distinguished names as RFC 2253 does`(subject: String, text: String) throws {
        files.issue("anna", CertificateRequest(subject: subject))
        let pair = try pair(showing: "anna")
        #expect(pair.shakeHands().server == .done)
        let names = pair.server.peerNames()
        #expect(names?.subject == Array(text.utf8))
    }

    @Test func `a server that demands a certificate refuses a client without one`() throws {
        let pair = try pair(showing: nil)
        guard case .failed(let error) = pair.shakeHands().server else {
            Issue.record("the server went on")
            return
        }
        #expect(error.text.contains("did not return a certificate"))
        let names = pair.server.peerNames()
        #expect(names == nil)
    }

    @Test(arguments: [
        ("expired", CertificateRequest(endsSeconds: -60), "expired"),
        ("early", CertificateRequest(beginsSeconds: 60), "not yet valid"),
        ("serving", CertificateRequest(usage: "serverAuth"), "purpose"),
        ("alone", CertificateRequest(), "self-signed"),
    ])
    func `refuses a bad certificate and says why`(
        name: String,
        request: CertificateRequest,
        reason: String
    ) throws {
        files.issue(name, request, by: name == "alone" ? nil : "ca")
        let pair = try pair(showing: name)
        guard case .failed(let error) = pair.shakeHands().server else {
            Issue.record("the server went on")
            return
        }
        #expect(error.verification != 0)
        #expect(error.text.contains(reason), "\(error.text)")
    }

    @Test func `takes a certificate that is meant for clients`() throws {
        files.issue("anna", CertificateRequest(usage: "clientAuth"))
        #expect(try pair(showing: "anna").shakeHands().server == .done)
    }
}
