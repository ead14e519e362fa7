// Publishers that are faster than the disk: they pause before anything is refused.

import Base
import DiskSimulation
import Journal
import Testing

@testable import Broker

@Suite struct BackpressureTests {
    @Test func `who outruns the disk is held back long before a refusal`() throws {
        var store = try StoreBench(SimulatedDisk(seed: 11))
        let made = store.ask("$JS.API.STREAM.CREATE.S", #"{"name":"S","subjects":["s.>"]}"#)
        #expect(made?.isError == false)
        let client = store.client
        let body = String(repeating: "x", count: 40_000)
        var sent = 0
        while sent < 2 * JournalClient.appendsInFlightMax {
            store.send("s.a", body, reply: "")
            sent += 1
            if store.bench.shard.connections[client].flags.contains(.isStalled) { break }
        }
        // Each message fills a batch, and one is open.
        #expect(sent == JournalClient.appendsInFlightMax / 4 + 1)
        let refused = store.bench.shard.host.counters.refused
        #expect(refused == 0)
        store.settle()
        store.bench.shard.connections[client].flags.remove(.isStalled)
        store.send("s.a", body, reply: "")
        let isHeldBack = store.bench.shard.connections[client].flags.contains(.isStalled)
        #expect(!isHeldBack)
        store.settle()
        let info = store.ask("$JS.API.STREAM.INFO.S")
        #expect(info?.number("messages") == UInt64(sent + 1))
    }

    @Test func `large messages count by their bytes`() throws {
        var store = try StoreBench(SimulatedDisk(seed: 12))
        let made = store.ask("$JS.API.STREAM.CREATE.S", #"{"name":"S","subjects":["s.>"]}"#)
        #expect(made?.isError == false)
        let client = store.client
        let body = String(repeating: "x", count: 1_000_000)
        var sent = 0
        while sent < 200 {
            store.send("s.a", body, reply: "")
            sent += 1
            if store.bench.shard.connections[client].flags.contains(.isStalled) { break }
        }
        // 64 MiB wait, and one message is open.
        #expect(sent == JournalClient.bytesInFlightMax / 4 / 1_000_000 + 2)
        let refused = store.bench.shard.host.counters.refused
        #expect(refused == 0)
        // What is on its way to the journal would be lost with it.
        store.settle()
    }
}
