// The clients of the command line, against a server in the same process.

import Base
import Broker
import Client
import Configuration
import Telemetry
import Testing
import Wire

/// A server on a free port, stopped in the end.
private final class LocalServer {
    let server: Server

    init(_ change: (inout ServerConfiguration) -> Void = { _ in }) throws {
        var configuration = ServerConfiguration()
        configuration.clients.port = .anyFree
        configuration.monitoring.port = .none
        configuration.logging.file = "/dev/null"
        change(&configuration)
        server = try Server(configuration)
    }

    deinit { server.stop() }

    var options: ClientOptions {
        var options = ClientOptions()
        options.servers = [ServerAddress(host: "127.0.0.1", port: server.port)]
        return options
    }

    /// The words of a command line with this server in it.
    func words(_ words: String...) -> ArraySlice<[UInt8]> {
        (["-s", "127.0.0.1:\(server.port)"] + words).map { Array($0.utf8) }[...]
    }
}

/// Collects what a command writes.
private final class Screen {
    var text = ""

    var surroundings: ClientSurroundings {
        ClientSurroundings(
            read: { path throws(UnreadableFile) in throw UnreadableFile(number: 2) },
            input: { () throws(UnreadableFile) in Array("from input".utf8) },
            write: { [self] in
                text += String(decoding: $0, as: UTF8.self)
                return true
            },
            nameSeed: 7
        )
    }
}

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite struct ClientConnectionTests {
    @Test func `messages arrive with their headers and replies`() throws {
        let local = try LocalServer()
        var subscriber = try ClientConnection.open(local.options, seed: nil)
        subscriber.subscribe(bytes("a.*"), queue: [], sid: 1)
        try subscriber.flush { _ in }
        var publisher = try ClientConnection.open(local.options, seed: nil)
        let block = bytes("NATS/1.0\r\nK: v\r\n\r\n")
        try publisher.publish(bytes("a.b"), reply: bytes("r"), headers: block, bytes("body"))
        try publisher.publish(bytes("a.c"), reply: [], headers: [], [])
        try publisher.flush { _ in }
        let first = try #require(try subscriber.next(until: .distantFuture))
        #expect(first.subject == bytes("a.b") && first.reply == bytes("r"))
        #expect(first.headers == block && first.body == bytes("body"))
        let second = try #require(try subscriber.next(until: .distantFuture))
        #expect(second.subject == bytes("a.c") && second.headers == [] && second.body == [])
        #expect(try subscriber.next(until: .never) == nil)
    }

    @Test func `large messages come in one piece`() throws {
        let local = try LocalServer()
        var connection = try ClientConnection.open(local.options, seed: nil)
        connection.subscribe(bytes("big"), queue: [], sid: 1)
        let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
        try connection.publish(bytes("big"), reply: [], headers: [], body)
        try connection.publish(bytes("big"), reply: [], headers: [], body)
        try connection.send()
        for _ in 0..<2 {
            #expect(try connection.next(until: .distantFuture)?.body == body)
        }
        let tooLong = ClientError.messageTooLong(bytes: 1_048_577, max: 1_048_576)
        #expect(throws: tooLong) {
            try publishTooMuch(local)
        }
    }

    private func publishTooMuch(_ local: LocalServer) throws {
        var connection = try ClientConnection.open(local.options, seed: nil)
        let body = [UInt8](repeating: 0, count: (1 << 20) + 1)
        try connection.publish(bytes("big"), reply: [], headers: [], body)
    }

    @Test func `the first server that answers is taken`() throws {
        let local = try LocalServer()
        var options = local.options
        options.servers.insert(ServerAddress(host: "127.0.0.1", port: 1), at: 0)
        let connection = try ClientConnection.open(options, seed: nil)
        #expect(connection.greeting.info.port == local.server.port)
    }

    @Test func `nobody there is an error of the system`() throws {
        var options = ClientOptions()
        options.servers = [ServerAddress(host: "127.0.0.1", port: 1)]
        let error = #expect(throws: ClientError.self) {
            _ = try ClientConnection.open(options, seed: nil).descriptor
        }
        #expect(error?.text == "connect: Connection refused")
    }

    @Test func `users, tokens and keys are told`() throws {
        let seed = bytes("SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y")
        let key = bytes("UAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLKK")
        let local = try LocalServer { configuration in
            configuration.access.users = [
                User(name: bytes("u"), proof: .password(bytes("p")), account: 0),
                User(name: key, proof: .nkey, account: 0),
            ]
        }
        var options = local.options
        _ = try ClientConnection.open(options, seed: seed).descriptor
        options.user = bytes("u")
        options.password = bytes("p")
        _ = try ClientConnection.open(options, seed: nil).descriptor
        options.password = bytes("q")
        #expect(throws: ClientError.refused(bytes("Authorization Violation"))) {
            _ = try ClientConnection.open(options, seed: nil).descriptor
        }
        let tokened = try LocalServer { $0.access.token = bytes("t") }
        options = tokened.options
        options.servers[0].user = bytes("t")
        _ = try ClientConnection.open(options, seed: nil).descriptor
    }

    @Test func `TLS that the server does not have is refused`() throws {
        let local = try LocalServer()
        var options = local.options
        options.tls = ClientTls()
        #expect(throws: ClientError.noTls) {
            _ = try ClientConnection.open(options, seed: nil).descriptor
        }
    }
}

@Suite struct ClientCommandsTests {
    @Test func `what is published is shown`() throws {
        let local = try LocalServer()
        let screen = Screen()
        var listener = try ClientConnection.open(local.options, seed: nil)
        listener.subscribe(bytes(">"), queue: [], sid: 1)
        try listener.flush { _ in }
        let words = local.words("x.y", "hello", "-H", "A: b", "--reply", "r", "--count", "2")
        try ClientCommands.publish(try PublishRequest.publish(words), screen.surroundings)
        let input = try PublishRequest.publish(local.words("x.y"))
        try ClientCommands.publish(input, screen.surroundings)
        let message = try #require(try listener.next(until: .distantFuture))
        #expect(
            String(decoding: message.text(.full, number: 1), as: UTF8.self)
                == "[#1] x.y (reply r)\nA: b\n\nhello\n\n"
        )
        #expect(
            String(decoding: message.text(.json, number: 1), as: UTF8.self)
                == #"{"subject":"x.y","reply":"r","headers":[{"name":"A","value":"b"}],"payload":"hello"}"#
                + "\n"
        )
        #expect(message.text(.raw, number: 1) == bytes("hello\n"))
        _ = try listener.next(until: .distantFuture)
        #expect(try listener.next(until: .distantFuture)?.body == bytes("from input"))
    }

    @Test func `control bytes do not reach the terminal`() {
        let message = Message(
            subject: bytes("a\u{1B}[2J"),
            reply: [],
            headers: bytes("NATS/1.0 503 No\u{7}\r\n\r\n"),
            body: bytes("x\u{1B}]0;t\u{7}\n\ty")
        )
        #expect(
            String(decoding: message.text(.full, number: 1), as: UTF8.self)
                == "[#1] a?[2J\nStatus: 503 No?\n\nx?]0;t?\n\ty\n\n"
        )
    }

    @Test func `a request without anybody to answer says so at once`() throws {
        let local = try LocalServer()
        let screen = Screen()
        let request = try PublishRequest.request(local.words("nobody", "q"))
        #expect(try !ClientCommands.request(request, screen.surroundings))
        #expect(screen.text.isEmpty)
    }

    @Test(arguments: BenchRequest.Scenario.allCases)
    func `every scenario delivers everything`(scenario: BenchRequest.Scenario) throws {
        let local = try LocalServer()
        let words = local.words(
            scenario.rawValue,
            "--msgs",
            "500",
            "--pubs",
            "2",
            "--subs",
            "3",
            "--size",
            "16"
        )
        let request = try BenchRequest(words)
        let result = try Bench.run(request, seed: nil)
        #expect(result.published.count == 500 && result.missing == 0)
        #expect(result.published.bytes == 8_000 && result.published.nanoseconds > 0)
        let expected: UInt64 =
            switch scenario {
            case .publish, .request: 0
            case .fanout: 1_500
            case .queue: 500
            }
        #expect(result.delivered.count == expected)
        #expect(result.latency.count == (scenario == .request ? 500 : expected))
        #expect(result.table(request).contains("500 messages"))
        #expect(result.json(request).last == 0x0A)
    }
}
