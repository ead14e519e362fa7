// Lame duck mode: clients are told to move, and sent away bit by bit.
// Source: nats-server's lame duck mode.

import Base
import Configuration
import Reactor

/// How clients are sent away.
struct LameDuckPlan {
    /// When the next ones are sent away.
    var nextStep: Instant
    /// Clients that are left; `nil` while the shard has not told.
    var remaining: Int?
    /// Time between two steps; 0 until the first.
    private(set) var stepNanoseconds: UInt64 = 0
    /// How many are sent away in one step.
    private(set) var stepCount = 1
    private let durationNanoseconds: UInt64

    /// Longest time between two steps.
    static let stepNanosecondsMax = nanosecondsPerSecond
    /// Shortest time between two steps.
    static let stepNanosecondsMin = 10 * nanosecondsPerMillisecond

    /// The plan that begins at `now`.
    init(_ settings: LameDuck, at now: Instant) {
        nextStep = now.adding(nanoseconds: settings.graceNanoseconds)
        let total = settings.durationNanoseconds
        durationNanoseconds =
            total > settings.graceNanoseconds
            ? total - settings.graceNanoseconds : 0
    }

    /// Decides how many to send away at `now`; `nil` if it is not time.
    mutating func step(at now: Instant) -> Int? {
        guard now >= nextStep, let remaining else { return nil }
        if stepNanoseconds == 0 {
            let clients = UInt64(max(1, remaining))
            let even = durationNanoseconds / clients
            stepNanoseconds = min(max(even, Self.stepNanosecondsMin), Self.stepNanosecondsMax)
            let steps = max(1, durationNanoseconds / stepNanoseconds)
            stepCount = Int((clients + steps - 1) / steps)
        }
        nextStep = now.adding(nanoseconds: stepNanoseconds)
        return stepCount
    }
}

extension ControlLoop {
    /// Begins; once is enough.
    mutating func startLameDuck(at now: Instant) {
        guard lameDuck == nil else { return }
        log.info("Entering lame duck mode, stop accepting new clients")
        lameDuck = LameDuckPlan(facts.configuration.lameDuck, at: now)
        _ = posts.shard.post(.lameDuck)
    }

    /// Sends the next clients away, and rings when nobody is left.
    mutating func advanceLameDuck(at now: Instant) {
        guard let plan = lameDuck else { return }
        if plan.remaining == 0 {
            posts.bell.ring()
            lameDuck?.nextStep = .distantFuture
            return
        }
        if let count = lameDuck?.step(at: now) {
            if plan.stepNanoseconds == 0 { log.info("Closing existing clients") }
            _ = posts.shard.post(.retire(count: count))
        }
    }
}
