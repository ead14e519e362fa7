// A whole server over the loopback interface.

import Base
import Configuration
import Engine
import Reactor
import Support
import Testing

@testable import Broker

/// A running server that ends with the test.
private final class Running {
    let server: Server

    init(_ change: (inout ServerConfiguration) -> Void = { _ in }) throws {
        var configuration = ServerConfiguration()
        configuration.clients.port = .anyFree
        configuration.monitoring.port = .anyFree
        configuration.logging.file = "/dev/null"
        change(&configuration)
        server = try Server(configuration)
    }

    deinit { server.stop() }

    /// A client that has introduced itself.
    func client(_ members: String = "") -> LoopbackClient {
        let client = LoopbackClient(port: server.port)
        let more = members.isEmpty ? "" : "," + members
        client.send("CONNECT {\"verbose\":false,\"headers\":true\(more)}\r\nPING\r\n")
        _ = client.read(through: "PONG\r\n")
        return client
    }

    /// The body of a monitoring page.
    func page(_ path: String) -> String {
        let client = LoopbackClient(port: server.monitoringPort)
        client.send("GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return client.readToEnd()
    }

    /// Whether the server asks to be stopped within ten seconds.
    func wantsToStop() throws -> Bool {
        var poller = try Poller()
        try poller.add(server.bell.descriptor, token: 1)
        return poller.wait(milliseconds: 10_000) == 1
    }
}

@Suite(.serialized) struct ServerTests {
    @Test func `greets, routes between clients and says good-bye`() throws {
        let running = try Running()
        let (one, two) = (running.client(), running.client())
        one.send("SUB foo 1\r\nPING\r\n")
        _ = one.read(through: "PONG\r\n")
        two.send("PUB foo 5\r\nhello\r\n")
        #expect(one.read(through: "hello\r\n") == "MSG foo 1 5\r\nhello\r\n")
        running.server.stop()
        #expect(one.isClosed())
    }

    @Test func `INFO names the server as monitoring does`() throws {
        let running = try Running { $0.identity.name = Array("desk".utf8) }
        let client = LoopbackClient(port: running.server.port)
        let info = client.read(through: "\r\n")
        let id = String(decoding: running.server.id, as: UTF8.self)
        #expect(id.hasPrefix("N") && id.utf8.count == 56)
        #expect(info.hasPrefix("INFO {\"server_id\":\"\(id)\",\"server_name\":\"desk\""))
        let page = running.page("/varz")
        #expect(page.contains("\"server_id\": \"\(id)\""))
        #expect(page.contains("\"server_name\": \"desk\""))
        #expect(page.contains("\"connections\": 1,"))
    }

    @Test func `configured limits hold`() throws {
        let running = try Running {
            $0.limits.payloadBytesMax = 8
            $0.limits.connectionsMax = 1
        }
        let client = running.client()
        let second = LoopbackClient(port: running.server.port)
        #expect(second.readToEnd().hasSuffix("-ERR 'maximum connections exceeded'\r\n"))
        client.send("PUB foo 9\r\n")
        #expect(client.readToEnd().hasSuffix("-ERR 'Maximum Payload Violation'\r\n"))
    }

    @Test func `a client that never reads is ended and the others go on`() throws {
        let running = try Running { $0.limits.pendingBytesMax = 1 << 20 }
        let (slow, sender, other) = (running.client(), running.client(), running.client())
        slow.send("SUB foo 1\r\nPING\r\n")
        _ = slow.read(through: "PONG\r\n")
        let message = "PUB foo 65536\r\n" + String(repeating: "x", count: 65_536) + "\r\n"
        for _ in 0..<400 { sender.send(message) }
        sender.send("PING\r\n")
        #expect(sender.read(through: "PONG\r\n") == "PONG\r\n")
        other.send("PING\r\n")
        #expect(other.read(through: "PONG\r\n") == "PONG\r\n")
        #expect(!slow.readToEnd().contains("-ERR"))
        #expect(running.page("/varz").contains("\"slow_consumers\": 1,"))
        let closed = running.page("/connz?state=closed")
        #expect(closed.contains("\"reason\": \"Slow Consumer (Pending Bytes)\""))
    }

    @Test func `lame duck tells clients, closes the door and wants to stop`() throws {
        let running = try Running {
            $0.lameDuck.graceNanoseconds = 100 * nanosecondsPerMillisecond
            $0.lameDuck.durationNanoseconds = 200 * nanosecondsPerMillisecond
        }
        let client = running.client("\"protocol\":1")
        running.server.enterLameDuck()
        #expect(client.read(through: "\"ldm\":true").hasSuffix("\"ldm\":true"))
        #expect(!client.readToEnd().contains("-ERR"))
        #expect(try running.wantsToStop())
        #expect(LoopbackClient(port: running.server.port).readToEnd() == "")
    }

    @Test func `answers on every page`() throws {
        let running = try Running()
        let client = running.client("\"name\":\"desk 1\"")
        client.send("SUB foo.* q 1\r\nPING\r\n")
        _ = client.read(through: "PONG\r\n")
        #expect(running.page("/").contains("<a href=\"./varz\">"))
        #expect(running.page("/connz").contains("\"name\": \"desk 1\""))
        #expect(running.page("/connz?subs=1").contains("\"subscriptions_list\": [\n"))
        #expect(running.page("/connz?subs=detail").contains("\"qgroup\": \"q\""))
        #expect(running.page("/subsz?subs=1").contains("\"subject\": \"foo.*\""))
        #expect(running.page("/accountz").contains("\"$G\""))
        #expect(running.page("/accstatz").contains("\"acc\": \"$G\""))
        #expect(running.page("/routez").contains("\"num_routes\": 0"))
        #expect(running.page("/leafz").contains("\"leafnodes\": 0"))
        #expect(running.page("/gatewayz").contains("\"outbound_gateways\": {}"))
        #expect(running.page("/healthz").hasSuffix("{\"status\":\"ok\"}"))
        #expect(running.page("/metrics").contains("\nsluice_connections 1.0\n"))
        #expect(running.page("/nosuch").hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        let refused = running.page("/connz?sort=zzz")
        #expect(refused.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(refused.hasSuffix("invalid sorting option: zzz"))
    }

    @Test func `one monitoring connection may ask again and again`() throws {
        let running = try Running()
        let client = LoopbackClient(port: running.server.monitoringPort)
        let request = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        client.send(request + request)
        for _ in 0..<2 {
            #expect(client.read(through: "{\"status\":\"ok\"}").hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
        client.send("nonsense\r\n\r\n")
        #expect(client.readToEnd().hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
    }

    @Test func `more monitoring connections than there may be wait for their turn`() throws {
        let running = try Running()
        let idle = (0..<HttpServer.connectionsMax).map { _ in
            LoopbackClient(port: running.server.monitoringPort)
        }
        let late = LoopbackClient(port: running.server.monitoringPort)
        late.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        idle[0].send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(idle[0].readToEnd().hasSuffix("{\"status\":\"ok\"}"))
        #expect(late.readToEnd().hasSuffix("{\"status\":\"ok\"}"))
    }

    // MARK: - Requests by message

    @Test func `a user asks who it is, and the system account asks for everything`() throws {
        let running = try Running {
            let names = ["a", "s"]
            for (account, name) in names.enumerated() {
                $0.access.users.append(
                    User(
                        name: Array(name.utf8),
                        proof: .password(Array("x".utf8)),
                        account: account
                    )
                )
            }
        }
        let user = running.client("\"user\":\"a\",\"pass\":\"x\",\"no_responders\":true")
        user.send("SUB in.> 1\r\nPUB $SYS.REQ.USER.INFO in.1 0\r\n\r\n")
        let answer = user.read(through: "}}\r\n")
        #expect(answer.hasPrefix("MSG in.1 1 "))
        let wanted = #""data":{"user":"a","account":"$G","account_name":"$G"}}"# + "\r\n"
        #expect(answer.hasSuffix(wanted))
        user.send("PUB $SYS.REQ.SERVER.PING.VARZ in.2 0\r\n\r\n")
        #expect(user.read(through: "\r\n\r\n\r\n").hasPrefix("HMSG in.2 1 "))
        let system = running.client("\"user\":\"s\",\"pass\":\"x\"")
        system.send("SUB in.> 1\r\nSUB > 2\r\nPUB $SYS.REQ.SERVER.PING.VARZ in.2 0\r\n\r\n")
        #expect(system.read(through: "\"connections\":2,").hasSuffix("\"connections\":2,"))
    }

    // MARK: - Engine

    /// Looks until `condition` holds; pictures come five times a second.
    private func look(
        _ engine: EmbeddedEngine,
        until condition: (EngineSnapshot) -> Bool
    ) -> EngineSnapshot? {
        let end = SystemClock.monotonic().adding(nanoseconds: 10 * nanosecondsPerSecond)
        while SystemClock.monotonic() < end {
            let snapshot = engine.snapshot
            if condition(snapshot) { return snapshot }
        }
        return nil
    }

    /// The next report of `engine`.
    private func report(_ engine: EmbeddedEngine) -> EngineReport? {
        let end = SystemClock.monotonic().adding(nanoseconds: 10 * nanosecondsPerSecond)
        var reports: [EngineReport] = []
        while SystemClock.monotonic() < end, reports.isEmpty {
            engine.drainReports(into: &reports)
        }
        return reports.first
    }

    @Test func `who looks sees connections, sums and the log`() throws {
        let running = try Running()
        let client = running.client("\"name\":\"desk\"")
        client.send("SUB foo 1\r\nPUB foo 2\r\nhi\r\nPING\r\n")
        _ = client.read(through: "PONG\r\n")
        let engine = running.server.engine
        let snapshot = try #require(look(engine) { $0.totals.egress.messages == 1 })
        #expect(snapshot.totals.connections == 1)
        #expect(snapshot.totals.ingress.bytes == 2)
        #expect(snapshot.connections.first?.name == Array("desk".utf8))
        #expect(snapshot.latency[.accept].count == 1)
        #expect(snapshot.events.contains { $0.text == Array("Server is ready".utf8) })
        #expect(snapshot.server.state == .running)
        #expect(snapshot.server.id == running.server.id)
    }

    @Test func `a kicked connection ends and the order is reported`() throws {
        let running = try Running()
        let client = running.client()
        let engine = running.server.engine
        let ticket = Ticket(id: 1, seen: 0, author: Array("desk".utf8))
        try engine.submit(.kick(connection: 1, reason: []), ticket: ticket)
        #expect(report(engine) == .finished(ticket, OrderOutcome()))
        #expect(client.isClosed())
        #expect(running.page("/connz?state=closed").contains("\"reason\": \"Kicked\""))
        let second = Ticket(id: 2, seen: 0, author: Array("desk".utf8))
        try engine.submit(.kick(connection: 77, reason: []), ticket: second)
        #expect(report(engine) == .failed(second, .notFound))
    }

    @Test func `what was ordered is an action of its operator among the events`() throws {
        let running = try Running()
        let engine = running.server.engine
        let ticket = Ticket(id: 1, seen: 0, author: Array("desk".utf8))
        try engine.submit(.kick(connection: 77, reason: Array("why".utf8)), ticket: ticket)
        let snapshot = try #require(look(engine) { $0.events.contains { $0.kind == .action } })
        let event = try #require(snapshot.events.first { $0.kind == .action })
        #expect(event.author == Array("desk".utf8))
        #expect(event.text == Array("desk ordered kick of connection 77: why".utf8))
        #expect(snapshot.events.contains { $0.kind == .log && $0.author.isEmpty })
    }

    @Test func `an order that the engine cannot do is refused`() throws {
        let running = try Running()
        let ticket = Ticket(id: 1, seen: 0, author: [])
        #expect(throws: EngineRefusal.unsupported(.resumeWriting)) {
            try running.server.engine.submit(.resumeWriting, ticket: ticket)
        }
    }

    @Test func `a throttled publisher takes as long as its limit says`() throws {
        let running = try Running()
        let client = running.client()
        let engine = running.server.engine
        let ticket = Ticket(id: 1, seen: 0, author: [])
        try engine.submit(.throttle(connection: 1, bytesPerSecond: 20_000), ticket: ticket)
        #expect(report(engine) == .finished(ticket, OrderOutcome()))
        let start = SystemClock.monotonic()
        for _ in 0..<10 {
            client.send("PUB foo 1000\r\n" + String(repeating: "x", count: 1_000) + "\r\n")
        }
        client.send("PING\r\n")
        #expect(client.read(through: "PONG\r\n") == "PONG\r\n")
        // 10 kB at 20 kB/s, of which the last piece is not waited for.
        let elapsed = SystemClock.monotonic().nanoseconds(since: start)
        #expect(elapsed > 300 * nanosecondsPerMillisecond)
        #expect(elapsed < 3 * nanosecondsPerSecond)
    }

    // MARK: - Start

    @Test func `a taken port is an error with its name`() throws {
        let running = try Running()
        var configuration = ServerConfiguration()
        configuration.clients.port = .fixed(running.server.port)
        configuration.monitoring.port = .none
        #expect {
            try Server(configuration)
        } throws: { error in
            guard case .listen(_, let port, _) = error as? ServerError else { return false }
            return port == running.server.port
        }
    }

    @Test func `nobody listens to the world without authentication by accident`() {
        var configuration = ServerConfiguration()
        configuration.clients.host = "0.0.0.0"
        configuration.clients.port = .anyFree
        #expect(throws: ServerError.configuration(.openAccess(host: "0.0.0.0"))) {
            try Server(configuration)
        }
    }

    @Test func `monitoring with TLS needs a certificate`() {
        var configuration = ServerConfiguration()
        configuration.clients.port = .anyFree
        configuration.monitoring.port = .none
        configuration.monitoring.securePort = .anyFree
        #expect(throws: ServerError.missingCertificate) { try Server(configuration) }
    }

    @Test func `a changed limit holds for the next message`() throws {
        let running = try Running()
        let client = running.client()
        var configuration = ServerConfiguration()
        configuration.clients.port = .anyFree
        configuration.monitoring.port = .anyFree
        configuration.logging.file = "/dev/null"
        configuration.limits.payloadBytesMax = 4
        running.server.reload(configuration)
        // The page is made after the reload was carried out.
        #expect(running.page("/varz").contains("\"max_payload\": 4,"))
        client.send("PUB foo 5\r\n")
        #expect(client.readToEnd().hasSuffix("-ERR 'Maximum Payload Violation'\r\n"))
    }
}
