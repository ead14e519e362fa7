// How publishers fare, told to the journal by whoever serves them.

public import Telemetry

/// How long publishers waited, and how many were refused, since the start.
public struct PublishCounts: Equatable, Sendable {
    /// How long publishers waited until their messages were safe, in nanoseconds.
    public var times: Histogram
    /// Publishes that were refused, or not answered, because of the store.
    public var failures: UInt64

    /// These counts.
    public init(times: Histogram = Histogram(), failures: UInt64 = 0) {
        self.times = times
        self.failures = failures
    }

    /// What came after `earlier`, a former state of the same counts.
    func since(_ earlier: PublishCounts) -> PublishCounts {
        PublishCounts(
            times: times.since(earlier.times),
            failures: failures - min(failures, earlier.failures)
        )
    }

    /// What 99 of 100 publishers waited at most, in nanoseconds; 0 without publishers.
    var p99: UInt64 { times.percentile(0.99) }
}

/// A look at publishers, from any thread.
public struct PublishWatch: Sendable {
    /// The counts as they are now.
    let look: @Sendable () -> PublishCounts

    /// A watch that asks `look`.
    public init(look: @escaping @Sendable () -> PublishCounts) {
        self.look = look
    }

    /// Nobody publishes.
    public static let none = PublishWatch { PublishCounts() }
}
