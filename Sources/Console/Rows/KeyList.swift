// The table of key versions.

import Base
import Canvas
import Engine

/// One key version and its share of all sealed bytes.
struct KeyRow: Sendable {
    /// The key.
    let key: KeyStatus
    /// Its share of the bytes of its scope, 0 to 1.
    let share: Double
    /// When the picture was taken.
    let now: Instant
}

/// The table of key versions.
enum KeyList {
    static let spec = ListSpec<KeyRow>(
        noun: "keys",
        columns: [glyph, scope, version, state] + figures,
        sort: ("order", true),
        id: { .key($0.key.scope, $0.key.version) },
        name: { $0.key.scope == .root ? [] : $0.key.scope.name },
        words: { [$0.key.scope.name, $0.key.fingerprint] },
        rows: rows
    )

    @Sendable static func rows(_ picture: Picture) -> [KeyRow] {
        var totals: [KeyScope: UInt64] = [:]
        for key in picture.snapshot.keys.keys {
            totals[key.scope, default: 0] &+= key.bytes
        }
        return picture.snapshot.keys.keys.map { key in
            let total = totals[key.scope] ?? 0
            return KeyRow(
                key: key,
                share: total == 0 ? 0 : Double(key.bytes) / Double(total),
                now: picture.snapshot.takenAt
            )
        }
    }

    private static let glyph = Column<KeyRow>.glyph(
        "order",
        // Keys that are in use first, then the newest.
        value: { row in
            let isUsed: Double = row.key.state == .destroyed || row.key.state == .retired ? 0 : 1e9
            return isUsed + Double(row.key.version)
        },
        state: { StateText($0.key.state) }
    )

    private static let scope = Column<KeyRow>(
        "scope",
        "OF",
        width: 10,
        weight: 3,
        alignment: .left,
        value: { .text($0.key.scope.name) },
        text: { TextRun($1.name($0.key.scope.name), .textStrong) }
    )

    private static let version = Column<KeyRow>(
        "version",
        "KEY",
        width: 4,
        alignment: .left,
        value: { .number(Double($0.key.version)) },
        text: { row, _ in TextRun("k\(row.key.version)", .seriesKey) }
    )

    private static let state = Column<KeyRow>.word("state", "STATE", width: 12) {
        StateText($0.key.state)
    }

    private static let figures: [Column<KeyRow>] = [
        Column(
            "created",
            "CREATED",
            width: 16,
            alignment: .left,
            drop: 7,
            value: { .number(Double($0.key.createdAt.nanoseconds) / 1e9) },
            text: { row, style in
                let at = row.key.createdAt
                guard at != .never else { return TextRun("-", .textMuted) }
                let offset = style.offsetSeconds
                return TextRun(
                    Format.date(at, offsetSeconds: offset) + " "
                        + Format.shortClock(at, offsetSeconds: offset),
                    .textMuted
                )
            }
        ),
        Column(
            "age",
            "AGE",
            width: 6,
            drop: 3,
            value: { .number(Double($0.now.nanoseconds(since: $0.key.createdAt)) / 1e9) },
            text: { row, _ in
                guard row.key.createdAt != .never else { return TextRun("-", .textMuted) }
                let age = row.now.nanoseconds(since: row.key.createdAt)
                return TextRun(Format.brief(nanoseconds: age), .text)
            }
        ),
        Column(
            "data",
            "DATA",
            width: 6,
            value: { .number($0.share) },
            text: { row, _ in
                TextRun(
                    row.key.state == .destroyed ? "-" : Format.percent(row.share),
                    row.key.bytes == 0 ? .textMuted : .text
                )
            }
        ),
        Column(
            "bytes",
            "BYTES",
            width: 7,
            drop: 1,
            value: { .number(Double($0.key.bytes)) },
            text: { row, _ in
                TextRun(
                    row.key.state == .destroyed ? "-" : Format.bytes(row.key.bytes),
                    row.key.bytes == 0 ? .textMuted : .text
                )
            }
        ),
        .count("messages", "MSGS", width: 6, drop: 5) { $0.key.messages },
        .count("segments", "SEGS", width: 5, drop: 6) { $0.key.segments },
        Column(
            "budget",
            "BUDGET",
            width: 6,
            drop: 8,
            value: { .number($0.key.budgetUsed) },
            text: { row, _ in
                TextRun(
                    Format.percent(row.key.budgetUsed),
                    row.key.budgetUsed >= 0.5 ? .stateWarn : .textMuted
                )
            }
        ),
        Column(
            "fingerprint",
            "FINGERPRINT",
            width: 12,
            alignment: .left,
            drop: 9,
            value: { .text($0.key.fingerprint) },
            text: { row, style in
                let name = row.key.fingerprint
                return TextRun(name.isEmpty ? "-" : style.name(name), .textMuted)
            }
        ),
        Column(
            "wrapped",
            "WRAP",
            width: 4,
            alignment: .left,
            drop: 10,
            value: { .number(Double($0.key.wrappedBy)) },
            text: { row, _ in
                TextRun(row.key.wrappedBy == 0 ? "slot" : "r\(row.key.wrappedBy)", .textMuted)
            }
        ),
    ]
}
