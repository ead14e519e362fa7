// What a shard shows of itself: one immutable value for each request.

public import Base
public import Engine
public import Reactor
public import Wire

/// What a picture is to hold.
public struct PictureRequest: Sendable, Equatable {
    /// Names the request in its answer.
    public var number: UInt64
    /// Most rows for open connections; beyond it, those with the most traffic are shown.
    public var connectionsMax = 0
    /// Most rows for closed connections, newest last.
    public var closedMax = 0
    /// Whether rows list their subscriptions.
    public var hasSubscriptions = false
    /// Whether streams are shown.
    public var hasStreams = false
    /// How much is shown of what clients call JetStream.
    var jetStream = JetStreamDetail.none

    /// A picture of sums alone.
    public init(number: UInt64) {
        self.number = number
    }
}

/// How much a picture shows of what clients call JetStream.
enum JetStreamDetail: Int, Comparable, Sendable {
    /// Nothing.
    case none
    /// The sums of each account.
    case sums
    /// Each stream.
    case streams
    /// Each stream with its consumers.
    case consumers

    static func < (one: JetStreamDetail, other: JetStreamDetail) -> Bool {
        one.rawValue < other.rawValue
    }
}

/// One shard at one moment.
public struct ShardPicture: Sendable {
    /// The request it answers.
    public var number: UInt64
    /// When it was taken.
    public var takenAt: Instant
    /// Counts since the start.
    public var counters: ShardCounters
    /// Connections now, whether or not they have rows.
    public var connectionCount = 0
    /// Subscriptions now.
    public var subscriptionCount = 0
    /// How lookups went.
    public var interest = InterestFigures()
    /// Memory for bytes that wait to be written.
    public var outboxBytes = 0
    /// Accounts.
    public var accounts: [AccountRow] = []
    /// Open connections.
    public var connections: [ConnectionRow] = []
    /// What went through all streams since the start.
    var streamCounters = StreamCounters()
    /// Streams now, whether or not they are shown.
    var streamCount = 0
    /// What is damaged in the store.
    var damage: [DamageStatus] = []
    /// The system's error number after which nothing is written any more; 0 while it is.
    var writeStoppedErrno: Int32 = 0
    /// Accounts that may have streams, by name, as far as they are asked for.
    var jetStream: [AccountStreams] = []
    /// Streams, without rates; only if they are asked for.
    public var streams: [StreamStatus] = []
    /// The numbers under which the journal knows the streams, by name.
    public var streamNumbers: [[UInt8]: UInt32] = [:]
    /// Closed connections, oldest first.
    public var closed: [ConnectionRow] = []
    /// Closed connections that are remembered, whether or not they have rows.
    public var closedCount = 0

    init(number: UInt64, takenAt: Instant, counters: ShardCounters) {
        self.number = number
        self.takenAt = takenAt
        self.counters = counters
    }
}

/// How the interest table was used.
public struct InterestFigures: BitwiseCopyable, Equatable, Sendable {
    /// Lookups answered from the cache.
    public var cacheHits: UInt64 = 0
    /// Lookups that had to match.
    public var cacheMisses: UInt64 = 0
    /// Subjects in the cache.
    public var cachedSubjects = 0
    /// Subscriptions ever added.
    public var inserts: UInt64 = 0
    /// Subscriptions ever removed.
    public var removes: UInt64 = 0

    /// An unused table.
    public init() {}
}

/// An account as a picture shows it.
public struct AccountRow: Sendable, Equatable {
    /// Its name.
    public var name: [UInt8]
    /// Whether it is the system account.
    public var isSystem: Bool
    /// Whether it may have streams.
    public var hasStreams: Bool
    /// Connections now.
    public var connectionCount = 0
    /// Subscriptions now.
    public var subscriptionCount = 0
    /// What its open connections sent and took.
    public var traffic = Traffic()

    init(name: [UInt8], isSystem: Bool, hasStreams: Bool) {
        self.name = name
        self.isSystem = isSystem
        self.hasStreams = hasStreams
    }
}

/// A connection as a picture shows it.
public struct ConnectionRow: Sendable {
    /// Its number.
    public var id: UInt64
    /// Address of the client.
    public var peer: PeerAddress
    /// When it was accepted.
    public var startedAt: Instant
    /// When bytes last came.
    public var activeAt: Instant
    /// When it ended; `never` while it goes on.
    public var stoppedAt = Instant.never
    /// Why it ended; `nil` while it goes on.
    public var closedReason: ClosedReason?
    /// Round trip of the last answered PING in nanoseconds; 0 if unknown.
    public var roundTripNanoseconds: UInt64 = 0
    /// Bytes that wait to be written.
    public var pendingBytes = 0
    /// What went through.
    public var traffic = Traffic()
    /// How many subscriptions it has.
    public var subscriptionCount = 0
    /// What holds for it.
    public var flags: Connection.Flags = []
    /// What the client says it is.
    public var program = ConnectOptions.Program()
    /// The user whose credentials were accepted, or tried.
    public var user: [UInt8] = []
    /// The account's place in the picture's list.
    public var account = 0
    /// The account's name.
    public var accountName: [UInt8] = []
    /// The version of TLS; empty without.
    public var tlsVersion: [UInt8] = []
    /// The cipher suite; empty without TLS.
    public var tlsCipher: [UInt8] = []
    /// The limit of its publishing in bytes a second; 0 if there is none.
    public var throttleBytesPerSecond: UInt64 = 0
    /// The consumers that it takes messages from, if streams were asked for.
    var work: [ConsumerWork] = []
    /// Its subscriptions, if they were asked for.
    public var subscriptions: [SubscriptionRow] = []

    init(id: UInt64, peer: PeerAddress, startedAt: Instant, activeAt: Instant) {
        self.id = id
        self.peer = peer
        self.startedAt = startedAt
        self.activeAt = activeAt
    }
}

/// A subscription as a picture shows it.
public struct SubscriptionRow: Sendable, Equatable {
    /// The filter.
    public var filter: [UInt8]
    /// The queue group; empty if none.
    public var queue: [UInt8]
    /// The id that its client gave it.
    public var sid: [UInt8]
    /// Messages delivered.
    public var delivered: UInt64
    /// After how many deliveries it ends; 0 for never.
    public var deliveriesMax: UInt64
}
