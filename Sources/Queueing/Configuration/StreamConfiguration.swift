// What a stream is told to be.
// Source: NATS JetStream API, StreamConfig.

public import Base

/// Which messages a stream keeps.
public enum Retention: UInt8, BitwiseCopyable, Sendable {
    /// Those that the limits leave.
    case limits
    /// Those that some consumer has not acknowledged.
    case interest
    /// Those that their one consumer has not acknowledged.
    case workQueue
}

/// Which message has to go at a limit.
public enum DiscardPolicy: UInt8, BitwiseCopyable, Sendable {
    /// The oldest.
    case old
    /// The one that is published.
    case new
}

/// Where a stream keeps its messages.
public enum StorageKind: UInt8, BitwiseCopyable, Sendable {
    /// On disk.
    case file
    /// In memory only.
    case memory
}

/// How a stream is compressed as clients see it.
public enum CompressionKind: UInt8, BitwiseCopyable, Sendable {
    /// As the server likes.
    case none
    /// S2 was asked for.
    case s2
}

/// When a publish is acknowledged.
public enum Persistence: UInt8, BitwiseCopyable, Sendable {
    /// When it is durable.
    case whenDurable
    /// When it is taken.
    case whenTaken
}

/// Properties of a stream that are on or off.
public struct StreamFlags: OptionSet, BitwiseCopyable, Sendable {
    /// One bit a property.
    public let rawValue: UInt16

    /// The properties of the bits in `rawValue`.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Publishes are not answered.
    public static let noAck = StreamFlags(rawValue: 1)
    /// Nothing changes any more.
    public static let sealed = StreamFlags(rawValue: 2)
    /// Single messages cannot be deleted.
    public static let denyDelete = StreamFlags(rawValue: 4)
    /// Messages cannot be purged.
    public static let denyPurge = StreamFlags(rawValue: 8)
    /// A message may replace earlier ones.
    public static let allowRollup = StreamFlags(rawValue: 16)
    /// Messages can be read directly.
    public static let allowDirect = StreamFlags(rawValue: 32)
    /// A mirror takes part in its origin's direct reads.
    public static let mirrorDirect = StreamFlags(rawValue: 64)
    /// Messages may have a time to live.
    public static let allowTtl = StreamFlags(rawValue: 128)
    /// Messages are counters.
    public static let allowCounter = StreamFlags(rawValue: 256)
    /// Batches may be published atomically.
    public static let allowAtomic = StreamFlags(rawValue: 512)
    /// Batches may be published fast.
    public static let allowBatched = StreamFlags(rawValue: 1_024)
    /// Messages may be scheduled.
    public static let allowSchedules = StreamFlags(rawValue: 2_048)
    /// At the limit of a subject the new message is refused.
    public static let discardNewPerSubject = StreamFlags(rawValue: 4_096)
}

/// Upper bounds of a stream; -1 stands for none.
public struct StreamLimits: BitwiseCopyable, Equatable, Sendable {
    /// How many consumers.
    public var consumersMax: Int64 = -1
    /// How many messages.
    public var messagesMax: Int64 = -1
    /// How many bytes.
    public var bytesMax: Int64 = -1
    /// How old a message gets, in nanoseconds; 0 for any age.
    public var ageMax: Int64 = 0
    /// How many messages on one subject.
    public var messagesPerSubjectMax: Int64 = -1
    /// How many bytes headers and payload of one message have.
    public var messageBytesMax: Int64 = -1
    /// How long message ids are remembered, in nanoseconds.
    public var duplicateWindow: Int64 = 0
    /// How long the marker of a subject's end stays, in nanoseconds; 0 for no markers.
    public var deleteMarkerTtl: Int64 = 0

    /// No limits.
    public init() {}
}

/// A subject and what it becomes, as it was written.
public struct SubjectMapping: Equatable, Sendable {
    /// What is mapped; empty for everything.
    public var source: [UInt8]
    /// What it becomes.
    public var destination: [UInt8]

    /// The mapping from `source` to `destination`.
    public init(source: [UInt8], destination: [UInt8]) {
        self.source = source
        self.destination = destination
    }
}

/// Where stored messages are published again.
public struct Republish: Equatable, Sendable {
    /// Which messages, and where to.
    public var mapping: SubjectMapping
    /// Whether the payload is left out.
    public var isHeadersOnly: Bool

    /// Messages as `mapping` says.
    public init(mapping: SubjectMapping, isHeadersOnly: Bool) {
        self.mapping = mapping
        self.isHeadersOnly = isHeadersOnly
    }
}

/// Where a stream lies in a cluster.
public struct Placement: Equatable, Sendable {
    /// Name of the cluster.
    public var cluster: [UInt8] = []
    /// Tags a server must have.
    public var tags: [[UInt8]] = []
    /// The server preferred as leader.
    public var preferred: [UInt8] = []

    /// Anywhere.
    public init() {}
}

/// One line of metadata.
public struct MetadataEntry: Equatable, Sendable {
    /// The name.
    public let key: [UInt8]
    /// What it stands for.
    public let value: [UInt8]

    /// The line `key` = `value`.
    public init(key: [UInt8], value: [UInt8]) {
        self.key = key
        self.value = value
    }
}

/// Everything a stream is configured with.
public struct StreamConfiguration: Equatable, Sendable {
    /// Name of the stream.
    public var name: [UInt8] = []
    /// Words for people.
    public var description: [UInt8] = []
    /// What the stream listens to.
    public var subjects: [[UInt8]] = []
    /// Which messages stay.
    public var retention = Retention.limits
    /// Which message has to go at a limit.
    public var discard = DiscardPolicy.old
    /// Where messages are kept.
    public var storage = StorageKind.file
    /// The compression that was asked for.
    public var compression = CompressionKind.none
    /// When publishes are acknowledged.
    public var persistence = Persistence.whenDurable
    /// Upper bounds.
    public var limits = StreamLimits()
    /// Properties that are on or off.
    public var flags: StreamFlags = []
    /// How many copies.
    public var replicas: Int64 = 0
    /// Where the stream lies.
    public var placement: Placement?
    /// The stream that this one copies.
    public var mirror: StreamSource?
    /// The streams that this one collects from.
    public var sources: [StreamSource] = []
    /// The first sequence of a new stream; 0 for 1.
    public var firstSequence: UInt64 = 0
    /// What happens to subjects first.
    public var subjectTransform: SubjectMapping?
    /// Where stored messages go as well.
    public var republish: Republish?
    /// Default and upper bound of consumers' inactivity, in nanoseconds; 0 for none.
    public var consumerInactiveThreshold: Int64 = 0
    /// Default and upper bound of consumers' unacknowledged messages; 0 for none.
    public var consumerAckPendingMax: Int64 = 0
    /// Lines of metadata by ascending key.
    public var metadata: [MetadataEntry] = []

    /// A stream with nothing said about it.
    public init() {}

    /// Most bytes of a name.
    public static var nameBytesMax: Int { 255 }
    /// Most bytes of a description.
    public static var descriptionBytesMax: Int { 4_096 }
    /// Most bytes of all metadata.
    public static var metadataBytesMax: Int { 131_072 }

    /// Whether `name` may name a stream or a consumer.
    public static func isName(_ name: [UInt8]) -> Bool {
        guard !name.isEmpty else { return false }
        return !name.contains { byte in
            byte == UInt8(ascii: ".") || byte == UInt8(ascii: "*") || byte == UInt8(ascii: ">")
                || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") || byte == 0x20
                || (0x09...0x0D).contains(byte)
        }
    }
}

/// Another stream that messages come from.
public struct StreamSource: Equatable, Sendable {
    /// Name of the other stream.
    public var name: [UInt8] = []
    /// The first sequence to take; 0 for the first there is.
    public var startSequence: UInt64 = 0
    /// The time of the first message to take.
    public var startTime: Instant?
    /// Which messages to take; empty for all.
    public var filter: [UInt8] = []
    /// Which messages to take, and what their subjects become.
    public var transforms: [SubjectMapping] = []
    /// Where the other stream is, if it is elsewhere.
    public var external: ExternalStream?
    /// The durable consumer to take from.
    public var consumer: SourceConsumer?

    /// A source without a name.
    public init() {}
}

/// The way to a stream of another account or domain.
public struct ExternalStream: Equatable, Sendable {
    /// What stands for `$JS.API`.
    public var apiPrefix: [UInt8]
    /// What deliveries begin with.
    public var deliverPrefix: [UInt8]

    /// The way by `apiPrefix` and back by `deliverPrefix`.
    public init(apiPrefix: [UInt8], deliverPrefix: [UInt8]) {
        self.apiPrefix = apiPrefix
        self.deliverPrefix = deliverPrefix
    }
}

/// A consumer that was made for a mirror or a source beforehand.
public struct SourceConsumer: Equatable, Sendable {
    /// Its name.
    public var name: [UInt8]
    /// Where it delivers to.
    public var deliverSubject: [UInt8]

    /// The consumer `name`, which delivers to `deliverSubject`.
    public init(name: [UInt8], deliverSubject: [UInt8]) {
        self.name = name
        self.deliverSubject = deliverSubject
    }
}
