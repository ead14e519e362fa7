// One line of the log and how it reads.

public import Base

/// How serious a line of the log is.
public enum LogLevel: UInt8, BitwiseCopyable, CaseIterable, Sendable {
    /// The protocol, command by command.
    case trace
    /// Connections that come and go.
    case debug
    /// What everybody should know.
    case info
    /// Something to look at.
    case warning
    /// Something went wrong.
    case error
    /// The server cannot go on.
    case fatal

    /// The three letters between the brackets.
    public var label: String {
        switch self {
        case .trace: "TRC"
        case .debug: "DBG"
        case .info: "INF"
        case .warning: "WRN"
        case .error: "ERR"
        case .fatal: "FTL"
        }
    }
}

/// One line of the log.
public struct LogLine: Sendable, Equatable {
    /// When it was written.
    public let at: Instant
    /// How serious it is.
    public let level: LogLevel
    /// What it says; holds no line ends.
    public let text: String
    /// The operator who ordered what it is about; empty for what the server does by itself.
    public var author: [UInt8] = []

    /// What is said at `at`.
    public init(at: Instant, level: LogLevel, text: String) {
        self.at = at
        self.level = level
        self.text = text
    }

    /// Appends the line as nats-server writes it, line end included.
    ///
    /// `offsetSeconds` is how far the clock on the wall is ahead of universal time; `nil` leaves
    /// the time out.
    public func append(to bytes: inout [UInt8], processId: Int32, offsetSeconds: Int?) {
        bytes.append(contentsOf: "[\(processId)] ".utf8)
        if let offsetSeconds {
            bytes.append(contentsOf: Self.clock(at, offsetSeconds: offsetSeconds))
            bytes.append(0x20)
        }
        bytes.append(contentsOf: "[\(level.label)] ".utf8)
        bytes.append(contentsOf: text.utf8)
        bytes.append(0x0A)
    }

    /// `2026/11/24 06:36:49.123456`.
    static func clock(_ at: Instant, offsetSeconds: Int) -> [UInt8] {
        let shift = UInt64(offsetSeconds.magnitude) &* nanosecondsPerSecond
        let moved = offsetSeconds < 0 ? at.nanoseconds &- shift : at.nanoseconds &+ shift
        let micros = moved / 1_000 % 1_000_000
        let whole = Instant(nanoseconds: moved / nanosecondsPerSecond * nanosecondsPerSecond)
        var clock = whole.text.prefix(19).map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "/")
            case UInt8(ascii: "T"): UInt8(ascii: " ")
            default: byte
            }
        }
        let digits = String(micros).utf8
        clock.append(UInt8(ascii: "."))
        clock.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 6 - digits.count))
        clock.append(contentsOf: digits)
        return clock
    }
}
