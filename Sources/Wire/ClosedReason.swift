// Why a connection ended, as monitoring tools know it.

/// Why a connection ended.
public enum ClosedReason: Equatable, CaseIterable, BitwiseCopyable, Sendable {
    /// The client hung up.
    case clientClosed
    /// No CONNECT came in time.
    case authenticationTimeout
    /// Credentials were wrong or missing.
    case authenticationFailure
    /// TLS could not be agreed.
    case handshakeFailure
    /// Too many bytes waited for the client.
    case slowConsumerPendingBytes
    /// A write was blocked for too long.
    case slowConsumerWriteDeadline
    /// Writing failed.
    case writeError
    /// Reading failed.
    case readError
    /// What came was no command.
    case parseError
    /// Pings stayed unanswered.
    case staleConnection
    /// A command came that clients may not send.
    case protocolViolation
    /// The client wants a protocol version that does not exist.
    case badProtocolVersion
    /// The server has no room for another connection.
    case connectionsExceeded
    /// A payload was larger than allowed.
    case payloadExceeded
    /// A control line was longer than allowed.
    case controlLineExceeded
    /// The connection wanted more subscriptions than allowed.
    case subscriptionsExceeded
    /// The server stopped.
    case serverShutdown
    /// The credentials ran out.
    case authenticationExpired
    /// The credentials were revoked.
    case credentialsRevoked
    /// No-responders was asked for without headers.
    case respondersNeedHeaders
    /// An operator ended the connection.
    case kicked

    /// The text in the `reason` field of monitoring.
    public var text: String {
        switch self {
        case .clientClosed: "Client Closed"
        case .authenticationTimeout: "Authentication Timeout"
        case .authenticationFailure: "Authentication Failure"
        case .handshakeFailure: "TLS Handshake Failure"
        case .slowConsumerPendingBytes: "Slow Consumer (Pending Bytes)"
        case .slowConsumerWriteDeadline: "Slow Consumer (Write Deadline)"
        case .writeError: "Write Error"
        case .readError: "Read Error"
        case .parseError: "Parse Error"
        case .staleConnection: "Stale Connection"
        case .protocolViolation: "Protocol Violation"
        case .badProtocolVersion: "Bad Client Protocol Version"
        case .connectionsExceeded: "Maximum Connections Exceeded"
        case .payloadExceeded: "Maximum Message Payload Exceeded"
        case .controlLineExceeded: "Maximum Control Line Exceeded"
        case .subscriptionsExceeded: "Maximum Subscriptions Exceeded"
        case .serverShutdown: "Server Shutdown"
        case .authenticationExpired: "Authentication Expired"
        case .credentialsRevoked: "Credentials Revoked"
        case .respondersNeedHeaders: "No Responders Requires Headers"
        case .kicked: "Kicked"
        }
    }
}
