// How the clients of the command line connect, and the options for it.

import Base

/// How a client connects.
public struct ClientOptions: Equatable, Sendable {
    /// The servers that are tried in turn.
    public var servers = [ServerAddress.local]
    /// The user.
    public var user: [UInt8]?
    /// The password of the user.
    public var password: [UInt8]?
    /// The token.
    public var token: [UInt8]?
    /// The file with the seed of a user's key; empty without.
    public var seedFile = ""
    /// The name of the connection.
    public var name = Array("sluice".utf8)
    /// Time for connecting, and for answers.
    public var timeoutNanoseconds = 2 * nanosecondsPerSecond
    /// How TLS is spoken; `nil` unless it is asked for.
    public var tls: ClientTls?

    /// The local server, without credentials.
    public init() {}
}

/// How a client speaks TLS.
public struct ClientTls: Equatable, Sendable {
    /// File with the authorities for the server's certificate; empty for the system's.
    public var authorityFile = ""
    /// File with the client's certificate; empty without.
    public var certificateFile = ""
    /// File with the client's key; empty without.
    public var keyFile = ""
    /// Whether the handshake comes before INFO.
    public var isFirst = false

    /// The system's authorities, and no certificate.
    public init() {}
}

/// Something that has options for a connection.
protocol ConnectionTarget: SendableMetatype {
    var connection: ClientOptions { get set }
    var wantsHelp: Bool { get set }
}

extension OptionRule where Target: ConnectionTarget {
    /// The options that every client has.
    static var connection: [OptionRule<Target>] {
        [
            OptionRule(
                "server",
                "s",
                value: "url",
                help: "Connect to this server, or the first of several with commas that answers."
            ) { target, value throws(ArgumentError) in
                var servers: [ServerAddress] = []
                for text in value.bytes().split(separator: UInt8(ascii: ",")) {
                    guard let server = ServerAddress(Array(text)) else {
                        throw value.wrong(.address)
                    }
                    servers.append(server)
                }
                guard !servers.isEmpty else { throw value.wrong(.address) }
                target.connection.servers = servers
            },
            OptionRule("user", value: "name", help: "Connect as this user.") {
                target,
                value throws(ArgumentError) in
                target.connection.user = value.bytes()
            },
            OptionRule("password", "pass", value: "password", help: "The user's password.") {
                target,
                value throws(ArgumentError) in
                target.connection.password = value.bytes()
            },
            OptionRule("token", "auth", value: "token", help: "Connect with this token.") {
                target,
                value throws(ArgumentError) in
                target.connection.token = value.bytes()
            },
            OptionRule("nkey", value: "file", help: "Connect with the seed in this file.") {
                target,
                value throws(ArgumentError) in
                target.connection.seedFile = try value.string()
            },
            OptionRule(switch: "tls", help: "Speak TLS, which tls:// in a URL asks for too.") {
                target,
                value throws(ArgumentError) in
                let isOn = try value.isOn()
                target.connection.tls = isOn ? target.connection.tls ?? ClientTls() : nil
            },
            OptionRule(switch: "tlsfirst", help: "Speak TLS before the server says anything.") {
                target,
                value throws(ArgumentError) in
                let isOn = try value.isOn()
                target.connection.withTls { $0.isFirst = isOn }
            },
            OptionRule("tlsca", value: "file", help: "Authorities for the server, PEM.") {
                target,
                value throws(ArgumentError) in
                let file = try value.string()
                target.connection.withTls { $0.authorityFile = file }
            },
            OptionRule("tlscert", value: "file", help: "The client's certificate, PEM.") {
                target,
                value throws(ArgumentError) in
                let file = try value.string()
                target.connection.withTls { $0.certificateFile = file }
            },
            OptionRule("tlskey", value: "file", help: "The client's private key, PEM.") {
                target,
                value throws(ArgumentError) in
                let file = try value.string()
                target.connection.withTls { $0.keyFile = file }
            },
            OptionRule("timeout", value: "time", help: "Wait so long for answers, 2s by default.") {
                target,
                value throws(ArgumentError) in
                target.connection.timeoutNanoseconds = try value.duration()
            },
            OptionRule(switch: "help", "h", help: "Show the options.") {
                target,
                value throws(ArgumentError) in
                target.wantsHelp = try value.isOn()
            },
        ]
    }
}

extension ClientOptions {
    fileprivate mutating func withTls(_ change: (inout ClientTls) -> Void) {
        var settings = tls ?? ClientTls()
        change(&settings)
        tls = settings
    }
}
