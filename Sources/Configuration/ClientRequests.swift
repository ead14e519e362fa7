// What `sluice pub`, `sub` and `request` are asked to do.

import Base

/// A command line of `sluice pub` or `sluice request`.
public struct PublishRequest: Equatable, Sendable, ConnectionTarget {
    /// How to connect.
    public var connection = ClientOptions()
    /// Whether only the options are to be shown.
    public var wantsHelp = false
    /// Where the message goes.
    public var subject: [UInt8] = []
    /// The message; `nil` if it is what standard input holds.
    public var payload: [UInt8]?
    /// Names and values of headers.
    public var headers: [MessageHeader] = []
    /// Where answers go; only for `pub`.
    public var reply: [UInt8] = []
    /// How many messages are sent, or answers are awaited.
    public var count = 1
    /// How answers are shown; only for `request`.
    public var style = MessageStyle.full

    init() {}

    /// The request in `arguments`, those after `pub`.
    public static func publish(
        _ arguments: ArraySlice<[UInt8]>
    ) throws(ArgumentError) -> PublishRequest {
        try read(arguments, Commands.publish)
    }

    /// The request in `arguments`, those after `request`.
    public static func request(
        _ arguments: ArraySlice<[UInt8]>
    ) throws(ArgumentError) -> PublishRequest {
        try read(arguments, Commands.request)
    }

    private static func read(
        _ arguments: ArraySlice<[UInt8]>,
        _ command: CommandRule<PublishRequest>
    ) throws(ArgumentError) -> PublishRequest {
        var request = PublishRequest()
        let operands = try command.read(arguments, into: &request)
        if request.wantsHelp { return request }
        request.subject = try operands.subject(at: 0, allowsWildcards: false)
        if operands.count > 1 { request.payload = operands[1] }
        if operands.count > 2 { throw .unexpectedOperand(operands[2]) }
        return request
    }
}

/// The name and the value of a header.
public struct MessageHeader: Equatable, Sendable {
    /// The name.
    public var name: [UInt8]
    /// The value.
    public var value: [UInt8]

    /// The header written as `text`, name and value around a colon; `nil` if it is none.
    init?(_ text: [UInt8]) {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            !text.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }),
            !text[..<colon].contains(where: \.isSpace)
        else { return nil }
        name = Array(text[..<colon])
        value = Array(text[(colon + 1)...].drop { $0.isBlank })
    }
}

/// How a message is shown.
public enum MessageStyle: Hashable, Sendable {
    /// A line about it, its headers and its payload.
    case full
    /// The payload and nothing else.
    case raw
    /// An object of JSON on a line.
    case json
}

/// A command line of `sluice sub`.
public struct SubscribeRequest: Equatable, Sendable, ConnectionTarget {
    /// How to connect.
    public var connection = ClientOptions()
    /// Whether only the options are to be shown.
    public var wantsHelp = false
    /// What is subscribed to, with wildcards.
    public var subject: [UInt8] = []
    /// The queue group; empty without.
    public var queue: [UInt8] = []
    /// Messages after which it ends; `nil` is never.
    public var count: Int?
    /// How messages are shown.
    public var style = MessageStyle.full

    /// The request in `arguments`, those after `sub`.
    public init(_ arguments: ArraySlice<[UInt8]>) throws(ArgumentError) {
        let operands = try Commands.subscribe.read(arguments, into: &self)
        if wantsHelp { return }
        subject = try operands.subject(at: 0, allowsWildcards: true)
        if operands.count > 1 { throw .unexpectedOperand(operands[1]) }
    }
}

extension [[UInt8]] {
    /// The operand at `index`, which must be a subject.
    fileprivate func subject(
        at index: Int,
        allowsWildcards: Bool
    ) throws(ArgumentError) -> [UInt8] {
        guard index < count else { throw .missingOperand("SUBJECT") }
        let isValid =
            allowsWildcards
            ? SubjectRule.isValid(subject: self[index])
            : SubjectRule.isLiteral(subject: self[index])
        guard isValid else {
            throw .wrongForm([UInt8]("SUBJECT".utf8), value: self[index], expected: .subject)
        }
        return self[index]
    }
}

extension Commands {
    static let publish = CommandRule<PublishRequest>(
        name: "pub",
        summary: "publish a message, its payload given or read from standard input",
        operands: "SUBJECT [PAYLOAD]",
        options: [
            headers,
            OptionRule("reply", value: "subject", help: "Ask for answers on this subject.") {
                request,
                value throws(ArgumentError) in
                request.reply = try value.subject()
            },
            OptionRule("count", value: "n", help: "Publish it so many times.") {
                request,
                value throws(ArgumentError) in
                request.count = try value.count(1...1_000_000_000)
            },
        ] + OptionRule.connection
    )

    static let request = CommandRule<PublishRequest>(
        name: "request",
        summary: "publish a message and show the answer",
        operands: "SUBJECT [PAYLOAD]",
        options: [
            headers,
            OptionRule("replies", value: "n", help: "Wait for so many answers, 1 by default.") {
                request,
                value throws(ArgumentError) in
                request.count = try value.count(1...1_000_000_000)
            },
            OptionRule(switch: "raw", help: "Show payloads and nothing else.") {
                request,
                value throws(ArgumentError) in
                if try value.isOn() { request.style = .raw }
            },
            OptionRule(switch: "json", help: "Show each answer as JSON on a line.") {
                request,
                value throws(ArgumentError) in
                if try value.isOn() { request.style = .json }
            },
        ] + OptionRule.connection
    )

    static let subscribe = CommandRule<SubscribeRequest>(
        name: "sub",
        summary: "show messages of a subject as they come",
        operands: "SUBJECT",
        options: [
            OptionRule("queue", value: "group", help: "Share the messages with this group.") {
                request,
                value throws(ArgumentError) in
                request.queue = try value.subject()
            },
            OptionRule("count", value: "n", help: "End after so many messages.") {
                request,
                value throws(ArgumentError) in
                request.count = try value.count(1...1_000_000_000)
            },
            OptionRule(switch: "raw", help: "Show payloads and nothing else.") {
                request,
                value throws(ArgumentError) in
                if try value.isOn() { request.style = .raw }
            },
            OptionRule(switch: "json", help: "Show each message as JSON on a line.") {
                request,
                value throws(ArgumentError) in
                if try value.isOn() { request.style = .json }
            },
        ] + OptionRule.connection
    )

    private static let headers = OptionRule<PublishRequest>(
        "header",
        "H",
        value: "name:value",
        help: "Add this header; may be repeated."
    ) { request, value throws(ArgumentError) in
        guard let header = MessageHeader(value.bytes()) else { throw value.wrong(.text) }
        request.headers.append(header)
    }
}
