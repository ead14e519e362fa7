// Who keeps failing to log in, and how long the next refusal is held back.

public import Base

/// Refusals by source address.
///
/// The first failures of a source are answered at once; each later one is answered after twice the
/// time of the one before, up to `delayNanosecondsMax`. A source that has been quiet for a minute
/// starts anew. At `sourcesMax` the source that was quiet longest is forgotten.
public struct FailureLedger: Sendable {
    /// What a failure leads to.
    public struct Penalty: Equatable, Sendable {
        /// How long the refusal is held back.
        public let delayNanoseconds: UInt64
        /// Whether it is worth a line in the log: the first one of a source in a minute.
        public let isToBeLogged: Bool
    }

    private struct Source: Sendable {
        var failures = 0
        var lastFailure = Instant.never
        var lastLogged = Instant.never
    }

    /// Failures without delay.
    public static let freeFailures = 8
    private static let firstDelay = 50 * nanosecondsPerMillisecond
    /// The longest delay.
    public static let delayNanosecondsMax = 1_600 * nanosecondsPerMillisecond
    private static let quietNanoseconds = 60 * nanosecondsPerSecond

    private var sources: [[UInt8]: Source] = [:]
    /// Most sources that are remembered.
    public let sourcesMax: Int

    /// An empty ledger.
    public init(sourcesMax: Int = 4_096) {
        self.sourcesMax = sourcesMax
    }

    /// Notes that `source` failed.
    public mutating func fail(_ source: [UInt8], at now: Instant) -> Penalty {
        var entry = sources[source] ?? Source()
        if now.nanoseconds(since: entry.lastFailure) > Self.quietNanoseconds { entry.failures = 0 }
        if sources[source] == nil { makeRoom(at: now) }
        entry.failures += 1
        entry.lastFailure = now
        let isToBeLogged =
            entry.lastLogged == .never
            || now.nanoseconds(since: entry.lastLogged) >= Self.quietNanoseconds
        if isToBeLogged { entry.lastLogged = now }
        sources[source] = entry
        return Penalty(
            delayNanoseconds: Self.delay(after: entry.failures),
            isToBeLogged: isToBeLogged
        )
    }

    /// Notes that `source` has proved who it is.
    public mutating func succeed(_ source: [UInt8]) {
        sources[source]?.failures = 0
    }

    private static func delay(after failures: Int) -> UInt64 {
        guard failures > freeFailures else { return 0 }
        let doublings = min(failures - freeFailures - 1, 16)
        return min(firstDelay << UInt64(doublings), delayNanosecondsMax)
    }

    private mutating func makeRoom(at now: Instant) {
        guard sources.count >= sourcesMax else { return }
        sources = sources.filter {
            now.nanoseconds(since: $0.value.lastFailure) <= Self.quietNanoseconds
        }
        guard sources.count >= sourcesMax else { return }
        let stalest = sources.min { $0.value.lastFailure < $1.value.lastFailure }
        if let stalest { sources[stalest.key] = nil }
    }
}
