// The journal and its disk as a picture shows them.

public import Base

/// One damaged place and what became of it.
public struct DamageStatus: Hashable, Sendable {
    /// The stream.
    public var stream: [UInt8]
    /// The sequences that cannot be read.
    public var range: SequenceRange
    /// When it was found.
    public var foundAt: Instant
    /// Whether authentication failed although the checksum is right: tampering or a wrong key.
    public var isAuthentication: Bool

    /// Damage in `range` of `stream`.
    public init(stream: [UInt8], range: SequenceRange, foundAt: Instant, isAuthentication: Bool) {
        self.stream = stream
        self.range = range
        self.foundAt = foundAt
        self.isAuthentication = isAuthentication
    }
}

/// The journal and its disk.
public struct StorageStatus: Hashable, Sendable {
    /// Where the store is.
    public var path: [UInt8] = []
    /// The disk's size.
    public var diskBytes: UInt64 = 0
    /// What is free for the store.
    public var freeBytes: UInt64 = 0
    /// What the store uses.
    public var usedBytes: UInt64 = 0
    /// Bytes before compression of what was written since the engine started.
    public var rawBytes: UInt64 = 0
    /// Segment files.
    public var segments: UInt64 = 0
    /// Segments that are being written.
    public var activeSegments: UInt64 = 0
    /// Bytes of a full segment.
    public var segmentBytes: UInt64 = 0
    /// Written and not yet synced.
    public var dirtyBytes: UInt64 = 0
    /// What is written to the journal, compressed and sealed.
    public var written = Flow()
    /// What is read from it.
    public var read = Flow()
    /// Syncs since the engine started.
    public var syncs: UInt64 = 0
    /// Syncs a second now.
    public var syncsPerSecond: Double = 0
    /// How long syncs took since the engine started.
    public var syncLatency = LatencyHistogram()
    /// Messages that share one sync, on average, now.
    public var messagesPerSync: Double = 0
    /// How long the first message of a group waits for it to begin, in nanoseconds.
    public var groupWaitNanoseconds: UInt64 = 0
    /// Syncs that took longer than a second.
    public var stalls: UInt64 = 0
    /// Reads answered from memory, 0 to 1.
    public var cacheHitRatio: Double = 0
    /// Memory that caches use.
    public var cacheBytes: UInt64 = 0
    /// Memory that caches may use.
    public var cacheBytesMax: UInt64 = 0
    /// Compactions that run.
    public var compactions: UInt32 = 0
    /// Bytes given back by compaction since the engine started.
    public var reclaimedBytes: UInt64 = 0
    /// When the last compaction ended.
    public var compactedAt: Instant = .never
    /// Damage found so far.
    public var damage: [DamageStatus] = []
    /// Non-zero when writing has stopped: the system's error number.
    public var writeStoppedErrno: Int32 = 0
    /// For how many nanoseconds the disk has not answered; 0 if it does.
    public var hangNanoseconds: UInt64 = 0
    /// How long the last recovery took, in nanoseconds.
    public var recoveryNanoseconds: UInt64 = 0
    /// Bytes at the end of segments that the last recovery set aside.
    public var recoveryTruncatedBytes: UInt64 = 0

    /// An empty store.
    public init() {}
}
