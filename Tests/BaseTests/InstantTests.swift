// Time arithmetic that cannot trap.

import Base
import Testing

@Suite struct InstantTests {
    @Test func `adding stops at the distant future`() {
        #expect(Instant(nanoseconds: .max - 1).adding(nanoseconds: 5) == .distantFuture)
        #expect(Instant(nanoseconds: 7).adding(nanoseconds: 5).nanoseconds == 12)
    }

    @Test func `the time since a later instant is zero`() {
        let early = Instant(nanoseconds: 10)
        let late = Instant(nanoseconds: 25)
        #expect(late.nanoseconds(since: early) == 15)
        #expect(early.nanoseconds(since: late) == 0)
    }
}

@Suite struct RandomTests {
    @Test func `a seed always gives the same numbers`() {
        var one = Random(seed: 42)
        var other = Random(seed: 42)
        var different = Random(seed: 43)
        let numbers = (0..<8).map { _ in one.next() }
        #expect(numbers == (0..<8).map { _ in other.next() })
        #expect(numbers != (0..<8).map { _ in different.next() })
    }

    @Test(arguments: [1, 2, 3, 10, 1_000_003] as [UInt32])
    func `a bounded number stays below its bound`(bound: UInt32) {
        var random = Random(seed: UInt64(bound))
        for _ in 0..<1_000 { #expect(random.below(bound) < bound) }
    }
}
