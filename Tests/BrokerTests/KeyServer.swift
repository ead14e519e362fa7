// A server whose keys are worked on.

import Base
import Configuration
import Engine
import Reactor
import Support

@testable import Broker

/// A server with a store of its own, and what it did about orders and requests.
final class KeyServer {
    let server: Server
    /// Where the store, the keys and the files of a test are.
    let directory: String
    private var next: UInt64 = 1

    init() throws {
        directory = "/tmp/sluice-keys-\(SystemRandom.number())"
        try Directories.make(directory + "/credentials")
        var configuration = ServerConfiguration()
        configuration.clients.port = .anyFree
        configuration.monitoring.port = .none
        configuration.jetStream.isEnabled = true
        configuration.access.accounts[0].jetStream = AccountStreamLimits()
        configuration.jetStream.storeDirectory = directory + "/state"
        configuration.jetStream.keyDirectory = directory + "/keys"
        configuration.jetStream.unlock.credentialDirectory = directory + "/credentials"
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

    /// The answer to a request about keys by message.
    func ask(_ verb: String, _ body: String = "") -> String {
        request("$SLUICE.API.KEYS.\(verb)", body)
    }

    /// The answer to a request by message.
    func request(_ subject: String, _ body: String = "") -> String {
        let client = LoopbackClient(port: server.port)
        client.send("CONNECT {\"verbose\":false}\r\nSUB answers 1\r\n")
        client.send("PUB \(subject) answers \(body.utf8.count)\r\n\(body)\r\n")
        let text = client.read(through: "}\r\n")
        return text.split(separator: "\r\n").last.map(String.init) ?? ""
    }
}
