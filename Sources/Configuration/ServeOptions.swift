// The options of `sluice serve`: nats-server's, in every spelling, and a few of Sluice.
// Source: NATS server command line.

/// The tables of all commands.
enum Commands {}

extension Commands {
    static let serve = CommandRule<ServeRequest>(
        name: "serve",
        summary: "run a server without a screen, with the options and configuration of nats-server",
        operands: "",
        options: serveListening + serveLogging + serveAccess + serveCommon + serveRefused
    )

    private static let serveListening: [OptionRule<ServeRequest>] = [
        OptionRule("addr", "a", "net", value: "host", help: "Listen on this address.") {
            request,
            value throws(ArgumentError) in
            let host = try value.string()
            request.change { $0.clients.host = host }
        },
        OptionRule("port", "p", value: "port", help: "Listen on this port; -1 takes a free one.") {
            request,
            value throws(ArgumentError) in
            let port = try value.port()
            if port != .none { request.change { $0.clients.port = port } }
        },
        OptionRule("name", "n", "server_name", value: "name", help: "Name the server.") {
            request,
            value throws(ArgumentError) in
            let name = value.bytes()
            request.change { $0.identity.name = name }
        },
        OptionRule("pid", "P", value: "file", help: "Write the process id to this file.") {
            request,
            value throws(ArgumentError) in
            let file = try value.string()
            request.change { $0.traces.processFile = file }
        },
        OptionRule(
            "ports_file_dir",
            value: "dir",
            help: "Write the ports in use to a file in this directory."
        ) { request, value throws(ArgumentError) in
            let directory = try value.string()
            request.change { $0.traces.portsDirectory = directory }
        },
        OptionRule(
            "http_port",
            "m",
            value: "port",
            help: "Answer monitoring requests on this port; 0 switches that off."
        ) { request, value throws(ArgumentError) in
            let port = try value.port()
            request.change {
                $0.monitoring.port = port
                $0.monitoring.isRequired = true
            }
        },
        OptionRule("https_port", "ms", value: "port", help: "The same with TLS.") {
            request,
            value throws(ArgumentError) in
            let port = try value.port()
            request.change { $0.monitoring.securePort = port }
        },
        OptionRule("client_advertise", value: "address", help: "Tell clients this address.") {
            request,
            value throws(ArgumentError) in
            let address = try value.string()
            request.change { $0.clients.advertised = address }
        },
        OptionRule(
            switch: "allow_open",
            help: "Let everybody connect from other machines without authentication."
        ) { request, value throws(ArgumentError) in
            let isOn = try value.isOn()
            request.change { $0.clients.allowsOpenAccess = isOn }
        },
        OptionRule(switch: "jetstream", "js", help: "Have streams and consumers.") {
            request,
            value throws(ArgumentError) in
            let isOn = try value.isOn()
            request.change { $0.jetStream.isEnabled = isOn }
        },
        OptionRule("store_dir", "sd", value: "dir", help: "Keep data in this directory.") {
            request,
            value throws(ArgumentError) in
            let directory = try value.string()
            request.change { $0.jetStream.storeDirectory = directory }
        },
        OptionRule("key_dir", value: "dir", help: "Keep keys in this directory.") {
            request,
            value throws(ArgumentError) in
            let directory = try value.string()
            request.change { $0.jetStream.keyDirectory = directory }
        },
        OptionRule("passphrase-file", value: "file", help: "Open it with this passphrase.") {
            request,
            value throws(ArgumentError) in
            let file = try value.string()
            request.change { $0.jetStream.unlock.passphraseFile = file }
        },
        OptionRule("recovery-file", value: "file", help: "Open it with this recovery key.") {
            request,
            value throws(ArgumentError) in
            let file = try value.string()
            request.change { $0.jetStream.unlock.recoveryFile = file }
        },
        OptionRule("credential", value: "name", help: "Open it with this credential.") {
            request,
            value throws(ArgumentError) in
            let name = try value.string()
            request.change { $0.jetStream.unlock.credential = name }
        },
    ]

    private static let serveLogging: [OptionRule<ServeRequest>] = [
        OptionRule("log", "l", value: "file", help: "Append the log to this file.") {
            request,
            value throws(ArgumentError) in
            let file = try value.string()
            request.change { $0.logging.file = file }
        },
        OptionRule(switch: "logtime", "T", help: "Start lines with the time; on by default.") {
            request,
            value throws(ArgumentError) in
            let isOn = try value.isOn()
            request.change { $0.logging.startsWithTime(isOn) }
        },
        OptionRule(switch: "logtime_utc", help: "Write universal time.") {
            request,
            value throws(ArgumentError) in
            let isOn = try value.isOn()
            request.change { $0.logging.writesUniversalTime(isOn) }
        },
        topic("debug", "D", topics: .debug, help: "Log connections."),
        topic("trace", "V", topics: .trace, help: "Log commands."),
        topic(
            "VV",
            topics: [.trace, .systemTrace],
            help: "Log commands, the system account's too."
        ),
        topic("DV", topics: [.debug, .trace], help: "Log connections and commands."),
        topic(
            "DVV",
            topics: [.debug, .trace, .systemTrace],
            help: "Log connections and commands, the system account's too."
        ),
        OptionRule("log_size_limit", value: "bytes", help: "Set the file aside at this size.") {
            request,
            value throws(ArgumentError) in
            let size = try value.size(0...Int.max)
            request.change { $0.logging.fileBytesMax = size > 0 ? Int64(size) : nil }
        },
        OptionRule("max_traced_msg_len", value: "bytes", help: "Show so much of messages.") {
            request,
            value throws(ArgumentError) in
            let size = try value.size(0...Int.max)
            request.change { $0.logging.tracedBytesMax = size > 0 ? size : nil }
        },
    ]

    private static func topic(
        _ names: String...,
        topics: Logging.Topics,
        help: String
    ) -> OptionRule<ServeRequest> {
        OptionRule(switches: names, help: help) { request, value throws(ArgumentError) in
            let isOn = try value.isOn()
            request.change { $0.logging.set(topics, isOn) }
        }
    }

    private static let serveAccess: [OptionRule<ServeRequest>] = [
        OptionRule("user", value: "name", help: "Let only this user connect.") {
            request,
            value throws(ArgumentError) in
            request.user = value.bytes()
        },
        OptionRule("pass", value: "password", help: "The password of that user.") {
            request,
            value throws(ArgumentError) in
            request.password = value.bytes()
        },
        OptionRule("auth", value: "token", help: "Let only clients connect that know this token.") {
            request,
            value throws(ArgumentError) in
            let token = value.bytes()
            request.change { $0.access.token = token }
        },
        OptionRule(switch: "tls", help: "Speak TLS with clients.") {
            request,
            value throws(ArgumentError) in
            let isOn = try value.isOn()
            request.withTls { $0.isOn = isOn }
        },
        OptionRule("tlscert", value: "file", help: "The server's certificates, PEM.") {
            request,
            value throws(ArgumentError) in
            let file = try value.string()
            request.withTls { $0.settings.certificateFile = file }
        },
        OptionRule("tlskey", value: "file", help: "The server's private key, PEM.") {
            request,
            value throws(ArgumentError) in
            let file = try value.string()
            request.withTls { $0.settings.keyFile = file }
        },
        OptionRule(switch: "tlsverify", help: "Ask clients for certificates.") {
            request,
            value throws(ArgumentError) in
            let isOn = try value.isOn()
            request.withTls { $0.settings.clientCertificates = isOn ? .required : .ignored }
        },
        OptionRule("tlscacert", value: "file", help: "Authorities for those, PEM.") {
            request,
            value throws(ArgumentError) in
            let file = try value.string()
            request.withTls { $0.settings.authorityFile = file }
        },
    ]

    private static let serveCommon: [OptionRule<ServeRequest>] = [
        OptionRule("config", "c", value: "file", help: "Read this configuration file.") {
            request,
            value throws(ArgumentError) in
            request.configurationFile = try value.string()
        },
        OptionRule(switch: "check-config", "t", "check_config", help: "Only look at that file.") {
            request,
            value throws(ArgumentError) in
            if try value.isOn() { request.show(.checkConfiguration) }
        },
        OptionRule(
            "signal",
            "sl",
            value: "signal[=pid]",
            help: "Tell a server: ldm, stop, quit, term, reopen or reload."
        ) { request, value throws(ArgumentError) in
            guard let order = SignalOrder(value.bytes()) else {
                throw value.wrong(.word(SignalOrder.Word.allCases.map(\.rawValue)))
            }
            request.show(.signal(order))
        },
        OptionRule(switch: "version", "v", help: "Show the version.") {
            request,
            value throws(ArgumentError) in
            if try value.isOn() { request.show(.showVersion) }
        },
        OptionRule(switch: "help", "h", "help_tls", help: "Show the options.") {
            request,
            value throws(ArgumentError) in
            if try value.isOn() { request.show(.showHelp) }
        },
    ]

    private static let serveRefused: [OptionRule<ServeRequest>] =
        OptionRule.refused(
            .clustering,
            value: "text",
            "routes",
            "cluster",
            "cluster_name",
            "cluster_listen",
            "cluster_advertise",
            "connect_retries"
        )
        + OptionRule.refused(.clustering, value: nil, "no_advertise")
        + OptionRule.refused(.systemLog, value: nil, "syslog", "s")
        + OptionRule.refused(.systemLog, value: "address", "remote_syslog", "r")
        + OptionRule.refused(.engineKnobs, value: "port", "profile")
}

extension ServeRequest {
    fileprivate mutating func withTls(_ change: (inout TlsOptions) -> Void) {
        var options = tls ?? TlsOptions()
        change(&options)
        tls = options
    }
}

extension Logging {
    fileprivate mutating func startsWithTime(_ isOn: Bool) {
        if !isOn { clock = .none } else if clock == .none { clock = .local }
    }

    fileprivate mutating func writesUniversalTime(_ isOn: Bool) {
        guard clock != .none else { return }
        clock = isOn ? .universal : .local
    }
}
