// A point in time as the broker sees it.

/// A point in time: nanoseconds since 1970-01-01T00:00:00Z.
///
/// Core code never reads a clock; it is handed an `Instant`. The range ends in the year 2554.
@frozen
public struct Instant: BitwiseCopyable, Hashable, Comparable, Sendable {
    /// Nanoseconds since the epoch; 0 stands for "never".
    public var nanoseconds: UInt64

    /// The instant `nanoseconds` after the epoch.
    @inlinable
    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// No time at all: before every real instant.
    @inlinable
    public static var never: Instant { Instant(nanoseconds: 0) }

    /// After every real instant.
    @inlinable
    public static var distantFuture: Instant { Instant(nanoseconds: .max) }

    /// Whether `left` is earlier than `right`.
    @inlinable
    public static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The instant `nanoseconds` later; stops at `distantFuture`.
    @inlinable
    public func adding(nanoseconds: UInt64) -> Instant {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return overflow ? .distantFuture : Instant(nanoseconds: sum)
    }

    /// Nanoseconds from `earlier` to this instant; 0 if `earlier` is not earlier.
    @inlinable
    public func nanoseconds(since earlier: Instant) -> UInt64 {
        self > earlier ? nanoseconds &- earlier.nanoseconds : 0
    }
}

/// Nanoseconds in one second.
@inlinable
public var nanosecondsPerSecond: UInt64 { 1_000_000_000 }

/// Nanoseconds in one millisecond.
@inlinable
public var nanosecondsPerMillisecond: UInt64 { 1_000_000 }
