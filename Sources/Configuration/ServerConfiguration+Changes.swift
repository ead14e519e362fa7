// What a running server takes over from another configuration, and what needs a restart.

/// A part of a configuration that changes as a whole.
public enum ConfigurationPart: String, CaseIterable, Sendable {
    /// Address and port of clients.
    case listening = "listen"
    /// Whether clients may use headers.
    case headers = "no_header_support"
    /// The address that clients are told.
    case advertised = "client_advertise"
    /// The name of the server.
    case name = "server_name"
    /// Tags and metadata.
    case labels = "server_tags"
    /// The HTTP endpoints.
    case monitoring = "http"
    /// What connections may use.
    case limits = "limits"
    /// Users and accounts.
    case access = "authorization"
    /// TLS for clients.
    case tls = "tls"
    /// Streams and consumers.
    case jetStream = "jetstream"
    /// Lame duck mode.
    case lameDuck = "lame_duck_duration"
    /// The log.
    case logging = "log_file"
    /// Files that tell of the process.
    case traces = "pid_file"
    /// The console.
    case console = "console"

    /// Whether it can change while the server runs.
    public var canChange: Bool {
        switch self {
        case .labels, .limits, .access, .tls, .lameDuck, .logging, .console, .advertised: true
        case .listening, .headers, .name, .monitoring, .jetStream, .traces: false
        }
    }

    /// Whether it differs between two configurations.
    fileprivate func differs(_ old: ServerConfiguration, _ new: ServerConfiguration) -> Bool {
        switch self {
        case .listening:
            old.clients.host != new.clients.host || old.clients.port != new.clients.port
        case .headers: old.clients.supportsHeaders != new.clients.supportsHeaders
        case .advertised: old.clients.advertised != new.clients.advertised
        case .name: old.identity.name != new.identity.name
        case .labels:
            old.identity.tags != new.identity.tags || old.identity.metadata != new.identity.metadata
        case .monitoring: old.monitoring != new.monitoring
        case .limits: old.limits != new.limits
        case .access: old.access != new.access
        case .tls: old.tls != new.tls
        case .jetStream: old.jetStream != new.jetStream
        case .lameDuck: old.lameDuck != new.lameDuck
        case .logging: old.logging != new.logging
        case .traces: old.traces != new.traces
        case .console: old.console != new.console
        }
    }
}

/// A reload that would need a restart; nothing of it is taken over.
public struct ReloadRefusal: Error, Equatable, Sendable {
    /// What differs and cannot change.
    public let parts: [ConfigurationPart]

    /// The refusal in words.
    public var text: String {
        let names = parts.map(\.rawValue).joined(separator: ", ")
        return "\(names) cannot change while the server runs; nothing was changed"
    }
}

extension ServerConfiguration {
    /// The parts that change when a server with this configuration goes over to `next`.
    ///
    /// - Throws: `ReloadRefusal` when any of them needs a restart.
    public func changes(to next: ServerConfiguration) throws(ReloadRefusal) -> [ConfigurationPart] {
        let parts = ConfigurationPart.allCases.filter { $0.differs(self, next) }
        let fixed = parts.filter { !$0.canChange }
        guard fixed.isEmpty else { throw ReloadRefusal(parts: fixed) }
        return parts
    }
}
