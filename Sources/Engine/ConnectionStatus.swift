// One client as a picture shows it.

public import Base

/// What is remarkable about a connection.
public struct ConnectionFlags: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8

    /// The flags in `rawValue`.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Reads slower than it is sent to.
    public static let slow = ConnectionFlags(rawValue: 1)
    /// Its publishing is limited by the operator.
    public static let throttled = ConnectionFlags(rawValue: 2)
    /// Its publishing is held back because the broker is busy.
    public static let stalled = ConnectionFlags(rawValue: 4)
    /// Speaks TLS.
    public static let encrypted = ConnectionFlags(rawValue: 8)
    /// Showed a certificate.
    public static let certified = ConnectionFlags(rawValue: 16)
    /// Comes through a leaf node or gateway.
    public static let link = ConnectionFlags(rawValue: 32)
    /// Belongs to the console itself.
    public static let console = ConnectionFlags(rawValue: 64)
}

/// One connection.
public struct ConnectionStatus: Hashable, Sendable {
    /// Its number, never given twice.
    public var id: UInt64
    /// The name its client chose.
    public var name: [UInt8] = []
    /// The client library's language.
    public var language: [UInt8] = []
    /// The client library's version.
    public var version: [UInt8] = []
    /// Address and port.
    public var address: [UInt8] = []
    /// The account it uses.
    public var account: [UInt8] = []
    /// Who it is: user, key or certificate name; never a secret.
    public var user: [UInt8] = []
    /// When it came.
    public var connectedAt: Instant = .never
    /// When it last sent or took something.
    public var activeAt: Instant = .never
    /// What it sends to the broker.
    public var ingress = Flow()
    /// What it is sent.
    public var egress = Flow()
    /// Bytes that wait to be written to it.
    public var pendingBytes: UInt64 = 0
    /// Most that may wait before it counts as slow.
    public var pendingBytesMax: UInt64 = 0
    /// Its subscriptions.
    public var subscriptions: UInt32 = 0
    /// Round trip in nanoseconds; 0 while not measured.
    public var roundTripNanoseconds: UInt64 = 0
    /// What is remarkable about it.
    public var flags: ConnectionFlags = []
    /// The publish limit in bytes a second; 0 means none.
    public var throttleBytesPerSecond: UInt64 = 0
    /// The stream it takes messages from, or empty; of several the one with the most to do.
    public var stream: [UInt8] = []
    /// The consumer by which it takes them.
    public var consumer: [UInt8] = []
    /// Messages that this consumer has not sent to anybody.
    public var lag: UInt64 = 0
    /// Messages that it has sent, to this client or another, and that are not acknowledged.
    public var unacked: UInt64 = 0

    /// Connection `id`, of which nothing else is known.
    public init(id: UInt64) {
        self.id = id
    }
}
