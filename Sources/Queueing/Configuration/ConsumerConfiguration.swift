// What a consumer is told to be.
// Source: NATS JetStream API, ConsumerConfig.

public import Base

/// Where a consumer starts.
public enum DeliverPolicy: UInt8, BitwiseCopyable, Sendable {
    /// With the first message.
    case all
    /// With the last message.
    case last
    /// With the next message that comes.
    case new
    /// With the message of a sequence.
    case byStartSequence
    /// With the first message since a time.
    case byStartTime
    /// With the last message of each subject.
    case lastPerSubject
}

/// What an acknowledgement means.
public enum AckPolicy: UInt8, BitwiseCopyable, Sendable {
    /// Nothing is acknowledged.
    case none
    /// One acknowledgement stands for all earlier messages.
    case all
    /// Each message is acknowledged.
    case explicit
    /// Answers to flow control acknowledge.
    case flowControl
}

/// How fast stored messages are delivered.
public enum ReplayPolicy: UInt8, BitwiseCopyable, Sendable {
    /// As fast as it goes.
    case instant
    /// At the pace they came.
    case original
}

/// Who of several in a priority group is served.
public enum PriorityPolicy: UInt8, BitwiseCopyable, Sendable {
    /// There are no groups.
    case none
    /// Those who only want to help at high load wait until it is high.
    case overflow
    /// One is served until it goes away.
    case pinnedClient
    /// The one with the lowest number.
    case prioritized
}

/// Properties of a consumer that are on or off.
public struct ConsumerFlags: OptionSet, BitwiseCopyable, Sendable {
    /// One bit a property.
    public let rawValue: UInt8

    /// The properties of the bits in `rawValue`.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The receiver is asked whether it keeps up.
    public static let flowControl = ConsumerFlags(rawValue: 1)
    /// Payloads are left out.
    public static let headersOnly = ConsumerFlags(rawValue: 2)
    /// State is not written to disk.
    public static let memoryStorage = ConsumerFlags(rawValue: 4)
    /// Serves a mirror or a source.
    public static let direct = ConsumerFlags(rawValue: 8)
    /// Serves a mirror or a source.
    public static let sourcing = ConsumerFlags(rawValue: 16)
}

/// Upper bounds of a consumer.
public struct ConsumerLimits: BitwiseCopyable, Equatable, Sendable {
    /// How often a message is delivered; -1 for any number.
    public var deliverMax: Int64 = 0
    /// How many pull requests wait.
    public var waitingMax: Int64 = 0
    /// How many messages are unacknowledged; -1 for any number.
    public var ackPendingMax: Int64 = 0
    /// How many messages one pull request may ask for; 0 for any number.
    public var requestBatchMax: Int64 = 0
    /// How long one pull request may wait, in nanoseconds; 0 for any time.
    public var requestExpiresMax: Int64 = 0
    /// How many bytes one pull request may ask for; 0 for any number.
    public var requestBytesMax: Int64 = 0
    /// Bits a second that are delivered; 0 for any number.
    public var bitsPerSecondMax: UInt64 = 0

    /// Nothing said.
    public init() {}
}

/// Everything a consumer is configured with.
public struct ConsumerConfiguration: Equatable, Sendable {
    /// The name of a durable consumer; empty for an ephemeral one.
    public var durableName: [UInt8] = []
    /// The name.
    public var name: [UInt8] = []
    /// Words for people.
    public var description: [UInt8] = []
    /// Where it starts.
    public var deliverPolicy = DeliverPolicy.all
    /// The sequence it starts with; 0 if it starts otherwise.
    public var startSequence: UInt64 = 0
    /// The time it starts with.
    public var startTime: Instant?
    /// What an acknowledgement means.
    public var ackPolicy = AckPolicy.none
    /// How long an acknowledgement is waited for, in nanoseconds.
    public var ackWait: Int64 = 0
    /// What stands for `ackWait` at the first, second, … delivery.
    public var backoff: [Int64] = []
    /// The subject it takes; empty for all.
    public var filter: [UInt8] = []
    /// The subjects it takes, if there are several.
    public var filters: [[UInt8]] = []
    /// How fast stored messages are delivered.
    public var replayPolicy = ReplayPolicy.instant
    /// How many of a hundred acknowledgements are reported, such as `30%`.
    public var sampleFrequency: [UInt8] = []
    /// Upper bounds.
    public var limits = ConsumerLimits()
    /// Properties that are on or off.
    public var flags: ConsumerFlags = []
    /// Where messages are pushed to; empty for a pull consumer.
    public var deliverSubject: [UInt8] = []
    /// The queue group that messages are pushed to.
    public var deliverGroup: [UInt8] = []
    /// How often something is sent at least, in nanoseconds.
    public var heartbeat: Int64 = 0
    /// After how long without interest it goes away, in nanoseconds; 0 for never.
    public var inactiveThreshold: Int64 = 0
    /// How many copies; 0 for as many as the stream.
    public var replicas: Int64 = 0
    /// Lines of metadata by ascending key.
    public var metadata: [MetadataEntry] = []
    /// Until when delivery is held.
    public var pauseUntil: Instant?
    /// The groups that pull requests may name.
    public var priorityGroups: [[UInt8]] = []
    /// Who of a group is served.
    public var priorityPolicy = PriorityPolicy.none
    /// How long one that says nothing stays pinned, in nanoseconds.
    public var priorityTimeout: Int64 = 0

    /// A consumer with nothing said about it.
    public init() {}

    /// Whether messages are pushed.
    public var isPush: Bool { !deliverSubject.isEmpty }

    /// Whether it stays when nobody uses it.
    public var isDurable: Bool { !durableName.isEmpty }

    /// All filters; empty for everything.
    public var allFilters: [[UInt8]] {
        filter.isEmpty ? filters : [filter]
    }
}
