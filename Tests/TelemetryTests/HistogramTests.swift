// Buckets, percentiles, merging, and the writer that other threads read.

import Telemetry
import Testing

@Suite struct HistogramTests {
    @Test func `buckets cover all values without gap or overlap`() {
        #expect(Histogram.lowest(of: 0) == 0)
        for index in 1..<Histogram.bucketCount {
            #expect(Histogram.highest(of: index - 1) + 1 == Histogram.lowest(of: index))
        }
        #expect(Histogram.highest(of: Histogram.bucketCount - 1) == .max)
    }

    @Test(arguments: [0, 1, 31, 32, 33, 63, 64, 65, 1_000, 1 << 40, .max - 1, .max] as [UInt64])
    func `a value falls into the bucket that spans it`(value: UInt64) throws {
        var histogram = Histogram()
        histogram.record(value)
        let index = try #require(
            (0..<Histogram.bucketCount).first { histogram.count(in: $0) == 1 }
        )
        #expect(Histogram.lowest(of: index) <= value)
        #expect(value <= Histogram.highest(of: index))
        #expect(histogram.percentile(0.5) == value)
        #expect(histogram.minimum == Histogram.lowest(of: index))
        #expect(histogram.maximum == value)
    }

    @Test func `percentiles are at most one step too high`() {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var state = seed
        var values: [UInt64] = []
        var histogram = Histogram()
        for _ in 0..<10_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = (state >> 20) >> (state & 31)
            values.append(value)
            histogram.record(value)
        }
        values.sort()
        for fraction in [0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0] {
            let exact = values[max(0, Int((fraction * 10_000).rounded(.up)) - 1)]
            let answer = histogram.percentile(fraction)
            #expect(answer >= exact)
            #expect(Double(answer) <= Double(exact) * (1 + 1.0 / 32))
        }
        #expect(histogram.percentile(0) == histogram.percentile(0.000_01))
        #expect(histogram.percentile(7) == values[9_999])
        #expect(histogram.percentile(.nan) <= values[9_999])
    }

    @Test func `merging is recording both, and a difference takes it back`() {
        var (left, right, both) = (Histogram(), Histogram(), Histogram())
        for value in stride(from: UInt64(0), to: 5_000, by: 7) {
            left.record(value)
            both.record(value)
        }
        for value in stride(from: UInt64(3), to: 90_000, by: 1_001) {
            right.record(value)
            both.record(value)
        }
        var merged = left
        merged.merge(right)
        #expect(merged == both)
        let later = merged.since(left)
        #expect(later.count == right.count)
        #expect(later.sum == right.sum)
        #expect(later.percentile(0.5) == right.percentile(0.5))
        #expect(merged.since(merged) == Histogram())
    }

    @Test func `recording a value several times is recording it again and again`() {
        var (one, several) = (Histogram(), Histogram())
        for _ in 0..<7 { one.record(1_000) }
        several.record(1_000, times: 7)
        several.record(99, times: 0)
        #expect(one == several)
        several.record(.max, times: 2)
        #expect(several.sum == .max && several.count == 9)
    }

    @Test func `an empty histogram is all zeros`() {
        let empty = Histogram()
        #expect(empty.count == 0 && empty.minimum == 0 && empty.maximum == 0)
        #expect(empty.mean == 0 && empty.percentile(0.99) == 0)
    }

    @Test func `the sum stops at the largest number`() {
        var histogram = Histogram()
        histogram.record(.max)
        histogram.record(.max)
        #expect(histogram.sum == .max)
        let writer = HistogramWriter()
        writer.record(.max)
        writer.record(5)
        #expect(Histogram(reading: writer.block).sum == .max)
    }

    @Test func `what a writer records a reader sees`() {
        let writer = HistogramWriter()
        var expected = Histogram()
        for value: UInt64 in [0, 5, 1_000, 123_456_789, 5] {
            writer.record(value)
            expected.record(value)
        }
        #expect(Histogram(reading: writer.block) == expected)
    }
}
