// How fast the rewriting goes, in windows of a second.

import Base
import Testing

@testable import Journal

@Suite struct RewriteSpeedTests {
    private func at(_ milliseconds: UInt64) -> Instant {
        Instant.never.adding(nanoseconds: nanosecondsPerSecond + milliseconds * 1_000_000)
    }

    @Test func `the first second tells the speed, and pieces within it do not`() {
        var speed = RewriteSpeed()
        for piece in 0..<10 as Range<UInt64> { speed.take(piece * 100, at: at(piece * 100)) }
        #expect(speed.perSecond == 0)
        speed.take(1_000, at: at(1_000))
        #expect(speed.perSecond == 1_000)
    }

    @Test func `a bad second counts a little, and lasting change counts whole`() {
        var speed = RewriteSpeed()
        speed.take(0, at: at(0))
        speed.take(1_000, at: at(1_000))
        speed.take(1_000, at: at(2_000))
        #expect((699.0...701).contains(speed.perSecond))
        for second in 3..<40 as Range<UInt64> { speed.take(second * 500, at: at(second * 1_000)) }
        #expect((499.0...501).contains(speed.perSecond))
    }

    @Test func `after a rest nothing is left of what was before`() {
        var speed = RewriteSpeed()
        speed.take(0, at: at(0))
        speed.take(9_000, at: at(1_000))
        speed.rest()
        #expect(speed.perSecond == 0)
        speed.take(9_000, at: at(60_000))
        speed.take(9_500, at: at(61_000))
        #expect(speed.perSecond == 500)
    }
}
