// Keys as operators see them: orders go to the journal and come back as pictures.

import Base
import Configuration
import Engine
import Reactor
import Support
import Testing

@testable import Broker

@Suite struct KeyServiceTests {
    /// A server with a store of its own, and what it did about an order.
    private final class Bench {
        let server: Server
        private let directory: String
        private var next: UInt64 = 1

        init() throws {
            directory = "/tmp/sluice-keys-\(SystemRandom.number())"
            var configuration = ServerConfiguration()
            configuration.clients.port = .anyFree
            configuration.monitoring.port = .none
            configuration.jetStream.isEnabled = true
            configuration.jetStream.storeDirectory = directory + "/state"
            configuration.jetStream.keyDirectory = directory + "/keys"
            server = try Server(configuration)
        }

        deinit { server.stop() }

        func picture(until isRight: (EngineSnapshot) -> Bool) throws -> EngineSnapshot {
            var poller = try Poller()
            for _ in 0..<400 {
                let snapshot = server.engine.snapshot
                if isRight(snapshot) { return snapshot }
                _ = poller.wait(milliseconds: 25)
            }
            throw EngineRefusal.unreachable
        }

        func obey(_ order: KeyOrder) throws -> EngineReport? {
            let ticket = Ticket(id: next, seen: 0, author: Array("test".utf8))
            next += 1
            try server.engine.submit(.key(order), ticket: ticket)
            var poller = try Poller()
            try poller.add(server.engine.reportsBell.descriptor, token: 1)
            for _ in 0..<100 {
                var reports: [EngineReport] = []
                server.engine.reportsBell.answer()
                server.engine.drainReports(into: &reports)
                if let report = reports.last { return report }
                _ = poller.wait(milliseconds: 100)
            }
            return nil
        }
    }

    /// The answer to a request by message.
    private func ask(_ bench: Bench, _ verb: String, _ body: String = "") -> String {
        let client = LoopbackClient(port: bench.server.port)
        client.send("CONNECT {\"verbose\":false}\r\nSUB answers 1\r\n")
        client.send("PUB $SLUICE.API.KEYS.\(verb) answers \(body.utf8.count)\r\n\(body)\r\n")
        let text = client.read(through: "}\r\n")
        return text.split(separator: "\r\n").last.map(String.init) ?? ""
    }

    @Test func `requests by message are answered in JSON, and nonsense is refused`() throws {
        let bench = try Bench()
        let status = ask(bench, "STATUS")
        #expect(status.contains("\"success\":true"))
        #expect(status.contains("\"of\":\"store catalog\",\"version\":1,\"state\":\"active\""))
        let rotated = ask(bench, "ROTATE", "{\"stream\":\"store catalog\",\"destroy_old\":true}")
        #expect(rotated.contains("\"success\":true"))
        let unknown = ask(bench, "ROTATE", "{\"stream\":\"nobody\"}")
        #expect(unknown.contains("\"code\":404"))
        for body in ["{", "[]", "{\"version\":-1}", "{\"version\":4294967296}"] {
            #expect(ask(bench, "DESTROY", body).contains("\"code\":400"), "\(body)")
        }
        #expect(ask(bench, "SLOT.ADD", "{\"kind\":\"keyfile\"}").contains("\"code\":400"))
        #expect(ask(bench, "SLOT.REMOVE", "{\"slot\":1}").contains("\"code\":409"))
    }

    private func isFinished(_ report: EngineReport?) -> Bool {
        if case .finished = report { true } else { false }
    }

    @Test func `all keys are rotated, the old ones destroyed, and the picture says so`() throws {
        let bench = try Bench()
        let first = try bench.picture { !$0.keys.keys.isEmpty }
        #expect(first.keys.slots.map(\.kind) == [.keyFile])
        #expect(first.keys.isTrial)
        #expect(first.keys.keys.first { $0.scope == .root }?.version == 1)
        for order in [KeyOrder.prepare(.allStreams), .activate(.allStreams)] {
            #expect(isFinished(try bench.obey(order)))
        }
        let catalog = KeyScope.stream(KeyService.catalogName)
        let rewrite = KeyOrder.reencrypt(.allStreams, bytesPerSecond: 0)
        #expect(isFinished(try bench.obey(rewrite)))
        let done = try bench.picture { snapshot in
            guard let rotation = snapshot.keys.rotations.last else { return false }
            guard case .done = rotation[.retire] else { return false }
            return true
        }
        #expect(done.keys.rotations.last?.scope == .allStreams)
        let states = done.keys.keys.filter { $0.scope == catalog }.map(\.state)
        #expect(states == [.retired, .active])
        #expect(isFinished(try bench.obey(.destroy(catalog, version: 1))))
        let after = try bench.picture { $0.keys.keys.contains { $0.state == .destroyed } }
        #expect(after.keys.generation > first.keys.generation)
        let refused = try bench.obey(.destroy(catalog, version: 2))
        guard case .failed(_, .wrongState) = refused else {
            Issue.record("an active key was destroyed: \(String(describing: refused))")
            return
        }
    }

    @Test func `a recovery slot is added with a file for its owner, and the last slot stays`()
        throws
    {
        let bench = try Bench()
        _ = try bench.picture { !$0.keys.slots.isEmpty }
        #expect(isFinished(try bench.obey(.addSlot(.recovery))))
        let two = try bench.picture { $0.keys.slots.count == 2 }
        #expect(two.keys.slots.map(\.kind) == [.keyFile, .recovery] && !two.keys.isTrial)
        #expect(isFinished(try bench.obey(.removeSlot(2))))
        guard case .failed(_, .wrongState) = try bench.obey(.removeSlot(1)) else {
            Issue.record("the last slot was removed")
            return
        }
        guard case .failed(_, .notFound) = try bench.obey(.prepare(.stream([0x78]))) else {
            Issue.record("a stream that is not there has a key")
            return
        }
    }
}
