// Alerts for those who do not look at the screen.

public import Base
public import Engine

/// An alert that began or ended.
public struct AlertNews: Hashable, Sendable {
    /// The rule's name.
    public var rule: String
    /// What it is about; empty for the server.
    public var subject: [UInt8]
    /// How serious it is.
    public var severity: Severity
    /// Whether it is over.
    public var isOver: Bool
    /// What is wrong, in words that are safe to show.
    public var text: String
}

/// Lets through a few, then counts.
public struct NewsLimit: BitwiseCopyable, Equatable, Sendable {
    /// The most in `windowNanoseconds`.
    public static let countMax = 6
    /// The time in which they are counted.
    public static let windowNanoseconds = 60 * nanosecondsPerSecond

    private var since = Instant.never
    private var count = 0
    /// What was held back since the last one that went through.
    public private(set) var heldBack = 0

    /// Nothing so far.
    public init() {}

    /// Whether another one may go out at `now`, if that `isPossible` at all; what it says of
    /// `heldBack` is then settled.
    public mutating func allows(at now: Instant, isPossible: Bool = true) -> Bool {
        if since == .never || now.nanoseconds(since: since) >= Self.windowNanoseconds {
            (since, count) = (now, 0)
        }
        guard isPossible, count < Self.countMax else {
            heldBack += 1
            return false
        }
        count += 1
        return true
    }

    /// One that was allowed did not go out.
    public mutating func fail() { heldBack += 1 }

    /// What was held back was told.
    public mutating func settle() { heldBack = 0 }
}

extension ConsoleModel {
    /// What began and ended between the alerts that were open `before` and now.
    func alertNews(since before: [Alert]) -> [Effect] {
        let old = Set(before.map(\.id))
        let open = data.alerts.open
        let now = Set(open.map(\.id))
        let begun = open.filter { !old.contains($0.id) }.map { news($0, isOver: false) }
        let ended = before.filter { !now.contains($0.id) }.map { news($0, isOver: true) }
        return (begun + ended).map { .tell($0) }
    }

    private func news(_ alert: Alert, isOver: Bool) -> AlertNews {
        let limit = data.alerts.policy(of: alert.id.rule).raise
        return AlertNews(
            rule: alert.id.rule.name,
            subject: alert.id.subject,
            severity: alert.severity,
            isOver: isOver,
            text: alert.id.rule.sentence(alert, limit: limit)
        )
    }
}
