// The rotation that runs or ran last, and the safety of keys.

import Base
import Canvas
import Engine

/// The steps of a rotation.
enum RotationPane {
    static func draw(in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        let rotation = RotationRows.current(context.snapshot)
        let title = rotation.map { "Rotation #\($0.number)" } ?? "Rotation"
        let room = context.border(title, badge: KeySummaryPane.next(context), in: rect, on: &frame)
        guard let rotation else {
            let hint = "R makes a new key; nothing changes until it is activated"
            let lines = ["no rotation has run"] + TextWidth.wrapped(hint, cells: room.columns - 2)
            for (row, line) in lines.enumerated() {
                frame.putLine(
                    line,
                    in: room,
                    row: row + 1,
                    role: .textMuted,
                    alignment: .centre
                )
            }
            return
        }
        let cells = room.columns - 2
        let lines =
            [head(rotation, context, cells: cells)]
            + RotationRows.steps(rotation, context, cells: cells)
            + (next(rotation).map { [$0] }
                ?? [cost(rotation, cells: cells), impact(rotation, cells: cells)])
        let inner = room.slice(1, count: room.columns - 1)
        frame.putLines(lines, in: inner)
    }

    static func head(
        _ rotation: RotationStatus,
        _ context: PaneContext,
        cells: Int
    ) -> TextLine {
        let arrow = context.glyphs.isAscii ? "->" : "→"
        let scope = rotation.scope.title(context.style)
        // Before it is active nobody knows which version it leaves.
        let isKnown = rotation.toVersion > 0
        let versions =
            isKnown ? "k\(rotation.fromVersion) \(arrow) k\(rotation.toVersion)" : "new keys"
        let audit = rotation.auditIndex > 0 ? "  audit #\(rotation.auditIndex)" : ""
        return [
            [TextRun(versions, .seriesKey)],
            [TextRun("  of ", .textMuted), TextRun(scope, .textStrong)],
            [
                TextRun("  by ", .textMuted),
                TextRun(context.style.name(rotation.author, cellsMax: 20), .text),
            ],
            [TextRun("  \(context.style.clock(rotation.startedAt))", .textMuted)],
            [TextRun(audit, .textMuted)],
        ].fitted(cells: cells)
    }

    /// What the operator does next; nil once data is rewritten.
    static func next(_ rotation: RotationStatus) -> TextLine? {
        func says(_ what: String) -> TextLine {
            [TextRun("R", .keybarKey), TextRun(" \(what)", .text)]
        }
        guard case .done = rotation[.prepare] else { return nil }
        if rotation[.activate] == .waiting { return says("moves writes to the new key") }
        guard rotation[.reencrypt] == .waiting else { return nil }
        let rest = rotation.bytesTotal - min(rotation.bytesDone, rotation.bytesTotal)
        return says("rewrites \(Format.bytes(rest)) of old data")
    }

    static func cost(_ rotation: RotationStatus, cells: Int) -> TextLine {
        let limit =
            rotation.throttleBytesPerSecond == 0
            ? "unlimited" : Format.byteRate(Double(rotation.throttleBytesPerSecond))
        let segments: TextLine = [
            TextRun("segments ", .textMuted),
            TextRun(
                "\(Format.exact(rotation.segmentsDone)) of \(Format.exact(rotation.segmentsTotal))",
                .text
            ),
        ]
        let bound: TextLine = [TextRun("  limit ", .textMuted), TextRun(limit, .text)]
        // What was not its to rewrite is nothing that is left.
        if case .done = rotation[.reencrypt] { return segments + bound }
        let pace = TextLine(RotationRows.pace(rotation).dropFirst(1))
        let whole = segments + bound + pace
        return whole.cells <= cells ? whole : [segments, pace].fitted(cells: cells)
    }

    static func impact(_ rotation: RotationStatus, cells: Int) -> TextLine {
        let isMeasured = rotation.publishP99During > 0
        let before = rotation.publishP99Before
        let isSlower = before > 0 && rotation.publishP99During > before &+ before / 2
        let times: TextLine = [
            TextRun("publish p99 ", .textMuted),
            TextRun(
                isMeasured ? Format.latency(nanoseconds: rotation.publishP99During) : "-",
                isSlower ? .stateWarn : .stateOk
            ),
            TextRun(" (before ", .textMuted),
            TextRun(
                before > 0 ? Format.latency(nanoseconds: before) : "-",
                .text
            ),
            TextRun(")", .textMuted),
        ]
        let failures: TextLine = [
            TextRun("  failed: publishes ", .textMuted), count(rotation.failedPublishes),
            TextRun(" reads ", .textMuted), count(rotation.failedReads),
        ]
        let all: TextLine = [
            TextRun("  failed ", .textMuted),
            count(rotation.failedPublishes &+ rotation.failedReads),
        ]
        return (times + failures).cells <= cells ? times + failures : times + all
    }

    private static func count(_ failures: UInt64) -> TextRun {
        TextRun("\(failures)", failures == 0 ? .stateOk : .stateCrit)
    }
}

/// How safe the keys are.
enum KeySafetyPane {
    static func draw(in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        let room = context.border("Protection", badge: "", in: rect, on: &frame)
        for (row, fact) in KeySafetyRows.facts(context).prefix(room.rows).enumerated() {
            frame.putFact(fact, in: room.line(row), indent: 12, context)
        }
    }
}
