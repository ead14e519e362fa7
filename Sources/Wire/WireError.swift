// What a client is told when something is refused.
// Source: NATS client protocol; clients match on these texts, so none may be invented.

/// A refusal that a client is told with `-ERR`, or by a closed connection alone.
public enum WireError: Error, Equatable, CaseIterable, BitwiseCopyable, Sendable {
    /// The bytes are no command of the protocol.
    case unknownOperation
    /// A command has the wrong number or form of arguments; closed without a word.
    case malformedArguments
    /// Credentials are wrong or missing.
    case authorizationViolation
    /// No CONNECT came in time.
    case authenticationTimeout
    /// The credentials of the user ran out.
    case authenticationExpired
    /// The credentials of the user were revoked.
    case authenticationRevoked
    /// Pings stayed unanswered.
    case staleConnection
    /// A payload is larger than `WireLimits.payloadBytesMax`.
    case payloadTooLarge
    /// Arguments are longer than `WireLimits.controlLineBytesMax`.
    case controlLineTooLong
    /// The server has as many connections as it takes.
    case tooManyConnections
    /// The account has as many connections as it takes.
    case tooManyAccountConnections
    /// The connection has as many subscriptions as it takes; this one is dropped.
    case tooManySubscriptions
    /// CONNECT names a protocol version that does not exist.
    case invalidProtocolVersion
    /// CONNECT wants no-responders without headers.
    case respondersNeedHeaders
    /// The TLS handshake did not end in time.
    case tlsRequired
    /// SUB names a malformed subject.
    case invalidSubject
    /// PUB names a malformed subject and the client is pedantic.
    case invalidPublishSubject
    /// More is waiting for the client than it may leave unread; closed without a word.
    case slowConsumer
    /// The client sent `-ERR`; closed without a word.
    case peerError

    /// The text between the quotes of `-ERR '…'`; `nil` where nothing is said.
    public var text: String? {
        switch self {
        case .unknownOperation: "Unknown Protocol Operation"
        case .authorizationViolation: "Authorization Violation"
        case .authenticationTimeout: "Authentication Timeout"
        case .authenticationExpired: "User Authentication Expired"
        case .authenticationRevoked: "User Authentication Revoked"
        case .staleConnection: "Stale Connection"
        case .payloadTooLarge: "Maximum Payload Violation"
        case .controlLineTooLong: "maximum control line exceeded"
        case .tooManyConnections: "maximum connections exceeded"
        case .tooManyAccountConnections: "maximum account active connections exceeded"
        case .tooManySubscriptions: "maximum subscriptions exceeded"
        case .invalidProtocolVersion: "invalid client protocol"
        case .respondersNeedHeaders: "no responders requires headers support"
        case .tlsRequired: "Secure Connection - TLS Required"
        case .invalidSubject: "Invalid Subject"
        case .invalidPublishSubject: "Invalid Publish Subject"
        case .malformedArguments, .slowConsumer, .peerError: nil
        }
    }

    /// Whether the connection ends with it.
    public var closes: Bool { closedReason != nil }

    /// What monitoring says about the end of the connection; `nil` if it goes on.
    public var closedReason: ClosedReason? {
        switch self {
        case .unknownOperation, .malformedArguments: .parseError
        case .authorizationViolation: .authenticationFailure
        case .authenticationTimeout: .authenticationTimeout
        case .authenticationExpired: .authenticationExpired
        case .authenticationRevoked: .credentialsRevoked
        case .staleConnection: .staleConnection
        case .payloadTooLarge: .payloadExceeded
        case .controlLineTooLong: .controlLineExceeded
        case .tooManyConnections, .tooManyAccountConnections: .connectionsExceeded
        case .invalidProtocolVersion: .badProtocolVersion
        case .respondersNeedHeaders: .respondersNeedHeaders
        case .tlsRequired: .handshakeFailure
        case .slowConsumer: .slowConsumerPendingBytes
        case .peerError: .clientClosed
        case .tooManySubscriptions, .invalidSubject, .invalidPublishSubject: nil
        }
    }

    /// The refusal of bytes that the command reader did not take.
    public init(_ refusal: CommandRefusal) {
        self =
            switch refusal {
            case .unknownOperation: .unknownOperation
            case .malformedArguments: .malformedArguments
            case .controlLineTooLong: .controlLineTooLong
            case .payloadTooLarge: .payloadTooLarge
            }
    }

    /// Appends the whole `-ERR` line, or nothing where nothing is said.
    public func append(to line: inout [UInt8]) {
        guard let text else { return }
        line.append(contentsOf: "-ERR '".utf8)
        line.append(contentsOf: text.utf8)
        line.append(contentsOf: "'\r\n".utf8)
    }
}
