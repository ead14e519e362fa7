// Which part of the past is on the screen.

public import Base

/// How much time graphs show.
public enum TimeWindow: UInt8, Hashable, Sendable, CaseIterable {
    /// The last minute.
    case minute
    /// Five minutes.
    case fiveMinutes
    /// A quarter of an hour.
    case quarter
    /// An hour.
    case hour
    /// Six hours.
    case sixHours
    /// A day.
    case day

    /// Its length.
    public var seconds: Int {
        switch self {
        case .minute: 60
        case .fiveMinutes: 300
        case .quarter: 900
        case .hour: 3_600
        case .sixHours: 21_600
        case .day: 86_400
        }
    }

    /// Its length as text.
    public var label: String {
        switch self {
        case .minute: "1m"
        case .fiveMinutes: "5m"
        case .quarter: "15m"
        case .hour: "1h"
        case .sixHours: "6h"
        case .day: "24h"
        }
    }
}

/// How graphs move.
public enum GraphStyle: UInt8, Hashable, Sendable, CaseIterable {
    /// The picture stays, the place that is written moves.
    case sweep
    /// The picture moves to the left.
    case scroll
    /// As scroll, drawn in blocks.
    case block

    /// Its name.
    public var name: String {
        switch self {
        case .sweep: "sweep"
        case .scroll: "scroll"
        case .block: "block"
        }
    }
}

/// Which part of the past is on the screen: one cursor for every pane.
public struct TimeView: Hashable, Sendable {
    /// How much time graphs show.
    public var window: TimeWindow = .fiveMinutes
    /// How graphs move.
    public var style: GraphStyle = .sweep
    /// When the display was frozen; `never` while it is not.
    public var frozenAt: Instant = .never
    /// The moment that tables show; `never` means now.
    public var cursor: Instant = .never
    /// The first marker.
    public var markerA: Instant = .never
    /// The second marker.
    public var markerB: Instant = .never
    /// Whether differences to marker A are shown.
    public var isComparing = false

    /// Live.
    public init() {}

    /// Whether the newest data is shown.
    public var isLive: Bool { frozenAt == .never && cursor == .never }

    /// Where graphs end, when the newest picture is of `latest`.
    public func end(latest: Instant) -> Instant {
        let end = frozenAt == .never ? latest : frozenAt
        guard cursor != .never else { return end }
        let window = UInt64(window.seconds) * nanosecondsPerSecond
        // A cursor left of the window drags the window with it.
        return end.nanoseconds(since: cursor) > window
            ? cursor.adding(nanoseconds: window / 2) : end
    }

    /// Seconds that one of `count` columns covers; at least one.
    public func secondsPerColumn(_ count: Int) -> Int {
        max(1, (window.seconds + max(1, count) - 1) / max(1, count))
    }
}
