// The recording end of a histogram that other threads read.

/// Records values into a `CounterBlock` that `Histogram(reading:)` understands.
///
/// Recording takes no lock and no memory.
public struct HistogramWriter: ~Copyable {
    private let counters: CounterWriter

    /// The writer of a new histogram.
    public init() {
        counters = CounterBlock(count: Histogram.counterCount).takeWriter()
    }

    /// The writer of the histogram in `block`, which has `Histogram.counterCount` counters.
    public init(_ block: CounterBlock) {
        precondition(block.count == Histogram.counterCount, "the block belongs to no histogram")
        counters = block.takeWriter()
    }

    /// Where readers find what was recorded.
    public var block: CounterBlock { counters.block }

    /// Counts `value` once.
    public func record(_ value: UInt64) {
        counters.add(1, to: Histogram.bucket(of: value))
        let sum = counters.value(at: Histogram.sumCounter)
        let (added, overflow) = sum.addingReportingOverflow(value)
        counters.set(Histogram.sumCounter, to: overflow ? .max : added)
        counters.raise(Histogram.maximumCounter, to: value)
    }
}
