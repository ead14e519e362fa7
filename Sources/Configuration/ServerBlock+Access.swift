// The keys at the top level of a configuration: limits, access, and what is refused.
// Source: NATS server configuration.

import Base

extension ConfigurationBlocks {
    static let serverLimits: [KeyRule<ConfigurationDraft>] = [
        KeyRule("max_payload", form: .size, help: "Longest payload, 1MB by default.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.limits.payloadBytesMax = try value.count(1...Int(Int32.max))
        },
        KeyRule("max_control_line", form: .size, help: "Longest control line, 4KB by default.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.configuration.limits.controlLineBytesMax = try value.count(1...Int(Int32.max))
        },
        KeyRule(
            "max_pending",
            form: .size,
            help: "Bytes that wait for a client before it is too slow, 64MB by default."
        ) { draft, value, _ throws(ConfigurationError) in
            draft.configuration.limits.pendingBytesMax = try value.count(1...(1 << 40))
        },
        KeyRule(
            "max_connections",
            "max_conn",
            form: .count,
            help: "Clients at a time, 65536 by default; 0 is no limit. Never more than three "
                + "quarters of the files that the system lets the server have open (ulimit -n)."
        ) { draft, value, _ throws(ConfigurationError) in
            draft.configuration.limits.connectionsMax = try value.limit()
        },
        KeyRule(
            "max_subscriptions",
            "max_subs",
            form: .count,
            help: "Subscriptions of a client; 0 is no limit."
        ) { draft, value, _ throws(ConfigurationError) in
            draft.configuration.limits.subscriptionsMax = try value.limit()
        },
        KeyRule(
            "max_subscription_tokens",
            "max_sub_tokens",
            form: .count,
            help: "Tokens in the subject of a subscription."
        ) { draft, value, _ throws(ConfigurationError) in
            draft.configuration.limits.subscriptionTokensMax = try value.count(1...255)
        },
        KeyRule("max_closed_clients", form: .count, help: "Closed clients that are remembered.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            let count = try value.count(Int.min...1_000_000)
            if count != 0 { draft.configuration.limits.closedConnectionsMax = max(0, count) }
        },
        KeyRule("ping_interval", form: .duration, help: "Time between pings, 2m by default.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            let time = try value.duration()
            if time > 0 { draft.configuration.limits.pingIntervalNanoseconds = time }
        },
        KeyRule("ping_max", form: .count, help: "Pings that may be unanswered, 2 by default.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            let count = try value.count(0...1_000)
            if count > 0 { draft.configuration.limits.pingsOutMax = count }
        },
        KeyRule(
            "write_deadline",
            form: .duration,
            help: "Time a write may take before the client is too slow, 10s by default."
        ) { draft, value, _ throws(ConfigurationError) in
            let time = try value.duration()
            if time > 0 { draft.configuration.limits.writeNanoseconds = time }
        },
        KeyRule(
            "lame_duck_duration",
            form: .duration,
            help: "Time over which clients are sent away, 2m by default, at least 30s."
        ) { draft, value, _ throws(ConfigurationError) in
            let time = try value.duration()
            guard time >= 30 * nanosecondsPerSecond else {
                throw value.refusal(.tooShort(seconds: 30))
            }
            draft.configuration.lameDuck.durationNanoseconds = time
        },
        KeyRule(
            "lame_duck_grace_period",
            form: .duration,
            help: "Time before the first client is sent away, 10s by default."
        ) { draft, value, _ throws(ConfigurationError) in
            draft.configuration.lameDuck.graceNanoseconds = try value.duration()
        },
        KeyRule(
            "no_fast_producer_stall",
            form: .flag,
            help: "Whether fast publishers are never held up for slow readers."
        ) { draft, value, _ throws(ConfigurationError) in
            draft.configuration.limits.neverStallsPublishers = try value.flag()
        },
    ]

    static let serverAccess: [KeyRule<ConfigurationDraft>] = [
        KeyRule("authorization", form: .block("authorization"), help: "Who may connect.") {
            draft,
            value,
            report throws(ConfigurationError) in
            var authorization = AuthorizationDraft(place: value)
            try ConfigurationBlocks.authorization.read(value, into: &authorization, &report)
            draft.authorization = authorization
        },
        KeyRule("accounts", form: .block("accounts"), help: "Isolated subjects, by name.") {
            draft,
            value,
            report throws(ConfigurationError) in
            draft.accounts = try ConfigurationBlocks.accounts(value, &report)
        },
        KeyRule("no_auth_user", form: .text, help: "Who clients without credentials are.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            _ = try value.bytes()
            draft.anonymousUser = value
        },
        KeyRule(
            "system_account",
            "system",
            form: .text,
            help: "The account of the system's subjects, $SYS by default."
        ) { draft, value, _ throws(ConfigurationError) in
            _ = try value.bytes()
            draft.systemAccount = value
        },
        KeyRule(
            "no_system_account",
            "no_system",
            "no_sys_acc",
            form: .flag,
            help: "Whether there is no such account."
        ) { draft, value, _ throws(ConfigurationError) in
            draft.hasSystemAccount = try !value.flag()
        },
        KeyRule("mappings", "maps", form: .block("mappings"), help: "Subjects to rewrite.") {
            draft,
            value,
            report throws(ConfigurationError) in
            draft.mappings = try ConfigurationBlocks.mappings(value, &report)
        },
        KeyRule("tls", form: .block("tls"), help: "TLS for clients.") {
            draft,
            value,
            report throws(ConfigurationError) in
            var tls = TlsSettings()
            try ConfigurationBlocks.tls.read(value, into: &tls, &report)
            if tls.certificateFile.isEmpty { report.refuse(value, .needs("cert_file")) }
            if tls.keyFile.isEmpty { report.refuse(value, .needs("key_file")) }
            draft.configuration.tls = tls
        },
        KeyRule("allow_non_tls", form: .flag, help: "Whether clients may go on without TLS.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            draft.allowsPlainClients = try value.flag()
        },
        KeyRule("jetstream", form: .switchOrBlock("jetstream"), help: "Streams and consumers.") {
            draft,
            value,
            report throws(ConfigurationError) in
            try readJetStream(value, into: &draft, &report)
        },
        KeyRule("store_dir", "storedir", form: .path, help: "The directory for data.") {
            draft,
            value,
            _ throws(ConfigurationError) in
            if draft.storeKey != nil { throw value.refusal(.definedBefore) }
            draft.configuration.jetStream.storeDirectory = try value.text()
            draft.storeKey = value
        },
    ]

    static let serverRefused: [KeyRule<ConfigurationDraft>] =
        KeyRule.refused(
            .clustering,
            "cluster",
            "gateway",
            "leaf",
            "leafnodes",
            "default_js_domain"
        )
        + KeyRule.refused(.otherProtocols, "websocket", "ws", "mqtt", "proxy_protocol", "proxies")
        + KeyRule.refused(
            .decentralizedAccess,
            "operator",
            "operators",
            "roots",
            "root",
            "root_operators",
            "root_operator",
            "resolver",
            "account_resolver",
            "accounts_resolver",
            "resolver_tls",
            "resolver_preload",
            "resolver_pinned_accounts",
            "trusted",
            "trusted_keys",
            "default_sentinel"
        )
        + KeyRule.refused(.certificateServices, "ocsp", "ocsp_cache")
        + KeyRule.refused(.systemLog, "syslog", "remote_syslog")
        + KeyRule.refused(.engineKnobs, "prof_port", "prof_block_rate", "write_timeout")
        + [
            .ignored(
                "disable_sublist_cache",
                "no_sublist_cache",
                form: .flag,
                help: "Accepted without effect."
            ),
            .ignored("connect_error_reports", form: .count, help: "Accepted without effect."),
            .ignored("reconnect_error_reports", form: .count, help: "Accepted without effect."),
            .ignored("feature_flags", form: .block("feature_flags"), help: "Without effect."),
        ]
}
