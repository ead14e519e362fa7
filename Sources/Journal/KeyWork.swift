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
    /// Whether it goes before all others: a key is known to others.
    var isUrgent = false
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
    let keeper: KeeperDesk
    let policy: RotationPolicy
    /// When is looked next whether a rotation is due.
    var nextLook = Instant.never
    /// Rotations, oldest first; one that is over stays until the next one of its target.
    var jobs: [RotationJob] = []
    /// What the rewriting thread is doing.
    var awaited: RewriteOrder?
    /// Number of the rotation that it does that for.
    var awaitedFor: UInt64 = 0
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

    init(
        _ desk: KeyDesk,
        _ rewriting: RewriteDesk,
        _ keeper: KeeperDesk,
        _ policy: RotationPolicy
    ) {
        self.desk = desk
        self.rewriting = rewriting
        self.keeper = keeper
        self.policy = policy
    }

    /// Most rotations that are remembered.
    static var jobCountMax: Int { 64 }
    /// How long a full disk is given.
    static var retryNanoseconds: UInt64 { nanosecondsPerSecond }

    /// Whether other threads have told something.
    var hasReports: Bool { !rewriting.reports.isEmpty || !keeper.failures.isEmpty }

    /// The rotation that goes on next: an urgent one before all others, then the oldest; `nil`
    /// while none runs or all are held.
    var next: Int? {
        let able = jobs.indices.filter { jobs[$0].isRunning && !jobs[$0].progress.isHeld }
        return able.first { jobs[$0].isUrgent } ?? able.first
    }

    /// The rotation that the rewriting thread works for; `nil` if it was given up meanwhile.
    var awaiting: Int? {
        jobs.firstIndex { $0.progress.number == awaitedFor && $0.isRunning }
    }

    /// Lets the rewriting thread go on as the rotation that it works for wants it.
    ///
    /// While an urgent one waits, or any other for one that is held, what is in hand is neither
    /// held nor slowed down.
    func steer() {
        let isStill = awaiting.map { jobs[$0].progress.isHeld } ?? true
        let isWaitedFor = next.map { $0 != awaiting && (isStill || jobs[$0].isUrgent) } ?? false
        guard let awaiting, !isWaitedFor else {
            rewriting.limit(to: 0)
            rewriting.hold(false)
            return rewriting.ring()
        }
        rewriting.limit(to: jobs[awaiting].progress.bytesPerSecondMax)
        rewriting.hold(jobs[awaiting].progress.isHeld)
        rewriting.ring()
    }
}
