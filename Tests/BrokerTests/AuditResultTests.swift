// The audit log says what came of a request, not that it came.

import Base
import Engine
import Reactor
import Support
import Testing

@testable import Broker

@Suite struct AuditResultTests {
    /// The entries of the audit log once `isWhole` says that all are there.
    private func log(_ bench: KeyServer, until isWhole: (String) -> Bool) throws -> String {
        var poller = try Poller()
        for _ in 0..<200 {
            let text = bench.ask("AUDIT").filter { $0 != "\\" }
            if isWhole(text) { return text }
            _ = poller.wait(milliseconds: 25)
        }
        return bench.ask("AUDIT").filter { $0 != "\\" }
    }

    private func entry(_ what: String, _ about: String, _ result: String) -> String {
        "\"what\":\"\(what)\",\"about\":\"\(about)\",\"result\":\"\(result)"
    }

    @Test func `what a client does to a queue is noted with its end, once it is on disk`() throws {
        let bench = try KeyServer()
        let asked = [
            ("$JS.API.STREAM.CREATE.Q", "{\"name\":\"Q\",\"subjects\":[\"q\"]}"),
            ("$JS.API.STREAM.PURGE.Q", ""), ("$SLUICE.API.QUEUE.PURGE.Q", "{}"),
            ("$SLUICE.API.QUEUE.PAUSE.Q", "{\"what\":\"ingress\"}"),
            ("$JS.API.STREAM.PURGE.R", ""), ("$JS.API.STREAM.DELETE.Q", ""),
        ]
        for (subject, body) in asked { _ = bench.request(subject, body) }
        let wanted = [
            entry("queue create", "Q", "done"), entry("queue purge", "Q", "done"),
            entry("queue pause", "Q", "done"), entry("queue delete", "Q", "done"),
            entry("queue purge", "R", "refused: stream not found"),
        ]
        let text = try log(bench) { text in wanted.allSatisfy { text.contains($0) } }
        for each in wanted { #expect(text.contains(each), "\(each) is missing: \(text)") }
        #expect(!text.contains("accepted"))
    }

    @Test func `a rotation and what it destroys are noted with their ends`() throws {
        let bench = try KeyServer()
        _ = bench.request("$JS.API.STREAM.CREATE.Q", "{\"name\":\"Q\",\"subjects\":[\"q\"]}")
        #expect(bench.ask("ROTATE", "{\"stream\":\"Q\",\"destroy_old\":true}").contains("true"))
        let text = try log(bench) { $0.contains("rotation ended") }
        #expect(text.contains(entry("keys rotate, destroy old", "Q", "accepted as rotation 1")))
        #expect(text.contains(entry("key destroyed", "Q", "k1 (")))
        #expect(text.contains("a copy of the store made between then and now opens it"))
        #expect(text.contains(entry("rotation ended", "Q", "rotation 1: ")), "\(text)")
        #expect(text.contains("1 versions destroyed"))
    }
}
