// The tables of servers and of damage.

import Base
import Canvas
import Engine

/// The table of servers.
enum TargetList {
    static let spec = ListSpec<TargetStatus>(
        noun: "targets",
        columns: [glyph, name, environment, kind, link, version] + figures,
        sort: ("name", false),
        id: { .target($0.name) },
        name: { $0.name },
        words: { [$0.name, $0.url, $0.environment] },
        rows: rows
    )

    /// The servers; the one on the screen has the environment that the console was started with.
    @Sendable private static func rows(_ picture: Picture) -> [TargetStatus] {
        picture.snapshot.targets.map { target in
            guard target.isCurrent, target.environment.isEmpty else { return target }
            var known = target
            known.environment = picture.model.session.environment
            return known
        }
    }

    private static let glyph = Column<TargetStatus>(
        "current",
        "",
        width: 1,
        alignment: .left,
        value: { .number($0.isCurrent ? 1 : 0) },
        text: { row, style in
            let state = StateText(row.link)
            return TextRun(style.glyphs.text(row.isCurrent ? .live : .stepOpen), state.role)
        }
    )

    private static let name = Column<TargetStatus>.words(
        "name",
        "TARGET",
        width: 15,
        weight: 2,
        role: .textStrong
    ) { $0.name }

    private static let environment = Column<TargetStatus>(
        "environment",
        "ENV",
        width: 6,
        alignment: .left,
        drop: 5,
        value: { .text($0.environment) },
        text: { row, style in
            TextRun(
                row.environment.isEmpty ? "-" : style.name(row.environment),
                row.environment.isEmpty ? .textMuted : .stateWarn
            )
        }
    )

    private static let kind = Column<TargetStatus>.words(
        "kind",
        "KIND",
        width: 9,
        drop: 4
    ) { $0.kind }

    private static let link = Column<TargetStatus>.word("link", "LINK", width: 12) {
        StateText($0.link)
    }

    private static let version = Column<TargetStatus>.words(
        "version",
        "VERSION",
        width: 8,
        drop: 6
    ) { $0.version }

    private static let figures: [Column<TargetStatus>] = [
        .roundTrip(width: 6, drop: 3) { $0.roundTripNanoseconds },
        .rate("in", "IN/s", width: 6, drop: 1) { $0.ingress.messagesPerSecond },
        .rate("out", "OUT/s", width: 6, drop: 1) { $0.egress.messagesPerSecond },
        Column(
            "lag",
            "LAG",
            width: 6,
            drop: 2,
            value: { .number(Double($0.lag)) },
            text: { row, _ in
                // What has no leader is behind nobody.
                let isAlone = row.link == .embedded
                let text = isAlone ? "-" : Format.count(row.lag)
                return TextRun(text, row.lag == 0 ? .textMuted : .stateWarn)
            }
        ),
        Column(
            "role",
            "ROLE",
            width: 8,
            alignment: .left,
            drop: 7,
            value: { .number($0.isLeader ? 1 : 0) },
            text: { row, _ in
                let word = row.isLeader ? "leader" : row.link == .embedded ? "-" : "member"
                return TextRun(word, row.isLeader ? .text : .textMuted)
            }
        ),
        .words("url", "URL", width: 22, weight: 2, drop: 8) { $0.url },
    ]
}

/// The table of damage.
enum DamageList {
    static let spec = ListSpec<DamageStatus>(
        noun: "damaged ranges",
        columns: [name, range, kind, found],
        sort: ("found", true),
        id: { .damage($0.stream, $0.range.first) },
        name: { $0.stream },
        words: { [$0.stream] },
        rows: { $0.snapshot.storage.damage }
    )

    private static let name = Column<DamageStatus>(
        "name",
        "QUEUE",
        width: 10,
        weight: 2,
        alignment: .left,
        value: { .text($0.stream) },
        text: { TextRun($1.name($0.stream), .textStrong) }
    )

    private static let range = Column<DamageStatus>(
        "range",
        "SEQUENCES",
        width: 20,
        alignment: .left,
        value: { .number(Double($0.range.first)) },
        text: { row, _ in
            TextRun(
                "\(Format.exact(row.range.first))-\(Format.exact(row.range.last))",
                .stateCrit
            )
        }
    )

    private static let kind = Column<DamageStatus>(
        "kind",
        "KIND",
        width: 14,
        alignment: .left,
        drop: 1,
        value: { .number($0.isAuthentication ? 1 : 0) },
        text: { row, _ in
            row.isAuthentication
                ? TextRun("authentication", .stateCrit) : TextRun("checksum", .stateWarn)
        }
    )

    private static let found = Column<DamageStatus>(
        "found",
        "FOUND",
        width: 8,
        alignment: .left,
        drop: 2,
        value: { .number(Double($0.foundAt.nanoseconds) / 1e9) },
        text: { TextRun($1.clock($0.foundAt), .textMuted) }
    )
}
