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
        record(value, times: 1)
    }

    /// Counts `value` so many `times`, at the cost of once.
    public func record(_ value: UInt64, times: UInt64) {
        // Every bucket of a value is below `counterCount`, which the block has.
        let bucket = Histogram.bucket(of: value)
        counters.setKnown(bucket, to: counters.known(bucket) &+ times)
        let (product, isHuge) = value.multipliedReportingOverflow(by: times)
        let (sum, overflow) = counters.known(Histogram.sumCounter).addingReportingOverflow(product)
        counters.setKnown(Histogram.sumCounter, to: isHuge || overflow ? .max : sum)
        guard value > counters.known(Histogram.maximumCounter) else { return }
        counters.setKnown(Histogram.maximumCounter, to: value)
    }
}
