// What a shard knows about one connection: the part it touches with every message, and the rest.

public import Base
public import Identity
public import Reactor
public import Wire

/// The part of a connection that every message touches.
public struct Connection: Slot {
    /// What holds for a connection.
    public struct Flags: OptionSet, BitwiseCopyable, Sendable {
        /// One bit a property.
        public let rawValue: UInt32

        /// The properties of the bits in `rawValue`.
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// Accepted commands are answered with `+OK`.
        public static let verbose = Flags(rawValue: 1)
        /// Malformed publish subjects are complained about.
        public static let pedantic = Flags(rawValue: 2)
        /// Own publishes come back.
        public static let echo = Flags(rawValue: 4)
        /// HMSG is understood.
        public static let headers = Flags(rawValue: 8)
        /// Unserved requests are answered with status 503.
        public static let noResponders = Flags(rawValue: 16)
        /// Everything but CONNECT is refused until credentials were accepted.
        public static let mustAuthenticate = Flags(rawValue: 32)
        /// CONNECT was accepted, or a command came without one.
        public static let isConnected = Flags(rawValue: 64)
        /// The INFO after the first PONG was sent.
        public static let wasWelcomed = Flags(rawValue: 128)
        /// Bytes wait that the runner has not tried to write in this tick.
        public static let isDirty = Flags(rawValue: 256)
        /// The connection ends after what waits was written.
        public static let isClosing = Flags(rawValue: 512)
        /// Publishes and subscriptions are checked against permissions.
        public static let hasPermissions = Flags(rawValue: 1_024)
        /// Reading is held back because a receiver of its messages lags.
        public static let isStalled = Flags(rawValue: 2_048)
        /// The runner waits until the socket takes more.
        public static let awaitsRoom = Flags(rawValue: 4_096)
        /// The client understands INFO at any time.
        public static let takesInfo = Flags(rawValue: 8_192)
        /// INFO was sent.
        public static let wasGreeted = Flags(rawValue: 16_384)
        /// An operator limits what it may send.
        public static let isThrottled = Flags(rawValue: 32_768)
        /// Nothing is read until it is known who the client is.
        public static let awaitsVerdict = Flags(rawValue: 131_072)
        /// The verdict is no, and held back until the deadline.
        public static let isRefused = Flags(rawValue: 65_536)
    }

    /// How far TLS is.
    public enum Security: UInt8, BitwiseCopyable, Sendable {
        /// Bytes go as they are.
        case none
        /// The first byte will tell whether the client starts TLS.
        case awaitsOpening
        /// A handshake is under way.
        case handshaking
        /// Bytes go through TLS.
        case established
    }

    /// While free: the next free place.
    public var nextFree: UInt32 = noIndex
    /// The socket.
    public var descriptor: Int32
    /// Counts the uses of this place, so that late events of an earlier use are noticed.
    public var generation: UInt32
    /// What holds for it.
    public var flags: Flags = [.verbose, .pedantic, .echo]
    /// The account's place in the shard's table.
    public var account: UInt32 = 0
    /// The account's root in the interest table.
    public var root: UInt32 = 0
    /// The user's set in the permission table; `noIndex` where everything is permitted.
    public var permissionSet = noIndex
    /// Longest payload of the account.
    public var payloadBytesMax: Int32 = .max
    /// Number that monitoring names it by; never reused.
    public var id: UInt64
    /// How far TLS is.
    public var security = Security.none
    /// The TLS session; `noIndex` without one.
    public var tls = noIndex
    /// Bytes that wait to be written.
    public var queue = OutQueue()
    /// The beginning of a command whose end has not come.
    public var leftover = ByteSlice.empty
    /// How many bytes that command takes in all, as far as known.
    public var awaitedBytes = 0
    /// Its newest subscription.
    public var firstSubscription: UInt32 = noIndex
    /// How many subscriptions it has.
    public var subscriptionCount: UInt32 = 0
    /// Pings without answer.
    public var pingsOut: UInt32 = 0
    /// When something is due: CONNECT, ping, end of life.
    public var deadline = Instant.distantFuture
    /// When the socket stopped taking bytes; never while it takes them.
    public var blockedSince = Instant.never
    /// When bytes last came.
    public var lastHeard = Instant.never
    /// When a PING was last sent.
    public var lastPing = Instant.never
    /// Round trip of the last answered PING in nanoseconds; 0 if unknown.
    public var roundTripNanoseconds: UInt64 = 0
    /// What went through.
    public var traffic = Traffic()

    init(descriptor: Int32, generation: UInt32, id: UInt64) {
        self.descriptor = descriptor
        self.generation = generation
        self.id = id
    }
}

/// Messages and bytes of both directions, seen from the server.
public struct Traffic: BitwiseCopyable, Equatable, Sendable {
    /// Messages that came.
    public var messagesIn: UInt64 = 0
    /// Their headers and bodies in bytes.
    public var bytesIn: UInt64 = 0
    /// Messages that went out.
    public var messagesOut: UInt64 = 0
    /// Their headers and bodies in bytes.
    public var bytesOut: UInt64 = 0

    /// No traffic.
    public init() {}
}

/// The part of a connection that only its beginning, its end and monitoring touch.
public struct ConnectionDetails: Sendable {
    /// Address of the client.
    public var peer: PeerAddress
    /// When it was accepted.
    public var startedAt: Instant
    /// What the client said in CONNECT, without its credentials.
    public var program = ConnectOptions.Program()
    /// The user whose credentials were accepted.
    public var user: [UInt8] = []
    /// What the client's certificate says, where TLS has verified one.
    public var certificate: CertificateClaim?
    /// What the client may sign to prove who it is; empty if signatures are of no use.
    public var nonce: [UInt8] = []
    /// Time from INFO to the first command: the round trip as far as known before a ping.
    public var firstRoundTripNanoseconds: UInt64 = 0
    /// Why it ended; `nil` while it goes on.
    public var closedReason: ClosedReason?
    /// The version of TLS; empty without.
    public var tlsVersion: [UInt8] = []
    /// The cipher suite; empty without TLS.
    public var tlsCipher: [UInt8] = []
    /// What it may send in bytes a second, if an operator limits it.
    public var throttleBytesPerSecond: UInt64 = 0
    /// What it has asked for messages lately.
    var pulls = PulledConsumers()

    init(peer: PeerAddress, startedAt: Instant) {
        self.peer = peer
        self.startedAt = startedAt
    }
}
