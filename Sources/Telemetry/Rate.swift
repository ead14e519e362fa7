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

    /// Takes the sample `total` of `now`.
    ///
    /// A sample without progress of time is ignored; a counter that went back starts anew.
    public mutating func take(_ total: UInt64, at now: Instant) {
        guard takenAt != .never, now > takenAt else {
            if takenAt == .never { (self.total, takenAt) = (total, now) }
            return
        }
        let nanoseconds = now.nanoseconds(since: takenAt)
        let growth = total >= self.total ? total - self.total : 0
        perSecond = Double(growth) * Double(nanosecondsPerSecond) / Double(nanoseconds)
        (self.total, takenAt) = (total, now)
    }
}
