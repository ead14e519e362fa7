// How fast a counter grows.

public import Base

/// The speed of a counter between two samples.
public struct Rate: BitwiseCopyable, Equatable, Sendable {
    private var total: UInt64 = 0
    private var takenAt = Instant.never
    /// Growth in a second between the last two samples; 0 before there are two.
    public private(set) var perSecond: Double = 0

    /// No samples yet.
    public init() {}

    /// Samples closer than this say little of a speed: one message in a millisecond is no thousand
    /// a second.
    static var spanNanoseconds: UInt64 { nanosecondsPerSecond / 10 }

    /// Takes the sample `total` of `now`.
    ///
    /// One too soon after the last is left to the next; a counter that went back starts anew.
    public mutating func take(_ total: UInt64, at now: Instant) {
        guard takenAt != .never, now.nanoseconds(since: takenAt) >= Self.spanNanoseconds else {
            if takenAt == .never { (self.total, takenAt) = (total, now) }
            return
        }
        let nanoseconds = now.nanoseconds(since: takenAt)
        let growth = total >= self.total ? total - self.total : 0
        perSecond = Double(growth) * Double(nanosecondsPerSecond) / Double(nanoseconds)
        (self.total, takenAt) = (total, now)
    }
}
