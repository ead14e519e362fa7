// What cannot work, whatever it was configured by.

/// Why a server does not start with a configuration.
public enum ConfigurationProblem: Error, Equatable, Sendable {
    /// Anybody could connect from other machines.
    case openAccess(host: String)
    /// A payload could not wait for a client even once.
    case payloadAbovePending(payload: Int, pending: Int)
    /// The grace of lame duck mode is as long as the whole of it.
    case graceTooLong
    /// TLS without a certificate or a key.
    case tlsWithoutFiles
    /// A name with blanks.
    case nameWithBlanks
    /// A password without a user name, or the other way round, on the command line.
    case halfAUser
    /// A token beside users.
    case tokenAndUsers
    /// Something that the server does not do yet.
    case unserved(UnservedPart)

    /// The problem in words.
    public var text: String {
        switch self {
        case .openAccess(let host):
            """
            \(host) can be reached from other machines, and nobody has to say who they are; \
            configure users, a token or client certificates, listen on 127.0.0.1, \
            or allow it by --allow_open, allow_open: true or SLUICE_ALLOW_OPEN=1
            """
        case .payloadAbovePending(let payload, let pending):
            "max_payload (\(payload)) cannot be higher than max_pending (\(pending))"
        case .graceTooLong: "lame_duck_grace_period must be shorter than lame_duck_duration"
        case .tlsWithoutFiles: "TLS needs a certificate file and a key file"
        case .nameWithBlanks: "the server's name must not contain blanks"
        case .halfAUser: "a user needs a password, and a password needs a user"
        case .unserved(let part): "\(part.rawValue): understood, but not done yet"
        case .tokenAndUsers: "a token cannot stand beside users"
        }
    }
}

extension ServerConfiguration {
    /// Everything that keeps a server from starting with this configuration.
    public var problems: [ConfigurationProblem] {
        var found: [ConfigurationProblem] = []
        if isOpen, !clients.allowsOpenAccess { found.append(.openAccess(host: clients.host)) }
        if limits.payloadBytesMax > limits.pendingBytesMax {
            found.append(
                .payloadAbovePending(
                    payload: limits.payloadBytesMax,
                    pending: limits.pendingBytesMax
                )
            )
        }
        if lameDuck.graceNanoseconds >= lameDuck.durationNanoseconds { found.append(.graceTooLong) }
        if let tls {
            if tls.certificateFile.isEmpty || tls.keyFile.isEmpty { found.append(.tlsWithoutFiles) }
        }
        if identity.name.contains(where: \.isSpace) { found.append(.nameWithBlanks) }
        if access.token != nil, !access.users.isEmpty { found.append(.tokenAndUsers) }
        for part in UnservedPart.allCases where part.isAskedFor(by: self) {
            found.append(.unserved(part))
        }
        return found
    }

    /// Whether anybody may connect from another machine.
    ///
    /// A client certificate counts as authentication unless clients may go on without TLS, and
    /// naming a user for clients without credentials counts as asking for it.
    private var isOpen: Bool {
        guard !clients.isLoopback, !access.isRequired else { return false }
        guard let tls, !tls.allowsPlainClients else { return true }
        return tls.clientCertificates == .ignored
    }
}

extension ClientListening {
    /// The address that clients are told when the server listens on `port`.
    ///
    /// `advertised` may name a host alone or with a port.
    public func told(port: UInt16) -> (host: String, port: UInt16) {
        guard !advertised.isEmpty else { return (host, port) }
        guard let address = HostAndPort(advertised) else { return (advertised, port) }
        guard case .fixed(let other) = address.port else { return (address.host, port) }
        return (address.host, other)
    }

    /// Whether only this machine can connect.
    public var isLoopback: Bool { Self.isLoopback(host) }

    /// Whether `host` is this machine for itself: `localhost`, `127.…` or `::1`.
    static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
