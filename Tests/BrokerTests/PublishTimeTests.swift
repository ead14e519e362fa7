// How long publishers wait: from their bytes' arrival until their answer is written.

import Base
import DiskSimulation
import Engine
import Telemetry
import Testing

@testable import Broker

@Suite struct PublishTimeTests {
    /// What a publish took whose bytes waited, whose message was synced, and whose answer was
    /// written, each so long.
    private func times(
        waited: UInt64,
        synced: UInt64,
        written: UInt64
    ) throws -> (all: Histogram, stream: LatencyHistogram) {
        let disk = SimulatedDisk(seed: 1)
        var bench = try StoreBench(disk)
        let made = bench.ask("$JS.API.STREAM.CREATE.Q", #"{"name":"Q","subjects":["q"]}"#)
        #expect(made?.isError == false)
        let blocks = PublishBlocks()
        bench.bench.shard.host.publishTally = PublishTally(blocks)
        let begin = bench.bench.shard.tick.now
        bench.bench.shard.tick.arrived = Instant(nanoseconds: begin.nanoseconds - waited)
        bench.send("q", "x")
        bench.bench.shard.begin(at: begin.adding(nanoseconds: synced))
        bench.settle()
        bench.bench.shard.noteAnswered(at: begin.adding(nanoseconds: synced + written))
        bench.bench.shard.begin(at: begin.adding(nanoseconds: nanosecondsPerSecond))
        var histogram = LatencyHistogram()
        if let index = bench.bench.shard.host.names.values.first {
            histogram = bench.bench.shard.host.streams[index].publishTimes
        }
        return (Histogram(reading: blocks.times), histogram)
    }

    @Test(
        arguments: [(0, 0, 40_000), (0, 900_000, 0), (3_000_000, 900_000, 40_000)]
            as [(UInt64, UInt64, UInt64)]
    )
    func `every part of the wait counts, once`(
        waited: UInt64,
        synced: UInt64,
        written: UInt64
    ) throws {
        let (all, stream) = try times(waited: waited, synced: synced, written: written)
        let took = waited + synced + written
        #expect(all.count == 1 && all.sum == took)
        #expect(stream.count == 1)
        #expect(stream[LatencyHistogram.bucket(of: took)] == 1)
    }

    @Test func `each waits until the answer on its own connection is written`() throws {
        let disk = SimulatedDisk(seed: 1)
        var bench = try StoreBench(disk)
        let made = bench.ask("$JS.API.STREAM.CREATE.Q", #"{"name":"Q","subjects":["q"]}"#)
        #expect(made?.isError == false)
        let other = bench.bench.client()
        bench.bench.say(other, "SUB o.x 1\r\n")
        bench.bench.shard.writeAll()
        let blocks = PublishBlocks()
        bench.bench.shard.host.publishTally = PublishTally(blocks)
        let begin = bench.bench.shard.tick.now
        bench.send("q", "x")
        bench.bench.say(other, "PUB q o.x 1\r\nx\r\n")
        bench.settle()
        let dirtyCount = bench.bench.shard.tick.dirty.count
        #expect(dirtyCount == 2)
        let (isNone, isFirst) = (
            !bench.bench.shard.hasAnswered(among: 0), bench.bench.shard.hasAnswered(among: 1)
        )
        #expect(isNone && isFirst)
        bench.bench.shard.noteAnswered(among: 1, at: begin.adding(nanoseconds: 10_000))
        #expect(Histogram(reading: blocks.times).count == 1)
        bench.bench.shard.noteAnswered(among: 2, at: begin.adding(nanoseconds: 70_000))
        let all = Histogram(reading: blocks.times)
        #expect(all.count == 2 && all.sum == 80_000)
        let isOpen = bench.bench.shard.hasAnswered(among: .max)
        #expect(!isOpen)
    }
}

extension Shard {
    /// Takes what has something to be written for written.
    fileprivate mutating func writeAll() {
        for at in 0..<tick.dirty.count { connections[tick.dirty[at]].flags.remove(.isDirty) }
        tick.dirty.removeAll()
    }
}
