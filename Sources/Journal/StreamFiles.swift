// One stream on the journal's thread: its segments, its state, what is deleted.

import Base
import Sealing

/// What the commit loop knows of one stream.
final class StreamFiles {
    let index: UInt32
    let id: UniqueId
    var segmentBytesMax: UInt64
    /// The log segment that takes blocks; made with the first batch of a run.
    var log: SegmentFile?
    var logName: SegmentName?
    /// The state segment that takes blocks; begins with a checkpoint.
    var state: SegmentFile?
    var stateName: SegmentName?
    var fold: StateFold
    /// Bytes beyond which the state segment gives way to a new one.
    var stateLimit: UInt64 = 0
    /// Whether the directory is known to exist.
    var hasDirectory: Bool
    /// Refused appends; what is given before all of them are known is refused like the last one.
    var refusals: UInt32 = 0
    /// Why the last one was refused.
    var lastRefusal = JournalRefusal.writeStopped
    /// Refused state batches, which are counted in the same way.
    var stateRefusals: UInt32 = 0
    /// Why the last of them was refused.
    var lastStateRefusal = JournalRefusal.writeStopped
    /// Whether this round staged something in the log.
    var isLogDirty = false
    /// Whether this round staged something in the state.
    var isStateDirty = false
    /// Whether the state is to be synced in this round.
    var mustSyncState = false
    /// When the log was last synced, while no mark proves it.
    var unmarkedSince: Instant?
    /// When state was written that is not yet synced.
    var unsyncedStateSince: Instant?

    /// How often the last range of deleted messages grew since it was looked at.
    var growthCount = 0

    /// Where the watermark of the log is noted; that of the catalog is the first.
    var logMark: UInt32 { index * 2 + 1 }
    /// Where the watermark of the state is noted.
    var stateMark: UInt32 { index * 2 + 2 }

    /// Growths of a range after which segments are looked at.
    static var growthCountMax: Int { 16 }
    /// The least such limit.
    static var stateBytesMax: UInt64 { 1 << 20 }

    init(
        index: UInt32,
        id: UniqueId,
        segmentBytesMax: UInt64,
        fold: StateFold,
        hasDirectory: Bool
    ) {
        self.index = index
        self.id = id
        self.segmentBytesMax = segmentBytesMax
        self.fold = fold
        self.hasDirectory = hasDirectory
    }
}

extension SegmentFile {
    /// What the catalog says once the segment takes no more blocks.
    func sealedFacts(sealOffset: UInt64) -> SealedFacts {
        SealedFacts(
            end: durable.end,
            sealOffset: sealOffset,
            lastSequence: durable.lastSequence,
            lastTime: durable.lastTime,
            recordCount: durable.recordCount,
            chain: durable.chain
        )
    }
}
