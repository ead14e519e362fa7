// A few numbers of one thing over time, more coarsely than a series.

import Base

/// Four numbers of a queue, a consumer or a client over time: about 6 kB.
///
/// A value every ten seconds for ten minutes, then one every five minutes for a day.
struct Moments: Hashable, Sendable {
    private var rings = Self.spans.map {
        BucketRing(capacity: $0.capacity, empty: SIMD4<Float>(repeating: .nan))
    }

    private static let spans: [(seconds: Int, capacity: Int)] = [(10, 60), (300, 288)]

    /// Takes in what holds at `instant`.
    mutating func record(_ numbers: SIMD4<Float>, at instant: Instant) {
        let second = Int(clamping: instant.nanoseconds / nanosecondsPerSecond)
        for place in rings.indices {
            rings[place].update(second / Self.spans[place].seconds) { $0 = numbers }
        }
    }

    /// What held at `instant`; nil where that is forgotten or was never known.
    func value(at instant: Instant) -> SIMD4<Float>? {
        let second = Int(clamping: instant.nanoseconds / nanosecondsPerSecond)
        for place in rings.indices {
            let numbers = rings[place][second / Self.spans[place].seconds]
            if !numbers.x.isNaN { return numbers }
        }
        return nil
    }
}
