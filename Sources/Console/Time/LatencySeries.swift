// Latency histograms over time; columns are merged, percentiles never averaged.

public import Base
public import Engine

/// Histograms over time.
public struct LatencySeries: Sendable, Hashable {
    private var rings: [BucketRing<LatencyHistogram>]

    /// A series without samples.
    public init() {
        rings = Resolution.allCases.map {
            BucketRing(capacity: $0.capacity, empty: LatencyHistogram())
        }
    }

    /// Merges what happened in the sampling interval that ended at `instant`.
    public mutating func record(_ interval: LatencyHistogram, at instant: Instant) {
        let second = Int(clamping: instant.nanoseconds / nanosecondsPerSecond)
        for resolution in Resolution.allCases {
            rings[Int(resolution.rawValue)].update(second / resolution.seconds) { histogram in
                histogram.merge(interval)
            }
        }
    }

    /// `count` columns of `seconds` each, the last ending with `end`; oldest first.
    public func columns(_ count: Int, seconds: Int, endingAt end: Int) -> [LatencyHistogram] {
        let resolution = Resolution.forColumns(of: seconds)
        let last = end / max(1, seconds)
        return (0..<max(0, count)).map { place in
            let column = last - (count - 1 - place)
            return merged(resolution.buckets(ofColumn: column, seconds: seconds), resolution)
        }
    }

    /// Everything from second `first` up to and including second `last`.
    public func merged(from first: Int, through last: Int) -> LatencyHistogram {
        let resolution = Resolution.forColumns(of: max(1, (last - first) / 30))
        let low = first / resolution.seconds
        return merged(low..<max(low, last / resolution.seconds) + 1, resolution)
    }

    private func merged(_ buckets: Range<Int>, _ resolution: Resolution) -> LatencyHistogram {
        rings[Int(resolution.rawValue)].merged(buckets)
    }
}

extension BucketRing<LatencyHistogram> {
    /// What was recorded in all of `numbers` together.
    func merged(_ numbers: Range<Int>) -> LatencyHistogram {
        var low = Int.max
        var high = -1
        visit(numbers) { histogram in
            guard !histogram.counts.isEmpty else { return }
            low = min(low, histogram.firstBucket)
            high = max(high, histogram.firstBucket + histogram.counts.count - 1)
        }
        var sum = LatencyHistogram()
        guard low <= high else { return sum }
        sum.makeRoom(for: low...high)
        visit(numbers) { sum.merge($0) }
        return sum
    }
}
