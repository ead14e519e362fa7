// What time does to connections.

import Base
import Configuration
import Testing
import Wire

@testable import Broker

@Suite struct ShardTimeTests {
    @Test func `the first ping comes after two seconds to measure the round trip`() {
        var bench = ShardBench()
        let client = bench.client()
        bench.wait(milliseconds: 1_900)
        #expect(bench.output(client) == "")
        bench.wait(milliseconds: 700)
        #expect(bench.output(client) == "PING\r\n")
        bench.say(client, "PONG\r\n")
        bench.wait(milliseconds: 60_000)
        #expect(bench.output(client) == "")
        #expect((bench.picture().connections.first?.roundTripNanoseconds ?? 0) > 0)
    }

    @Test func `unanswered pings end the connection`() {
        var bench = ShardBench {
            $0.limits.pingIntervalNanoseconds = nanosecondsPerSecond
            $0.limits.pingsOutMax = 2
        }
        let client = bench.client()
        bench.wait(milliseconds: 2_500)
        #expect(bench.output(client) == "PING\r\nPING\r\n")
        bench.wait(milliseconds: 1_000)
        #expect(bench.output(client) == "-ERR 'Stale Connection'\r\n")
        #expect(bench.end(client) == .staleConnection)
        #expect(bench.shard.counters.staleConnections == 1)
    }

    @Test func `answered pings keep it`() {
        var bench = ShardBench {
            $0.limits.pingIntervalNanoseconds = nanosecondsPerSecond
            $0.limits.pingsOutMax = 1
        }
        let client = bench.client()
        for _ in 0..<20 {
            bench.wait(milliseconds: 500)
            if bench.output(client).contains("PING") { bench.say(client, "PONG\r\n") }
        }
        #expect(bench.end(client) == nil)
    }

    @Test func `a client that says nothing where it must is sent away in time`() throws {
        var configuration = ServerConfiguration()
        configuration.access.token = Array("s3cret".utf8)
        configuration.access.timeoutNanoseconds = nanosecondsPerSecond
        let facts = ServerFacts(configuration, port: 1, monitoringPort: 0, startedAt: .never)
        let settings = try ShardSettings(facts, seed: 1)
        var bench = ShardBench { $0 = settings }
        let client = bench.connect()
        bench.wait(milliseconds: 900)
        #expect(bench.end(client) == nil)
        bench.wait(milliseconds: 200)
        #expect(bench.output(client) == "-ERR 'Authentication Timeout'\r\n")
        #expect(bench.end(client) == .authenticationTimeout)
    }

    @Test func `a receiver that leaves too much unread is ended without a word`() {
        var bench = ShardBench { $0.limits.pendingBytesMax = 1_000 }
        let (slow, sender) = (bench.client(), bench.client())
        bench.say(slow, "SUB foo 1\r\n")
        let body = String(repeating: "x", count: 400)
        for _ in 0..<4 { bench.say(sender, "PUB foo 400\r\n\(body)\r\n") }
        #expect(bench.end(slow) == .slowConsumerPendingBytes)
        #expect(!bench.output(slow).contains("-ERR"))
        #expect(bench.shard.counters.slowConsumers == 1)
        #expect(bench.end(sender) == nil)
    }

    @Test func `a blocked write ends the connection at its deadline`() {
        var bench = ShardBench { $0.limits.writeNanoseconds = nanosecondsPerSecond }
        let client = bench.client()
        bench.shard.connections[client].blockedSince = bench.now
        bench.shard.noteBlocked()
        bench.wait(milliseconds: 900)
        #expect(bench.end(client) == nil)
        bench.wait(milliseconds: 200)
        #expect(bench.end(client) == .slowConsumerWriteDeadline)
    }

    @Test func `lame duck tells who understands it and ends the oldest first`() {
        var bench = ShardBench()
        let (old, modern, silent) = (
            bench.client(), bench.client("\"protocol\":1"), bench.connect()
        )
        _ = bench.output(modern)
        bench.shard.sayFarewell()
        #expect(bench.output(modern).contains("\"ldm\":true"))
        #expect(bench.output(old) == "")
        #expect(bench.output(silent) == "")
        let ended = bench.shard.endOldest(2)
        #expect(ended == 2)
        #expect(bench.end(old) == .serverShutdown)
        #expect(bench.end(modern) == .serverShutdown)
        #expect(bench.end(silent) == nil)
    }
}
