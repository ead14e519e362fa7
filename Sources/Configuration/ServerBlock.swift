// The keys at the top level of a configuration: listening, monitoring and logging.
// Source: NATS server configuration.

extension ConfigurationBlocks {
    static let server = KeyBlock<ConfigurationDraft>(
        name: "",
        rules: serverListening + serverMonitoring + serverLimits + serverAccess + serverLogging
            + serverFiles + serverRefused,
        rivals: [
            ("listen", "host"), ("listen", "port"), ("http", "http_port"),
            ("https", "https_port"),
        ]
    )

    private static let serverListening: [KeyRule<ConfigurationDraft>] = [
        KeyRule("listen", form: .address, help: "Where clients connect: host:port, or a port.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            let address = try value.address()
            if let host = address.host { draft.configuration.clients.host = host }
            if address.port != .none { draft.configuration.clients.port = address.port }
        },
        KeyRule("port", form: .port, help: "The port for clients; -1 takes a free one.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            let port = try value.port()
            if port != .none { draft.configuration.clients.port = port }
        },
        KeyRule("host", "net", form: .text, help: "The address for clients.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.clients.host = try value.text()
        },
        KeyRule("client_advertise", form: .text, help: "The address that clients are told.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.clients.advertised = try value.text()
        },
        KeyRule("server_name", form: .text, help: "The name of the server, without blanks.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            let name = try value.bytes()
            guard !name.contains(where: \.isSpace) else { throw value.refusal(.blank) }
            draft.configuration.identity.name = name
        },
        KeyRule("server_tags", form: .texts, help: "Words that queries select servers by.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.identity.tags = try value.texts()
        },
        KeyRule("server_metadata", form: .block("server_metadata"), help: "Names and values.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.identity.metadata = try value.metadata()
        },
        KeyRule(
            "no_header_support",
            form: .flag,
            help: "Whether clients may not use headers."
        ) { draft, value, _ throws(ConfigurationError) in
            draft.configuration.clients.supportsHeaders = try !value.flag()
        },
        KeyRule(
            "allow_open",
            form: .flag,
            help: """
                Whether everybody may connect from other machines without authentication; \
                otherwise that is refused. A key of Sluice.
                """
        ) { draft, value, _ throws(ConfigurationError) in
            draft.configuration.clients.allowsOpenAccess = try value.flag()
        },
    ]

    private static let serverMonitoring: [KeyRule<ConfigurationDraft>] = [
        KeyRule("http", form: .address, help: "Where monitoring answers: host:port, or a port.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            let address = try value.address()
            if let host = address.host { draft.configuration.monitoring.host = host }
            draft.configuration.monitoring.port = address.port
            draft.configuration.monitoring.isRequired = true
        },
        KeyRule(
            "http_port",
            "monitor_port",
            form: .port,
            help: "The port of monitoring; -1 takes a free one, 0 switches it off."
        ) { draft, value, _ throws(ConfigurationError) in
            draft.configuration.monitoring.port = try value.port()
            draft.configuration.monitoring.isRequired = true
        },
        KeyRule("https", form: .address, help: "The same with TLS, which needs the block tls.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            let address = try value.address()
            if let host = address.host { draft.configuration.monitoring.host = host }
            draft.configuration.monitoring.securePort = address.port
        },
        KeyRule("https_port", form: .port, help: "The port of monitoring with TLS.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.monitoring.securePort = try value.port()
        },
        KeyRule("http_base_path", form: .text, help: "What the paths of monitoring start with.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.monitoring.basePath = Monitoring.normalized(try value.text())
        },
    ]

    private static let serverLogging: [KeyRule<ConfigurationDraft>] = [
        KeyRule("debug", form: .flag, help: "Whether connections are logged.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.logging.set(.debug, try value.flag())
        },
        KeyRule("trace", form: .flag, help: "Whether commands are logged.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.logging.set(.trace, try value.flag())
        },
        KeyRule("trace_verbose", form: .flag, help: "The same for the system account too.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.logging.set([.trace, .systemTrace], try value.flag())
        },
        KeyRule("trace_headers", form: .flag, help: "The same, of messages only the headers.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.logging.set([.trace, .headersOnly], try value.flag())
        },
        KeyRule("logtime", form: .flag, help: "Whether lines start with the time.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.logsTime = try value.flag()
        },
        KeyRule("logtime_utc", form: .flag, help: "Whether that is universal time.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.logsUniversalTime = try value.flag()
        },
        KeyRule("log_file", "logfile", form: .path, help: "The file for the log.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.logging.file = try value.text()
        },
        KeyRule(
            "log_size_limit",
            "logfile_size_limit",
            form: .size,
            help: "Bytes after which the file is set aside."
        ) { draft, value, _ throws(ConfigurationError) in
            let size = try value.size()
            draft.configuration.logging.fileBytesMax = size > 0 ? size : nil
        },
        KeyRule("log_max_num", "logfile_max_num", form: .count, help: "Files that are kept.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.logging.filesMax = try value.limit()
        },
        KeyRule("max_traced_msg_len", form: .size, help: "Bytes shown of a traced message.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.logging.tracedBytesMax = try value.limit()
        },
    ]

    private static let serverFiles: [KeyRule<ConfigurationDraft>] = [
        KeyRule("pid_file", "pidfile", form: .path, help: "Where the process id is written.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.traces.processFile = try value.text()
        },
        KeyRule("ports_file_dir", form: .path, help: "The directory for a list of ports.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.traces.portsDirectory = try value.text()
        },
        KeyRule("key_dir", form: .path, help: "The directory for keys. A key of Sluice.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.jetStream.keyDirectory = try value.text()
        },
        KeyRule("console", form: .block("console"), help: "The console. A key of Sluice.") {
            draft,
            value,
            report throws(ConfigurationError) in
            try console.read(value, into: &draft.configuration.console, &report)
        },
    ]

    static let console = KeyBlock<ConsoleSettings>(
        name: "console",
        rules: [
            KeyRule("theme", form: .text, help: "The name of the theme.") {
                console,
                value,
                _ throws(ConfigurationError) in
                console.theme = try value.bytes()
            },
            KeyRule("frames_per_second", form: .count, help: "Pictures in a second, 1 to 30.") {
                console,
                value,
                _ throws(ConfigurationError) in
                console.framesPerSecond = try value.count(1...30)
            },
            KeyRule(
                "keys",
                form: .block("keys"),
                help: "Commands, each with the key or the keys it has instead."
            ) { console, value, report throws(ConfigurationError) in
                console.keys = try keys(value, &report)
            },
        ]
    )

    /// The commands in the map `value` with their keys.
    private static func keys(
        _ value: KeyValue,
        _ report: inout KeyReport
    ) throws(ConfigurationError) -> [ConfiguredKeys] {
        guard case .map(let entries) = value.node.value else { throw value.wrong(.block("keys")) }
        var keys: [ConfiguredKeys] = []
        for entry in entries {
            report.collect { _ throws(ConfigurationError) in
                let labels = try KeyValue(entry).texts()
                keys.append(
                    ConfiguredKeys(
                        command: String(decoding: entry.key, as: UTF8.self),
                        labels: labels.map { String(decoding: $0, as: UTF8.self) },
                        place: entry.node.place
                    )
                )
            }
        }
        return keys
    }
}

extension Logging {
    mutating func set(_ topics: Topics, _ isOn: Bool) {
        if isOn { self.topics.formUnion(topics) } else { self.topics.subtract(topics) }
    }
}

extension Monitoring {
    /// `path` with one slash at its start and none at its end.
    static func normalized(_ path: String) -> String {
        "/" + path.split(separator: "/").joined(separator: "/")
    }
}

extension KeyValue {
    /// Names and strings in a map.
    fileprivate func metadata() throws(ConfigurationError) -> [ServerIdentity.Metadatum] {
        guard case .map(let entries) = node.value else { throw wrong(.block("server_metadata")) }
        var result: [ServerIdentity.Metadatum] = []
        for entry in entries {
            let value = try KeyValue(entry).bytes()
            result.append(ServerIdentity.Metadatum(name: entry.key, value: value))
        }
        return result
    }
}
