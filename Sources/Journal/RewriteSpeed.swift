// How fast the rewriting gets on, whoever looks and however often.

import Base
import Telemetry

/// The speed of the rewriting; pure.
///
/// The work comes in pieces with rests between them: what is told is a smoothed mean over
/// windows of a second, so that the time left does not jump with every piece.
struct RewriteSpeed {
    /// Bytes a second; 0 while nothing is rewritten.
    private(set) var perSecond = 0.0
    private var rate = Rate()
    private var markedAt = Instant.never

    /// How long the rewriting is watched before the speed changes.
    static var windowNanoseconds: UInt64 { nanosecondsPerSecond }
    /// The part of the speed that a new window makes up.
    static var smoothing: Double { 0.3 }

    /// Takes note that `total` bytes have been rewritten at `now`.
    mutating func take(_ total: UInt64, at now: Instant) {
        guard markedAt != .never else {
            rate.take(total, at: now)
            markedAt = now
            return
        }
        guard now.nanoseconds(since: markedAt) >= Self.windowNanoseconds else { return }
        rate.take(total, at: now)
        markedAt = now
        let isFirst = perSecond == 0
        perSecond += (rate.perSecond - perSecond) * (isFirst ? 1 : Self.smoothing)
    }

    /// Takes note that nothing is rewritten.
    mutating func rest() { self = RewriteSpeed() }
}
