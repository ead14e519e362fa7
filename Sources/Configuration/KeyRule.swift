// The tables of keys: what a block of the configuration may hold, and what each key does.

/// One key of a block.
struct KeyRule<Target>: Sendable {
    typealias Action =
        @Sendable (inout Target, KeyValue, inout KeyReport) throws(ConfigurationError) -> Void

    /// What a key does.
    enum Effect: Sendable {
        /// Changes the target.
        case applied(Action)
        /// Nothing, which does no harm.
        case ignored
        /// It is refused, because the server cannot do what it asks for.
        case refused(ConfigurationError.Unsupported)
    }

    /// The spellings, the preferred one first.
    let names: [String]
    /// What the value looks like.
    let form: ValueForm
    /// What it means, as a sentence.
    let help: String
    /// What it does.
    let effect: Effect

    /// The key with `names`, which `action` serves.
    init(_ names: String..., form: ValueForm, help: String, action: @escaping Action) {
        self.names = names
        self.form = form
        self.help = help
        effect = .applied(action)
    }

    private init(names: [String], form: ValueForm, help: String, effect: Effect) {
        self.names = names
        self.form = form
        self.help = help
        self.effect = effect
    }

    /// A key that is accepted and changes nothing.
    static func ignored(_ names: String..., form: ValueForm, help: String) -> KeyRule {
        KeyRule(names: names, form: form, help: help, effect: .ignored)
    }

    /// Keys that are refused for one reason, one entry each.
    static func refused(_ why: ConfigurationError.Unsupported, _ names: String...) -> [KeyRule] {
        names.map { KeyRule(names: [$0], form: .text, help: "", effect: .refused(why)) }
    }
}

/// What reading a configuration came to, beside the configuration.
struct KeyReport {
    var errors: [ConfigurationError] = []
    /// Keys that were accepted without effect.
    var ignored: [SourcePlace] = []

    mutating func refuse(_ value: KeyValue, _ refusal: ConfigurationError.Refusal) {
        errors.append(value.refusal(refusal))
    }

    /// Runs `body` and keeps what it throws.
    mutating func collect(
        _ body: (inout KeyReport) throws(ConfigurationError) -> Void
    ) {
        do {
            try body(&self)
        } catch {
            errors.append(error)
        }
    }
}

/// A block of the configuration: a name and its keys.
struct KeyBlock<Target>: Sendable {
    /// The name in messages and in the manual; empty at the top level.
    let name: String
    /// The keys.
    let rules: [KeyRule<Target>]
    /// Keys that cannot stand beside each other.
    var rivals: [(String, String)] = []

    /// Applies every entry of `value`, which must be a map, to `target`.
    func read(
        _ value: KeyValue,
        into target: inout Target,
        _ report: inout KeyReport
    ) throws(ConfigurationError) {
        guard case .map(let entries) = value.node.value else {
            throw value.wrong(.block(name))
        }
        read(entries, into: &target, &report)
    }

    /// Applies every entry to `target`; refusals go into the report.
    func read(_ entries: [SyntaxEntry], into target: inout Target, _ report: inout KeyReport) {
        var seen: [String: KeyValue] = [:]
        for entry in entries {
            let word = String(decoding: entry.key.lowercased, as: UTF8.self)
            let rule = rules.first { $0.names.contains(word) }
            let identity = rule?.names.first ?? word
            if let first = seen[identity] {
                report.errors.append(
                    ConfigurationError(
                        .duplicateKey(entry.key, first: first.node.place),
                        at: entry.node.place
                    )
                )
                continue
            }
            seen[identity] = KeyValue(entry)
            guard let rule else {
                if !entry.isReferenced { report.errors.append(unknown(entry, word)) }
                continue
            }
            switch rule.effect {
            case .applied(let action):
                report.collect { report throws(ConfigurationError) in
                    try action(&target, KeyValue(entry), &report)
                }
            case .ignored:
                report.ignored.append(entry.node.place)
            case .refused(let why):
                report.errors.append(
                    ConfigurationError(.unsupportedKey(entry.key, why: why), at: entry.node.place)
                )
            }
        }
        for (one, other) in rivals where seen[one] != nil {
            if let value = seen[other] { report.refuse(value, .conflict(with: one)) }
        }
    }

    private func unknown(_ entry: SyntaxEntry, _ word: String) -> ConfigurationError {
        let names = rules.flatMap(\.names)
        let nearest = NearestWord.of(entry.key, in: names)
        let homes = ConfigurationManual.homes(of: word)
        let reason: ConfigurationError.Reason =
            nearest == nil && !homes.isEmpty
            ? .misplacedKey(entry.key, block: name, homes: homes)
            : .unknownKey(entry.key, block: name, nearest: nearest)
        return ConfigurationError(reason, at: entry.node.place)
    }
}
