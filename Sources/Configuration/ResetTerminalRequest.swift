// What `sluice reset-tty` is asked to do.

/// A command line of `sluice reset-tty`.
public struct ResetTerminalRequest: Equatable, Sendable {
    /// Whether only the options are to be shown.
    public var wantsHelp = false

    /// The request in `arguments`, those after `reset-tty`.
    public init(_ arguments: ArraySlice<[UInt8]>) throws(ArgumentError) {
        let operands = try Commands.resetTerminal.read(arguments, into: &self)
        if let operand = operands.first { throw .unexpectedOperand(operand) }
    }
}

extension Commands {
    static let resetTerminal = CommandRule<ResetTerminalRequest>(
        name: "reset-tty",
        summary: "put the terminal in order after the console was killed",
        operands: "",
        options: [
            OptionRule(switch: "help", "h", help: "Show the options.") {
                request,
                value throws(ArgumentError) in
                request.wantsHelp = try value.isOn()
            }
        ]
    )
}
