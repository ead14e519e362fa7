// What `sluice audit` is asked to do.

/// A command line of `sluice audit`.
public struct AuditRequest: Equatable, Sendable, ConnectionTarget, StoreTarget {
    /// What is to be done.
    public enum Verb: String, CaseIterable, Sendable {
        /// Show the entries.
        case list = "ls"
        /// Check the whole log against its signed head.
        case verify
        /// Write entries and signed head, for others to check.
        case export
    }

    /// How to connect.
    public var connection = ClientOptions()
    /// Whether only the options are to be shown.
    public var wantsHelp = false
    /// What is to be done.
    public var verb = Verb.list
    /// An export to check; empty for the log itself.
    public var file = ""
    /// The directory of a store that no server has open; empty for a running server.
    public var storeDirectory = ""
    /// What opens that store.
    public var unlock = StoreUnlock()

    /// The request in `arguments`, those after `audit`.
    public init(_ arguments: ArraySlice<[UInt8]>) throws(ArgumentError) {
        connection.timeoutNanoseconds *= 5
        let operands = try Commands.audit.read(arguments, into: &self)
        if wantsHelp { return }
        guard let word = operands.first else { throw .missingOperand("ls, verify or export") }
        guard let verb = Verb(rawValue: String(decoding: word, as: UTF8.self)) else {
            throw .wrongForm(
                Array("audit".utf8),
                value: word,
                expected: .word(Verb.allCases.map(\.rawValue))
            )
        }
        self.verb = verb
        if verb == .verify, operands.count == 2 {
            file = String(decoding: operands[1], as: UTF8.self)
        } else if operands.count > 1 {
            throw .unexpectedOperand(operands[1])
        }
    }
}

extension Commands {
    static let audit = CommandRule<AuditRequest>(
        name: "audit",
        summary: "show, check or export what was done to keys and queues",
        operands: "ls | verify [FILE] | export",
        options: OptionRule.closedStore + OptionRule.connection
    )
}
