// How often which value came: linear steps within every power of two.
// Source: the idea of HdrHistogram, with five bits of precision.

/// Counts of values in log-linear buckets.
///
/// Values below 32 have a bucket each; above, every power of two is cut into 32 equal steps, so
/// that a percentile is at most 1/32 (3.1 %) above the true one. The unit is the caller's.
public struct Histogram: Equatable, Sendable {
    /// Bits of a value that a bucket keeps.
    static let precisionBits = 5
    /// Buckets in a power of two.
    static let stepCount = 1 << precisionBits
    /// Buckets for all values of 64 bits.
    public static let bucketCount = (64 - precisionBits + 1) * stepCount

    private var counts: [UInt64]
    /// How many values were recorded.
    public private(set) var count: UInt64 = 0
    /// The sum of all values; stops at the largest number.
    public private(set) var sum: UInt64 = 0
    /// The largest value; 0 without values.
    public private(set) var maximum: UInt64 = 0

    /// No values.
    public init() {
        counts = Array(repeating: 0, count: Self.bucketCount)
    }

    /// The bucket of `value`.
    @inline(__always)
    static func bucket(of value: UInt64) -> Int {
        guard value >= UInt64(stepCount) else { return Int(value) }
        let exponent = 63 &- value.leadingZeroBitCount
        let shift = exponent &- precisionBits
        let step = Int(truncatingIfNeeded: value &>> UInt64(shift)) & (stepCount &- 1)
        return (shift &+ 1) &* stepCount &+ step
    }

    /// The smallest value of the bucket at `index`.
    public static func lowest(of index: Int) -> UInt64 {
        precondition(index >= 0 && index < bucketCount, "no such bucket")
        guard index >= stepCount else { return UInt64(index) }
        let shift = index / stepCount - 1
        return UInt64(stepCount + index % stepCount) << UInt64(shift)
    }

    /// The largest value of the bucket at `index`.
    public static func highest(of index: Int) -> UInt64 {
        index == bucketCount - 1 ? .max : lowest(of: index + 1) - 1
    }

    /// How many values are in the bucket at `index`.
    public func count(in index: Int) -> UInt64 {
        counts[index]
    }

    /// Counts `value` as often as `times` says.
    public mutating func record(_ value: UInt64, times: UInt64 = 1) {
        guard times > 0 else { return }
        counts[Self.bucket(of: value)] &+= times
        count &+= times
        let (product, overflow) = value.multipliedReportingOverflow(by: times)
        sum = overflow ? .max : saturatingSum(sum, product)
        maximum = max(maximum, value)
    }

    /// Adds everything that `other` counted.
    public mutating func merge(_ other: Histogram) {
        for index in 0..<Self.bucketCount {
            counts[index] &+= other.counts[index]
        }
        count &+= other.count
        sum = saturatingSum(sum, other.sum)
        maximum = max(maximum, other.maximum)
    }

    /// What was counted after `earlier`, a former state of this same histogram.
    ///
    /// The maximum is that of the highest bucket that grew.
    public func since(_ earlier: Histogram) -> Histogram {
        var later = Histogram()
        for index in 0..<Self.bucketCount where counts[index] > earlier.counts[index] {
            later.counts[index] = counts[index] - earlier.counts[index]
            later.count += later.counts[index]
            later.maximum = min(maximum, Self.highest(of: index))
        }
        later.sum = sum > earlier.sum ? sum - earlier.sum : 0
        return later
    }

    /// The smallest value, rounded down to its bucket; 0 without values.
    public var minimum: UInt64 {
        counts.firstIndex { $0 > 0 }.map { Self.lowest(of: $0) } ?? 0
    }

    /// The mean; 0 without values.
    public var mean: Double {
        count == 0 ? 0 : Double(sum) / Double(count)
    }

    /// The value that a share of `fraction` of all values does not exceed; 0 without values.
    ///
    /// `fraction` is cut to 0...1, and no number counts as 0. The answer is the upper end of a
    /// bucket, but never above `maximum`.
    /// - Complexity: O(buckets)
    public func percentile(_ fraction: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        let share = fraction > 0 ? min(fraction, 1) * Double(count) : 0
        // Doubles above 2^53 round; the rank stays within the count.
        let rank = share >= Double(count) ? count : max(1, UInt64(share.rounded(.up)))
        var seen: UInt64 = 0
        for index in 0..<Self.bucketCount where counts[index] > 0 {
            seen &+= counts[index]
            if seen >= rank { return min(maximum, Self.highest(of: index)) }
        }
        return maximum
    }
}

extension Histogram {
    /// Counters that a `HistogramWriter` needs: the buckets, the sum and the maximum.
    public static let counterCount = bucketCount + 2
    static let sumCounter = bucketCount
    static let maximumCounter = bucketCount + 1

    /// The sum of what a `HistogramWriter` has recorded in `block` so far.
    public static func sum(in block: CounterBlock) -> UInt64 { block[sumCounter] }

    /// What a `HistogramWriter` has recorded in `block` so far.
    public init(reading block: CounterBlock) {
        precondition(block.count == Self.counterCount, "the block belongs to no histogram")
        self.init()
        for index in 0..<Self.bucketCount {
            counts[index] = block[index]
            count &+= counts[index]
        }
        sum = block[Self.sumCounter]
        maximum = block[Self.maximumCounter]
    }
}

private func saturatingSum(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
}
