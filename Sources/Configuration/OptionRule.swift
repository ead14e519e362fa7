// The tables of options: what a command takes on its command line, and what each option does.

/// One option of a command.
struct OptionRule<Target>: Sendable {
    typealias Action =
        @Sendable (inout Target, OptionValue) throws(ArgumentError) -> Void

    /// The spellings without dashes, the preferred one first.
    let names: [String]
    /// What the value is called in help; `nil` for a switch.
    let valueName: String?
    /// What it does, as a sentence.
    let help: String
    /// Why it is refused; `nil` if it is not.
    let refusal: ConfigurationError.Unsupported?
    /// What it changes.
    let action: Action

    /// An option with a value that help calls `valueName`.
    init(
        _ names: String...,
        value valueName: String,
        help: String,
        action: @escaping Action
    ) {
        self.names = names
        self.valueName = valueName
        self.help = help
        refusal = nil
        self.action = action
    }

    /// A switch: on alone, or with `=true` and `=false`.
    init(switch names: String..., help: String, action: @escaping Action) {
        self.init(switches: names, help: help, action: action)
    }

    /// A switch with all of `names`.
    init(switches names: [String], help: String, action: @escaping Action) {
        self.names = names
        valueName = nil
        self.help = help
        refusal = nil
        self.action = action
    }

    private init(refused name: String, value: String?, why: ConfigurationError.Unsupported) {
        names = [name]
        valueName = value
        help = why.text
        refusal = why
        action = { _, value throws(ArgumentError) in
            throw .unsupported(value.spelling, why: why)
        }
    }

    /// Options that are known and refused for one reason.
    static func refused(
        _ why: ConfigurationError.Unsupported,
        value: String?,
        _ names: String...
    ) -> [OptionRule] {
        names.map { OptionRule(refused: $0, value: value, why: why) }
    }
}

/// A command: its name, its options and its operands.
struct CommandRule<Target>: Sendable {
    /// The name after `sluice`.
    let name: String
    /// What it does, as a phrase.
    let summary: String
    /// The operands as help shows them.
    let operands: String
    /// The options.
    let options: [OptionRule<Target>]

    /// Applies the options in `arguments` to `target` and gives back the operands.
    ///
    /// Options start with one dash or two, and a value follows after `=` or as the next argument.
    /// Options and operands may be mixed; after `--` there are only operands. A single dash is an
    /// operand.
    func read(
        _ arguments: ArraySlice<[UInt8]>,
        into target: inout Target
    ) throws(ArgumentError) -> [[UInt8]] {
        var rest = arguments
        var operands: [[UInt8]] = []
        while let argument = rest.popFirst() {
            guard argument.count > 1, argument.first == UInt8(ascii: "-") else {
                operands.append(argument)
                continue
            }
            if argument == Array("--".utf8) { return operands + rest }
            let value: [UInt8]?
            let spelling: [UInt8]
            if let equals = argument.firstIndex(of: UInt8(ascii: "=")) {
                spelling = Array(argument[..<equals])
                value = Array(argument[(equals + 1)...])
            } else {
                (spelling, value) = (argument, nil)
            }
            let rule = try rule(spelling)
            var text = value
            if text == nil, rule.valueName != nil {
                guard let next = rest.popFirst() else { throw .missingValue(spelling) }
                text = next
            }
            try rule.action(&target, OptionValue(spelling: spelling, text: text))
        }
        return operands
    }

    private func rule(_ spelling: [UInt8]) throws(ArgumentError) -> OptionRule<Target> {
        let dashes = spelling.starts(with: Array("--".utf8)) ? 2 : 1
        let word = String(decoding: spelling.dropFirst(dashes), as: UTF8.self)
        if let found = options.first(where: { $0.names.contains(word) }) { return found }
        let names = options.filter { $0.refusal == nil }.flatMap(\.names).filter { $0.count > 2 }
        let nearest = NearestWord.of(Array(word.utf8), in: names)
        throw .unknownOption(spelling, nearest: nearest.map { "--" + $0 })
    }
}

/// An option as it stands on the command line.
struct OptionValue {
    /// The option with its dashes, for messages.
    let spelling: [UInt8]
    /// The value; `nil` for a switch without one.
    let text: [UInt8]?

    func wrong(_ form: ValueForm) -> ArgumentError {
        .wrongForm(spelling, value: text ?? [], expected: form)
    }

    /// Whether a switch is on; as Go reads it.
    func isOn() throws(ArgumentError) -> Bool {
        guard let text else { return true }
        switch String(decoding: text, as: UTF8.self) {
        case "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        default: throw wrong(.flag)
        }
    }

    func bytes() -> [UInt8] { text ?? [] }

    /// The value as text that can be handed to the system.
    func string() throws(ArgumentError) -> String {
        guard let text = String(validating: bytes(), as: UTF8.self), !text.utf8.contains(0) else {
            throw wrong(.text)
        }
        return text
    }

    func count(_ range: ClosedRange<Int>) throws(ArgumentError) -> Int {
        guard case .integer(let value, false)? = NumberWord(bytes()),
            let number = Int(exactly: value),
            range.contains(number)
        else { throw wrong(.count) }
        return number
    }

    func size(_ range: ClosedRange<Int>) throws(ArgumentError) -> Int {
        guard case .integer(let value, _)? = NumberWord(bytes()), let number = Int(exactly: value),
            range.contains(number)
        else { throw wrong(.size) }
        return number
    }

    func port() throws(ArgumentError) -> ListeningPort {
        guard case .integer(let value, false)? = NumberWord(bytes()),
            let port = ListeningPort(number: value)
        else { throw wrong(.port) }
        return port
    }

    func duration() throws(ArgumentError) -> UInt64 {
        guard let value = DurationText.nanoseconds(bytes()), value >= 0 else {
            throw wrong(.duration)
        }
        return UInt64(value)
    }

    func subject() throws(ArgumentError) -> [UInt8] {
        guard SubjectRule.isValid(subject: bytes()) else { throw wrong(.subject) }
        return bytes()
    }
}
