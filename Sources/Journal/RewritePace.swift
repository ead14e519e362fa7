// How long the rewriting rests, so that publishers do not feel it.

import Base
import Telemetry

/// Decides how long the rewriting rests after each piece; pure.
///
/// It knows what 99 of 100 publishers wait at most while nothing is rewritten, the quiet time, and
/// looks twice a second what they wait now. A disk has moods: both are smoothed means over windows
/// of the same length, so that a bad half second alone counts little. Above 1.3 times of the quiet
/// time the rests grow, below 1.2 times they shrink. Load changes: every half minute the rewriting
/// rests for a second and the quiet time is measured anew.
struct RewritePace {
    /// What the publishers' p99 is held against, in nanoseconds; 0 while it is not known.
    private(set) var quietP99: UInt64 = 0
    /// How much longer than a piece took it rests while there are publishers.
    private(set) var share = Self.shareStart
    private let watch: PublishWatch
    /// The counts when this window, or this quiet time, began.
    private var mark = PublishCounts()
    private var markedAt = Instant.never
    /// What publishers waited lately while something was rewritten, smoothed; 0 at first.
    private var busyP99 = 0.0
    private var quietMean = 0.0
    private var probeEnd = Instant.never
    private var nextProbe = Instant.never
    private var isWorking = false
    /// Whether somebody published in the last window.
    private var isBusy = false

    /// The rest before anything is known: a third of the time is taken.
    static var shareStart: Double { 2 }
    /// The longest rests: the rewriting always gets a part of the time.
    static var shareMax: Double { 15 }
    /// Below this there is no rest.
    static var shareMin: Double { 0.1 }
    /// The longest single rest, in nanoseconds.
    static var restMax: UInt64 { nanosecondsPerSecond }
    /// How long publishers are watched before the rests change.
    static var windowNanoseconds: UInt64 { 500_000_000 }
    /// How long few publishers are watched at most.
    static var slowWindowNanoseconds: UInt64 { nanosecondsPerSecond }
    /// The part of a smoothed value that a new window makes up.
    static var smoothing: Double { 0.3 }
    /// Fewer samples tell nothing.
    static var sampleCountMin: UInt64 { 100 }
    /// How long a quiet time lasts that is made on purpose.
    static var probeNanoseconds: UInt64 { nanosecondsPerSecond }
    /// Time between two of them.
    static var probeIntervalNanoseconds: UInt64 { 30 * nanosecondsPerSecond }

    init(_ watch: PublishWatch) {
        self.watch = watch
    }

    /// Notes that nothing is rewritten; to be called about once a second.
    mutating func rest(at now: Instant) {
        let counts = watch.look()
        if isWorking {
            isWorking = false
        } else {
            takeQuiet(counts.since(mark))
        }
        mark = counts
    }

    /// Takes what publishers waited in a quiet time.
    private mutating func takeQuiet(_ window: PublishCounts) {
        guard window.times.count >= Self.sampleCountMin else { return }
        quietMean = Self.smoothed(quietMean, window.p99)
        quietP99 = UInt64(quietMean)
    }

    private static func smoothed(_ mean: Double, _ value: UInt64) -> Double {
        // Beyond a minute a time says no more, and would be remembered for ever.
        let value = Double(min(value, 60 * nanosecondsPerSecond))
        return mean == 0 ? value : mean * (1 - smoothing) + value * smoothing
    }

    /// How long to rest, in nanoseconds, after a piece of `bytes` that took `worked` nanoseconds;
    /// `wasDisturbed` says whether something was committed meanwhile.
    mutating func rest(
        worked: UInt64,
        bytes: UInt64,
        bytesPerSecondMax: UInt64,
        wasDisturbed: Bool,
        at now: Instant
    ) -> UInt64 {
        observe(at: now)
        if now < probeEnd { return min(probeEnd.nanoseconds(since: now), Self.restMax) }
        var rest: UInt64 = 0
        if isBusy || wasDisturbed, share >= Self.shareMin {
            rest = UInt64(Double(min(worked, Self.restMax)) * share)
        }
        if bytesPerSecondMax > 0 {
            let due = Double(bytes) / Double(bytesPerSecondMax) * Double(nanosecondsPerSecond)
            let limited = UInt64(min(due, Double(Self.restMax)))
            rest = max(rest, limited > worked ? limited - worked : 0)
        }
        return min(rest, Self.restMax)
    }

    private mutating func observe(at now: Instant) {
        if !isWorking { return begin(at: now) }
        let passed = now.nanoseconds(since: markedAt)
        guard now >= probeEnd, passed >= Self.windowNanoseconds else { return }
        let counts = watch.look()
        let window = counts.since(mark)
        let samples = window.times.count
        guard samples >= Self.sampleCountMin || passed >= Self.slowWindowNanoseconds else { return }
        isBusy = samples > 0
        if probeEnd > markedAt {
            takeQuiet(window)
            probeEnd = .never
        } else if samples >= Self.sampleCountMin {
            judge(window.p99)
            if quietP99 == 0 || now >= nextProbe { probe(at: now) }
        } else if samples == 0 {
            share = Self.shareStart
        }
        mark = counts
        markedAt = now
    }

    private mutating func begin(at now: Instant) {
        isWorking = true
        isBusy = false
        share = Self.shareStart
        busyP99 = 0
        mark = watch.look()
        markedAt = now
        nextProbe = now.adding(nanoseconds: Self.probeIntervalNanoseconds)
    }

    private mutating func probe(at now: Instant) {
        probeEnd = now.adding(nanoseconds: Self.probeNanoseconds)
        nextProbe = probeEnd.adding(nanoseconds: Self.probeIntervalNanoseconds)
    }

    private mutating func judge(_ p99: UInt64) {
        guard quietP99 > 0 else { return }
        busyP99 = Self.smoothed(busyP99, p99)
        let ratio = busyP99 / quietMean
        if ratio > 1.3 {
            share = min(max(share, 0.5) * 1.3, Self.shareMax)
        } else if ratio < 1.2 {
            share = max(share * 0.85, Self.shareMin / 2)
        }
    }
}
