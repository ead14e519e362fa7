// Buckets that never lose a sample and percentiles that never flatter.

import Base
import Engine
import Testing

@Suite struct LatencyHistogramTests {
    @Test(arguments: [0, 1, 15, 16, 31, 32, 33, 63, 64, 1_000_000, UInt64.max - 1, UInt64.max])
    func `a value lies within the bounds of its bucket`(value: UInt64) {
        let bucket = LatencyHistogram.bucket(of: value)
        #expect(LatencyHistogram.lowerBound(of: bucket) <= value)
        #expect(LatencyHistogram.upperBound(of: bucket) >= value)
        #expect(bucket <= LatencyHistogram.bucketMax)
    }

    @Test func `buckets follow each other without a gap`() {
        for bucket in 0..<LatencyHistogram.bucketMax {
            let end = LatencyHistogram.upperBound(of: bucket)
            #expect(LatencyHistogram.bucket(of: end) == bucket)
            #expect(LatencyHistogram.bucket(of: end + 1) == bucket + 1)
        }
    }

    @Test func `a bucket is at most a sixteenth wide`() {
        for bucket in 32..<LatencyHistogram.bucketMax {
            let low = LatencyHistogram.lowerBound(of: bucket)
            let high = LatencyHistogram.upperBound(of: bucket)
            #expect(Double(high - low) <= Double(low) / 16)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `percentiles agree with the sorted samples`(seed: UInt64) throws {
        var random = Random(seed: seed)
        var samples: [UInt64] = []
        var histogram = LatencyHistogram()
        for _ in 0..<5_000 {
            let value = UInt64(random.below(1 << (4 + random.below(24))))
            samples.append(value)
            histogram.record(value, samples: 1)
        }
        samples.sort()
        for quantile in [0.0, 0.5, 0.9, 0.99, 0.999, 1.0] {
            let place = max(0, Int((quantile * 5_000).rounded(.up)) - 1)
            let found = try #require(histogram.percentile(quantile), "seed \(seed)")
            let bucket = LatencyHistogram.bucket(of: samples[place])
            let low = LatencyHistogram.lowerBound(of: bucket)
            let high = LatencyHistogram.upperBound(of: bucket)
            #expect((low...high).contains(found), "seed \(seed) quantile \(quantile)")
        }
    }

    @Test(arguments: [4, 5, 6] as [UInt64])
    func `percentiles of many samples are within half a per cent`(seed: UInt64) throws {
        var random = Random(seed: seed)
        var samples: [UInt64] = []
        var histogram = LatencyHistogram()
        for _ in 0..<200_000 {
            // Evenly over whole buckets.
            let value = UInt64(1 << 20) + UInt64(random.below(7 << 20))
            samples.append(value)
            histogram.record(value, samples: 1)
        }
        samples.sort()
        for quantile in [0.01, 0.37, 0.5, 0.9, 0.99, 0.999] {
            let found = try #require(histogram.percentile(quantile), "seed \(seed)")
            let exact = samples[Int(quantile * 200_000)]
            let apart = abs(Double(found) - Double(exact)) / Double(exact)
            #expect(apart < 0.005, "seed \(seed) quantile \(quantile): \(found), not \(exact)")
        }
    }

    @Test func `the median of one sample is the middle of its bucket, its ends are the ends`() {
        var histogram = LatencyHistogram()
        histogram.record(1_000, samples: 1)
        let bucket = LatencyHistogram.bucket(of: 1_000)
        let (low, high) = (
            LatencyHistogram.lowerBound(of: bucket), LatencyHistogram.upperBound(of: bucket)
        )
        #expect(histogram.percentile(0) == low)
        #expect(histogram.percentile(0.5) == low + (high - low) / 2)
        #expect(histogram.percentile(1) == high)
        var last = LatencyHistogram()
        last.record(.max, samples: 1)
        #expect(last.percentile(1) == .max)
    }

    @Test func `the difference of a merge is what was merged`() {
        var early = LatencyHistogram()
        early.record(900, samples: 3)
        var late = LatencyHistogram()
        late.record(12, samples: 2)
        late.record(70_000, samples: 5)
        var both = early
        both.merge(late)
        #expect(both.count == 10)
        #expect(both.since(early) == late)
        #expect(early.since(both).count == 0)
    }

    @Test func `an empty histogram has no percentile`() {
        #expect(LatencyHistogram().percentile(0.5) == nil)
        #expect(LatencyHistogram(buckets: [0, 0]).count == 0)
    }

    @Test func `a counter array of the same layout is taken over`() {
        var buckets = [UInt64](repeating: 0, count: 100)
        buckets[LatencyHistogram.bucket(of: 500)] = 7
        let histogram = LatencyHistogram(buckets: buckets)
        #expect(histogram.count == 7)
        #expect(histogram[LatencyHistogram.bucket(of: 500)] == 7)
    }
}
