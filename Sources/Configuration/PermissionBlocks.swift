// What users may do: the blocks of permissions.
// Source: NATS server configuration, `permissions`.

/// The tables of all blocks.
enum ConfigurationBlocks {}

extension ConfigurationBlocks {
    static let permissions = KeyBlock<Permissions>(
        name: "permissions",
        rules: [
            KeyRule(
                "publish",
                "pub",
                "import",
                form: .block("subjects"),
                help: "Subjects that may be published to: one, a list, or the block."
            ) { permissions, value, report throws(ConfigurationError) in
                permissions.publish = try rules(value, allowsQueue: false, &report)
            },
            KeyRule(
                "subscribe",
                "sub",
                "export",
                form: .block("subjects"),
                help: """
                    Subjects that may be subscribed to: one, a list, or the block. \
                    A queue group may follow a subject after a blank.
                    """
            ) { permissions, value, report throws(ConfigurationError) in
                permissions.subscribe = try rules(value, allowsQueue: true, &report)
            },
            KeyRule(
                "allow_responses",
                "publish_allow_responses",
                form: .block("allow_responses"),
                help: """
                    Whether reply subjects of delivered messages may be published to; \
                    everything else must then be allowed by name.
                    """
            ) { permissions, value, report throws(ConfigurationError) in
                permissions.responses = try responses(value, &report)
            },
        ]
    )

    static let subjects = KeyBlock<SubjectRules>(
        name: "subjects",
        rules: [
            KeyRule("allow", form: .texts, help: "What is allowed; everything if absent.") {
                rules,
                value,
                _ throws(ConfigurationError) in
                rules.allow = try subjectRules(value, allowsQueue: true)
            },
            KeyRule("deny", form: .texts, help: "What is denied nevertheless.") {
                rules,
                value,
                _ throws(ConfigurationError) in
                rules.deny = try subjectRules(value, allowsQueue: true)
            },
        ]
    )

    static let allowResponses = KeyBlock<Permissions.Responses>(
        name: "allow_responses",
        rules: [
            KeyRule(
                "max",
                "max_msgs",
                "max_messages",
                "max_responses",
                form: .count,
                help: "Replies to one message, 1 by default; negative is no limit."
            ) { responses, value, _ throws(ConfigurationError) in
                let count = try value.count(Int.min...Int.max)
                if count != 0 { responses.messagesMax = count > 0 ? count : nil }
            },
            KeyRule(
                "expires",
                "expiration",
                "ttl",
                form: .duration,
                help: "Time for replies, two minutes by default; negative is no limit."
            ) { responses, value, _ throws(ConfigurationError) in
                let time = try value.signedDuration()
                if time != 0 { responses.expiryNanoseconds = time > 0 ? UInt64(time) : nil }
            },
        ]
    )

    /// The permissions in the block `value`.
    static func permissions(
        _ value: KeyValue,
        _ report: inout KeyReport
    ) throws(ConfigurationError) -> Permissions {
        var result = Permissions()
        try permissions.read(value, into: &result, &report)
        // Who may answer may publish nothing else, unless it is allowed by name.
        if result.responses != nil, result.publish.allow == nil { result.publish.allow = [] }
        return result
    }

    private static func rules(
        _ value: KeyValue,
        allowsQueue: Bool,
        _ report: inout KeyReport
    ) throws(ConfigurationError) -> SubjectRules {
        var result = SubjectRules()
        guard case .map = value.node.value else {
            result.allow = try subjectRules(value, allowsQueue: allowsQueue)
            return result
        }
        try subjects.read(value, into: &result, &report)
        let all = (result.allow ?? []) + result.deny
        guard allowsQueue || all.allSatisfy({ $0.queue == nil }) else {
            throw value.refusal(.invalidSubject)
        }
        return result
    }

    private static func subjectRules(
        _ value: KeyValue,
        allowsQueue: Bool
    ) throws(ConfigurationError) -> [SubjectRule] {
        var rules: [SubjectRule] = []
        for text in try value.texts() {
            guard let rule = SubjectRule(text, allowsQueue: allowsQueue) else {
                throw KeyValue(key: text, node: value.node).refusal(.invalidSubject)
            }
            rules.append(rule)
        }
        return rules
    }

    private static func responses(
        _ value: KeyValue,
        _ report: inout KeyReport
    ) throws(ConfigurationError) -> Permissions.Responses? {
        if case .bool(let isOn) = value.node.value {
            return isOn ? Permissions.Responses() : nil
        }
        var result = Permissions.Responses()
        try allowResponses.read(value, into: &result, &report)
        return result
    }
}
