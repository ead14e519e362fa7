// One number over time, at three resolutions.

public import Base

/// How samples that fall into one bucket become one value.
public enum Folding: UInt8, Sendable, Hashable {
    /// Their mean: for rates.
    case mean
    /// The last one: for levels such as depth.
    case last
    /// The largest: for what must not be missed.
    case largest
}

/// One number over time: about 11 kB.
public struct Series: Sendable, Hashable {
    private let folding: Folding
    private var rings: [BucketRing<Float>]
    /// Samples in the newest bucket of each ring.
    private var samples: [Float]

    /// A series without samples.
    public init(_ folding: Folding) {
        self.folding = folding
        rings = Resolution.allCases.map { BucketRing(capacity: $0.capacity, empty: .nan) }
        samples = Array(repeating: 0, count: rings.count)
    }

    /// Records `value` at `instant` at every resolution.
    public mutating func record(_ value: Double, at instant: Instant) {
        let number = Float(value.isFinite ? value : 0)
        let second = Int(clamping: instant.nanoseconds / nanosecondsPerSecond)
        for place in rings.indices {
            let bucket = second / Resolution.allCases[place].seconds
            if bucket > rings[place].newest { samples[place] = 0 }
            samples[place] += 1
            let weight = samples[place]
            let folding = folding
            rings[place].update(bucket) { held in
                held = Self.fold(held, number, folding, weight)
            }
        }
    }

    /// The value at `instant`, from the finest resolution that still has it.
    public func value(at instant: Instant) -> Double? {
        let second = Int(clamping: instant.nanoseconds / nanosecondsPerSecond)
        for resolution in Resolution.allCases {
            let ring = rings[Int(resolution.rawValue)]
            let number = second / resolution.seconds
            // The sample of a moment may lie a few buckets back when sampling is slow.
            for back in 0..<3 {
                let value = ring[number - back]
                if !value.isNaN { return Double(value) }
            }
        }
        return nil
    }

    /// The values of `count` columns of `seconds` each, the last ending with `end`; oldest first.
    ///
    /// A column that nothing was recorded in is nil.
    public func columns(_ count: Int, seconds: Int, endingAt end: Int) -> [Double?] {
        let resolution = Resolution.forColumns(of: seconds)
        let ring = rings[Int(resolution.rawValue)]
        let last = end / max(1, seconds)
        return (0..<max(0, count)).map { place in
            let buckets = resolution.buckets(ofColumn: last - (count - 1 - place), seconds: seconds)
            return merged(buckets, of: ring)
        }
    }

    private func merged(_ buckets: Range<Int>, of ring: BucketRing<Float>) -> Double? {
        var sum: Float = 0
        var seen: Float = 0
        for number in buckets {
            let value = ring[number]
            guard !value.isNaN else { continue }
            seen += 1
            sum = seen == 1 ? value : Self.fold(sum, value, folding, seen)
        }
        return seen == 0 ? nil : Double(sum)
    }

    /// Joins the `count`th value with what `count - 1` values have become.
    private static func fold(
        _ held: Float,
        _ value: Float,
        _ folding: Folding,
        _ count: Float
    ) -> Float {
        if held.isNaN { return value }
        return switch folding {
        case .mean: held + (value - held) / max(1, count)
        case .last: value
        case .largest: max(held, value)
        }
    }
}
