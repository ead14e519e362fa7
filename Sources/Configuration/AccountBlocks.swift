// Isolated subjects: the blocks of accounts.
// Source: NATS server configuration, `accounts`.

import Wire

extension ConfigurationBlocks {
    static let account = KeyBlock<AccountDraft>(
        name: "accounts",
        rules: [
            KeyRule("users", form: .blocks("users"), help: "The users of the account.") {
                draft,
                value,
                report throws(ConfigurationError) in
                draft.users = try users(value, &report)
            },
            KeyRule(
                "default_permissions",
                form: .block("permissions"),
                help: "What its users may do who have no permissions of their own."
            ) { draft, value, report throws(ConfigurationError) in
                draft.permissions = try permissions(value, &report)
            },
            KeyRule(
                "nkey",
                form: .text,
                help: "The public key of the account, checked and otherwise unused."
            ) { draft, value, _ throws(ConfigurationError) in
                _ = try value.publicKey(of: .account)
            },
            KeyRule(
                "limits",
                form: .block("limits"),
                help: "What all its connections together may use."
            ) { draft, value, report throws(ConfigurationError) in
                try accountLimits.read(value, into: &draft.account.limits, &report)
            },
            KeyRule(
                "jetstream",
                form: .switchOrBlock("account jetstream"),
                help: "Whether it may have streams, and what they may use."
            ) { draft, value, report throws(ConfigurationError) in
                draft.account.jetStream = try accountStreams(value, &report)
            },
            KeyRule("exports", form: .blocks("exports"), help: "What others may import.") {
                draft,
                value,
                report throws(ConfigurationError) in
                draft.exports = try exports(value, &report)
            },
            KeyRule("imports", form: .blocks("imports"), help: "What it takes from others.") {
                draft,
                value,
                report throws(ConfigurationError) in
                draft.imports = try imports(value, &report)
            },
            KeyRule(
                "mappings",
                "maps",
                form: .block("mappings"),
                help: "Subjects that are rewritten when they are published to."
            ) { draft, value, report throws(ConfigurationError) in
                draft.account.mappings = try mappings(value, &report)
            },
        ] + KeyRule.refused(.messageTracing, "msg_trace", "trace_dest")
    )

    static let accountLimits = KeyBlock<AccountLimits>(
        name: "limits",
        rules: [
            KeyRule("max_connections", "max_conn", form: .count, help: "Clients at a time.") {
                limits,
                value,
                _ throws(ConfigurationError) in
                limits.connectionsMax = try value.limit()
            },
            KeyRule(
                "max_subscriptions",
                "max_subs",
                form: .count,
                help: "Subscriptions of all its clients."
            ) { limits, value, _ throws(ConfigurationError) in
                limits.subscriptionsMax = try value.limit()
            },
            KeyRule("max_payload", "max_pay", form: .size, help: "Longest payload.") {
                limits,
                value,
                _ throws(ConfigurationError) in
                limits.payloadBytesMax = try value.limit()
            },
            KeyRule("max_leafnodes", "max_leafs", form: .count, help: "Leaf nodes at a time.") {
                limits,
                value,
                _ throws(ConfigurationError) in
                limits.leafNodesMax = try value.limit()
            },
        ]
    )

    static let accountStreamLimits = KeyBlock<AccountStreamLimits>(
        name: "account jetstream",
        rules: [
            KeyRule(
                "max_mem",
                "max_memory",
                "mem",
                "memory",
                form: .size,
                help: "Bytes of its streams in memory."
            ) { limits, value, _ throws(ConfigurationError) in
                limits.memoryBytesMax = try value.sizeLimit()
            },
            KeyRule(
                "max_file",
                "max_store",
                "max_disk",
                "store",
                "disk",
                form: .size,
                help: "Bytes of its streams on disk."
            ) { limits, value, _ throws(ConfigurationError) in
                limits.storeBytesMax = try value.sizeLimit()
            },
            KeyRule("max_streams", "streams", form: .count, help: "Streams.") {
                limits,
                value,
                _ throws(ConfigurationError) in
                limits.streamsMax = try value.limit()
            },
            KeyRule("max_consumers", "consumers", form: .count, help: "Consumers.") {
                limits,
                value,
                _ throws(ConfigurationError) in
                limits.consumersMax = try value.limit()
            },
            KeyRule(
                "max_ack_pending",
                form: .count,
                help: "Unacknowledged messages of a consumer."
            ) { limits, value, _ throws(ConfigurationError) in
                limits.ackPendingMax = try value.limit()
            },
            KeyRule(
                "memory_max_stream_bytes",
                "mem_max_stream_bytes",
                form: .size,
                help: "Bytes of one stream in memory."
            ) { limits, value, _ throws(ConfigurationError) in
                limits.memoryStreamBytesMax = try value.sizeLimit()
            },
            KeyRule(
                "store_max_stream_bytes",
                "disk_max_stream_bytes",
                form: .size,
                help: "Bytes of one stream on disk."
            ) { limits, value, _ throws(ConfigurationError) in
                limits.storeStreamBytesMax = try value.sizeLimit()
            },
            KeyRule(
                "max_bytes_required",
                "max_stream_bytes",
                "max_bytes",
                form: .flag,
                help: "Whether every stream must name its limit in bytes."
            ) { limits, value, _ throws(ConfigurationError) in
                limits.requiresBytesLimit = try value.flag()
            },
        ] + KeyRule.refused(.clustering, "cluster_traffic")
    )

    private static func accountStreams(
        _ value: KeyValue,
        _ report: inout KeyReport
    ) throws(ConfigurationError) -> AccountStreamLimits? {
        if let isOn = try value.enabled() { return isOn ? AccountStreamLimits() : nil }
        var limits = AccountStreamLimits()
        try accountStreamLimits.read(value, into: &limits, &report)
        return limits
    }

    /// The accounts in `value`: a list of names, or a map of blocks.
    static func accounts(
        _ value: KeyValue,
        _ report: inout KeyReport
    ) throws(ConfigurationError) -> [AccountDraft] {
        var drafts: [AccountDraft] = []
        switch value.node.value {
        case .array:
            for name in try value.texts() {
                let place = KeyValue(key: name, node: value.node)
                drafts.append(AccountDraft(place: place, account: Account(name: name)))
            }
        case .map(let entries):
            for entry in entries where !entry.isReferenced {
                let place = KeyValue(entry)
                var draft = AccountDraft(place: place, account: Account(name: entry.key))
                report.collect { report throws(ConfigurationError) in
                    try account.read(place, into: &draft, &report)
                }
                drafts.append(draft)
            }
        case .bool, .integer, .float, .string: throw value.wrong(.block("accounts"))
        }
        return drafts
    }
}

extension KeyValue {
    /// Whether `enabled`, `disabled`, `true` or `false` stands here; `nil` for a map.
    func enabled() throws(ConfigurationError) -> Bool? {
        switch node.value {
        case .bool(let isOn): return isOn
        case .map: return nil
        case .string:
            let words = [
                ("enabled", true), ("enable", true), ("disabled", false), ("disable", false),
            ]
            return try word(words)
        case .integer, .float, .array: throw wrong(.word(["enabled", "disabled"]))
        }
    }
}
