// Who looks into a queue, or puts dead letters back, finds what lies on disk alone.

import Base
import DiskSimulation
import Engine
import Testing

@testable import Broker

@Suite struct PeekTests {
    /// A queue of eight large messages, of which the first are on disk only.
    private func filled(_ seed: UInt64) throws -> StoreBench {
        var store = try StoreBench(SimulatedDisk(seed: seed))
        let made = store.ask("$SLUICE.API.QUEUE.CREATE.Q", #"{"subjects":["q"]}"#)
        #expect(made?.isError == false)
        let rest = String(repeating: ".", count: 999_000)
        for number in 1...8 {
            store.send("q", "m\(number)\(rest)")
            store.settle()
        }
        _ = store.received()
        let found = store.bench.shard.host.find(0, Array("Q".utf8))
        let index = try #require(found)
        for sequence in 1...3 as ClosedRange<UInt64> {
            let message = store.bench.shard.copy(sequence, of: index)
            #expect(message == nil, "\(sequence) is in memory")
        }
        return store
    }

    private func hex(_ text: String) -> String { Hex.text(Array(text.utf8)) }

    @Test func `messages that are not in memory are read`() throws {
        var store = try filled(1)
        let answer = store.ask("$SLUICE.API.QUEUE.PEEK.Q", #"{"from":2,"count":3}"#)
        let shown = answer?.payload.split(separator: "\"").filter { $0.hasPrefix("6d") }
        #expect(shown?.map { String($0.prefix(4)) } == ["m2", "m3", "m4"].map(hex))
        #expect(shown?.allSatisfy { $0.utf8.count == 8_192 } == true)
        #expect(answer?.payload.contains("\"size\":999002") == true)
        let all = store.ask("$SLUICE.API.QUEUE.PEEK.Q")
        #expect(["m1", "m8"].allSatisfy { all?.payload.contains(hex($0)) ?? false })
        let none = store.ask("$SLUICE.API.QUEUE.PEEK.Q", #"{"from":9}"#)
        #expect(none?.payload.contains("\"messages\":[]") == true)
    }

    @Test func `a console is shown them when they were read`() throws {
        var store = try filled(2)
        let ticket = Ticket(id: 7, seen: 0, author: [])
        let order = EngineOrder.peek(stream: Array("Q".utf8), from: 1, count: 2)
        let first = store.bench.shard.operate(order, ticket)
        #expect(first == .progress(ticket, done: 0, total: 0))
        store.settle()
        let reports = store.bench.shard.host.operated
        guard case .peeked(ticket, _, let messages)? = reports.last, reports.count == 1 else {
            Issue.record("\(reports)")
            return
        }
        #expect(messages.map(\.sequence) == [1, 2])
        #expect(messages.map { $0.payload.prefix(2) } == ["m1", "m2"].map { Array($0.utf8)[...] })
    }

    @Test func `a message that is removed while it is read is not shown, the next one is`() throws {
        var store = try filled(3)
        store.send("$SLUICE.API.QUEUE.PEEK.Q", #"{"count":1}"#, reply: "r.look")
        store.endTick()
        store.send("$JS.API.STREAM.MSG.DELETE.Q", #"{"seq":1}"#)
        store.settle()
        let received = store.received()
        let answer = try #require(received.last { $0.subject == "r.look" })
        #expect(answer.payload.contains("\"seq\":2"))
        #expect(answer.payload.contains(hex("m2")) && !answer.payload.contains(hex("m1")))
    }

    @Test func `a look into a queue that goes meanwhile is refused`() throws {
        var store = try filled(4)
        store.send("$SLUICE.API.QUEUE.PEEK.Q", reply: "r.look")
        store.endTick()
        store.send("$JS.API.STREAM.DELETE.Q")
        store.settle()
        let received = store.received()
        let answer = try #require(received.last { $0.subject == "r.look" })
        #expect(answer.payload.contains("\"code\":404"))
    }

    @Test func `large dead letters that are on disk only are put back, all of them`() throws {
        var store = try StoreBench(SimulatedDisk(seed: 5))
        let subjects = #"{"subjects":["q"],"retention":"workqueue","dead_letters":true}"#
        #expect(store.ask("$SLUICE.API.QUEUE.CREATE.Q", subjects)?.isError == false)
        let consumer = #"{"stream_name":"Q","config":{"durable_name":"C","ack_policy":"explicit"}}"#
        _ = store.ask("$JS.API.CONSUMER.DURABLE.CREATE.Q.C", consumer)
        let rest = String(repeating: ".", count: 999_000)
        for number in 1...8 {
            store.send("q", "m\(number)\(rest)")
            store.settle()
            store.send("$JS.API.CONSUMER.MSG.NEXT.Q.C", reply: "d.next")
            store.settle()
            let taken = store.received().last { $0.reply.hasPrefix("$JS.ACK.") }
            store.send(try #require(taken).reply, "+TERM")
            store.settle()
        }
        let info = store.ask("$JS.API.STREAM.INFO.Q-dead")
        #expect(info?.number("messages") == 8)
        let answer = store.ask("$SLUICE.API.QUEUE.REDRIVE.Q")
        #expect(answer?.number("messages") == 8)
    }
}
