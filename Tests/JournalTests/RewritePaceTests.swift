// The rewriting yields to publishers, and only to them.

import Base
import DiskSimulation
import Synchronization
import Telemetry
import Testing

@testable import Journal

@Suite struct RewritePaceTests {
    /// Publishers that wait as long as the rewriting makes them.
    private final class Publishers: Sendable {
        private let counts = Mutex(PublishCounts())

        var watch: PublishWatch { PublishWatch { self.counts.withLock { $0 } } }

        func wait(_ milliseconds: Int, times: UInt64) {
            counts.withLock { $0.times.record(UInt64(milliseconds) * 1_000_000, times: times) }
        }

        func fail() { counts.withLock { $0.failures += 1 } }
    }

    private let piece: UInt64 = 5_000_000

    /// Works for `seconds`; publishers wait 4 ms, and longer the more of the time is worked.
    /// - Returns: the share of the time that was worked in the last half.
    private func work(
        _ pace: inout RewritePace,
        _ publishers: Publishers,
        from start: Instant,
        seconds: UInt64,
        perPiece: UInt64,
        moods: Bool = false
    ) -> Double {
        var random = Random(seed: 7)
        var now = start
        var (worked, all): (UInt64, UInt64) = (0, 0)
        let end = start.adding(nanoseconds: seconds * nanosecondsPerSecond)
        while now < end {
            now = now.adding(nanoseconds: piece)
            let rest = pace.rest(
                worked: piece,
                bytes: 512 << 10,
                bytesPerSecondMax: 0,
                wasDisturbed: perPiece > 0,
                at: now
            )
            let load = Double(piece) / Double(piece + rest)
            // While it rests long, nobody is slower than in quiet times.
            var wait = rest >= 300_000_000 ? 4 : 4 + Int(load * 20)
            if moods { wait *= random.next() % 20 == 0 ? 1 + Int(random.next() % 3) : 1 }
            publishers.wait(wait, times: perPiece * (1 + rest / piece))
            now = now.adding(nanoseconds: rest)
            if now.nanoseconds(since: start) > seconds * nanosecondsPerSecond / 2 {
                worked += piece
                all += piece + rest
            }
        }
        return Double(worked) / Double(all)
    }

    @Test func `works without rest where nobody publishes`() {
        let publishers = Publishers()
        var pace = RewritePace(publishers.watch)
        let share = work(
            &pace,
            publishers,
            from: Instant(nanoseconds: 1),
            seconds: 20,
            perPiece: 0
        )
        #expect(share == 1)
        #expect(pace.quietP99 == 0)
    }

    @Test func `rests until publishers wait hardly longer than in quiet times`() {
        let publishers = Publishers()
        var pace = RewritePace(publishers.watch)
        var now = Instant(nanoseconds: 1)
        for _ in 0..<12 {
            publishers.wait(4, times: 1_000)
            pace.rest(at: now)
            now = now.adding(nanoseconds: nanosecondsPerSecond)
        }
        #expect(pace.quietP99 == 4_000_000)
        let share = work(&pace, publishers, from: now, seconds: 60, perPiece: 200)
        // At this share publishers wait 4 + 20 × share ms: 1.3 times of 4 ms is at 0.06.
        #expect(share < 0.12)
        #expect(share > 0.05, "it goes on all the same")
    }

    @Test func `goes on where the disk alone makes publishers wait now and then`() throws {
        let publishers = Publishers()
        var pace = RewritePace(publishers.watch)
        var (now, random) = (Instant(nanoseconds: 1), Random(seed: 9))
        for _ in 0..<20 {
            publishers.wait(4, times: 950)
            publishers.wait(4 * (1 + Int(random.next() % 3)), times: 50)
            pace.rest(at: now)
            now = now.adding(nanoseconds: nanosecondsPerSecond)
        }
        let share = work(&pace, publishers, from: now, seconds: 60, perPiece: 200, moods: true)
        #expect(share > 0.06, "it never gets less than a sixteenth of the time")
    }

    @Test func `finds the quiet time by itself when it began under load`() {
        let publishers = Publishers()
        var pace = RewritePace(publishers.watch)
        let share = work(
            &pace,
            publishers,
            from: Instant(nanoseconds: 1),
            seconds: 60,
            perPiece: 200
        )
        #expect(4_000_000...4_125_000 ~= pace.quietP99)
        #expect(share < 0.12 && share > 0.05)
    }

    @Test func `keeps to a limit of bytes and never rests longer than a second`() {
        var pace = RewritePace(.none)
        let now = Instant(nanoseconds: 1)
        let limited = pace.rest(
            worked: piece,
            bytes: 1_000_000,
            bytesPerSecondMax: 10_000_000,
            wasDisturbed: false,
            at: now
        )
        #expect(limited == 100_000_000 - piece)
        let endless = pace.rest(
            worked: piece,
            bytes: 1_000_000,
            bytesPerSecondMax: 1,
            wasDisturbed: false,
            at: now
        )
        #expect(endless == nanosecondsPerSecond - piece)
    }

    @Test func `a rotation says how publishers fared while it ran, and only then`() throws {
        let publishers = Publishers()
        let bench = try KeyBench(SimulatedDisk(seed: 51), publishers: publishers.watch)
        #expect(bench.create())
        for first in stride(from: 1, to: 90, by: 8) as StrideTo<UInt64> {
            #expect(bench.append(noisy(first...(first + 7), payload: 4_000)) != nil)
        }
        publishers.wait(90, times: 1_000)
        publishers.fail()
        let answer = bench.post(.stream(0), .rotate(destroysOld: false, bytesPerSecond: 0))
        while answer.value == nil { _ = bench.tick() }
        publishers.wait(7, times: 100)
        for _ in 0..<3 { publishers.fail() }
        bench.run()
        publishers.wait(60, times: 1_000)
        publishers.fail()
        let rotation = try #require(bench.rotation(of: .stream(0)))
        #expect(isRetired(rotation))
        #expect(7_000_000...7_218_750 ~= rotation.publishP99During)
        #expect(rotation.failedPublishes == 3)
        #expect(rotation.publishP99Before == 0, "nobody measured quiet times")
    }

    @Test func `a percentile is that of what came between two looks`() {
        var before = PublishCounts(failures: 2)
        before.times.record(9, times: 500)
        var after = before
        after.times.record(3, times: 99)
        after.times.record(20)
        after.failures = 5
        let between = after.since(before)
        #expect(between.times.count == 100 && between.failures == 3)
        #expect(between.p99 == 3)
        #expect(PublishCounts().p99 == 0)
    }
}
