// What a configuration may say and a server does not do yet.

/// Something that is understood and not done yet; to accept it silently would promise too much.
public enum UnservedPart: String, CaseIterable, Sendable {
    /// Exports and imports of accounts.
    case sharing = "exports and imports"
    /// Subjects that are rewritten.
    case mappings
    /// Certificates known by their fingerprints.
    case pinnedCertificates = "pinned_certs"
    /// A limit of handshakes.
    case handshakeRate = "connection_rate_limit"

    /// Whether `configuration` asks for it.
    func isAskedFor(by configuration: ServerConfiguration) -> Bool {
        let accounts = configuration.access.accounts
        return switch self {
        case .sharing: accounts.contains { !$0.exports.isEmpty || !$0.imports.isEmpty }
        case .mappings: accounts.contains { !$0.mappings.isEmpty }
        case .pinnedCertificates: configuration.tls?.pinnedCertificates.isEmpty == false
        case .handshakeRate: configuration.tls?.connectionsPerSecondMax != nil
        }
    }
}
