// What is wrong with a command line, and how a program ends.

/// A refusal of a command line.
public enum ArgumentError: Error, Equatable, Sendable {
    /// No command is called so; the nearest one.
    case unknownCommand([UInt8], nearest: String?)
    /// No option is called so; the nearest one.
    case unknownOption([UInt8], nearest: String?)
    /// An option of nats-server for something that Sluice does not do.
    case unsupported([UInt8], why: ConfigurationError.Unsupported)
    /// An option without its value.
    case missingValue([UInt8])
    /// A value of another form.
    case wrongForm([UInt8], value: [UInt8], expected: ValueForm)
    /// An operand is missing.
    case missingOperand(String)
    /// One operand too many.
    case unexpectedOperand([UInt8])
    /// An option that needs another one.
    case needs(String, other: String)

    /// The refusal in words.
    public var text: String {
        switch self {
        case .unknownCommand(let word, let nearest):
            "unknown command \(shown(word))" + Self.hint(nearest)
        case .unknownOption(let option, let nearest):
            "unknown option \(shown(option))" + Self.hint(nearest)
        case .unsupported(let option, let why): "\(shown(option)) is not supported: \(why.text)"
        case .missingValue(let option): "\(shown(option)) needs a value"
        case .wrongForm(let option, let value, let expected):
            "\(shown(option)) needs \(expected.text), not \(shown(value))"
        case .missingOperand(let name): "\(name) is missing"
        case .unexpectedOperand(let operand): "unexpected \(shown(operand))"
        case .needs(let option, let other): "\(option) needs \(other) too"
        }
    }

    private static func hint(_ nearest: String?) -> String {
        nearest.map { "; did you mean '\($0)'?" } ?? ""
    }
}

/// How the program ends; the numbers are part of its interface.
public enum ExitStatus: Int32, CaseIterable, Sendable {
    /// Everything went well.
    case success = 0
    /// The work could not be done: a port is taken, a server refuses, a connection breaks.
    case failure = 1
    /// The command line was not understood.
    case usage = 2
    /// The configuration was refused.
    case configuration = 3
    /// Nobody answered in time, or there is nobody to answer.
    case noAnswer = 4
    /// The store does not open: a wrong secret, a lost slot, a damaged key ring.
    case locked = 5

    /// What it says, for the manual.
    public var meaning: String {
        switch self {
        case .success: "Everything went well."
        case .failure: "The work could not be done: a port is taken, a connection was refused."
        case .usage: "The command line was not understood."
        case .configuration: "The configuration was refused; the messages name file and line."
        case .locked: "The store does not open: a wrong secret, no slot for it, a bad key ring."
        case .noAnswer: "Nobody answered the request in time, or nobody is there to answer."
        }
    }
}
