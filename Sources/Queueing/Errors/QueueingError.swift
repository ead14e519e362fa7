// A refusal of the JetStream API with the words that belong to it.

/// Why a request about a stream or a consumer was refused.
///
/// For requests that are rare; a publish is refused by `PublishRefusal`.
public struct QueueingError: Error, Equatable, Sendable {
    /// Which error.
    public let code: ErrorCode
    /// What stands for the braces of its text.
    public let arguments: [[UInt8]]

    /// The error `code` with its arguments.
    public init(_ code: ErrorCode, _ arguments: [UInt8]...) {
        self.code = code
        self.arguments = arguments
    }

    /// The error `code` because of `reason`.
    public init(_ code: ErrorCode, _ reason: String) {
        self.code = code
        arguments = [Array(reason.utf8)]
    }

    /// The error with the number `number` and its arguments.
    init(_ number: UInt16, _ arguments: [UInt8]...) {
        code = ErrorCode(number)
        self.arguments = arguments
    }

    /// The text that clients see.
    public var description: [UInt8] {
        var text: [UInt8] = []
        var rest = arguments[...]
        var isInside = false
        for byte in code.template.utf8 {
            switch byte {
            case UInt8(ascii: "{"):
                isInside = true
                text.append(contentsOf: rest.popFirst() ?? [])
            case UInt8(ascii: "}"): isInside = false
            default: if !isInside { text.append(byte) }
            }
        }
        return text
    }

    /// A stream configuration that is wrong because of `reason`.
    static func stream(_ reason: String) -> QueueingError {
        QueueingError(.streamInvalidConfiguration, reason)
    }

    /// A request that is only wrong for those who asked for strictness.
    static func pedantic(_ reason: String) -> QueueingError {
        QueueingError(.pedantic, reason)
    }
}
