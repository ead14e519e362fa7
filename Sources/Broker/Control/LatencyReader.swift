// Latencies that another thread records, in the buckets that the console knows.

import Engine
import Telemetry

/// Reads a histogram of another thread, and anew only once it has grown.
struct LatencyReader {
    private let block: CounterBlock
    /// The sum of all values when they were read; the largest number also stands for not yet.
    private var sum = UInt64.max
    private var latest = LatencyHistogram()

    /// A reader of what a `HistogramWriter` records in `block`.
    init(_ block: CounterBlock) {
        self.block = block
    }

    /// Everything recorded so far; a value of 0 may be missing until another one has come.
    mutating func read() -> LatencyHistogram {
        let sum = Histogram.sum(in: block)
        guard sum != self.sum || sum == .max else { return latest }
        let times = Histogram(reading: block)
        latest = LatencyHistogram()
        for index in 0..<Histogram.bucketCount {
            let count = times.count(in: index)
            if count > 0 { latest.record(Histogram.lowest(of: index), samples: count) }
        }
        self.sum = sum
        return latest
    }
}
