// The table of connections.

import Base
import Canvas
import Engine

/// The table of connections.
enum ClientList {
    static let spec = ListSpec<ConnectionStatus>(
        noun: "clients",
        columns: [glyph, name] + whereFrom + flows + state,
        sort: ("lag", true),
        id: { .connection($0.id) },
        name: { $0.name },
        words: { [$0.name, $0.address, $0.language, $0.account, $0.user, $0.stream] },
        rows: { $0.snapshot.connections },
        prepared: { $0.arrangedClients }
    )

    private static let glyph = Column<ConnectionStatus>.glyph(
        "severity",
        value: { $0.flags.contains(.slow) ? 1 : 0 },
        state: { state(of: $0) }
    )

    private static let name = Column<ConnectionStatus>(
        "name",
        "CLIENT",
        width: 12,
        weight: 3,
        alignment: .left,
        value: { .text($0.name) },
        text: { row, style in
            row.name.isEmpty
                ? TextRun("#\(row.id)", .textMuted) : TextRun(style.name(row.name), .textStrong)
        }
    )

    private static let whereFrom: [Column<ConnectionStatus>] = [
        .words("address", "ADDRESS", width: 15, weight: 1, drop: 7) { $0.address },
        .words("language", "LANG", width: 6, drop: 9) { $0.language },
        .words("account", "ACCOUNT", width: 8, drop: 12, isShown: false) { $0.account },
        .words("user", "USER", width: 10, drop: 11, isShown: false) { $0.user },
        .words("queue", "QUEUE", width: 12, weight: 2, drop: 3) { $0.stream },
    ]

    private static let flows: [Column<ConnectionStatus>] = [
        work("lag", "LAG", drop: 0) { $0.lag },
        .rate("in", "IN/s", width: 6, drop: 2) { $0.ingress.messagesPerSecond },
        .rate("out", "OUT/s", width: 6, drop: 1) { $0.egress.messagesPerSecond },
        Column(
            "pending",
            "PENDING",
            width: 8,
            drop: 5,
            value: { .number(Double($0.pendingBytes)) },
            text: { row, _ in
                let isHigh = row.flags.contains(.slow)
                let role: StyleRole = row.pendingBytes == 0 ? .textMuted : .text
                return TextRun(Format.bytes(row.pendingBytes), isHigh ? .stateWarn : role)
            }
        ),
        work("unacked", "UNACK", drop: 6) { $0.unacked },
        .count("subs", "SUBS", width: 5, drop: 8) { UInt64($0.subscriptions) },
    ]

    private static let state: [Column<ConnectionStatus>] = [
        .roundTrip(width: 5, drop: 4) { $0.roundTripNanoseconds },
        Column(
            "tls",
            "TLS",
            width: 4,
            alignment: .left,
            drop: 10,
            value: { .text(Array(tls($0).utf8)) },
            text: { row, _ in
                TextRun(tls(row), row.flags.contains(.encrypted) ? .stateOk : .textMuted)
            }
        ),
        .word("state", "STATE", width: 9, drop: 3) { state(of: $0) },
    ]

    /// The most remarkable thing about a connection.
    static func state(of connection: ConnectionStatus) -> StateText {
        if connection.flags.contains(.slow) { return StateText(.stateCrit, "SLOW", .stateWarn) }
        if connection.flags.contains(.throttled) {
            return StateText(.statePaused, "THROTTLED", .statePaused)
        }
        if connection.flags.contains(.stalled) {
            return StateText(.stateDraining, "HELD", .stateDraining)
        }
        if connection.flags.contains(.console) {
            return StateText(.bullet, "CONSOLE", .textMuted)
        }
        return StateText(.stateOk, "OK", .stateOk)
    }

    private static func tls(_ connection: ConnectionStatus) -> String {
        if connection.flags.contains(.certified) { return "mTLS" }
        return connection.flags.contains(.encrypted) ? "TLS" : "no"
    }

    /// What is left to do on the queue that a client works on; unknown where that is.
    private static func work(
        _ name: String,
        _ title: String,
        drop: Int,
        _ value: @escaping @Sendable (ConnectionStatus) -> UInt64
    ) -> Column<ConnectionStatus> {
        Column(
            name,
            title,
            width: 6,
            drop: drop,
            value: { .number(Double(value($0))) },
            text: { row, _ in
                guard !row.stream.isEmpty else { return TextRun("-", .textMuted) }
                return TextRun(Format.count(value(row)), value(row) == 0 ? .textMuted : .text)
            }
        )
    }
}
