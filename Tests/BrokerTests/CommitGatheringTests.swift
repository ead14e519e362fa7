// A commit waits for publishers who are about to come back, and for nobody else.

import Base
import DiskSimulation
import Testing

@testable import Broker

@Suite struct CommitGatheringTests {
    private func at(_ microseconds: UInt64) -> Instant {
        Instant(nanoseconds: nanosecondsPerSecond + microseconds * 1_000)
    }

    /// One commit of `count` publishers from `begin` to `end`.
    private func commit(
        _ gathering: inout CommitGathering,
        _ count: Int,
        _ begin: UInt64,
        _ end: UInt64
    ) {
        for _ in 0..<count { gathering.take() }
        gathering.begin(at: at(begin))
        gathering.end(at: at(end))
    }

    @Test func `a publisher alone waits for nobody`() {
        var gathering = CommitGathering()
        for round in 0..<5 as Range<UInt64> {
            commit(&gathering, round == 0 ? 1 : 0, round * 300, round * 300 + 200)
            gathering.take()
            #expect(gathering.nextLook == nil)
            let holds = gathering.holds(at: at(round * 300 + 201))
            #expect(!holds)
        }
    }

    @Test func `who was answered is waited for until all are there`() {
        var gathering = CommitGathering()
        for _ in 0..<3 { gathering.take() }
        gathering.begin(at: at(0))
        // One more comes during the commit: four wait for answers in all.
        gathering.take()
        gathering.end(at: at(200))
        for late in [210, 220] as [UInt64] {
            gathering.take()
            let holds = gathering.holds(at: at(late))
            #expect(holds && gathering.nextLook == at(300))
        }
        gathering.take()
        let stillHolds = gathering.holds(at: at(240))
        #expect(!stillHolds && gathering.nextLook == nil)
    }

    @Test func `half of what the last commit took is waited, half a millisecond at most`() {
        for (took, longest) in [(200, 100), (800, 400), (9_000, 500)] as [(UInt64, UInt64)] {
            var gathering = CommitGathering()
            commit(&gathering, 4, 0, took)
            gathering.take()
            let holds = gathering.holds(at: at(took + longest - 1))
            let stillHolds = gathering.holds(at: at(took + longest))
            #expect(holds && !stillHolds)
        }
    }

    @Test func `after waits in vain more and more commits do not wait`() {
        var gathering = CommitGathering()
        var rests: [Int] = []
        var rest = 0
        for round in 0..<400 as Range<UInt64> {
            commit(&gathering, 8, round * 1_000, round * 1_000 + 100)
            gathering.take()
            if gathering.holds(at: at(round * 1_000 + 110)) {
                let stillHolds = gathering.holds(at: at(round * 1_000 + 900))
                #expect(!stillHolds)
                rests.append(rest)
                rest = 0
            } else {
                rest += 1
            }
        }
        #expect(rests == [0, 1, 3, 7, 15, 31, 63, 64, 64, 64, 64])
    }

    @Test func `one wait that is worth it lets the next ones wait`() {
        var gathering = CommitGathering()
        commit(&gathering, 4, 0, 100)
        gathering.take()
        let inVain = [101, 150].map { gathering.holds(at: at($0)) }
        #expect(inVain == [true, false])
        commit(&gathering, 4, 1_000, 1_100)
        let rests = gathering.holds(at: at(1_101))
        #expect(!rests)
        commit(&gathering, 4, 2_000, 2_100)
        for _ in 0..<4 { gathering.take() }
        let isComplete = !gathering.holds(at: at(2_101))
        #expect(isComplete)
        gathering.begin(at: at(2_101))
        gathering.end(at: at(2_200))
        gathering.take()
        let holds = gathering.holds(at: at(2_201))
        #expect(holds)
    }

    @Test func `more publishers than fit are waited for by nobody`() {
        var gathering = CommitGathering()
        commit(&gathering, CommitGathering.publisherCountMax + 1, 0, 200)
        gathering.take()
        let holds = gathering.holds(at: at(201))
        #expect(!holds)
    }

    @Test func `what nobody waits for is held no longer than the rest`() {
        var gathering = CommitGathering()
        commit(&gathering, 4, 0, 200)
        #expect(gathering.nextLook == nil, "nothing is held")
        let holds = gathering.holds(at: at(210))
        #expect(holds && gathering.nextLook == at(300))
        let stillHolds = gathering.holds(at: at(300))
        #expect(!stillHolds && gathering.nextLook == nil)
    }

    @Test func `an end waits for nobody`() throws {
        var bench = try StoreBench(SimulatedDisk(seed: 1))
        let made = bench.ask("$JS.API.STREAM.CREATE.Q", #"{"name":"Q","subjects":["q"]}"#)
        #expect(made?.isError == false)
        for _ in 0..<4 { bench.send("q", "x") }
        let begin = bench.bench.shard.tick.now
        bench.endTick()
        bench.runJournal()
        bench.bench.shard.begin(at: begin.adding(nanoseconds: 800_000))
        bench.takeReports()
        bench.send("q", "y")
        bench.endTick()
        #expect(bench.bench.shard.host.gathering.nextLook != nil, "it waits for three more")
        #expect(bench.bench.shard.host.dirty.count == 1)
        var rounds = 0
        while !bench.bench.shard.endJournal(), rounds < 50 {
            bench.runJournal()
            rounds += 1
        }
        #expect(rounds < 50 && bench.bench.shard.host.dirty.isEmpty)
    }
}
