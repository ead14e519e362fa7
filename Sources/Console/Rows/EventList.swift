// The tables of events and alerts.

import Base
import Canvas
import Engine

/// The table of alerts, operator actions and log lines; the newest first.
enum EventList {
    static let spec = ListSpec<EventRecord>(
        noun: "events",
        columns: [time, date, glyph, kind, subject, text, author],
        sort: ("number", true),
        id: { .event($0.number) },
        name: { $0.subject },
        words: { [$0.subject, $0.text, $0.author] },
        rows: { $0.snapshot.events }
    )

    private static let time = Column<EventRecord>(
        "number",
        "TIME",
        width: 8,
        alignment: .left,
        value: { .number(Double($0.number)) },
        text: { TextRun($1.clock($0.at), .textMuted) }
    )

    private static let date = Column<EventRecord>(
        "time",
        "AT",
        width: 20,
        alignment: .left,
        drop: 9,
        isShown: false,
        value: { .number(Double($0.at.nanoseconds) / 1e9) },
        text: { row, _ in TextRun(Format.timestamp(row.at), .textMuted) }
    )

    private static let glyph = Column<EventRecord>.glyph(
        "severity",
        value: { Double($0.severity.rawValue) },
        state: { StateText($0.severity) }
    )

    private static let kind = Column<EventRecord>(
        "kind",
        "KIND",
        width: 4,
        alignment: .left,
        value: { .text(Array(word($0).utf8)) },
        text: { row, _ in TextRun(word(row), StateText(row.severity).role) }
    )

    private static let subject = Column<EventRecord>(
        "subject",
        "",
        width: 14,
        alignment: .left,
        drop: 1,
        value: { .text($0.subject) },
        text: { TextRun($1.name($0.subject), .textStrong) }
    )

    private static let text = Column<EventRecord>(
        "text",
        "WHAT",
        width: 38,
        weight: 5,
        alignment: .left,
        value: { .text($0.text) },
        text: { TextRun(sentence($0, $1), .text) }
    )

    private static let author = Column<EventRecord>(
        "author",
        "WHO",
        width: 10,
        alignment: .left,
        drop: 2,
        value: { .text($0.author) },
        text: { row, style in
            TextRun(row.author.isEmpty ? "broker" : style.name(row.author), .textMuted)
        }
    )

    /// What happened, without the blanks that line up a log.
    static func sentence(_ event: EventRecord, _ style: TextStyle) -> String {
        let text = style.name(event.text)
        // Most have none to take out.
        guard text.hasPrefix(" ") || text.hasSuffix(" ") || text.hasBlanksInRow else { return text }
        return text.split(separator: " ").joined(separator: " ")
    }

    private static func word(_ event: EventRecord) -> String {
        switch event.kind {
        case .action: "OP"
        case .alert, .log: StateText(event.severity).word
        }
    }
}

extension String {
    /// Whether two blanks follow each other.
    fileprivate var hasBlanksInRow: Bool {
        var before: UInt8 = 0
        for byte in utf8 {
            if byte == before, byte == UInt8(ascii: " ") { return true }
            before = byte
        }
        return false
    }
}

/// The table of alerts, open ones first.
enum AlertList {
    static let spec = ListSpec<Alert>(
        noun: "alerts",
        columns: [phase, state, rule, subject, since, lasted, value, peak],
        sort: ("order", true),
        id: { .alert($0.id) },
        name: { $0.id.subject },
        words: { [Array($0.id.rule.name.utf8), $0.id.subject] },
        rows: { picture in
            let alerts = picture.model.data.alerts
            return alerts.open + alerts.history.reversed()
        }
    )

    private static let phase = Column<Alert>.glyph(
        "order",
        value: { alert in
            (alert.isOpen ? 1e12 : 0) + Double(alert.severity.rawValue) * 1e11
                + Double(alert.since.nanoseconds / nanosecondsPerSecond)
        },
        state: { StateText($0) }
    )

    private static let state = Column<Alert>.word("state", "STATE", width: 8) { StateText($0) }

    private static let rule = Column<Alert>(
        "rule",
        "RULE",
        width: 13,
        alignment: .left,
        value: { .text(Array($0.id.rule.name.utf8)) },
        text: { row, _ in TextRun(row.id.rule.name, .text) }
    )

    private static let subject = Column<Alert>(
        "subject",
        "ABOUT",
        width: 12,
        weight: 2,
        alignment: .left,
        value: { .text($0.id.subject) },
        text: { row, style in
            TextRun(row.id.subject.isEmpty ? "server" : style.name(row.id.subject), .textStrong)
        }
    )

    private static let since = Column<Alert>(
        "since",
        "SINCE",
        width: 8,
        alignment: .left,
        drop: 2,
        value: { .number(Double($0.since.nanoseconds) / 1e9) },
        text: { TextRun($1.clock($0.since), .textMuted) }
    )

    private static let lasted = Column<Alert>(
        "lasted",
        "FOR",
        width: 7,
        drop: 1,
        value: { .number(Double($0.endedAt.nanoseconds(since: $0.since)) / 1e9) },
        text: { row, style in
            let end = row.endedAt == .never ? style.now : row.endedAt
            return TextRun(Format.age(nanoseconds: end.nanoseconds(since: row.since)), .text)
        }
    )

    private static let value = Column<Alert>(
        "value",
        "VALUE",
        width: 8,
        drop: 3,
        value: { .number($0.value) },
        text: { row, _ in TextRun(row.id.rule.text(row.value), .text) }
    )

    private static let peak = Column<Alert>(
        "peak",
        "PEAK",
        width: 8,
        drop: 4,
        value: { .number($0.peak) },
        text: { row, _ in TextRun(row.id.rule.text(row.peak), .textMuted) }
    )
}

extension AlertRule {
    /// A value in the rule's unit.
    func text(_ value: Double) -> String {
        switch self {
        case .depthHigh, .deadLetters: Format.count(UInt64(max(0, min(value, 1e18))))
        case .depthGrowing, .redelivery: Format.rate(value) + "/s"
        case .oldestAge, .pausedLong, .diskHangs:
            Format.age(nanoseconds: UInt64(max(0, min(value, 1e9))) * nanosecondsPerSecond)
        case .publishSlow, .syncSlow: Format.fixed(value, decimals: 0) + "ms"
        case .diskLow, .keyAge, .keyBudget: Format.percent(value)
        case .noConsumer, .slowClient, .rotationStuck, .damage, .memoryUnprotected, .writeStopped,
            .storeLocked, .drainStalled:
            "yes"
        }
    }

    /// Whether its sentence says for how long.
    var saysHowLong: Bool { self == .diskHangs }

    /// What the alert says, such as `depth 981k > 500k`.
    func sentence(_ alert: Alert, limit: Double) -> String {
        switch self {
        case .noConsumer: "has messages and no consumer"
        case .slowClient: "reads too slowly"
        case .rotationStuck: "rotation failed or stands still"
        case .damage: "data is damaged"
        case .memoryUnprotected: "keys are not locked in memory"
        case .writeStopped: "writing has stopped"
        case .storeLocked: "the store is locked: nothing is stored or read"
        case .diskHangs: "the disk has not answered for \(text(alert.value))"
        case .drainStalled: "drains and nobody takes its messages"
        case .depthHigh, .depthGrowing, .oldestAge, .publishSlow, .redelivery, .pausedLong,
            .deadLetters, .syncSlow, .diskLow, .keyAge, .keyBudget:
            // Below its limit an alert goes on until its value is well below.
            alert.value >= limit
                ? "\(word) \(text(alert.value)) > \(text(limit))"
                : "\(word) \(text(alert.value)), was \(text(alert.peak)) > \(text(limit))"
        }
    }
}
