// Pictures that the shard leaves for the control thread.

import Base
import Testing

@testable import Broker

@Suite struct PictureStandTests {
    private func instant(_ milliseconds: UInt64) -> Instant {
        Instant(nanoseconds: milliseconds * nanosecondsPerMillisecond)
    }

    private func picture(_ milliseconds: UInt64) -> ShardPicture {
        var bench = ShardBench()
        bench.shard.begin(at: instant(milliseconds))
        return bench.shard.picture(EngineSampler.request(0))
    }

    @Test func `nothing is wanted unless somebody says so`() {
        let stand = PictureStand()
        #expect(!stand.isDue(at: instant(1_000_000)))
        #expect(stand.take(at: instant(1_000_000)) == nil)
    }

    @Test func `a picture is wanted once, shortly before it is needed`() {
        let stand = PictureStand()
        stand.want(for: instant(1_000))
        #expect(!stand.isDue(at: instant(974)))
        #expect(stand.isDue(at: instant(975)))
        stand.leave { picture(980) }
        #expect(!stand.isDue(at: instant(990)))
        #expect(stand.take(at: instant(1_000))?.takenAt == instant(980))
        #expect(stand.take(at: instant(1_000)) == nil)
    }

    @Test func `an old picture is not shown`() {
        let stand = PictureStand()
        stand.want(for: instant(1_000))
        stand.leave { picture(980) }
        #expect(stand.take(at: instant(1_031)) == nil)
    }

    @Test func `what is wanted while a picture is taken stays wanted`() {
        let stand = PictureStand()
        stand.want(for: instant(1_000))
        stand.leave {
            stand.want(for: instant(1_250))
            return picture(1_000)
        }
        #expect(!stand.isDue(at: instant(1_224)))
        #expect(stand.isDue(at: instant(1_225)))
    }
}
