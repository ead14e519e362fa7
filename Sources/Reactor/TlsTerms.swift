// What a TLS context is made from.

/// Which side of a connection.
public enum TlsRole: Equatable, BitwiseCopyable, Sendable {
    /// Accepts connections.
    case server
    /// Makes connections.
    case client
}

/// What one side of TLS shows, demands and accepts.
public struct TlsTerms: Equatable, Sendable {
    /// PEM file with our certificate, and those between it and its authority; a client may have
    /// none.
    public var certificateFile: String?
    /// PEM file with the key of the certificate, not encrypted.
    public var keyFile: String?
    /// PEM file with the authorities we believe; `nil` for those of the system.
    public var authorityFile: String?
    /// Whether the peer must present a certificate that one of the authorities vouches for.
    ///
    /// A client that does not check can be deceived by anyone.
    public var checksPeer: Bool
    /// Whether TLS 1.3 is the floor instead of TLS 1.2.
    public var requiresTls13 = false
    /// Cipher suites by their IANA names, best first; empty for the library's choice among those
    /// with forward secrecy and authenticated encryption.
    public var cipherSuites: [String] = []
    /// Key exchange groups by the library's names, best first; empty for the library's choice.
    public var groups: [String] = []

    /// A server with a certificate that asks clients for none.
    public static func server(certificateFile: String, keyFile: String) -> TlsTerms {
        TlsTerms(certificateFile: certificateFile, keyFile: keyFile, checksPeer: false)
    }

    /// A client without a certificate that checks the server against `authorityFile`.
    public static func client(authorityFile: String?) -> TlsTerms {
        TlsTerms(authorityFile: authorityFile, checksPeer: true)
    }

    private init(
        certificateFile: String? = nil,
        keyFile: String? = nil,
        authorityFile: String? = nil,
        checksPeer: Bool
    ) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.authorityFile = authorityFile
        self.checksPeer = checksPeer
    }
}
