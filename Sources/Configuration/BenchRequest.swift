// What `sluice bench` is asked to do.

import Base

/// A command line of `sluice bench`.
public struct BenchRequest: Equatable, Sendable, ConnectionTarget {
    /// What is measured.
    public enum Scenario: String, CaseIterable, Sendable {
        /// Publishers without subscribers of their own.
        case publish = "pub"
        /// Publishers, and subscribers that each get every message.
        case fanout = "pubsub"
        /// Publishers, and subscribers that share the messages in a queue group.
        case queue
        /// Requests, one after the other on each connection, and a responder.
        case request
    }

    /// How to connect.
    public var connection = ClientOptions()
    /// Whether only the options are to be shown.
    public var wantsHelp = false
    /// What is measured.
    public var scenario = Scenario.fanout
    /// Connections that publish, or that make requests.
    public var publisherCount = 1
    /// Connections that subscribe, or that answer requests.
    public var subscriberCount = 1
    /// Messages of all publishers together.
    public var messageCount = 1_000_000
    /// Bytes of each payload.
    public var payloadBytes = 128
    /// Messages in a second of all publishers together; `nil` is as fast as it goes.
    public var perSecond: Int?
    /// The subject everything goes over.
    public var subject = Array("sluice.bench".utf8)
    /// Whether the result is shown as JSON.
    public var isJson = false

    /// The request in `arguments`, those after `bench`.
    public init(_ arguments: ArraySlice<[UInt8]>) throws(ArgumentError) {
        connection.timeoutNanoseconds = 10 * nanosecondsPerSecond
        let operands = try Commands.bench.read(arguments, into: &self)
        if operands.count > 1 { throw .unexpectedOperand(operands[1]) }
        guard let word = operands.first else { return }
        guard let scenario = Scenario(rawValue: String(decoding: word, as: UTF8.self)) else {
            throw .wrongForm(
                Array("SCENARIO".utf8),
                value: word,
                expected: .word(Scenario.allCases.map(\.rawValue))
            )
        }
        self.scenario = scenario
        if scenario == .publish { subscriberCount = 0 }
    }
}

extension Commands {
    static let bench = CommandRule<BenchRequest>(
        name: "bench",
        summary: "measure a server: messages and bytes in a second, and latencies",
        operands: "[pub|pubsub|queue|request]",
        options: [
            OptionRule("pubs", value: "n", help: "Connections that publish, 1 by default.") {
                request,
                value throws(ArgumentError) in
                request.publisherCount = try value.count(1...1_000)
            },
            OptionRule("subs", value: "n", help: "Connections that subscribe, 1 by default.") {
                request,
                value throws(ArgumentError) in
                request.subscriberCount = try value.count(1...10_000)
            },
            OptionRule("msgs", value: "n", help: "Messages in all, 1000000 by default.") {
                request,
                value throws(ArgumentError) in
                request.messageCount = try value.size(1...100_000_000_000)
            },
            OptionRule("size", value: "bytes", help: "Bytes of a payload, 128 by default.") {
                request,
                value throws(ArgumentError) in
                request.payloadBytes = try value.size(0...(64 << 20))
            },
            OptionRule("rate", value: "n", help: "Messages in a second, as many as go by default.")
            {
                request,
                value throws(ArgumentError) in
                request.perSecond = try value.size(1...1_000_000_000)
            },
            OptionRule("subject", value: "subject", help: "The subject, sluice.bench by default.") {
                request,
                value throws(ArgumentError) in
                guard SubjectRule.isLiteral(subject: value.bytes()) else {
                    throw value.wrong(.subject)
                }
                request.subject = value.bytes()
            },
            OptionRule(switch: "json", help: "Show the result as JSON.") {
                request,
                value throws(ArgumentError) in
                request.isJson = try value.isOn()
            },
        ] + OptionRule.connection
    )
}
