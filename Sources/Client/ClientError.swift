// Why a client's work came to nothing.

public import Reactor

/// What a client could not do.
public enum ClientError: Error, Equatable, Sendable {
    /// The system refused a call.
    case system(SystemError)
    /// TLS was refused.
    case tls(TlsError)
    /// The server ended the connection.
    case ended
    /// The server said no; its words.
    case refused([UInt8])
    /// The server's store stays locked: a secret does not open it; its words.
    case wrongSecret([UInt8])
    /// The server did not speak the protocol.
    case notUnderstood
    /// The server did not answer in time.
    case timedOut
    /// Headers are needed, and the server does not have them.
    case noHeaders
    /// The message is longer than the server takes.
    case messageTooLong(bytes: Int, max: Int)
    /// The file with the seed cannot be read or holds none.
    case unusableSeed(String)
    /// TLS is asked for, and the server does not have it.
    case noTls

    /// What happened, in words.
    public var text: String {
        switch self {
        case .system(let error): error.text
        case .tls(let error): error.text
        case .ended: "the server ended the connection"
        case .refused(let words), .wrongSecret(let words): "the server says: \(printable(words))"
        case .notUnderstood: "this is no NATS server"
        case .timedOut: "no answer in time"
        case .noHeaders: "the server has no headers"
        case .messageTooLong(let bytes, let max):
            "a message of \(bytes) bytes is longer than the server takes (\(max))"
        case .unusableSeed(let path): "\(path) holds no seed of a user's key"
        case .noTls: "the server has no TLS"
        }
    }
}

/// `bytes` as text without anything that a terminal would obey.
func printable(_ bytes: [UInt8]) -> String {
    String(
        decoding: bytes.map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "?") : $0 },
        as: UTF8.self
    )
    .replacing("\u{9B}", with: "?")
}
