// TLS for clients.
// Source: NATS server configuration, `tls`.

import Base

/// How connections are encrypted.
public struct TlsSettings: Equatable, Sendable {
    /// When the handshake starts.
    public enum Opening: Hashable, Sendable {
        /// After INFO was sent in clear.
        case afterInfo
        /// At once; INFO is encrypted too.
        case atOnce
        /// At once if the client starts it within this time, otherwise after INFO.
        case eitherWithin(nanoseconds: UInt64)
    }

    /// The oldest version of TLS that is spoken.
    public enum Version: UInt8, Comparable, CaseIterable, Sendable {
        /// 1.2.
        case v12 = 2
        /// 1.3.
        case v13 = 3

        /// Whether `left` is older than `right`.
        public static func < (left: Version, right: Version) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// What a client has to show.
    public enum ClientCertificates: Hashable, Sendable {
        /// Nothing.
        case ignored
        /// A certificate that the authorities vouch for.
        case required
        /// A certificate that the authorities vouch for and that names a user.
        case mapped
    }

    /// File with the server's certificates, PEM.
    public var certificateFile = ""
    /// File with the server's private key, PEM.
    public var keyFile = ""
    /// File with the authorities for client certificates, PEM; empty for the system's.
    public var authorityFile = ""
    /// What a client has to show.
    public var clientCertificates = ClientCertificates.ignored
    /// Fingerprints of the certificates that are accepted, lower-case hexadecimal; empty is any.
    public var pinnedCertificates: [[UInt8]] = []
    /// When the handshake starts.
    public var opening = Opening.afterInfo
    /// Whether clients may go on without TLS.
    public var allowsPlainClients = false
    /// Time from accepting a connection to the end of its handshake.
    public var timeoutNanoseconds: UInt64 = 2 * nanosecondsPerSecond
    /// The oldest version of TLS that is spoken.
    public var versionMin = Version.v12
    /// Names of cipher suites, in the order of preference; empty is the library's choice.
    public var cipherSuites: [[UInt8]] = []
    /// Names of curves, in the order of preference; empty is the library's choice.
    public var curves: [[UInt8]] = []
    /// New TLS connections in a second; `nil` is no limit.
    public var connectionsPerSecondMax: Int?

    /// TLS without files yet.
    public init() {}
}
