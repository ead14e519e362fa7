// The table of queues.

import Base
import Canvas
import Engine

/// One queue with what the table needs besides its status.
///
/// A class, since rows are sorted and handed to every column.
final class QueueRow: Sendable {
    /// Its status.
    let stream: StreamStatus
    /// The worst alert about it.
    let alert: Alert?
    /// Its past; nil when there are too many queues to remember.
    let history: QueueHistory?
    /// Seconds that one character of its trend covers.
    let trendSeconds: Int
    /// When the picture was taken.
    let now: Instant
    /// Whether rates count messages, bytes or bits.
    let units: RateUnit

    init(
        stream: StreamStatus,
        alert: Alert?,
        history: QueueHistory?,
        trendSeconds: Int,
        now: Instant,
        units: RateUnit
    ) {
        self.stream = stream
        self.alert = alert
        self.history = history
        self.trendSeconds = trendSeconds
        self.now = now
        self.units = units
    }

    /// Publish latencies of the last minute.
    var latency: LatencyHistogram { history?.latency(at: now) ?? stream.publishLatency }

    /// Depths over time, oldest first.
    var trend: [Double?] {
        let end = Int(clamping: now.nanoseconds / nanosecondsPerSecond)
        let count = Self.trendCount
        return history?.depth.columns(count, seconds: trendSeconds, endingAt: end) ?? []
    }

    /// Characters of a trend.
    static let trendCount = 7

    /// Seconds that the oldest message has waited.
    var oldestSeconds: Double {
        guard stream.oldestPendingAt != .never, stream.depth > 0 else { return 0 }
        return Double(now.nanoseconds(since: stream.oldestPendingAt))
            / Double(nanosecondsPerSecond)
    }
}

/// The table of queues.
enum QueueList {
    static let spec = ListSpec<QueueRow>(
        noun: "queues",
        columns: [glyph, name, state, depth] + sizes + rates + counts + times + rest,
        sort: ("depth", true),
        id: { .stream($0.stream.name) },
        name: { $0.stream.name },
        words: { [$0.stream.name] + $0.stream.policy.subjects },
        rows: rows,
        prepared: { $0.arrangedQueues }
    )

    @Sendable private static func rows(_ picture: Picture) -> [QueueRow] {
        var alerts: [[UInt8]: Alert] = [:]
        for alert in picture.model.data.alerts.open where alerts[alert.id.subject] == nil {
            alerts[alert.id.subject] = alert
        }
        let now = picture.snapshot.takenAt
        let seconds = picture.model.data.time.secondsPerColumn(QueueRow.trendCount)
        return picture.snapshot.streams.map { stream in
            QueueRow(
                stream: stream,
                alert: alerts[stream.name],
                history: picture.model.data.history.queues[stream.name],
                trendSeconds: seconds,
                now: now,
                units: picture.model.settings.units
            )
        }
    }

    private static let glyph = Column<QueueRow>.glyph(
        "severity",
        value: { Double($0.alert?.severity.rawValue ?? 0) },
        state: { StateText($0.stream, alert: $0.alert, now: $0.now) }
    )

    private static let name = Column<QueueRow>(
        "name",
        "NAME",
        width: 14,
        weight: 3,
        alignment: .left,
        value: { .text($0.stream.name) },
        text: { TextRun($1.name($0.stream.name), .textStrong) }
    )

    private static let state = Column<QueueRow>(
        "state",
        "STATE",
        width: 10,
        alignment: .left,
        drop: 1,
        value: { row in
            .text(Array(StateText(row.stream, alert: nil, now: row.now).word.utf8))
        },
        text: { row, _ in
            let state = StateText(row.stream, alert: row.alert, now: row.now)
            return TextRun(state.word, state.role)
        }
    )

    private static let depth = Column<QueueRow>(
        "depth",
        "DEPTH",
        width: 6,
        value: { .number(Double($0.stream.depth)) },
        text: { row, _ in
            let isHigh = row.alert?.id.rule == .depthHigh
            return number(row.stream.depth, role: isHigh ? .stateCrit : .text)
        }
    )

    private static let sizes: [Column<QueueRow>] = [
        .count("stored", "STORED", width: 7, drop: 12, isShown: false) {
            $0.stream.storedMessages
        },
        Column(
            "bytes",
            "BYTES",
            width: 7,
            drop: 9,
            value: { .number(Double($0.stream.storedBytes)) },
            text: { row, _ in
                let role: StyleRole = row.stream.storedBytes == 0 ? .textMuted : .text
                return TextRun(Format.bytes(row.stream.storedBytes), role)
            }
        ),
    ]

    private static let rates: [Column<QueueRow>] = [
        rate("in", "IN", drop: 0) { $0.ingress },
        rate("out", "OUT", drop: 2) { $0.egress },
        rate("ack", "ACK", drop: 11) { $0.acks },
    ]

    private static let counts: [Column<QueueRow>] = [
        .count("unacked", "UNACK", width: 5, drop: 8) { $0.stream.unacked },
        .count("redelivered", "REDEL", width: 5, drop: 10) { $0.stream.redeliveries.messages },
        Column(
            "dlq",
            "DLQ",
            width: 4,
            drop: 13,
            value: { .number(Double($0.stream.deadLetters)) },
            text: { row, _ in
                let isNone = row.stream.policy.deadLetter.isEmpty && row.stream.deadLetters == 0
                return isNone
                    ? TextRun("-", .textMuted)
                    : number(row.stream.deadLetters, role: .stateWarn)
            }
        ),
        Column(
            "consumers",
            "CONS",
            width: 4,
            drop: 3,
            value: { .number(Double($0.stream.activeConsumerCount)) },
            text: { row, _ in
                let active = row.stream.activeConsumerCount
                let isBad = active == 0 && row.stream.depth > 0 && row.stream.state == .running
                return TextRun(
                    String(active),
                    isBad ? .stateWarn : active == 0 ? .textMuted : .text
                )
            }
        ),
    ]

    private static let times: [Column<QueueRow>] = [
        Column(
            "oldest",
            "OLDEST",
            width: 7,
            drop: 4,
            value: { .number($0.oldestSeconds) },
            text: { row, style in
                guard row.stream.depth > 0, row.stream.oldestPendingAt != .never else {
                    return TextRun("-", .textMuted)
                }
                let isOld = row.alert?.id.rule == .oldestAge
                return TextRun(style.age(row.stream.oldestPendingAt), isOld ? .stateWarn : .text)
            }
        ),
        percentile("p50", 0.5, drop: 14, isShown: false),
        percentile("p99", 0.99, drop: 5, isShown: true),
    ]

    private static let rest: [Column<QueueRow>] = [
        Column(
            "key",
            "KEY",
            width: 4,
            alignment: .left,
            drop: 7,
            value: { .number(Double($0.stream.keyVersion)) },
            text: { row, _ in
                let version = row.stream.keyVersion
                if version > 0 { return TextRun("k\(version)", .seriesKey) }
                // What never reaches a disk needs none.
                return row.stream.durability == .memory
                    ? TextRun("-", .textMuted) : TextRun("none", .stateWarn)
            }
        ),
        Column(
            "class",
            "CLASS",
            width: 7,
            alignment: .left,
            drop: 15,
            value: { .text(Array($0.stream.durability.word.utf8)) },
            text: { row, _ in
                let durability = row.stream.durability
                return TextRun(durability.word, durability == .synced ? .textMuted : .stateWarn)
            }
        ),
        Column(
            "trend",
            "TREND",
            width: QueueRow.trendCount,
            alignment: .left,
            drop: 6,
            value: { .number(($0.trend.last ?? nil) ?? 0) },
            text: { row, style in
                let isBad = row.alert.map { $0.id.rule == .depthHigh } ?? false
                let trend = row.trend
                let text = Sparks.text(trend, glyphs: style.glyphs)
                return TextRun(text, isBad ? .stateCrit : Sparks.direction(trend))
            }
        ),
    ]

    private static func rate(
        _ name: String,
        _ title: String,
        drop: Int,
        _ flow: @escaping @Sendable (StreamStatus) -> Flow
    ) -> Column<QueueRow> {
        Column(
            name,
            title + "/s",
            width: 6,
            drop: drop,
            value: { .number(flow($0.stream).messagesPerSecond) },
            text: { row, _ in
                let text = row.units.text(flow(row.stream))
                return TextRun(text, text == "0" ? .textMuted : .text)
            }
        )
    }

    private static func percentile(
        _ name: String,
        _ quantile: Double,
        drop: Int,
        isShown: Bool
    ) -> Column<QueueRow> {
        Column(
            name,
            name + "ms",
            width: 5,
            drop: drop,
            isShown: isShown,
            value: { row in
                let nanoseconds = row.latency.percentile(quantile) ?? 0
                return .number(Double(nanoseconds) / Double(nanosecondsPerMillisecond))
            },
            text: { row, _ in
                Latencies.cell(row.latency, quantile)
            }
        )
    }

    private static func number(_ value: UInt64, role: StyleRole = .text) -> TextRun {
        TextRun(Format.count(value), value == 0 ? .textMuted : role)
    }
}

extension Durability {
    /// The word in tables.
    var word: String {
        switch self {
        case .synced: "synced"
        case .relaxed: "relaxed"
        case .memory: "memory"
        case .replicated: "quorum"
        }
    }
}

extension RateUnit {
    /// A flow's rate in this unit, without the unit.
    func text(_ flow: Flow) -> String {
        Format.rate(value(flow))
    }

    /// A flow's rate in this unit.
    func value(_ flow: Flow) -> Double {
        switch self {
        case .messages: flow.messagesPerSecond
        case .bytes: flow.bytesPerSecond
        case .bits: flow.bytesPerSecond * 8
        }
    }
}
