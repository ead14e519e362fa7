// What the commit loop keeps of rotations.

import Base
import Sealing

/// A stream whose keys are worked on; the catalog has no index.
struct KeyedStream: Equatable {
    let id: UniqueId
    let index: UInt32?
}

/// A rotation with what is still to do.
struct RotationJob {
    var progress: RotationProgress
    /// What it is about, by the name that people know.
    var about: [UInt8]
    /// Streams that are not finished with the stage.
    var waiting: [KeyedStream]
    /// Whether old versions are destroyed at the end.
    var destroysOld: Bool
    /// What is still to be read back.
    var samples: [RewriteOrder] = []
    /// The counts of publishers when it began to be felt; `nil` while it is not.
    var publishMark: PublishCounts?

    /// Whether something goes on in the background.
    var isRunning: Bool {
        for stage in [RotationStage.reencrypt, .verify] {
            if case .running = progress[stage] { return true }
        }
        return false
    }

    /// Begins `stage`.
    mutating func begin(_ stage: RotationStage, at now: Instant) {
        progress[stage] = .running(since: now)
    }

    /// Ends `stage`.
    mutating func end(_ stage: RotationStage, at now: Instant) {
        var since = now
        if case .running(let began) = progress[stage] { since = began }
        progress[stage] = .done(at: now, nanoseconds: now.nanoseconds(since: since))
    }

    /// Gives `stage` up.
    mutating func fail(_ stage: RotationStage, _ refusal: KeyRefusal, at now: Instant) {
        progress[stage] = .failed(at: now, refusal)
    }
}

/// Everything about keys on the journal's thread.
struct KeyWork {
    let desk: KeyDesk
    let rewriting: RewriteDesk
    let rewriteBell: Bell
    let policy: RotationPolicy
    /// When is looked next whether a rotation is due.
    var nextLook = Instant.never
    /// Rotations, oldest first; one that is over stays until the next one of its target.
    var jobs: [RotationJob] = []
    /// What the rewriting thread is doing.
    var awaited: RewriteOrder?
    /// A rewritten segment that the catalog had no room for yet.
    var parked: RewriteResult?
    var lastOrder: UInt64 = 0
    var lastRotation: UInt64 = 0
    /// Answers that wait for the end of the round.
    var answers: [(KeyRequest, Result<KeyOutcome, KeyRefusal>)] = []
    /// Whether the keys are to be wiped at the end of the round.
    var mustLock = false
    /// Entries that the disk had no room for, or that were made while there were no keys.
    var unwritten: [AuditEntry] = []
    /// How many more there were than are kept.
    var unwrittenDropped: UInt64 = 0
    /// The loop's time of its first round.
    var beganAt: Instant?
    /// When something that the disk had no room for is tried again.
    var retryAt = Instant.never

    /// Most rotations that are remembered.
    static var jobCountMax: Int { 64 }
    /// How long a full disk is given.
    static var retryNanoseconds: UInt64 { nanosecondsPerSecond }
}
