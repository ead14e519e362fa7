// What accounts share, and what is rewritten: exports, imports and mappings.
// Source: NATS server configuration, `exports`, `imports` and `mappings`.

extension ConfigurationBlocks {
    static let export = KeyBlock<ExportDraft>(
        name: "exports",
        rules: [
            KeyRule("stream", form: .subject, help: "Messages of this subject are shared.") {
                draft,
                value,
                _ throws(ConfigurationError) in
                draft.stream = try value.subject()
            },
            KeyRule("service", form: .subject, help: "Requests to this subject are served.") {
                draft,
                value,
                _ throws(ConfigurationError) in
                draft.service = try value.subject()
            },
            KeyRule(
                "accounts",
                form: .texts,
                help: "The accounts that may import it; everybody if absent."
            ) { draft, value, _ throws(ConfigurationError) in
                draft.accounts = try value.texts()
            },
            KeyRule(
                "response_type",
                "response",
                form: .word(["singleton", "stream", "chunked"]),
                help: "How a service answers."
            ) { draft, value, _ throws(ConfigurationError) in
                draft.response = try value.word([
                    ("singleton", .single), ("single", .single), ("stream", .stream),
                    ("chunked", .chunked), ("chunk", .chunked),
                ])
            },
            KeyRule(
                "response_threshold",
                "threshold",
                "response_max_time",
                "response_time",
                form: .duration,
                help: "How long an answer may take, two minutes by default."
            ) { draft, value, _ throws(ConfigurationError) in
                draft.responseNanoseconds = try value.duration()
            },
        ] + KeyRule.refused(.messageTracing, "latency", "allow_trace")
            + KeyRule.refused(.decentralizedAccess, "account_token_position"),
        rivals: [
            ("stream", "service"), ("stream", "response_type"), ("stream", "response_threshold"),
        ]
    )

    static let `import` = KeyBlock<ImportDraft>(
        name: "imports",
        rules: [
            KeyRule(
                "stream",
                form: .block("import source"),
                help: "The account and the subject of the messages that are taken."
            ) { draft, value, report throws(ConfigurationError) in
                draft.stream = try source(value, &report)
            },
            KeyRule(
                "service",
                form: .block("import source"),
                help: "The account and the subject that requests go to."
            ) { draft, value, report throws(ConfigurationError) in
                draft.service = try source(value, &report)
            },
            KeyRule("to", form: .subject, help: "The subject here; the same if absent.") {
                draft,
                value,
                _ throws(ConfigurationError) in
                draft.localSubject = try value.subject()
            },
            KeyRule("prefix", form: .subject, help: "What stands before the subject here.") {
                draft,
                value,
                _ throws(ConfigurationError) in
                draft.prefix = try value.subject()
            },
            .ignored(
                "share",
                form: .flag,
                help: "Whether the service learns who asks; accepted without effect."
            ),
        ] + KeyRule.refused(.messageTracing, "allow_trace"),
        rivals: [("stream", "service"), ("service", "prefix"), ("to", "prefix")]
    )

    static let importSource = KeyBlock<ImportSource>(
        name: "import source",
        rules: [
            KeyRule("account", form: .text, help: "The account that exports.") {
                source,
                value,
                _ throws(ConfigurationError) in
                source.account = try value.bytes()
            },
            KeyRule("subject", form: .subject, help: "The subject there.") {
                source,
                value,
                _ throws(ConfigurationError) in
                source.subject = try value.subject()
            },
        ]
    )

    static let mappingDestination = KeyBlock<SubjectMapping.Destination>(
        name: "mappings",
        rules: [
            KeyRule("destination", "dest", form: .subject, help: "What the subject becomes.") {
                destination,
                value,
                _ throws(ConfigurationError) in
                destination.subject = try value.subject()
            },
            KeyRule("weight", form: .count, help: "Its share, as in 20%.") {
                destination,
                value,
                _ throws(ConfigurationError) in
                destination.percent = try value.percent()
            },
        ] + KeyRule.refused(.clustering, "cluster")
    )

    static func exports(
        _ value: KeyValue,
        _ report: inout KeyReport
    ) throws(ConfigurationError) -> [ExportDraft] {
        var drafts: [ExportDraft] = []
        for element in try value.elements(.blocks("exports")) {
            var draft = ExportDraft(place: element)
            let errorCount = report.errors.count
            try export.read(element, into: &draft, &report)
            guard report.errors.count == errorCount else { continue }
            if draft.stream == nil, draft.service == nil {
                report.refuse(element, .needs("stream"))
            } else {
                drafts.append(draft)
            }
        }
        return drafts
    }

    static func imports(
        _ value: KeyValue,
        _ report: inout KeyReport
    ) throws(ConfigurationError) -> [ImportDraft] {
        var drafts: [ImportDraft] = []
        for element in try value.elements(.blocks("imports")) {
            var draft = ImportDraft(place: element)
            let errorCount = report.errors.count
            try `import`.read(element, into: &draft, &report)
            guard report.errors.count == errorCount else { continue }
            if draft.stream == nil, draft.service == nil {
                report.refuse(element, .needs("stream"))
            } else {
                drafts.append(draft)
            }
        }
        return drafts
    }

    /// The mappings in the map `value`, by subject.
    static func mappings(
        _ value: KeyValue,
        _ report: inout KeyReport
    ) throws(ConfigurationError) -> [SubjectMapping] {
        guard case .map(let entries) = value.node.value else {
            throw value.wrong(.block("mappings"))
        }
        var result: [SubjectMapping] = []
        for entry in entries where !entry.isReferenced {
            let place = KeyValue(entry)
            guard SubjectRule.isValid(subject: entry.key) else {
                report.refuse(place, .invalidSubject)
                continue
            }
            guard !result.contains(where: { $0.source == entry.key }) else {
                report.refuse(place, .definedBefore)
                continue
            }
            let destinations = try destinations(place, &report)
            guard destinations.reduce(0, { $0 + $1.percent }) <= 100 else {
                report.refuse(place, .tooMuch)
                continue
            }
            result.append(SubjectMapping(source: entry.key, destinations: destinations))
        }
        return result
    }

    private static func destinations(
        _ value: KeyValue,
        _ report: inout KeyReport
    ) throws(ConfigurationError) -> [SubjectMapping.Destination] {
        let elements: [KeyValue]
        switch value.node.value {
        case .string:
            return [SubjectMapping.Destination(subject: try value.subject(), percent: 100)]
        case .array: elements = try value.elements(.blocks("mappings"))
        case .map: elements = [value]
        case .bool, .integer, .float: throw value.wrong(.subject)
        }
        var result: [SubjectMapping.Destination] = []
        for element in elements {
            var destination = SubjectMapping.Destination(subject: [], percent: -1)
            try mappingDestination.read(element, into: &destination, &report)
            if destination.subject.isEmpty { throw element.refusal(.needs("destination")) }
            if destination.percent < 0 { throw element.refusal(.needs("weight")) }
            result.append(destination)
        }
        return result
    }

    private static func source(
        _ value: KeyValue,
        _ report: inout KeyReport
    ) throws(ConfigurationError) -> ImportSource {
        var source = ImportSource()
        try importSource.read(value, into: &source, &report)
        if source.account.isEmpty { throw value.refusal(.needs("account")) }
        if source.subject.isEmpty { throw value.refusal(.needs("subject")) }
        return source
    }
}

extension KeyValue {
    /// The subject, which may have wildcards.
    func subject() throws(ConfigurationError) -> [UInt8] {
        let subject = try bytes()
        guard SubjectRule.isValid(subject: subject) else { throw refusal(.invalidSubject) }
        return subject
    }

    /// A number from 0 to 100, with or without a percent sign.
    fileprivate func percent() throws(ConfigurationError) -> Int {
        guard case .string(let text) = node.value else { return try count(0...100) }
        let digits = text.last == UInt8(ascii: "%") ? text.dropLast() : text[...]
        guard case .integer(let value, false)? = NumberWord(Array(digits)),
            (0...100).contains(value)
        else { throw refusal(.outOfRange(min: 0, max: 100)) }
        return Int(value)
    }
}
