// Counters with one writer, and rates.

import Base
import Telemetry
import Testing

@Suite struct CounterBlockTests {
    @Test func `readers see what the writer adds, sets and raises`() {
        let block = CounterBlock(count: 3)
        let writer = block.takeWriter()
        writer.add(5, to: 0)
        writer.add(2, to: 0)
        writer.set(1, to: 9)
        writer.raise(2, to: 4)
        writer.raise(2, to: 3)
        #expect((0..<3).map { block[$0] } == [7, 9, 4])
        writer.add(.max, to: 0)
        #expect(block[0] == 6)
    }

    @Test func `a second writer is a programmer's mistake`() async {
        await #expect(processExitsWith: .failure) {
            let block = CounterBlock(count: 1)
            _ = block.takeWriter()
            _ = block.takeWriter()
        }
    }

    @Test func `a counter outside the block is a programmer's mistake`() async {
        await #expect(processExitsWith: .failure) {
            CounterBlock(count: 1).takeWriter().add(1, to: 1)
        }
    }
}

@Suite struct RateTests {
    @Test func `growth between two samples is a speed`() {
        var rate = Rate()
        rate.take(100, at: Instant(nanoseconds: 1_000_000_000))
        #expect(rate.perSecond == 0)
        rate.take(150, at: Instant(nanoseconds: 1_500_000_000))
        #expect(rate.perSecond == 100)
        rate.take(400, at: Instant(nanoseconds: 1_500_000_000))
        #expect(rate.perSecond == 100)
        rate.take(0, at: Instant(nanoseconds: 2_500_000_000))
        #expect(rate.perSecond == 0)
        rate.take(7, at: Instant(nanoseconds: 3_500_000_000))
        #expect(rate.perSecond == 7)
        // An extra picture between two does not make one message a thousand a second.
        rate.take(8, at: Instant(nanoseconds: 3_501_000_000))
        #expect(rate.perSecond == 7)
        rate.take(17, at: Instant(nanoseconds: 4_500_000_000))
        #expect(rate.perSecond == 10)
    }
}
