// What the process used lately.

import Base
import Reactor

/// Measures the process, at most once in a quarter of a second.
struct ProcessSampler {
    private var last = ProcessSample()
    private var takenAt = Instant.never
    private var processorNanoseconds: UInt64 = 0
    private var memoryTakenAt = Instant.never

    /// Shortest time between two measurements.
    static let intervalNanoseconds = 250 * nanosecondsPerMillisecond
    /// Shortest time between two looks at the memory, which costs most.
    static let memoryIntervalNanoseconds = nanosecondsPerSecond

    init() {
        last.cores = ProcessUse.cores
    }

    /// The newest measurement.
    mutating func sample(at now: Instant) -> ProcessSample {
        let elapsed = now.nanoseconds(since: takenAt)
        guard takenAt == .never || elapsed >= Self.intervalNanoseconds else { return last }
        let used = ProcessUse.processorNanoseconds
        if now.nanoseconds(since: memoryTakenAt) >= Self.memoryIntervalNanoseconds {
            (last.memoryBytes, memoryTakenAt) = (ProcessUse.memoryBytes, now)
        }
        if takenAt != .never {
            let share = Double(used &- processorNanoseconds) / Double(elapsed)
            // In tenths of a percent, as nats-server shows it.
            last.processorPercent = (share * 1_000).rounded() / 10
        }
        (takenAt, processorNanoseconds) = (now, used)
        return last
    }
}
