import Base
import Glibc
import Testing

@testable import Reactor

@Suite struct TlsSessionTests {
    let files = TestCertificates()

    init() {
        files.issue("host", CertificateRequest(alternatives: "DNS:broker.test,IP:127.0.0.1"))
    }

    func server(_ change: (inout TlsTerms) -> Void = { _ in }) throws -> TlsContext {
        var settings = TlsTerms.server(
            certificateFile: files.certificate("host"),
            keyFile: files.key("host")
        )
        change(&settings)
        return try TlsContext(.server, settings)
    }

    func client(_ change: (inout TlsTerms) -> Void = { _ in }) throws -> TlsContext {
        var settings = TlsTerms.client(authorityFile: files.certificate("ca"))
        change(&settings)
        return try TlsContext(.client, settings)
    }

    @Test(arguments: ["broker.test", "127.0.0.1"])
    func `agrees with a client that knows the name`(name: String) throws {
        let pair = try TlsPair(server: try server(), client: try client(), peerName: name)
        let (ours, theirs) = pair.shakeHands()
        #expect(ours == .done && theirs == .done)
        let isEstablished = pair.server.isEstablished
        #expect(isEstablished)
        #expect(pair.server.version == "TLSv1.3")
        let suite = pair.server.cipherSuite
        #expect(suite.hasPrefix("TLS_"))
        #expect(pair.client.write(Array("PING\r\n".utf8).raw) == .bytes(6))
        let (bytes, last) = pair.server.readAll()
        #expect(bytes == Array("PING\r\n".utf8) && last == .wouldBlock)
    }

    @Test(arguments: ["other.test", "127.0.0.2", "sub.broker.test"])
    func `a client refuses a server with another name`(name: String) throws {
        let pair = try TlsPair(server: try server(), client: try client(), peerName: name)
        let (ours, theirs) = pair.shakeHands()
        guard case .failed(let error) = theirs else {
            Issue.record("the client went on: \(theirs)")
            return
        }
        #expect(error.verification != 0)
        #expect(error.text.contains("mismatch"))
        #expect(ours != .done)
    }

    @Test func `a client refuses a server whose authority it does not know`() throws {
        files.issue("alone", CertificateRequest(alternatives: "DNS:broker.test"), by: nil)
        let pair = try TlsPair(
            server: try server {
                $0.certificateFile = files.certificate("alone")
                $0.keyFile = files.key("alone")
            },
            client: try client(),
            peerName: "broker.test"
        )
        guard case .failed(let error) = pair.shakeHands().client else {
            Issue.record("the client went on")
            return
        }
        #expect(error.text.contains("self-signed certificate"))
    }

    @Test func `a client that checks nothing takes any server`() throws {
        let pair = try TlsPair(
            server: try server(),
            client: try client { $0.checksPeer = false },
            peerName: "other.test"
        )
        let (ours, theirs) = pair.shakeHands()
        #expect(ours == .done && theirs == .done)
    }

    @Test func `carries more than the socket holds, in pieces, in order`() throws {
        let pair = try TlsPair(
            server: try server(),
            client: try client(),
            peerName: "broker.test"
        )
        #expect(pair.shakeHands().server == .done)
        var random = Random(seed: 7)
        let sent = (0..<3_000_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        var (offset, received, stops) = (0, [UInt8](), 0)
        while offset < sent.count {
            switch pair.server.write(Array(sent[offset...]).raw) {
            case .bytes(let count): offset += count
            case .wouldBlock:
                stops += 1
                let waitsForRoom = pair.server.waitsForRoom
                #expect(waitsForRoom)
                received += pair.client.readAll(chunk: 10_000).bytes
            case .ended, .failed:
                Issue.record("the connection broke")
                return
            }
        }
        received += pair.client.readAll(chunk: 10_000).bytes
        #expect(received == sent)
        #expect(stops > 0)
    }

    @Test func `reads what it holds without taking more from the socket`() throws {
        let pair = try TlsPair(
            server: try server(),
            client: try client(),
            peerName: "broker.test"
        )
        #expect(pair.shakeHands().server == .done)
        for number in UInt8(0)..<3 {
            #expect(pair.client.write([number, number].raw) == .bytes(2))
        }
        // The first read takes all three records from the socket and gives one byte of the first.
        var buffer: [UInt8] = [9]
        // SAFETY: the array lives through the call.
        let first = unsafe buffer.withUnsafeMutableBytes { unsafe pair.server.read(into: $0) }
        #expect(first == .bytes(1) && buffer == [0])
        #expect(pair.client.write([7, 7].raw) == .bytes(2))
        #expect(pair.server.readAll(held: true).bytes == [0, 1, 1, 2, 2])
        #expect(pair.server.readAll(held: true).last == .wouldBlock)
        #expect(pair.server.readAll().bytes == [7, 7])
    }

    @Test func `tells the end of the peer from silence`() throws {
        let pair = try TlsPair(
            server: try server(),
            client: try client(),
            peerName: "broker.test"
        )
        #expect(pair.shakeHands().server == .done)
        #expect(pair.server.readAll().last == .wouldBlock)
        pair.client.end()
        #expect(pair.server.readAll().last == .ended)
    }

    @Test func `a broken-off connection reads as ended`() throws {
        let pair = try TlsPair(
            server: try server(),
            client: try client(),
            peerName: "broker.test"
        )
        #expect(pair.shakeHands().server == .done)
        shutdown(pair.clientEnd, Int32(SHUT_RDWR))
        #expect(pair.server.readAll().last == .ended)
    }

    @Test func `writing to a peer that is gone fails without a signal`() throws {
        let pair = try TlsPair(
            server: try server(),
            client: try client(),
            peerName: "broker.test"
        )
        #expect(pair.shakeHands().server == .done)
        shutdown(pair.clientEnd, Int32(SHUT_RDWR))
        shutdown(pair.serverEnd, Int32(SHUT_RDWR))
        #expect(pair.server.write([UInt8(1)].raw) == .failed(EPIPE))
    }

    @Test(arguments: [
        "CONNECT {}\r\n", "GET / HTTP/1.0\r\n\r\n", "\u{16}\u{3}\u{1}\u{FF}\u{FF}abc",
    ])
    func `refuses bytes that are no handshake`(text: String) throws {
        let pair = try TlsPair(server: try server(), client: try client(), peerName: nil)
        let bytes = Array(text.utf8)
        #expect(Socket.write(pair.clientEnd, bytes) == .bytes(bytes.count))
        guard case .failed(let error) = pair.server.handshake() else {
            Issue.record("the server went on")
            return
        }
        #expect(error.step == .handshake && error.code != 0)
        #expect(!error.text.isEmpty)
        pair.server.end()
    }

    @Test func `a handshake ends when the peer goes away`() throws {
        let pair = try TlsPair(server: try server(), client: try client(), peerName: nil)
        #expect(pair.server.handshake() == .wantsRead)
        shutdown(pair.clientEnd, Int32(SHUT_RDWR))
        #expect(pair.server.handshake() == .ended)
    }

    @Test func `sees how a peer begins without taking the byte`() throws {
        let pair = try TlsPair(server: try server(), client: try client(), peerName: nil)
        #expect(Socket.opening(of: pair.serverEnd) == .wouldBlock)
        #expect(pair.client.handshake() == .wantsRead)
        #expect(Socket.opening(of: pair.serverEnd) == .handshake)
        #expect(pair.shakeHands().server == .done)
        let plain = try TlsPair(server: try server(), client: try client(), peerName: nil)
        #expect(Socket.write(plain.clientEnd, Array("CONNECT".utf8)) == .bytes(7))
        #expect(Socket.opening(of: plain.serverEnd) == .plain)
        shutdown(plain.clientEnd, Int32(SHUT_RDWR))
        #expect(Socket.opening(of: plain.serverEnd) == .plain)
    }

    @Test func `sessions keep the context they began with`() throws {
        var context: TlsContext? = try server()
        let pair = try TlsPair(
            server: try #require(context),
            client: try client(),
            peerName: "broker.test"
        )
        context = nil
        #expect(pair.shakeHands().client == .done)
    }
}
