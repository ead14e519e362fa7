// Every quantity is written in one way.

import Base
import Testing

@testable import Console

@Suite struct FormatTests {
    @Test(
        arguments: [
            (0, "0"), (912, "912"), (999, "999"), (1_000, "1.0k"), (5_310, "5.3k"),
            (64_021, "64.0k"),
            (99_949, "99.9k"), (99_950, "100k"), (981_044, "981k"), (999_499, "999k"),
            (999_500, "1.0M"), (12_400_000, "12.4M"), (UInt64.max, "18.4E"),
        ] as [(UInt64, String)]
    )
    func `counts take at most five characters`(value: UInt64, text: String) {
        #expect(Format.count(value) == text)
        #expect(Format.count(value).count <= 5)
    }

    @Test(
        arguments: [
            (0, "0"), (0.04, "0"), (0.4, "0.4"), (2, "2"), (9.94, "9.9"), (9.96, "10"),
            (402.4, "402"),
            (999.6, "1.0k"), (8_390, "8.4k"), (-3, "0"), (.nan, "0"), (.infinity, "0"),
        ] as [(Double, String)]
    )
    func `rates keep two or three digits`(value: Double, text: String) {
        #expect(Format.rate(value) == text)
    }

    @Test(
        arguments: [
            (0, "0B"), (999, "999B"), (748_000, "748kB"), (4_400_000, "4.4MB"),
            (1_100_000_000_000, "1.1TB"),
        ] as [(UInt64, String)]
    )
    func `sizes have decimal units`(value: UInt64, text: String) {
        #expect(Format.bytes(value) == text)
    }

    @Test(
        arguments: [
            (0.912, "91.2%"), (1, "100%"), (0, "0%"), (0.9999, "100%"), (0.0002, "0.02%"),
        ] as [(Double, String)]
    )
    func `shares are percent`(value: Double, text: String) {
        #expect(Format.percent(value) == text)
    }

    @Test func `progress says 100 percent only when nothing is missing`() {
        #expect(Format.progress(done: 999_999, of: 1_000_000) == "99%")
        #expect(Format.progress(done: 1_000_000, of: 1_000_000) == "100%")
        #expect(Format.progress(done: 5, of: 0) == "0%")
    }

    @Test(
        arguments: [
            (3, "00:03"), (2_470, "41:10"), (4_364, "1:12:44"), (86_400 * 9, "9d"),
            (86_400 + 3_600, "25:00:00"),
        ] as [(UInt64, String)]
    )
    func `ages are clocks until they are days`(seconds: UInt64, text: String) {
        #expect(Format.age(nanoseconds: seconds * nanosecondsPerSecond) == text)
    }

    @Test(
        arguments: [
            (12, "12s"), (227, "3m47s"), (15_120, "4h12m"), (86_400 * 12 + 14_400, "12d04h"),
        ] as [(UInt64, String)]
    )
    func `spans show their two largest units`(seconds: UInt64, text: String) {
        #expect(Format.span(nanoseconds: seconds * nanosecondsPerSecond) == text)
    }

    @Test(
        arguments: [
            (900, "900ns"), (40_000, "40us"), (9_400_000, "9.4ms"), (212_000_000, "212ms"),
            (999_600_000, "1.0s"), (1_200_000_000, "1.2s"), (UInt64.max, "213503d23h"),
        ] as [(UInt64, String)]
    )
    func `latencies carry their unit`(nanoseconds: UInt64, text: String) {
        #expect(Format.latency(nanoseconds: nanoseconds) == text)
    }

    @Test func `dates follow the calendar`() {
        let leap = Instant(nanoseconds: 1_709_164_800 * nanosecondsPerSecond)
        #expect(Format.timestamp(leap) == "2024-02-29T00:00:00Z")
        #expect(Format.timestamp(Instant(nanoseconds: 0)) == "1970-01-01T00:00:00Z")
        #expect(Format.clock(leap, offsetSeconds: 3_600) == "01:00:00")
        #expect(Format.clock(Instant(nanoseconds: 0), offsetSeconds: -7_200) == "00:00:00")
    }

    @Test func `digits are grouped in threes`() {
        #expect(Format.exact(0) == "0")
        #expect(Format.exact(981_044) == "981,044")
        #expect(Format.exact(UInt64.max) == "18,446,744,073,709,551,615")
    }

    @Test(arguments: [0.001, 0.5, 1, 2, 10, 12_345.678, 1e12])
    func `logarithm and exponential undo each other`(value: Double) {
        #expect(abs(exp(log(value)) / value - 1) < 1e-8)
    }

    @Test func `a millisecond and more has three digits, two where room is short`() {
        let values: [(UInt64, String, String)] = [
            (43_000, "0.04", "0.04"), (432_000, "0.43", "0.4"), (4_124_000, "4.12", "4.1"),
            (9_996_000, "10.0", "10"), (88_340_000, "88.3", "88"), (99_960_000, "100", "100"),
            (412_000_000, "412", "412"), (1_230_000_000, "1.2k", "1.2k"),
        ]
        for (nanoseconds, long, brief) in values {
            #expect(Format.milliseconds(nanoseconds: nanoseconds) == long)
            #expect(Format.milliseconds(nanoseconds: nanoseconds, isBrief: true) == brief)
        }
    }
}
