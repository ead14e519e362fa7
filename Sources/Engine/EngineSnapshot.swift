// One complete picture of an engine.

public import Base

/// What a server is doing.
public enum ServerState: UInt8, Hashable, Sendable, CaseIterable {
    /// Reading its store back.
    case recovering
    /// Serving.
    case running
    /// Telling clients to move.
    case lameDuck
    /// Delivering the last messages.
    case draining
    /// Serving, but writing has stopped because of the disk.
    case writeStopped
    /// Without its keys.
    case locked
    /// Gone.
    case stopped
}

/// Who and what the engine is.
public struct ServerStatus: Hashable, Sendable {
    /// The server's name.
    public var name: [UInt8] = []
    /// Its unique id.
    public var id: [UInt8] = []
    /// Its release.
    public var version: [UInt8] = []
    /// The nats-server release whose behaviour clients see.
    public var protocolVersion: [UInt8] = []
    /// Where clients connect.
    public var listen: [UInt8] = []
    /// What it is doing.
    public var state: ServerState = .running
    /// When it started.
    public var startedAt: Instant = .never
    /// Its process id.
    public var processId: Int32 = 0
    /// Processor use; 1 is one core.
    public var processorShare: Double = 0
    /// Cores it may use.
    public var cores: UInt32 = 1
    /// Its resident memory.
    public var memoryBytes: UInt64 = 0
    /// How much a batch of work takes of the shards' time, 0 to 1, worst shard.
    public var shardLoad: Double = 0

    /// A running server of which nothing else is known.
    public init() {}
}

/// Sums over the whole engine.
public struct EngineTotals: Hashable, Sendable {
    /// Published by clients.
    public var ingress = Flow()
    /// Delivered to clients.
    public var egress = Flow()
    /// Acknowledgements by consumers.
    public var acks = Flow()
    /// Repeated deliveries.
    public var redeliveries = Flow()
    /// Connections now, whether or not they are listed.
    public var connections: UInt64 = 0
    /// Connections since the engine started.
    public var connectionsEver: UInt64 = 0
    /// Connections closed because they were too slow.
    public var slowConsumers: UInt64 = 0
    /// Subscriptions now.
    public var subscriptions: UInt64 = 0
    /// Streams now, whether or not they are listed.
    public var streams: UInt64 = 0
    /// Consumers now.
    public var consumers: UInt64 = 0
    /// Publishes and requests refused since the engine started.
    public var refused: UInt64 = 0

    /// Nothing yet.
    public init() {}
}

/// How serious an event is.
public enum Severity: UInt8, Hashable, Sendable, CaseIterable, Comparable {
    /// Good to know.
    case info
    /// Somebody should look.
    case warning
    /// Somebody must act.
    case critical

    /// Whether `left` is less serious.
    public static func < (left: Severity, right: Severity) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// What kind of line an event is.
public enum EventKind: UInt8, Hashable, Sendable, CaseIterable {
    /// The broker's own log.
    case log
    /// An operator did something.
    case action
    /// The engine raised an alert.
    case alert
}

/// One line of what happened.
public struct EventRecord: Hashable, Sendable {
    /// Grows by one for each event; recognises those already seen.
    public var number: UInt64
    /// When.
    public var at: Instant
    /// What kind.
    public var kind: EventKind
    /// How serious.
    public var severity: Severity
    /// What it is about: a stream, a client, `keys`, `storage`.
    public var subject: [UInt8]
    /// What happened.
    public var text: [UInt8]
    /// Who did it; empty for the broker itself.
    public var author: [UInt8]

    /// Event `number`.
    public init(
        number: UInt64,
        at: Instant,
        kind: EventKind,
        severity: Severity,
        subject: [UInt8],
        text: [UInt8],
        author: [UInt8]
    ) {
        self.number = number
        self.at = at
        self.kind = kind
        self.severity = severity
        self.subject = subject
        self.text = text
        self.author = author
    }
}

/// How far a link to another server is up.
public enum LinkState: Hashable, Sendable {
    /// In this process.
    case embedded
    /// Connected.
    case connected
    /// Being connected again, for the given time.
    case reconnecting(attempt: UInt32)
    /// Refused or unreachable.
    case down
}

/// One server that the console knows: itself, a peer or a cluster node.
public struct TargetStatus: Hashable, Sendable {
    /// Its name.
    public var name: [UInt8]
    /// Its URL, without credentials.
    public var url: [UInt8] = []
    /// Its environment word, such as `PROD`; empty if it has none.
    public var environment: [UInt8] = []
    /// What kind of engine it is: `embedded`, `remote`, `jetstream`.
    public var kind: [UInt8] = []
    /// Its link.
    public var link: LinkState = .connected
    /// Its release.
    public var version: [UInt8] = []
    /// Round trip in nanoseconds; 0 if not measured.
    public var roundTripNanoseconds: UInt64 = 0
    /// Whether it leads its cluster.
    public var isLeader = false
    /// Whether the console may only look.
    public var isReadOnly = false
    /// Whether this is the one on the screen.
    public var isCurrent = false
    /// What comes in.
    public var ingress = Flow()
    /// What goes out.
    public var egress = Flow()
    /// Operations it is behind the leader.
    public var lag: UInt64 = 0

    /// The server called `name`.
    public init(name: [UInt8]) {
        self.name = name
    }
}

/// Everything one picture needs; a value that never changes.
public struct EngineSnapshot: Hashable, Sendable {
    /// Grows whenever the state that orders depend on changes.
    public var version: UInt64 = 0
    /// When the picture was taken.
    public var takenAt: Instant = .never
    /// The server.
    public var server = ServerStatus()
    /// Sums.
    public var totals = EngineTotals()
    /// Streams in no particular order.
    public var streams: [StreamStatus] = []
    /// Connections, the busiest first; a limit may leave out the rest.
    public var connections: [ConnectionStatus] = []
    /// Latencies since the engine started.
    public var latency = LatencyStatus()
    /// Keys.
    public var keys = KeyRingStatus()
    /// Journal and disk.
    public var storage = StorageStatus()
    /// The latest events, oldest first.
    public var events: [EventRecord] = []
    /// Every server of the engine, this one included.
    public var targets: [TargetStatus] = []

    /// A picture of nothing, taken never.
    public init() {}
}
