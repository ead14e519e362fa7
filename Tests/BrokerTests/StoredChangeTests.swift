// Changes of streams and consumers on disk: what was refused is not there, what is gone stays away.

import Base
import DiskSimulation
import Testing

@testable import Broker

@Suite struct StoredChangeTests {
    private let disk = SimulatedDisk(seed: 22)

    private func configuration(_ limit: Int) -> String {
        #"{"name":"S","subjects":["s.>"],"max_msgs_per_subject":\#(limit)}"#
    }

    @Test func `a raised limit brings nothing back`() throws {
        var store = try StoreBench(disk)
        _ = store.ask("$JS.API.STREAM.CREATE.S", configuration(1))
        for subject in ["s.c", "s.b", "s.b", "s.b", "s.a"] { _ = store.ask(subject, "x") }
        let raised = store.ask("$JS.API.STREAM.UPDATE.S", configuration(5))
        #expect(raised?.isError == false)
        for _ in 0..<2 {
            disk.restart()
            store = try StoreBench(disk)
            let info = store.ask("$JS.API.STREAM.INFO.S")
            #expect(info?.number("messages") == 3 && info?.number("last_seq") == 5)
            #expect(info?.number("max_msgs_per_subject") == 5)
        }
    }

    @Test func `a consumer whose creation was refused is not there, and later made`() throws {
        var store = try StoreBench(disk, ballastBytes: 0)
        _ = store.ask("$JS.API.STREAM.CREATE.S", configuration(5))
        let rules = #""durable_name":"C","ack_policy":"explicit""#
        let wanted = #"{"stream_name":"S","config":{\#(rules)}}"#
        disk.limit(toFree: 0)
        let refused = store.ask("$JS.API.CONSUMER.DURABLE.CREATE.S.C", wanted)
        #expect(refused?.number("err_code") == 10_047)
        let missing = store.ask("$JS.API.CONSUMER.INFO.S.C")
        #expect(missing?.number("err_code") == 10_014)
        disk.limit(toFree: nil)
        store.pass(milliseconds: 600)
        let made = store.ask("$JS.API.CONSUMER.DURABLE.CREATE.S.C", wanted)
        #expect(made?.isError == false)
        disk.restart()
        store = try StoreBench(disk, ballastBytes: 0)
        let kept = store.ask("$JS.API.CONSUMER.INFO.S.C")
        #expect(kept?.isError == false)
    }

    private func changed(_ number: UInt64) -> String {
        #"{"name":"S","subjects":["s\#(number).>"],"max_msgs":\#(number)}"#
    }

    @Test func `a change that was refused is taken back, and later made`() throws {
        var store = try StoreBench(disk, ballastBytes: 0)
        _ = store.ask("$JS.API.STREAM.CREATE.S", changed(1))
        disk.limit(toFree: 0)
        // Some have room that was kept for them.
        var last: UInt64 = 1
        while last < 4_096,
            store.ask("$JS.API.STREAM.UPDATE.S", changed(last + 1))?.isError == false
        {
            last += 1
        }
        #expect(last < 4_096)
        let info = store.ask("$JS.API.STREAM.INFO.S")
        #expect(info?.number("max_msgs") == last)
        disk.limit(toFree: nil)
        store.pass(milliseconds: 600)
        let stored = store.ask("s\(last).a", "x")
        #expect(stored?.number("seq") == 1)
        let made = store.ask("$JS.API.STREAM.UPDATE.S", changed(last + 1))
        #expect(made?.isError == false)
        disk.restart()
        store = try StoreBench(disk, ballastBytes: 0)
        let kept = store.ask("$JS.API.STREAM.INFO.S")
        #expect(kept?.number("max_msgs") == last + 1 && kept?.number("messages") == 1)
    }
}
