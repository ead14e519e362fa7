// What there is to say about a stream.

public import Base

/// The numbers of a stream at one moment.
public struct StreamStateReport: Equatable, Sendable {
    /// How many messages.
    public var messages: UInt64 = 0
    /// How many bytes they take.
    public var bytes: UInt64 = 0
    /// Sequence of the first message, or of the next one if there is none.
    public var firstSequence: UInt64 = 0
    /// When the first message came; `never` if there is none.
    public var firstTime = Instant.never
    /// Sequence of the last message that came.
    public var lastSequence: UInt64 = 0
    /// When the last message came.
    public var lastTime = Instant.never
    /// How many different subjects.
    public var subjectCount = 0
    /// Messages on single subjects, if asked for.
    public var subjects: [SubjectCount] = []
    /// How many sequences between first and last are gone.
    public var deletedCount: UInt64 = 0
    /// The sequences that are gone, if asked for.
    public var deleted: [UInt64] = []
    /// Sequences lost to damage.
    public var lost: [UInt64] = []
    /// Bytes lost to damage.
    public var lostBytes: UInt64 = 0
    /// How many consumers.
    public var consumerCount = 0

    /// An empty stream.
    public init() {}
}

/// How many messages are on a subject.
public struct SubjectCount: Equatable, Sendable {
    /// The subject.
    public let subject: [UInt8]
    /// How many messages.
    public let count: UInt64

    /// `count` messages on `subject`.
    public init(subject: [UInt8], count: UInt64) {
        self.subject = subject
        self.count = count
    }
}

/// How a mirror or a source is doing.
public struct SourceReport: Equatable, Sendable {
    /// Name of the other stream.
    public var name: [UInt8] = []
    /// Where it is, if it is elsewhere.
    public var external: ExternalStream?
    /// How many messages are still to come.
    public var lag: UInt64 = 0
    /// The last sequence that was taken; 0 to leave it out.
    public var sequence: UInt64 = 0
    /// Nanoseconds since something was heard; -1 if nothing was.
    public var silence: Int64 = -1
    /// What is wrong.
    public var error: QueueingError?
    /// Which messages are taken.
    public var filter: [UInt8] = []
    /// What subjects become.
    public var transforms: [SubjectMapping] = []

    /// Nothing heard yet.
    public init() {}
}

/// Everything about one stream.
public struct StreamReport: Equatable, Sendable {
    /// What it was told to be.
    public var configuration = StreamConfiguration()
    /// When it was made.
    public var created = Instant.never
    /// Its numbers.
    public var state = StreamStateReport()
    /// Domain of the server; empty to leave it out.
    public var domain: [UInt8] = []
    /// Name of the server; empty to leave it out.
    public var leader: [UInt8] = []
    /// How its mirror is doing.
    public var mirror: SourceReport?
    /// How its sources are doing.
    public var sources: [SourceReport] = []
    /// When this was written.
    public var timestamp = Instant.never

    /// Nothing.
    public init() {}
}

/// A place in a stream as a consumer counts.
public struct SequencePair: BitwiseCopyable, Equatable, Sendable {
    /// How many deliveries up to here.
    public var consumer: UInt64
    /// The message's sequence.
    public var stream: UInt64

    /// The place of the delivery `consumer` of the message `stream`.
    public init(consumer: UInt64, stream: UInt64) {
        self.consumer = consumer
        self.stream = stream
    }
}

/// Who is pinned in a priority group.
public struct PriorityGroupReport: Equatable, Sendable {
    /// Name of the group.
    public var group: [UInt8]
    /// Id of the pinned client; empty if nobody is.
    public var pinnedId: [UInt8]
    /// Since when.
    public var pinnedSince: Instant

    /// The group `group` with its pinned client.
    public init(group: [UInt8], pinnedId: [UInt8], pinnedSince: Instant) {
        self.group = group
        self.pinnedId = pinnedId
        self.pinnedSince = pinnedSince
    }
}

/// Everything about one consumer.
public struct ConsumerReport: Equatable, Sendable {
    /// Name of its stream.
    public var stream: [UInt8] = []
    /// Its name.
    public var name: [UInt8] = []
    /// When it was made.
    public var created = Instant.never
    /// What it was told to be.
    public var configuration = ConsumerConfiguration()
    /// The last delivery.
    public var delivered = SequencePair(consumer: 0, stream: 0)
    /// When something was delivered last.
    public var deliveredAt = Instant.never
    /// Everything up to here is acknowledged.
    public var ackFloor = SequencePair(consumer: 0, stream: 0)
    /// When something was acknowledged last.
    public var acknowledgedAt = Instant.never
    /// How many deliveries wait for an acknowledgement.
    public var ackPending = 0
    /// How many of them were delivered more than once.
    public var redelivered = 0
    /// How many pull requests wait.
    public var waiting = 0
    /// How many messages were never delivered.
    public var pending: UInt64 = 0
    /// Whether somebody listens on the deliver subject.
    public var isBound = false
    /// Whether delivery is held.
    public var isPaused = false
    /// Nanoseconds until it is not.
    public var pauseRemaining: UInt64 = 0
    /// When this was written.
    public var timestamp = Instant.never
    /// Its priority groups.
    public var priorityGroups: [PriorityGroupReport] = []

    /// Nothing.
    public init() {}
}

/// What an account uses and may use.
public struct AccountReport: Equatable, Sendable {
    /// Bytes in memory.
    public var memory: UInt64 = 0
    /// Bytes on disk.
    public var storage: UInt64 = 0
    /// Bytes in memory that streams have reserved.
    public var reservedMemory: UInt64 = 0
    /// Bytes on disk that streams have reserved.
    public var reservedStorage: UInt64 = 0
    /// How many streams.
    public var streams = 0
    /// How many consumers.
    public var consumers = 0
    /// Upper bounds.
    public var limits = AccountLimits()
    /// Domain of the server; empty for none.
    public var domain: [UInt8] = []
    /// Level of the API.
    public var apiLevel = 0
    /// API requests since the start.
    public var apiTotal: UInt64 = 0
    /// API requests that were refused.
    public var apiErrors: UInt64 = 0

    /// Nothing used.
    public init() {}
}

/// What an account may use; -1 stands for no limit.
public struct AccountLimits: BitwiseCopyable, Equatable, Sendable {
    /// Bytes in memory.
    public var memoryMax: Int64 = -1
    /// Bytes on disk.
    public var storageMax: Int64 = -1
    /// Streams.
    public var streamsMax: Int64 = -1
    /// Consumers.
    public var consumersMax: Int64 = -1
    /// Unacknowledged messages of a consumer.
    public var ackPendingMax: Int64 = -1
    /// Bytes of one stream in memory.
    public var memoryStreamBytesMax: Int64 = -1
    /// Bytes of one stream on disk.
    public var storageStreamBytesMax: Int64 = -1
    /// Whether streams must say how many bytes they keep.
    public var isBytesMaxRequired = false

    /// No limits.
    public init() {}
}

/// One stored message.
public struct StoredMessage: Equatable, Sendable {
    /// Its subject.
    public var subject: [UInt8]
    /// Its sequence.
    public var sequence: UInt64
    /// Its header block; empty for none.
    public var headers: [UInt8]
    /// Its payload.
    public var payload: [UInt8]
    /// When it came.
    public var time: Instant

    /// The message `sequence` as it is.
    public init(
        subject: [UInt8],
        sequence: UInt64,
        headers: [UInt8],
        payload: [UInt8],
        time: Instant
    ) {
        self.subject = subject
        self.sequence = sequence
        self.headers = headers
        self.payload = payload
        self.time = time
    }
}
