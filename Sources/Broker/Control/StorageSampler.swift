// The journal and its disk as the console sees them.

import Base
import Engine
import Journal
import Reactor
import Telemetry

/// What a store tells of its journal and disk.
struct StorageSource: Sendable {
    /// What the journal measures.
    let meter: JournalMeter
    /// Where the store is.
    let directory: String
    /// How long it took to open it, in nanoseconds.
    let openingNanoseconds: UInt64

    /// The store in `directory` that `journal` has open.
    init(_ journal: Journal, directory: String) {
        meter = journal.meter
        openingNanoseconds = journal.openingNanoseconds
        self.directory = directory
    }
}

/// Makes the storage status of a snapshot; keeps what rates are measured against.
struct StorageSampler {
    private let source: StorageSource
    private var written = FlowMeter()
    private var read = FlowMeter()
    private var syncs = Rate()
    private var syncTimes: LatencyReader
    private var writeTimes: LatencyReader
    private var waitTimes: LatencyReader
    private var before = JournalFigures()
    private var space: DiskSpace?
    private var lookedAt = Instant.never

    /// Time between two looks at the file system.
    private static let spaceNanoseconds = nanosecondsPerSecond

    init(_ source: StorageSource) {
        self.source = source
        syncTimes = LatencyReader(source.meter.syncs)
        writeTimes = LatencyReader(source.meter.writes)
        waitTimes = LatencyReader(source.meter.waits)
    }

    /// The status at the time of `picture`.
    mutating func status(_ picture: ShardPicture) -> StorageStatus {
        let now = picture.takenAt
        let figures = source.meter.figures
        var status = StorageStatus()
        status.path = Array(source.directory.utf8)
        if space == nil || now.nanoseconds(since: lookedAt) >= Self.spaceNanoseconds {
            (space, lookedAt) = (DiskSpace(of: source.directory), now)
        }
        status.diskBytes = space?.totalBytes ?? 0
        status.freeBytes = space?.freeBytes ?? 0
        status.usedBytes = figures.usedBytes
        status.segments = figures.segments
        status.activeSegments = figures.activeSegments
        status.segmentBytes = figures.segmentBytes
        status.rawBytes = figures.rawBytes
        status.written = written.flow(figures.messages, figures.sealedBytes, at: now)
        status.read = read.flow(0, figures.readBytes, at: now)
        status.syncs = figures.syncs
        syncs.take(figures.syncs, at: now)
        status.syncsPerSecond = syncs.perSecond
        status.syncLatency = syncTimes.read()
        status.stalls = figures.stalls
        let messages = figures.messages &- before.messages
        let batches = figures.batches &- before.batches
        let rounds = figures.syncs &- before.syncs
        if rounds > 0 { status.messagesPerSync = Double(messages) / Double(rounds) }
        if batches > 0 {
            status.groupWaitNanoseconds =
                (figures.waitNanoseconds &- before.waitNanoseconds) / batches
        }
        before = figures
        status.damage = picture.damage
        status.writeStoppedErrno = picture.writeStoppedErrno
        status.hangNanoseconds = source.meter.pulse.hang
        status.recoveryNanoseconds = source.openingNanoseconds
        return status
    }

    /// Adds the journal's stages to `latency`.
    mutating func addStages(to latency: inout LatencyStatus) {
        latency[.journal] = writeTimes.read()
        latency[.sync] = waitTimes.read()
    }
}
