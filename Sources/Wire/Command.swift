// One client command as the reader found it: offsets only, no bytes.
// Source: NATS client protocol, https://docs.nats.io/reference/reference-protocols/nats-protocol

public import Base

/// What a client asked for.
@frozen
public enum CommandKind: UInt8, BitwiseCopyable, Sendable {
    /// PUB and HPUB.
    case publish
    /// SUB.
    case subscribe
    /// UNSUB.
    case unsubscribe
    /// CONNECT.
    case connect
    /// PING.
    case ping
    /// PONG.
    case pong
    /// INFO and +OK, which a server ignores.
    case ignored
    /// -ERR, after which a server hangs up.
    case peerError
}

/// One command; its slices refer to the buffer that was read.
@frozen
public struct Command: BitwiseCopyable, Sendable {
    /// What is asked for.
    public var kind: CommandKind = .ignored
    /// Whether the client used HPUB.
    public var hasHeaders = false
    /// Whether a PUB has single spaces, or two behind its subject, no zero in front of its size,
    /// and CR LF.
    public var isUsual = false
    /// Of a publish: the offset of the last blank behind the subject.
    public var tailStart: UInt32 = 0
    /// Subject of a publish or a subscription.
    public var subject = ByteSlice.empty
    /// Reply subject of a publish, queue group of a subscription; empty if none.
    public var reply = ByteSlice.empty
    /// Subscription id of SUB and UNSUB.
    public var sid = ByteSlice.empty
    /// Headers and body of a publish, JSON of a CONNECT.
    public var payload = ByteSlice.empty
    /// How many of the payload's bytes are headers.
    public var headerBytes: UInt32 = 0
    /// Deliveries after which an UNSUB takes effect; 0 is at once.
    public var deliveriesMax: UInt64 = 0

    /// An ignored command without bytes.
    @inlinable
    public init() {}

    /// The payload's headers.
    @inlinable
    public var headers: ByteSlice { ByteSlice(start: payload.start, count: headerBytes) }
}

/// Why a connection cannot go on.
@frozen
public enum CommandRefusal: UInt8, BitwiseCopyable, Sendable {
    /// Not a command of the protocol.
    case unknownOperation
    /// Wrong number or form of arguments; closed without a word.
    case malformedArguments
    /// The arguments are longer than `controlLineBytesMax`.
    case controlLineTooLong
    /// The announced payload is larger than `payloadBytesMax`.
    case payloadTooLarge
}

/// What one call of the reader led to.
@frozen
public enum CommandStep: BitwiseCopyable, Equatable, Sendable {
    /// A whole command was read.
    case command
    /// The bytes end inside a command that takes at least `total` bytes from the reader's offset
    /// on.
    case incomplete(total: Int)
    /// The bytes are not a command; the connection must be closed.
    case refused(CommandRefusal)
}
