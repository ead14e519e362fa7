// What `sluice check`, `sluice backup` and `sluice restore` are asked to do.

/// A command line of `sluice check`, `backup` or `restore`.
public struct StoreRequest: Equatable, Sendable, StoreTarget {
    /// What is to be done.
    public enum Verb: Equatable, Sendable {
        /// Look at every byte.
        case check
        /// Copy to the directory.
        case backUp(to: String)
        /// Make the store out of the copy in the directory.
        case restore(from: String)
    }

    /// What is to be done.
    public var verb = Verb.check
    /// Whether only the options are to be shown.
    public var wantsHelp = false
    /// Whether the answer is JSON.
    public var isJson = false
    /// The directory of the store; empty for the usual one.
    public var storeDirectory = ""
    /// What opens it.
    public var unlock = StoreUnlock()

    /// The request in `arguments`, those after `check`.
    public static func check(
        _ arguments: ArraySlice<[UInt8]>
    ) throws(ArgumentError) -> StoreRequest {
        var request = StoreRequest()
        let operands = try Commands.check.read(arguments, into: &request)
        if let extra = operands.first { throw .unexpectedOperand(extra) }
        return request
    }

    /// The request in `arguments`, those after `backup`.
    public static func backUp(
        _ arguments: ArraySlice<[UInt8]>
    ) throws(ArgumentError) -> StoreRequest {
        try copying(arguments, Commands.backUp) { .backUp(to: $0) }
    }

    /// The request in `arguments`, those after `restore`.
    public static func restore(
        _ arguments: ArraySlice<[UInt8]>
    ) throws(ArgumentError) -> StoreRequest {
        try copying(arguments, Commands.restore) { .restore(from: $0) }
    }

    private static func copying(
        _ arguments: ArraySlice<[UInt8]>,
        _ rule: CommandRule<StoreRequest>,
        _ verb: (String) -> Verb
    ) throws(ArgumentError) -> StoreRequest {
        var request = StoreRequest()
        let operands = try rule.read(arguments, into: &request)
        if request.wantsHelp { return request }
        guard let directory = operands.first else { throw .missingOperand("a directory") }
        if operands.count > 1 { throw .unexpectedOperand(operands[1]) }
        request.verb = verb(String(decoding: directory, as: UTF8.self))
        return request
    }
}

extension Commands {
    static let check = store(
        "check",
        "look at every byte of a store and name what is damaged",
        operands: ""
    )
    static let backUp = store(
        "backup",
        "copy a store, also while a server uses it, and check the copy",
        operands: "DIRECTORY"
    )
    static let restore = store(
        "restore",
        "make a store out of a backup",
        operands: "DIRECTORY"
    )

    private static func store(
        _ name: String,
        _ summary: String,
        operands: String
    ) -> CommandRule<StoreRequest> {
        CommandRule(
            name: name,
            summary: summary,
            operands: operands,
            options: OptionRule.closedStore + [
                OptionRule(switch: "json", help: "Show the result as JSON.") {
                    request,
                    value throws(ArgumentError) in
                    request.isJson = try value.isOn()
                },
                OptionRule(switch: "help", "h", help: "Show the options.") {
                    request,
                    value throws(ArgumentError) in
                    request.wantsHelp = try value.isOn()
                },
            ]
        )
    }
}
