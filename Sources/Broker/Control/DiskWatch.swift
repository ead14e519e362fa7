// Says when the store's disk hangs, and when it answers again.

import Base
import Journal

/// What the control thread knows of the store's disk.
struct DiskWatch {
    private let pulse: DiskPulse
    /// For how long the disk had been hanging at the last look; 0 if it was well.
    private var hungFor: UInt64 = 0
    /// When to look again.
    private(set) var nextLook = Instant.never

    /// Time between two looks.
    static let intervalNanoseconds = nanosecondsPerSecond
    /// How much sooner it looks if the thread is awake anyway.
    private static let leewayNanoseconds = 50 * nanosecondsPerMillisecond

    init(_ pulse: DiskPulse) {
        self.pulse = pulse
    }

    /// For how many nanoseconds the disk hangs; 0 while it answers.
    var hang: UInt64 { pulse.hang }

    /// Looks if it is time to.
    /// - Returns: what the log should say of it.
    mutating func look(at now: Instant) -> LogLine? {
        guard now.adding(nanoseconds: Self.leewayNanoseconds) >= nextLook else { return nil }
        nextLook = now.adding(nanoseconds: Self.intervalNanoseconds)
        let hang = pulse.hang
        defer { hungFor = hang }
        if hungFor == 0, hang > 0 {
            let text = Self.text(hang, at: now) + ": nothing is confirmed until it does"
            return LogLine(at: now, level: .error, text: text)
        }
        guard hungFor > 0, hang < hungFor else { return nil }
        let seconds = hungFor / nanosecondsPerSecond
        let text = "The store's disk answers again, after \(seconds) s or more"
        return LogLine(at: now, level: .info, text: text)
    }

    /// What is said of a disk that has hung for so many nanoseconds.
    static func text(_ hang: UInt64, at now: Instant) -> String {
        let since = Instant(nanoseconds: now.nanoseconds &- hang)
        return "The store's disk has not answered since "
            + String(decoding: since.text, as: UTF8.self)
    }
}
