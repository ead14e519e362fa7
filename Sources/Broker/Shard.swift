// One shard: connections, subscriptions and what happens to every byte that comes in.
//
// A shard makes no system call and reads no clock. Its runner hands it bytes and the time, and
// afterwards writes what waits in `outbox` and ends the connections in `tick.ended`.

public import Base
public import Configuration
public import Identity
public import Reactor
public import Routing
public import Wire

/// What a shard is told at its start.
public struct ShardSettings: Sendable {
    /// Limits of each connection.
    public var limits = WireLimits()
    /// What INFO says about the server.
    public var info = ServerInfo()
    /// Who may connect, and what they may do.
    public var access = Access()
    /// Finds out who a client is; `nil` lets everybody in.
    public var authenticator: Authenticator?
    /// How connections are encrypted; `nil` if they are not.
    public var tls: ShardTls?
    /// What streams are told.
    public var streams = StreamHostSettings()
    /// Whether there are streams.
    public var hasStreams = false
    /// Seeds the hashes of the shard's tables; random for each process.
    public var seed: UInt64 = 0
    /// Memory for bytes that wait to be written, over all connections.
    public var outboxBytesMax = 1 << 30
    /// Longest pause of a publisher whose receivers lag.
    public var stallNanoseconds = 5 * nanosecondsPerMillisecond
    /// The most that one is paused until the disk has carried away what waits for it.
    public static let diskStallNanoseconds = nanosecondsPerSecond
    /// Closed connections that monitoring remembers.
    public var closedConnectionsMax = 10_000
    /// What is logged beyond the usual.
    public var topics: Logging.Topics = []
    /// Bytes of a traced message that are shown; `nil` is all.
    public var tracedBytesMax: Int?

    /// The settings of a server without configuration.
    public init() {}
}

/// How the connections of a shard are encrypted.
public struct ShardTls: Sendable {
    /// Certificate and choices for the connections to come.
    public var context: TlsContext
    /// When the handshake starts, and who may go without.
    public var terms: TlsSettings

    /// TLS by `context`, on `terms`.
    public init(context: TlsContext, terms: TlsSettings) {
        self.context = context
        self.terms = terms
    }
}

/// What happened since the runner last looked.
struct Tick: ~Copyable {
    /// The time, as the runner read it.
    var now = Instant.never
    /// When the bytes that are looked at came; before `now` if they had to wait.
    var arrived = Instant.never
    /// Connections with new bytes to write.
    var dirty = Table<UInt32>(capacity: 256)
    /// Connections that end once their bytes are written.
    var ended = Table<UInt32>(capacity: 64)
    /// Subscriptions that had their last delivery.
    var expired = Table<UInt32>(capacity: 64)
    /// Connections whose queue ran over during a delivery.
    var overrun = Table<UInt32>(capacity: 64)
    /// Queue groups of the current publish, where several filters have some.
    var groups = Table<UInt32>(capacity: 16)
    /// Requests to the server itself.
    var systemRequests: [SystemRequest] = []
    /// The connection whose message the shard itself serves; none for its own.
    var sender = noIndex
    /// What clients did to queues, and how often.
    var deeds: [Deed: UInt64] = [:]
    /// Whether the current publish is such a request.
    var isServed = false
    /// Whether a receiver of the current publish lags far behind, or the disk that it goes to.
    var isLagging = false
    /// Subscriptions of the shard itself that the current message goes to.
    var hits = Table<UInt32>(capacity: 16)
    /// Passwords to be compared elsewhere.
    var checks: [AdmissionCheck] = []
    /// Publishers that were held back in this tick.
    var stalled = Table<UInt32>(capacity: 64)
}

/// Counts of a whole shard.
public struct ShardCounters: BitwiseCopyable, Equatable, Sendable {
    /// Messages and bytes over all connections.
    public var traffic = Traffic()
    /// Connections ever accepted.
    public var connectionsTotal: UInt64 = 0
    /// Connections ended because they left too much unread.
    public var slowConsumers: UInt64 = 0
    /// Connections ended because pings stayed unanswered.
    public var staleConnections: UInt64 = 0
    /// How often a publisher was held back.
    public var stalls: UInt64 = 0
    /// How long the shard worked, as far as messages were concerned.
    public var busyNanoseconds: UInt64 = 0

    /// All zero.
    public init() {}
}

/// The state of one shard and everything that can happen to it.
///
/// Methods that only look are `mutating` too where they branch much: of a large value that cannot
/// be copied and is only borrowed, the compiler follows each field through each branch, which took
/// minutes of every build.
public struct Shard: ~Copyable {
    var settings: ShardSettings
    /// Who receives what.
    public var interests: InterestTable
    /// What waits to be written.
    public var outbox: Outbox
    /// Connections by index.
    public var connections = SlotTable<Connection>(capacity: 64)
    /// Their rarely used parts, at the same indices.
    public internal(set) var details: [ConnectionDetails?] = []
    /// Beginnings of commands whose ends have not come.
    var leftovers = ByteArena()
    var tick = Tick()
    /// Counts since the start.
    public internal(set) var counters = ShardCounters()
    var accounts: [AccountSpace] = []
    var admissions: Admissions
    /// When `advance` has something to do.
    public internal(set) var nextDeadline = Instant.distantFuture
    /// Connections that ended last.
    var closed: ClosedConnections
    var random: Random
    /// Streams and consumers.
    var host: StreamHost
    /// A message that the shard sends, while it is not being sent.
    var emission: Table<UInt8>? = Table<UInt8>(capacity: 1_024)
    /// The answer to a publish, while it is not being sent.
    var acknowledgement: Table<UInt8>? = Table<UInt8>(capacity: 128)
    /// Whether the journal was told to end.
    var isJournalStopping = false
    /// Whether the journal has let go of the store.
    var hasJournalStopped = false
    /// Subscriptions that the shard has made for itself.
    var serviceCount: UInt64 = 0
    var scratch: [UInt8] = []

    /// A shard without connections.
    public init(_ settings: ShardSettings) {
        self.settings = settings
        host = StreamHost(settings.streams, seed: settings.seed)
        interests = InterestTable(seed: settings.seed)
        outbox = Outbox(byteCountMax: settings.outboxBytesMax)
        closed = ClosedConnections(countMax: settings.closedConnectionsMax)
        random = Random(seed: settings.seed ^ 0x5348_4152_44)
        admissions = Admissions(settings.authenticator, seed: settings.seed)
        for (index, account) in settings.access.accounts.enumerated() {
            var space = AccountSpace(account, root: interests.addAccount())
            space.isSystem = settings.access.systemAccount == index
            accounts.append(space)
        }
        if settings.hasStreams { serveStreams() }
    }

    /// Tells the shard the time; before anything else in a tick.
    public mutating func begin(at now: Instant) {
        if host.answered.count > 0 { noteAnswered(at: now) }
        tick.now = now
        tick.arrived = now
    }

    /// Whether `token` still means the connection at `index`.
    func isCurrent(_ index: UInt32, generation: UInt32) -> Bool {
        Int(index) < connections.limit && connections[index].generation == generation
            && connections[index].descriptor >= 0
    }

    // MARK: - Output

    /// Throws away what waits for the connection at `index`.
    public mutating func dropOutput(of index: UInt32) {
        outbox.drop(&connections[index].queue)
    }

    /// Appends `bytes` for the connection at `index`.
    mutating func send(_ bytes: [UInt8], to index: UInt32) {
        guard outbox.append(bytes, to: &connections[index].queue) else {
            end(index, .slowConsumerPendingBytes)
            return
        }
        markDirty(index)
    }

    @inline(__always)
    mutating func markDirty(_ index: UInt32) {
        guard !connections[index].flags.contains(.isDirty) else { return }
        connections[index].flags.insert(.isDirty)
        tick.dirty.append(index)
    }

    /// Tells the connection why, if there is something to tell, and ends it if the refusal does.
    mutating func refuse(_ index: UInt32, _ error: WireError) {
        scratch.removeAll(keepingCapacity: true)
        error.append(to: &scratch)
        if !scratch.isEmpty { send(scratch, to: index) }
        guard let reason = error.closedReason else { return }
        if error == .staleConnection { counters.staleConnections &+= 1 }
        end(index, reason)
    }
}

/// An isolated subject space.
struct AccountSpace: Sendable {
    let name: [UInt8]
    let root: UInt32
    var limits: AccountLimits
    var isSystem = false
    /// What its streams may use; `nil` if it may have none.
    var streamLimits: AccountStreamLimits?
    var use = AccountUse()
    /// Requests to the JetStream API since the start.
    var apiTotal: UInt64 = 0
    /// Those of them that were refused.
    var apiErrors: UInt64 = 0
    var connectionCount = 0
    var subscriptionCount = 0

    init(_ account: Account, root: UInt32) {
        name = account.name
        limits = account.limits
        streamLimits = account.jetStream
        self.root = root
    }
}
