// Latencies counted in log-linear buckets that add up.

import Base

/// How often each latency was seen.
///
/// Sixteen buckets to every doubling, so that a bucket's bounds differ by at most 6.25 %. Values
/// are nanoseconds. A bucket's index is `(shift << 4) + (value >> shift)` with
/// `shift = max(0, floor(log2(value)) - 4)`: any counter array of that layout can be taken over as
/// it is. Histograms are cumulative since the engine started; an interval is the difference of two.
public struct LatencyHistogram: Hashable, Sendable {
    /// Index of the first bucket in `counts`.
    public private(set) var firstBucket: Int
    /// Counts from `firstBucket` on.
    public private(set) var counts: [UInt64]
    /// Samples in all buckets together.
    public private(set) var count: UInt64

    /// The largest index a 64-bit value has.
    public static var bucketMax: Int { (59 << 4) + 31 }

    /// No samples.
    public init() {
        firstBucket = 0
        counts = []
        count = 0
    }

    /// Takes over a counter array of the same layout that begins at bucket 0.
    public init(buckets: [UInt64]) {
        self.init()
        guard let first = buckets.firstIndex(where: { $0 > 0 }),
            let last = buckets.lastIndex(where: { $0 > 0 })
        else { return }
        firstBucket = first
        counts = Array(buckets[first...min(last, Self.bucketMax)])
        count = counts.reduce(0, &+)
    }

    /// The bucket that `nanoseconds` falls into.
    public static func bucket(of nanoseconds: UInt64) -> Int {
        let exponent = 63 - nanoseconds.leadingZeroBitCount
        let shift = max(0, exponent - 4)
        return (shift << 4) + Int(truncatingIfNeeded: nanoseconds >> UInt64(shift))
    }

    /// The smallest value of `bucket`.
    public static func lowerBound(of bucket: Int) -> UInt64 {
        guard bucket >= 32 else { return UInt64(max(0, bucket)) }
        let shift = (min(bucket, bucketMax) >> 4) - 1
        return UInt64(min(bucket, bucketMax) - (shift << 4)) << UInt64(shift)
    }

    /// The largest value of `bucket`.
    public static func upperBound(of bucket: Int) -> UInt64 {
        bucket >= bucketMax ? .max : lowerBound(of: bucket + 1) &- 1
    }

    /// The samples in `bucket`.
    public subscript(bucket: Int) -> UInt64 {
        let place = bucket - firstBucket
        return counts.indices.contains(place) ? counts[place] : 0
    }

    /// Counts `samples` more of `nanoseconds`.
    public mutating func record(_ nanoseconds: UInt64, samples: UInt64) {
        guard samples > 0 else { return }
        add(samples, to: Self.bucket(of: nanoseconds))
    }

    /// Makes room for samples in `buckets`, so that several histograms are added without growing.
    public mutating func makeRoom(for buckets: ClosedRange<Int>) {
        cover(buckets.lowerBound, buckets.upperBound)
    }

    /// Adds everything in `other`.
    public mutating func merge(_ other: borrowing LatencyHistogram) {
        guard let last = other.counts.indices.last else { return }
        cover(other.firstBucket, other.firstBucket + last)
        let start = other.firstBucket - firstBucket
        for place in other.counts.indices {
            counts[start + place] = counts[start + place] &+ other.counts[place]
        }
        count = count &+ other.count
    }

    /// What came after `earlier`; never negative.
    public func since(_ earlier: LatencyHistogram) -> LatencyHistogram {
        var difference = LatencyHistogram()
        let more = counts.indices.map { place in
            let before = earlier[firstBucket + place]
            return counts[place] > before ? counts[place] - before : 0
        }
        guard let first = more.firstIndex(where: { $0 > 0 }),
            let last = more.lastIndex(where: { $0 > 0 })
        else { return difference }
        difference.firstBucket = firstBucket + first
        difference.counts = Array(more[first...last])
        difference.count = difference.counts.reduce(0, &+)
        return difference
    }

    /// The value below which the share `quantile` of all samples lies; nil without samples.
    ///
    /// Samples are taken to lie evenly within their bucket: with many of them the answer is within
    /// a fraction of a per cent, with few it is off by half a bucket at most.
    public func percentile(_ quantile: Double) -> UInt64? {
        let share = min(1, max(0, quantile)) * Double(count)
        var seen = 0.0
        for (place, samples) in counts.enumerated() where samples > 0 {
            let inside = Double(samples)
            if seen + inside >= share {
                let low = Self.lowerBound(of: firstBucket + place)
                let width = Self.upperBound(of: firstBucket + place) - low
                return low + min(width, UInt64(saturating: Double(width) * (share - seen) / inside))
            }
            seen += inside
        }
        return maximum
    }

    /// The upper bound of the highest used bucket; nil without samples.
    public var maximum: UInt64? {
        guard let last = counts.lastIndex(where: { $0 > 0 }) else { return nil }
        return Self.upperBound(of: firstBucket + last)
    }

    /// Samples from `low` up to but not including `high`, by whole buckets.
    public func samples(from low: UInt64, below high: UInt64) -> UInt64 {
        var sum: UInt64 = 0
        for (place, samples) in counts.enumerated() where samples > 0 {
            let bound = Self.lowerBound(of: firstBucket + place)
            if bound >= low && bound < high { sum = sum &+ samples }
        }
        return sum
    }

    private mutating func add(_ samples: UInt64, to bucket: Int) {
        cover(bucket, bucket)
        counts[bucket - firstBucket] = counts[bucket - firstBucket] &+ samples
        count = count &+ samples
    }

    /// Makes room for the buckets `low` to `high`.
    private mutating func cover(_ low: Int, _ high: Int) {
        guard !counts.isEmpty else {
            firstBucket = low
            counts = Array(repeating: 0, count: high - low + 1)
            return
        }
        if low < firstBucket {
            counts.insert(contentsOf: repeatElement(0, count: firstBucket - low), at: 0)
            firstBucket = low
        }
        let missing = high - (firstBucket + counts.count) + 1
        if missing > 0 { counts.append(contentsOf: repeatElement(0, count: missing)) }
    }
}

/// A part of a message's way, in the order it is walked.
public enum LatencyStage: UInt8, Hashable, Sendable, CaseIterable {
    /// From the last byte on the socket to the decision where it goes.
    case accept
    /// Into the journal's buffer, sealed.
    case journal
    /// Until the disk has it.
    case sync
    /// Until it is handed to a consumer's socket.
    case deliver
    /// From delivery to the consumer's acknowledgement.
    case ack
}

/// A histogram for every stage and for the whole way.
public struct LatencyStatus: Hashable, Sendable {
    /// From publish to acknowledgement to the publisher.
    public var publish = LatencyHistogram()
    /// Indexed by `LatencyStage.rawValue`.
    public private(set) var stages: [LatencyHistogram] = Array(
        repeating: LatencyHistogram(),
        count: LatencyStage.allCases.count
    )

    /// No samples anywhere.
    public init() {}

    /// The histogram of `stage`.
    public subscript(stage: LatencyStage) -> LatencyHistogram {
        get { stages[Int(stage.rawValue)] }
        set { stages[Int(stage.rawValue)] = newValue }
    }

    /// Adds everything in `other`.
    public mutating func merge(_ other: LatencyStatus) {
        publish.merge(other.publish)
        for stage in LatencyStage.allCases { self[stage].merge(other[stage]) }
    }

    /// What came after `earlier`.
    public func since(_ earlier: LatencyStatus) -> LatencyStatus {
        var difference = LatencyStatus()
        difference.publish = publish.since(earlier.publish)
        for stage in LatencyStage.allCases { difference[stage] = self[stage].since(earlier[stage]) }
        return difference
    }
}
