// What is said of a disk that hangs.

import Base
import Testing

@testable import Broker
@testable import Journal

@Suite struct DiskWatchTests {
    @Test func `a look that is nearly due joins another wake`() {
        var watch = DiskWatch(DiskPulse())
        let start = Instant(nanoseconds: 1_700_000_000_000_000_000)
        _ = watch.look(at: start)
        let due = start.adding(nanoseconds: DiskWatch.intervalNanoseconds)
        #expect(watch.nextLook == due)
        _ = watch.look(at: start.adding(nanoseconds: 949 * nanosecondsPerMillisecond))
        #expect(watch.nextLook == due, "too early")
        _ = watch.look(at: start.adding(nanoseconds: 950 * nanosecondsPerMillisecond))
        #expect(watch.nextLook == due.adding(nanoseconds: 950 * nanosecondsPerMillisecond))
    }

    @Test func `the log says once that the disk hangs, and once that it is back`() throws {
        let pulse = DiskPulse()
        var watch = DiskWatch(pulse)
        var now = Instant(nanoseconds: 1_700_000_000_000_000_000)
        func look() -> LogLine? {
            now = now.adding(nanoseconds: DiskWatch.intervalNanoseconds)
            return watch.look(at: now)
        }
        #expect(look() == nil)
        let began = MeterClock.monotonic().nanoseconds - 3 * nanosecondsPerSecond
        let call = pulse.begin(at: Instant(nanoseconds: began))
        let line = try #require(look())
        #expect(line.level == .error)
        #expect(line.text.hasPrefix("The store's disk has not answered since 2023-11-14T22:13:1"))
        #expect(look() == nil)
        #expect(watch.hang >= 3 * nanosecondsPerSecond)
        pulse.end(call)
        #expect(look()?.text == "The store's disk answers again, after 3 s or more")
        #expect(look() == nil)
        #expect(watch.hang == 0)
    }
}
