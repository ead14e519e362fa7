// What the console alone understands, beside the options of its server.

/// Options of `sluice` without a command.
public struct ConsoleOptions: Equatable, Sendable {
    /// Whether nothing can be changed.
    public var isReadOnly = false
    /// Whether the console is lines of text rather than a screen.
    public var isPlain = false
    /// Whether the keys are printed, and nothing else is done.
    public var printsKeymap = false
    /// What the shell runs when an alert begins or ends; empty for nothing.
    public var alertCommand = ""
    /// The sequence that has the terminal notify a person of alerts; empty for none.
    public var alertNotification = ""
    /// The file that takes everything the terminal is sent; empty for none.
    public var recording = ""

    /// A console that may do everything.
    public init() {}

    /// An option as help and manual show it.
    public static let manual: [CommandManual.Option] = table.map {
        CommandManual.Option(
            names: [$0.name],
            valueName: $0.value,
            help: $0.help,
            isRefused: false
        )
    }

    private struct Rule: Sendable {
        let name: String
        var value: String?
        /// The only values there are; empty for any.
        var words: [String] = []
        let help: String
        let apply: @Sendable (inout ConsoleOptions, String) -> Void
    }

    private static let table = [
        Rule(name: "read-only", help: "Only look: nothing can be changed.") { options, _ in
            options.isReadOnly = true
        },
        Rule(name: "plain", help: "Lines of text and commands rather than a screen.") {
            options,
            _ in
            options.isPlain = true
        },
        Rule(name: "print-keymap", help: "Print every key and what it does.") { options, _ in
            options.printsKeymap = true
        },
        Rule(
            name: "alert-command",
            value: "command",
            help: "Let the shell run this when an alert begins or ends."
        ) { options, value in options.alertCommand = value },
        Rule(
            name: "alert-notify",
            value: "form",
            words: ["osc9", "osc777"],
            help: "Let the terminal notify you of alerts: osc9 or osc777, whichever it takes."
        ) { options, value in options.alertNotification = value },
        Rule(
            name: "record",
            value: "file",
            help: "Write the session to this new file as an asciicast."
        ) { options, value in options.recording = value },
    ]

    /// The console's options among `arguments`, and the arguments that are left.
    ///
    /// - Throws: an option without its value.
    static func take(
        from arguments: [[UInt8]]
    ) throws(ArgumentError) -> (options: ConsoleOptions, rest: [[UInt8]]) {
        var options = ConsoleOptions()
        var rest: [[UInt8]] = []
        var at = 0
        while at < arguments.count {
            let word = arguments[at]
            at += 1
            let (name, value) = parts(word)
            guard let rule = table.first(where: { $0.name == name }) else {
                rest.append(word)
                continue
            }
            guard rule.value != nil else {
                rule.apply(&options, "")
                continue
            }
            guard let text = value ?? following(arguments, &at) else { throw .missingValue(word) }
            guard rule.words.isEmpty || rule.words.contains(text) else {
                throw .wrongForm(word, value: Array(text.utf8), expected: .word(rule.words))
            }
            rule.apply(&options, text)
        }
        return (options, rest)
    }

    /// The word at `at`, which is behind it then; nil at the end.
    private static func following(_ arguments: [[UInt8]], _ at: inout Int) -> String? {
        guard at < arguments.count else { return nil }
        defer { at += 1 }
        return String(decoding: arguments[at], as: UTF8.self)
    }

    /// The name behind the dashes, and what stands behind `=`.
    private static func parts(_ word: [UInt8]) -> (name: String, value: String?) {
        var text = Substring(String(decoding: word, as: UTF8.self))
        guard text.hasPrefix("-") else { return ("", nil) }
        while text.hasPrefix("-") { text.removeFirst() }
        guard let equals = text.firstIndex(of: "=") else { return (String(text), nil) }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}
