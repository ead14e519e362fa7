// What `sluice keys` is asked to do.

/// A command line of `sluice keys`.
public struct KeysRequest: Equatable, Sendable, ConnectionTarget, StoreTarget {
    /// What is to be done.
    public enum Verb: Equatable, Sendable {
        /// Show versions, slots and rotations.
        case status
        /// Make a new version and rewrite what is old.
        case rotate
        /// Read samples back.
        case verify
        /// Hold the rewriting.
        case hold
        /// Let it go on.
        case resume
        /// Declare a version known to others.
        case compromise(UInt32)
        /// Destroy a version of which nothing is left.
        case destroy(UInt32)
        /// Show the ways to open the store.
        case slots
        /// Add a way to open the store.
        case addSlot(SlotWord, path: String)
        /// Take a way to open the store away.
        case removeSlot(UInt32)
        /// Wipe the keys from memory.
        case lock
        /// Bring them back.
        case unlock(SlotWord, path: String)
    }

    /// A kind of slot by its word.
    public enum SlotWord: String, CaseIterable, Sendable {
        /// A file of key bytes.
        case keyfile
        /// A passphrase in a file, or typed.
        case passphrase
        /// A credential of the service manager.
        case credential
        /// A key that is printed.
        case recovery
    }

    /// How to connect.
    public var connection = ClientOptions()
    /// Whether only the options are to be shown.
    public var wantsHelp = false
    /// What is to be done.
    public var verb = Verb.status
    /// The queue; `nil` for all.
    public var queue: [UInt8]?
    /// Whether JSON is shown.
    public var isJson = false
    /// Whether a rotation is only planned.
    public var isDryRun = false
    /// Whether a rotation destroys old versions at its end.
    public var destroysOld = false
    /// Whether the root key is rotated.
    public var isRoot = false
    /// Where the secrets of slots are, for another root key.
    public var secrets: [SlotPath] = []
    /// Most bytes a second that are rewritten; 0 for no limit.
    public var bytesPerSecond = 0
    /// The directory of a store that no server has open; empty for a running server.
    public var storeDirectory = ""
    /// What opens that store.
    public var unlock = StoreUnlock()

    /// The request in `arguments`, those after `keys`.
    public init(_ arguments: ArraySlice<[UInt8]>) throws(ArgumentError) {
        // Opening a store and rewriting take longer than a message.
        connection.timeoutNanoseconds *= 15
        var operands = try Commands.keys.read(arguments, into: &self)[...]
        if wantsHelp { return }
        guard let word = operands.popFirst() else { throw .missingOperand("status, rotate, …") }
        switch String(decoding: word, as: UTF8.self) {
        case "status", "ls": verb = .status
        case "rotate": verb = .rotate
        case "verify": verb = .verify
        case "hold": verb = .hold
        case "resume": verb = .resume
        case "compromise":
            queue = try Self.name(&operands)
            verb = .compromise(try Self.number(&operands, "VERSION"))
        case "destroy":
            queue = try Self.name(&operands)
            verb = .destroy(try Self.number(&operands, "VERSION"))
        case "lock": verb = .lock
        case "unlock":
            let kind = operands.isEmpty ? .keyfile : try Self.kind(&operands)
            verb = .unlock(kind, path: try Self.path(&operands))
        case "slots": try readSlots(&operands)
        case "export-recovery": verb = .addSlot(.recovery, path: try Self.path(&operands))
        default:
            throw .wrongForm(
                Array("keys".utf8),
                value: word,
                expected: .word(["status", "rotate", "verify", "destroy", "slots"])
            )
        }
        if verb == .rotate, isRoot {
            while let word = operands.popFirst() { secrets.append(try SlotPath(word)) }
        }
        if queue == nil, [.rotate, .verify, .hold, .resume].contains(verb) {
            queue = operands.popFirst()
        }
        if let operand = operands.first { throw .unexpectedOperand(operand) }
    }

    private mutating func readSlots(_ operands: inout ArraySlice<[UInt8]>) throws(ArgumentError) {
        guard let word = operands.popFirst() else { return verb = .slots }
        switch String(decoding: word, as: UTF8.self) {
        case "ls": verb = .slots
        case "remove": verb = .removeSlot(try Self.number(&operands, "SLOT"))
        case "add":
            let slot = try Self.kind(&operands)
            verb = .addSlot(slot, path: try Self.path(&operands))
        default:
            throw .wrongForm(
                Array("slots".utf8),
                value: word,
                expected: .word(["ls", "add", "remove"])
            )
        }
    }

    private static func kind(
        _ operands: inout ArraySlice<[UInt8]>
    ) throws(ArgumentError)
        -> SlotWord
    {
        let kind = operands.popFirst() ?? []
        guard let slot = SlotWord(rawValue: String(decoding: kind, as: UTF8.self)) else {
            throw .wrongForm(
                Array("KIND".utf8),
                value: kind,
                expected: .word(SlotWord.allCases.map(\.rawValue))
            )
        }
        return slot
    }

    private static func name(
        _ operands: inout ArraySlice<[UInt8]>
    ) throws(ArgumentError)
        -> [UInt8]
    {
        guard let name = operands.popFirst() else { throw .missingOperand("QUEUE") }
        return name
    }

    private static func number(
        _ operands: inout ArraySlice<[UInt8]>,
        _ name: StaticString
    ) throws(ArgumentError) -> UInt32 {
        guard let word = operands.popFirst() else { throw .missingOperand(name.description) }
        // Versions are shown as k1, k2 and so on.
        let digits = word.first == UInt8(ascii: "k") ? word.dropFirst() : word[...]
        guard let number = UInt32(String(decoding: digits, as: UTF8.self)) else {
            throw .wrongForm(Array(name.description.utf8), value: word, expected: .count)
        }
        return number
    }

    private static func path(_ operands: inout ArraySlice<[UInt8]>) throws(ArgumentError) -> String
    {
        guard let word = operands.popFirst() else { return "" }
        guard let path = String(validating: word, as: UTF8.self), !word.contains(0) else {
            throw .wrongForm(Array("FILE".utf8), value: word, expected: .text)
        }
        return path
    }
}

/// A slot and the file that its secret is in.
public struct SlotPath: Equatable, Sendable {
    /// The slot.
    public let slot: UInt32
    /// The file, on the server's machine.
    public let path: String

    /// What `word` says in the form SLOT=FILE.
    init(_ word: [UInt8]) throws(ArgumentError) {
        let parts = word.split(separator: UInt8(ascii: "="), maxSplits: 1)
        guard parts.count == 2, let slot = UInt32(String(decoding: parts[0], as: UTF8.self)),
            let path = String(validating: parts[1], as: UTF8.self), !word.contains(0)
        else { throw .wrongForm(Array("SLOT=FILE".utf8), value: word, expected: .text) }
        (self.slot, self.path) = (slot, path)
    }
}

extension Commands {
    static let keys = CommandRule<KeysRequest>(
        name: "keys",
        summary: "show, rotate and destroy the keys of a store, and ways to open it",
        operands: "status | rotate [QUEUE] | destroy QUEUE VERSION | slots … | …",
        options: [
            OptionRule(switch: "json", help: "Show what the server answers, as JSON.") {
                request,
                value throws(ArgumentError) in
                request.isJson = try value.isOn()
            },
            OptionRule(switch: "dry-run", help: "Show what a rotation would rewrite, and stop.") {
                request,
                value throws(ArgumentError) in
                request.isDryRun = try value.isOn()
            },
            OptionRule(switch: "destroy-old", help: "Destroy old versions after a rotation.") {
                request,
                value throws(ArgumentError) in
                request.destroysOld = try value.isOn()
            },
            OptionRule(switch: "root", help: "Rotate the root key; SLOT=FILE names a secret.") {
                request,
                value throws(ArgumentError) in
                request.isRoot = try value.isOn()
            },
            OptionRule("rate", value: "size", help: "Rewrite no more bytes than this a second.") {
                request,
                value throws(ArgumentError) in
                request.bytesPerSecond = try value.size(0...Int.max)
            },
        ] + OptionRule.closedStore + OptionRule.connection
    )
}
