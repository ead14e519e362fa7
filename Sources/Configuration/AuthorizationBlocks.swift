// Who may connect: the blocks of authorization and of users.
// Source: NATS server configuration, `authorization`.

import Wire

extension ConfigurationBlocks {
    static let authorization = KeyBlock<AuthorizationDraft>(
        name: "authorization",
        rules: [
            KeyRule("user", "username", form: .text, help: "The name of the only user.") {
                draft,
                value,
                _ throws(ConfigurationError) in
                draft.user = try value.bytes()
            },
            KeyRule(
                "password",
                "pass",
                form: .text,
                help: "The password of the only user, plain or as bcrypt."
            ) { draft, value, _ throws(ConfigurationError) in
                draft.password = try value.bytes()
            },
            KeyRule(
                "token",
                form: .text,
                help: "The token that all clients know, plain or as bcrypt."
            ) { draft, value, _ throws(ConfigurationError) in
                draft.token = try value.bytes()
            },
            KeyRule(
                "timeout",
                form: .duration,
                help: "Time to the CONNECT of a client; 2s, and one second more than TLS takes."
            ) { draft, value, _ throws(ConfigurationError) in
                draft.timeoutNanoseconds = try value.duration()
            },
            KeyRule("users", form: .blocks("users"), help: "Everybody who may connect.") {
                draft,
                value,
                report throws(ConfigurationError) in
                draft.users = try users(value, &report)
            },
            KeyRule(
                "default_permissions",
                "default_permission",
                "permissions",
                form: .block("permissions"),
                help: "What users may do who have no permissions of their own."
            ) { draft, value, report throws(ConfigurationError) in
                draft.permissions = try permissions(value, &report)
            },
        ] + KeyRule.refused(.decentralizedAccess, "auth_callout", "auth_hook")
            + KeyRule.refused(.otherProtocols, "proxy_required"),
        rivals: [
            ("users", "user"), ("users", "password"), ("users", "token"),
            ("user", "token"), ("password", "token"),
        ]
    )

    static let user = KeyBlock<UserDraft>(
        name: "users",
        rules: [
            KeyRule("user", "username", form: .text, help: "The name of the user.") {
                draft,
                value,
                _ throws(ConfigurationError) in
                draft.name = try value.bytes()
            },
            KeyRule("password", "pass", form: .text, help: "The password, plain or as bcrypt.") {
                draft,
                value,
                _ throws(ConfigurationError) in
                draft.password = try value.bytes()
            },
            KeyRule("nkey", form: .text, help: "The public key of the user, in place of a name.") {
                draft,
                value,
                _ throws(ConfigurationError) in
                draft.nkey = try value.publicKey(of: .user)
            },
            KeyRule(
                "permissions",
                "permission",
                "authorization",
                form: .block("permissions"),
                help: "What the user may do; everything if absent."
            ) { draft, value, report throws(ConfigurationError) in
                draft.permissions = try permissions(value, &report)
            },
            KeyRule(
                "allowed_connection_types",
                "connection_types",
                "clients",
                form: .texts,
                help: "How the user may connect; only STANDARD exists here."
            ) { draft, value, _ throws(ConfigurationError) in
                for word in try value.texts() {
                    draft.connectionKinds.formUnion(try kind(word, value))
                }
            },
        ] + KeyRule.refused(.otherProtocols, "proxy_required"),
        rivals: [("nkey", "user"), ("nkey", "password")]
    )

    /// The users in the list `value`.
    static func users(
        _ value: KeyValue,
        _ report: inout KeyReport
    ) throws(ConfigurationError) -> [UserDraft] {
        var drafts: [UserDraft] = []
        for element in try value.elements(.blocks("users")) {
            var draft = UserDraft(place: element)
            let errorCount = report.errors.count
            try user.read(element, into: &draft, &report)
            guard report.errors.count == errorCount else { continue }
            if draft.name?.isEmpty ?? true, draft.nkey == nil {
                report.refuse(element, .needs("user"))
            } else {
                drafts.append(draft)
            }
        }
        return drafts
    }

    private static let kinds: [(String, User.ConnectionKinds)] = [
        ("standard", .standard), ("websocket", .webSocket), ("leafnode", .leafNode),
        ("leafnode_ws", .leafNode), ("mqtt", .mqtt), ("mqtt_ws", .mqtt), ("in_process", []),
    ]

    private static func kind(
        _ word: [UInt8],
        _ value: KeyValue
    ) throws(ConfigurationError) -> User.ConnectionKinds {
        try KeyValue(key: value.key, node: SyntaxNode(.string(word), at: value.node.place))
            .word(kinds)
    }
}

extension KeyValue {
    /// The public key of a `role` in its text form.
    func publicKey(of role: NkeyRole) throws(ConfigurationError) -> [UInt8] {
        let text = try bytes()
        do {
            _ = try Nkey.decode(text, as: role)
        } catch {
            throw refusal(.invalidKey)
        }
        return text
    }
}
