// How publishers fare, told to the journal by whoever serves them.

/// How long publishers waited, and how many were refused, since the start.
public struct PublishCounts: Equatable, Sendable {
    /// How many waited how long, by bucket: all that fell into a bucket since the start.
    public var times: [UInt64]
    /// Publishes that were refused, or not answered, because of the store.
    public var failures: UInt64

    /// These counts.
    public init(times: [UInt64] = [], failures: UInt64 = 0) {
        self.times = times
        self.failures = failures
    }

    /// How many waited.
    var sampleCount: UInt64 { times.reduce(0, &+) }

    /// What came after `earlier`, a former state of the same counts.
    func since(_ earlier: PublishCounts) -> PublishCounts {
        var later = self
        for at in later.times.indices where at < earlier.times.count {
            later.times[at] -= min(later.times[at], earlier.times[at])
        }
        later.failures -= min(failures, earlier.failures)
        return later
    }

    /// The bucket up to which `share` of all samples lie; `nil` without samples.
    func bucket(of share: Double) -> Int? {
        let count = sampleCount
        guard count > 0 else { return nil }
        let rank = max(1, UInt64((share * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (at, samples) in times.enumerated() {
            seen &+= samples
            if seen >= rank { return at }
        }
        return times.indices.last
    }
}

/// A look at publishers, from any thread.
public struct PublishWatch: Sendable {
    /// The counts as they are now.
    let look: @Sendable () -> PublishCounts
    /// The longest time, in nanoseconds, that falls into a bucket.
    let longest: @Sendable (_ bucket: Int) -> UInt64

    /// A watch that asks `look`, whose buckets end at `longest`.
    public init(
        look: @escaping @Sendable () -> PublishCounts,
        longest: @escaping @Sendable (_ bucket: Int) -> UInt64
    ) {
        self.look = look
        self.longest = longest
    }

    /// Nobody publishes.
    public static let none = PublishWatch(look: { PublishCounts() }, longest: { _ in 0 })

    /// What 99 of 100 publishers waited at most, in nanoseconds; 0 without publishers.
    func p99(_ counts: PublishCounts) -> UInt64 {
        counts.bucket(of: 0.99).map(longest) ?? 0
    }
}
