// What `sluice queue` is asked to do.

/// A command line of `sluice queue`.
public struct QueueRequest: Equatable, Sendable, ConnectionTarget {
    /// What is to be done.
    public enum Verb: String, CaseIterable, Sendable {
        /// Show all queues.
        case list = "ls"
        /// Show one with its consumers.
        case info
        /// Hold delivery or refuse publishes.
        case pause
        /// Back to normal.
        case resume
        /// Refuse publishes until consumers have emptied it.
        case drain
        /// Remove messages.
        case purge
        /// Show messages without taking them.
        case peek
        /// Put dead letters back.
        case redrive
        /// Make a queue.
        case create
        /// Remove the queue.
        case remove = "rm"
    }

    /// How to connect.
    public var connection = ClientOptions()
    /// Whether only the options are to be shown.
    public var wantsHelp = false
    /// What is to be done.
    public var verb = Verb.list
    /// The queue; empty for all.
    public var queue: [UInt8] = []
    /// Whether the server's answer is shown as it is.
    public var isJson = false
    /// Whether a pause refuses publishes rather than hold delivery.
    public var isIngress = false
    /// The only consumer that is paused or resumed; empty for all.
    public var consumer: [UInt8] = []
    /// Only messages on these subjects are purged; empty for all.
    public var filter: [UInt8] = []
    /// The last sequence that is purged; `nil` for the newest.
    public var upTo: Int?
    /// How many of the newest are kept.
    public var keep = 0
    /// The first sequence that is shown.
    public var from = 1
    /// How many messages are shown.
    public var count = 10
    /// How many dead letters are put back; 0 for all.
    public var limit = 0
    /// What a new queue listens to; empty for its name.
    public var subjects: [[UInt8]] = []
    /// Which messages a new queue keeps.
    public var retention = "limits"
    /// Whether a new queue lives in memory only.
    public var isInMemory = false
    /// Whether a new queue keeps dead letters.
    public var hasDeadLetters = false
    /// The name that was given so that nobody is asked.
    public var confirmed: [UInt8] = []

    /// Whether the name must be typed before it is done.
    public var isDestructive: Bool { verb == .purge || verb == .remove }

    /// The request in `arguments`, those after `queue`.
    public init(_ arguments: ArraySlice<[UInt8]>) throws(ArgumentError) {
        let operands = try Commands.queue.read(arguments, into: &self)
        if wantsHelp { return }
        guard let word = operands.first else { throw .missingOperand("ls, info, pause, …") }
        guard let verb = Verb(rawValue: String(decoding: word, as: UTF8.self)) else {
            throw .wrongForm(
                Array("queue".utf8),
                value: word,
                expected: .word(Verb.allCases.map(\.rawValue))
            )
        }
        self.verb = verb
        let operandsMax = verb == .list ? 1 : 2
        if operands.count > operandsMax { throw .unexpectedOperand(operands[operandsMax]) }
        if verb != .list {
            guard operands.count == 2 else { throw .missingOperand("QUEUE") }
            queue = operands[1]
        }
    }
}

extension Commands {
    static let queue = CommandRule<QueueRequest>(
        name: "queue",
        summary: "show, pause, drain, purge and look into queues",
        operands: "ls | info QUEUE | pause QUEUE | resume QUEUE | drain QUEUE | …",
        options: [
            OptionRule(switch: "json", help: "Show what the server answers, as JSON.") {
                request,
                value throws(ArgumentError) in
                request.isJson = try value.isOn()
            },
            OptionRule(switch: "ingress", help: "Pause publishing rather than delivery.") {
                request,
                value throws(ArgumentError) in
                request.isIngress = try value.isOn()
            },
            OptionRule("consumer", value: "name", help: "Pause or resume this one only.") {
                request,
                value throws(ArgumentError) in
                request.consumer = value.bytes()
            },
            OptionRule("filter", value: "subject", help: "Purge only what this subject matches.") {
                request,
                value throws(ArgumentError) in
                request.filter = value.bytes()
            },
            OptionRule("up-to", value: "seq", help: "Purge no message behind this one.") {
                request,
                value throws(ArgumentError) in
                request.upTo = try value.count(0...Int.max)
            },
            OptionRule("keep", value: "n", help: "Keep so many of the newest when purging.") {
                request,
                value throws(ArgumentError) in
                request.keep = try value.count(0...Int.max)
            },
            OptionRule("from", value: "seq", help: "Show messages from this one on.") {
                request,
                value throws(ArgumentError) in
                request.from = try value.count(0...Int.max)
            },
            OptionRule("count", value: "n", help: "Show so many messages, 10 by default.") {
                request,
                value throws(ArgumentError) in
                request.count = try value.count(1...100)
            },
            OptionRule(
                "limit",
                value: "n",
                help: "Put so many dead letters back, all by default."
            ) { request, value throws(ArgumentError) in
                request.limit = try value.count(0...Int.max)
            },
            OptionRule(
                "subject",
                value: "subject",
                help: "A new queue listens there; repeatable."
            ) { request, value throws(ArgumentError) in
                request.subjects.append(value.bytes())
            },
            OptionRule(
                "retention",
                value: "kind",
                help: "A new queue's: limits (default), interest or workqueue."
            ) { request, value throws(ArgumentError) in
                let kinds = ["limits", "interest", "workqueue"]
                let kind = String(decoding: value.bytes(), as: UTF8.self)
                guard kinds.contains(kind) else { throw value.wrong(.word(kinds)) }
                request.retention = kind
            },
            OptionRule(switch: "memory", help: "A new queue lives in memory only.") {
                request,
                value throws(ArgumentError) in
                request.isInMemory = try value.isOn()
            },
            OptionRule(switch: "dead-letters", help: "A new queue keeps dead letters.") {
                request,
                value throws(ArgumentError) in
                request.hasDeadLetters = try value.isOn()
            },
            OptionRule("yes", value: "name", help: "Purge or remove this queue without asking.") {
                request,
                value throws(ArgumentError) in
                request.confirmed = value.bytes()
            },
        ] + OptionRule.connection
    )
}
