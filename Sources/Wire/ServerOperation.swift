// One thing a server sends, as the reader found it: offsets only, no bytes.
// Source: NATS client protocol.

public import Base

/// What a server sends.
@frozen
public enum ServerOperationKind: UInt8, BitwiseCopyable, Sendable {
    /// MSG and HMSG.
    case message
    /// INFO.
    case info
    /// PING.
    case ping
    /// PONG.
    case pong
    /// +OK.
    case ok
    /// -ERR.
    case error
}

/// One thing a server sent; its slices refer to the buffer that was read.
@frozen
public struct ServerOperation: BitwiseCopyable, Sendable {
    /// What was sent.
    public var kind: ServerOperationKind = .ok
    /// Subject of a message.
    public var subject = ByteSlice.empty
    /// Id of the subscription a message is for.
    public var sid = ByteSlice.empty
    /// Reply subject of a message; empty if none.
    public var reply = ByteSlice.empty
    /// Headers and body of a message, JSON of an INFO, text of an -ERR without its quotes.
    public var payload = ByteSlice.empty
    /// How many of the payload's bytes are headers.
    public var headerBytes: UInt32 = 0

    /// A +OK without bytes.
    @inlinable
    public init() {}

    /// The headers of a message.
    @inlinable
    public var headers: ByteSlice { ByteSlice(start: payload.start, count: headerBytes) }

    /// The body of a message.
    @inlinable
    public var body: ByteSlice {
        ByteSlice(start: payload.start &+ headerBytes, count: payload.count &- headerBytes)
    }
}
