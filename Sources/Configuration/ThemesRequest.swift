// What `sluice themes` is asked to do.

/// A command line of `sluice themes`.
public struct ThemesRequest: Equatable, Sendable {
    /// `ls`, `check` and files, or `show` and maybe a name.
    public var words: [String] = []
    /// Whether only the options are to be shown.
    public var wantsHelp = false

    /// The request in `arguments`, those after `themes`.
    public init(_ arguments: ArraySlice<[UInt8]>) throws(ArgumentError) {
        let operands = try Commands.themes.read(arguments, into: &self)
        words = operands.map { String(decoding: $0, as: UTF8.self) }
        guard !wantsHelp else { return }
        guard let first = words.first else { throw .missingOperand("ls, check or show") }
        guard ["ls", "check", "show"].contains(first) else {
            throw .wrongForm(
                Array("themes".utf8),
                value: operands[0],
                expected: .word(["ls", "check", "show"])
            )
        }
    }
}

extension Commands {
    static let themes = CommandRule<ThemesRequest>(
        name: "themes",
        summary: "list the console's themes, check files of themes, or look at one",
        operands: "ls | check FILE... | show [NAME]",
        options: [
            OptionRule(switch: "help", "h", help: "Show the options.") {
                request,
                value throws(ArgumentError) in
                request.wantsHelp = try value.isOn()
            }
        ]
    )
}
