// One stream and its consumers as a picture shows them.

public import Base

/// Messages and bytes so far, and how fast they come now.
public struct Flow: Hashable, Sendable {
    /// Messages since the engine started.
    public var messages: UInt64 = 0
    /// Bytes since the engine started.
    public var bytes: UInt64 = 0
    /// Messages a second over the last sampling interval.
    public var messagesPerSecond: Double = 0
    /// Bytes a second over the last sampling interval.
    public var bytesPerSecond: Double = 0

    /// Nothing flows.
    public init() {}
}

/// What a stream is doing.
public enum StreamState: Hashable, Sendable {
    /// Takes messages in and delivers them.
    case running
    /// Delivers nothing until the given time.
    case deliveryPaused(until: Instant)
    /// Takes nothing in until the given time.
    case ingressPaused(until: Instant)
    /// Neither takes in nor delivers.
    case paused(until: Instant)
    /// Takes nothing in and empties; depth was `from` when it began.
    case draining(from: UInt64)
    /// Empty, takes nothing in.
    case drained
    /// A purge is running.
    case purging
    /// Takes no message ever again.
    case sealed
    /// Still being read back after a start.
    case recovering
    /// Can be read, but writing has stopped because of the disk.
    case readOnly(errno: Int32)
    /// Its key is not available.
    case locked
}

/// When a publish is acknowledged.
public enum Durability: UInt8, Hashable, Sendable, CaseIterable {
    /// After the disk has it.
    case synced
    /// After the operating system has it; a power failure may lose the last moments.
    case relaxed
    /// Never on disk.
    case memory
    /// By a majority of a remote cluster.
    case replicated
}

/// Which messages a stream keeps.
public enum RetentionKind: UInt8, Hashable, Sendable, CaseIterable {
    /// Until a limit is reached.
    case limits
    /// While a consumer has not taken them.
    case interest
    /// Until somebody took them.
    case workQueue
}

/// The limits of a stream; 0 means none.
public struct StreamPolicy: Hashable, Sendable {
    /// Which messages are kept.
    public var retention: RetentionKind = .limits
    /// Most messages.
    public var messagesMax: UInt64 = 0
    /// Most bytes.
    public var bytesMax: UInt64 = 0
    /// Oldest age in nanoseconds.
    public var ageMaxNanoseconds: UInt64 = 0
    /// Largest message in bytes.
    public var messageBytesMax: UInt64 = 0
    /// How long repeated message ids are recognised, in nanoseconds.
    public var duplicateWindowNanoseconds: UInt64 = 0
    /// Whether a full stream refuses new messages instead of dropping old ones.
    public var discardsNew = false
    /// Copies in a cluster.
    public var replicas: UInt32 = 1
    /// The subjects it listens to.
    public var subjects: [[UInt8]] = []
    /// Where messages go that failed too often, or empty.
    public var deadLetter: [UInt8] = []

    /// No limits, no subjects.
    public init() {}
}

/// One stream: the console's queue.
public struct StreamStatus: Hashable, Sendable {
    /// Its name.
    public var name: [UInt8]
    /// The account it belongs to; empty for the only one.
    public var account: [UInt8] = []
    /// When it was made.
    public var createdAt: Instant = .never
    /// What it is doing.
    public var state: StreamState = .running
    /// When it came into this state; `never` if the engine does not know.
    public var stateSince: Instant = .never
    /// Who brought it into this state and why, or empty.
    public var stateReason: [UInt8] = []
    /// What its slowest consumer still has to take: pending and unacknowledged.
    public var depth: UInt64 = 0
    /// Messages in store.
    public var storedMessages: UInt64 = 0
    /// Bytes in store.
    public var storedBytes: UInt64 = 0
    /// First sequence in store; 0 when it is empty.
    public var firstSequence: UInt64 = 0
    /// Last sequence given out.
    public var lastSequence: UInt64 = 0
    /// What comes in.
    public var ingress = Flow()
    /// What goes out to consumers.
    public var egress = Flow()
    /// Acknowledgements.
    public var acks = Flow()
    /// Deliveries that had to be repeated.
    public var redeliveries = Flow()
    /// Publishes refused since the engine started.
    public var refusedPublishes: UInt64 = 0
    /// Delivered and not yet acknowledged.
    public var unacked: UInt64 = 0
    /// Messages waiting for their time.
    public var scheduled: UInt64 = 0
    /// When the oldest message that somebody still has to take was stored.
    public var oldestPendingAt: Instant = .never
    /// Messages in its dead letter stream.
    public var deadLetters: UInt64 = 0
    /// Consumers, idle ones included.
    public var consumerCount: UInt32 = 0
    /// Consumers with somebody behind them now.
    public var activeConsumerCount: UInt32 = 0
    /// Limits.
    public var policy = StreamPolicy()
    /// When publishes are acknowledged.
    public var durability: Durability = .synced
    /// Version of the key that new messages are sealed with; 0 if it has none.
    public var keyVersion: UInt32 = 0
    /// Publish to acknowledgement, since the engine started.
    public var publishLatency = LatencyHistogram()
    /// Sequence ranges that were found damaged.
    public var damage: [SequenceRange] = []
    /// What holds each of its consumers.
    public var consumers: [ConsumerStatus] = []

    /// A running, empty stream.
    public init(name: [UInt8]) {
        self.name = name
    }
}

/// A range of sequences, both ends included.
public struct SequenceRange: BitwiseCopyable, Hashable, Sendable {
    /// First sequence.
    public var first: UInt64
    /// Last sequence.
    public var last: UInt64

    /// The range from `first` to `last`.
    public init(first: UInt64, last: UInt64) {
        self.first = first
        self.last = last
    }
}

/// How a consumer gets its messages.
public enum ConsumerKind: UInt8, Hashable, Sendable, CaseIterable {
    /// Asks for them.
    case pull
    /// Has them sent.
    case push
}

/// One consumer of a stream.
public struct ConsumerStatus: Hashable, Sendable {
    /// Its name.
    public var name: [UInt8]
    /// Pull or push.
    public var kind: ConsumerKind = .pull
    /// Whether it survives its clients.
    public var isDurable = true
    /// Subject filters; empty means all.
    public var filters: [[UInt8]] = []
    /// Held until then; `never` while it is not held.
    public var pausedUntil: Instant = .never
    /// Messages not delivered yet.
    public var pending: UInt64 = 0
    /// Delivered and not acknowledged.
    public var unacked: UInt64 = 0
    /// Most that may be unacknowledged; 0 means no limit.
    public var unackedMax: UInt64 = 0
    /// Pull requests that wait.
    public var waitingRequests: UInt32 = 0
    /// Everything up to this stream sequence is acknowledged.
    public var ackFloor: UInt64 = 0
    /// The last stream sequence delivered.
    public var deliveredSequence: UInt64 = 0
    /// What it is sent.
    public var egress = Flow()
    /// What it acknowledges.
    public var acks = Flow()
    /// Deliveries repeated since the engine started.
    public var redeliveries: UInt64 = 0
    /// When the oldest message it still has to take was stored.
    public var oldestPendingAt: Instant = .never
    /// How long an acknowledgement may take, in nanoseconds.
    public var ackWaitNanoseconds: UInt64 = 0
    /// Whether nobody is behind it.
    public var isIdle = false

    /// A consumer without messages.
    public init(name: [UInt8]) {
        self.name = name
    }
}
