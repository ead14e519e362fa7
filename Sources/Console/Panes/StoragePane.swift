// Journal and disk.

import Base
import Canvas
import Engine

/// Journal and disk.
enum StoragePane {
    static func draw(in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        let storage = context.snapshot.storage
        let isKnown = Latencies.isMeaningful(storage.syncLatency, 0.99)
        let known = isKnown ? storage.syncLatency.percentile(0.99) : nil
        let p99 = known.map { Format.latency(nanoseconds: $0) } ?? "-"
        let room = context.border(
            "Storage & journal",
            badge: "sync p99 \(p99)",
            in: rect,
            on: &frame
        )
        drawDisk(storage, in: room.line(0), on: &frame, context)
        var row = 1
        for (label, value) in StorageRows.facts(context) where row < room.rows {
            frame.put(label, in: room.line(row), column: 1, role: .textMuted)
            let place = room.lines(row, count: room.rows - row)
                .slice(10, count: room.columns - 11)
            let lines = lines(value, cells: place.columns)
            frame.putLines(lines, in: place)
            row += lines.count
        }
    }

    /// A fact: what is second is left out where there is no room, and a long name goes on in the
    /// next line.
    private static func lines(_ value: TextLine, cells: Int) -> [TextLine] {
        guard value.count == 1, let only = value.first else {
            return [value.map { [$0] }.fitted(cells: cells)]
        }
        return TextWidth.wrapped(only.text, cells: cells).map { [TextRun($0, only.role)] }
    }

    private static func drawDisk(
        _ storage: StorageStatus,
        in line: Rect,
        on frame: inout Frame,
        _ context: PaneContext
    ) {
        frame.put("disk", in: line, column: 1, role: .textMuted)
        guard storage.diskBytes > 0 else {
            frame.put("unknown", in: line, column: 10, role: .textMuted)
            return
        }
        let used = 1 - Double(storage.freeBytes) / Double(storage.diskBytes)
        let cells = max(4, min(28, line.columns - 34))
        let bar = Sparks.bar(
            used,
            cells: cells,
            role: Gradient.diskMeter.role(share: used),
            glyphs: context.glyphs
        )
        let text = " \(Format.percent(used))  \(Format.bytes(storage.freeBytes)) free"
        frame.putLines([bar + [TextRun(text, .text)]], in: line.slice(10, count: line.columns))
    }

    /// How long syncs take over time.
    static func drawSyncs(in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        let room = context.border("Sync latency", badge: "log rows", in: rect, on: &frame)
        let foot = room.rows >= 5 ? 1 : 0
        HeatMapPane.draw(
            context.model.data.history.syncs,
            in: room.lines(0, count: room.rows - foot),
            on: &frame,
            context
        )
        guard foot > 0 else { return }
        let line = HeatMapPane.summary(
            context.snapshot.storage.syncLatency,
            cells: room.columns - 2
        )
        frame.put(line, in: room.line(room.rows - 1), column: 1)
    }
}
