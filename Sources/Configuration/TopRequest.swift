// What `sluice top` is asked to do.

/// A command line of `sluice top`.
public struct TopRequest: Equatable, Sendable, ConnectionTarget {
    /// How to connect.
    public var connection = ClientOptions()
    /// Whether only the options are to be shown.
    public var wantsHelp = false
    /// Whether one report is enough.
    public var isOnce = false
    /// Whether each report is one line of JSON.
    public var isJson = false
    /// Nanoseconds between two reports.
    public var intervalNanoseconds: UInt64 = 1_000_000_000
    /// How many reports; 0 for no end.
    public var count = 0

    /// The request in `arguments`, those after `top`.
    public init(_ arguments: ArraySlice<[UInt8]>) throws(ArgumentError) {
        let operands = try Commands.top.read(arguments, into: &self)
        if wantsHelp { return }
        if let surplus = operands.first { throw .unexpectedOperand(surplus) }
        if isOnce { count = 1 }
    }
}

extension Commands {
    static let top = CommandRule<TopRequest>(
        name: "top",
        summary: "say what queues do, a report a second, as lines for pipes and screen readers",
        operands: "",
        options: [
            OptionRule(switch: "once", help: "Give one report, over one interval, and end.") {
                request,
                value throws(ArgumentError) in
                request.isOnce = try value.isOn()
            },
            OptionRule(switch: "json", help: "Give each report as one line of JSON.") {
                request,
                value throws(ArgumentError) in
                request.isJson = try value.isOn()
            },
            OptionRule("interval", value: "seconds", help: "Report so often, 1 to 3600 seconds.") {
                request,
                value throws(ArgumentError) in
                let seconds = try value.count(1...3_600)
                request.intervalNanoseconds = UInt64(seconds) * 1_000_000_000
            },
            OptionRule("count", value: "n", help: "End after so many reports.") {
                request,
                value throws(ArgumentError) in
                request.count = try value.count(1...Int.max)
            },
        ] + OptionRule.connection
    )
}
