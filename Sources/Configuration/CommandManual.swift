// All commands with their options, for help texts and for the manual.

/// What the command line may hold.
public enum CommandManual {
    /// An option and what it does.
    public struct Option: Equatable, Sendable {
        /// The spellings without dashes, the preferred one first.
        public let names: [String]
        /// What the value is called; `nil` for a switch.
        public let valueName: String?
        /// What it does, as a sentence; the reason if it is refused.
        public let help: String
        /// Whether it is refused.
        public let isRefused: Bool

        /// The spellings with their dashes: one for letters, two for a word.
        public var spelling: String {
            let words = names.map { name in
                (name.count <= 2 || name == name.uppercased() ? "-" : "--") + name
            }
            let value = valueName.map { " <\($0)>" } ?? ""
            return words.joined(separator: ", ") + value
        }
    }

    /// A command and its options.
    public struct Command: Equatable, Sendable {
        /// The name after `sluice`.
        public let name: String
        /// What it does, as a phrase.
        public let summary: String
        /// The operands.
        public let operands: String
        /// The options.
        public let options: [Option]
    }

    /// Every command.
    public static let commands: [Command] = [
        command(Commands.serve),
        command(Commands.publish),
        command(Commands.subscribe),
        command(Commands.request),
        command(Commands.bench),
        command(Commands.queue),
        command(Commands.top),
        command(Commands.keys),
        command(Commands.audit),
        command(Commands.check),
        command(Commands.backUp),
        command(Commands.restore),
        command(Commands.themes),
        command(Commands.resetTerminal),
    ]

    private static func command<Target>(_ rule: CommandRule<Target>) -> Command {
        Command(
            name: rule.name,
            summary: rule.summary,
            operands: rule.operands,
            options: rule.options.map {
                Option(
                    names: $0.names,
                    valueName: $0.valueName,
                    help: $0.help,
                    isRefused: $0.refusal != nil
                )
            }
        )
    }

    /// The help for the whole program.
    public static var overview: String {
        var text = "Usage: sluice [OPTIONS OF serve]    the console, with a broker inside\n"
        text += "       sluice --demo [--seed N]        the same, with live traffic in it\n"
        text += "       sluice COMMAND [OPTIONS]\n\nCommands:\n"
        for command in commands {
            text += "    \(padded(command.name, 10))\(command.summary)\n"
        }
        return text + "    \(padded("version", 10))show the version\n"
            + "\nOptions of the console:\n"
            + ConsoleOptions.manual.map { "    \(padded($0.spelling, 34))\($0.help)\n" }.joined()
            + "\nsluice COMMAND --help shows the options of a command.\n"
    }

    /// The help for the command called `name`; `nil` if there is none.
    public static func help(_ name: String) -> String? {
        guard let command = commands.first(where: { $0.name == name }) else { return nil }
        let operands = command.operands.isEmpty ? "" : " " + command.operands
        var text = "Usage: sluice \(name) [OPTIONS]\(operands)\n\n\(command.summary)\n\nOptions:\n"
        for option in command.options where !option.isRefused {
            let spelling = option.spelling
            text += "    \(padded(spelling, 34))"
            if spelling.count >= 34 { text += "\n" + padded("", 38) }
            text += option.help + "\n"
        }
        return text
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

/// What the whole command line asks for.
public enum ProgramRequest: Sendable {
    /// Show what commands there are.
    case showHelp
    /// Show the version.
    case showVersion
    /// Show the console, with a server in the same process.
    case console(ServeRequest)
    /// The same with live traffic in it.
    case demo(DemoRequest)
    /// Run a server, or something about one.
    case serve(ServeRequest)
    /// Something about themes.
    case themes(ThemesRequest)
    /// Put the terminal in order.
    case resetTerminal(ResetTerminalRequest)
    /// Publish.
    case publish(PublishRequest)
    /// Subscribe.
    case subscribe(SubscribeRequest)
    /// Publish and wait for answers.
    case request(PublishRequest)
    /// Measure.
    case bench(BenchRequest)
    /// Something about queues.
    case queue(QueueRequest)
    /// What queues do, again and again.
    case top(TopRequest)
    /// Something about keys.
    case keys(KeysRequest)
    /// What was done.
    case audit(AuditRequest)
    /// Something about a store as a whole.
    case store(StoreRequest)

    /// The request in `arguments`, the program's name left out.
    ///
    /// - Throws: the first thing that is not understood.
    public init(_ arguments: [[UInt8]]) throws(ArgumentError) {
        guard let first = arguments.first else {
            self = .console(try ServeRequest([]))
            return
        }
        let rest = arguments.dropFirst()
        switch String(decoding: first, as: UTF8.self) {
        case "help", "--help", "-h", "-help": self = .showHelp
        case "version", "--version", "-v", "-version": self = .showVersion
        case "serve": self = .serve(try ServeRequest(rest))
        case "themes": self = .themes(try ThemesRequest(rest))
        case "reset-tty": self = .resetTerminal(try ResetTerminalRequest(rest))
        case "pub": self = .publish(try PublishRequest.publish(rest))
        case "sub": self = .subscribe(try SubscribeRequest(rest))
        case "request": self = .request(try PublishRequest.request(rest))
        case "bench": self = .bench(try BenchRequest(rest))
        case "audit": self = .audit(try AuditRequest(rest))
        case "check": self = .store(try StoreRequest.check(rest))
        case "backup": self = .store(try StoreRequest.backUp(rest))
        case "restore": self = .store(try StoreRequest.restore(rest))
        case "queue": self = .queue(try QueueRequest(rest))
        case "top": self = .top(try TopRequest(rest))
        case "keys": self = .keys(try KeysRequest(rest))
        case let word where word.hasPrefix("-"):
            let (console, rest) = try ConsoleOptions.take(from: arguments)
            guard DemoRequest.isMeant(by: rest) else {
                var request = try ServeRequest(rest[...])
                request.console = console
                self = .console(request)
                return
            }
            var request = try DemoRequest(rest)
            request.server.console = console
            self = .demo(request)
        default:
            let names = CommandManual.commands.map(\.name) + ["help", "version"]
            throw .unknownCommand(first, nearest: NearestWord.of(first, in: names))
        }
    }
}
