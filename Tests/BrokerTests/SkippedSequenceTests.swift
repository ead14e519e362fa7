// Messages that nobody wants: they are acknowledged, once their sequences are safe.

import Base
import DiskSimulation
import Journal
import Testing

@testable import Broker

@Suite struct SkippedSequenceTests {
    private let disk = SimulatedDisk(seed: 21)

    private func opened() throws -> StoreBench {
        var store = try StoreBench(disk)
        let configuration = #"{"name":"I","subjects":["i.>"],"retention":"interest"}"#
        _ = store.ask("$JS.API.STREAM.CREATE.I", configuration)
        return store
    }

    private func consume(_ subject: String, _ store: inout StoreBench) {
        let rules = #""durable_name":"C","ack_policy":"explicit","filter_subject":"\#(subject)""#
        let made = store.ask(
            "$JS.API.CONSUMER.DURABLE.CREATE.I.C",
            #"{"stream_name":"I","config":{\#(rules)}}"#
        )
        #expect(made?.isError == false)
    }

    @Test func `what nobody wants is acknowledged after a sync`() throws {
        var store = try opened()
        store.send("i.a", "x", reply: "r.1")
        store.endTick()
        let early = store.received()
        #expect(early.isEmpty)
        let synced = disk.syncs
        store.settle()
        let answers = store.received().map { $0.number("seq") }
        #expect(answers == [1] && disk.syncs > synced)
        let info = store.ask("$JS.API.STREAM.INFO.I")
        #expect(info?.number("messages") == 0 && info?.number("last_seq") == 1)
    }

    @Test func `wanted and unwanted messages are answered in their order`() throws {
        var store = try opened()
        consume("i.a", &store)
        for subject in ["i.a", "i.b", "i.b", "i.a", "i.b"] { store.send(subject, "x") }
        store.settle()
        let answers = store.received().map { $0.number("seq") }
        #expect(answers == [1, 2, 3, 4, 5])
        let info = store.ask("$JS.API.STREAM.INFO.I")
        #expect(info?.number("messages") == 2)
    }

    @Test func `the sequence of what nobody wanted is not given again`() throws {
        var store = try opened()
        consume("i.a", &store)
        store.send("i.a", "x")
        for _ in 0..<3 { store.send("i.b", "x") }
        store.settle()
        #expect(store.received().count == 4)
        disk.restart()
        store = try opened()
        let next = store.ask("i.a", "x")
        #expect(next?.number("seq") == 5)
    }

    @Test func `on a full disk it is refused, and later taken`() throws {
        var store = try opened()
        store.settle()
        disk.limit(toFree: 0)
        var refused = 0
        // What is left of a segment takes some.
        for _ in 0..<200 where refused == 0 {
            store.send("i.a", "x", reply: "r.1")
            store.settle()
            refused += store.received().count { $0.number("err_code") == 10_047 }
            store.pass(milliseconds: 600)
        }
        #expect(refused == 1)
        disk.limit(toFree: nil)
        for time in [600, 600] {
            store.pass(milliseconds: time)
            store.settle()
        }
        _ = store.received()
        let answer = store.ask("i.a", "x")
        #expect(answer?.isError == false)
    }
}
