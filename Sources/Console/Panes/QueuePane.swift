// The selected queue: facts, depth and rates over time.

import Base
import Canvas
import Engine

/// The selected queue.
enum QueuePane {
    static func drawDetail(in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        let stream = context.picture.selectedStream
        let name = stream.map { context.style.name($0.name, cellsMax: 60) } ?? "no queue"
        let room = context.border(name, badge: "", in: rect, on: &frame)
        guard let stream else {
            return frame.putEmpty("what a queue holds stands here", in: room)
        }
        let facts = QueueRows.facts(stream, context.picture)
        let compact = room.rows < 9
        for (row, fact) in facts.prefix(max(0, room.rows)).enumerated() {
            frame.putFact(fact, in: room.line(row), indent: compact ? 11 : 12, context)
        }
    }

    static func drawGraph(in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        let stream = context.picture.selectedStream
        let history = stream.flatMap { context.model.data.history.queues[$0.name] }
        let room = context.border(
            "Depth  msgs",
            badge: ThroughputPane.badge(context, rect),
            in: rect,
            on: &frame
        )
        let foot = room.rows >= 4 ? 1 : 0
        guard let stream else { return frame.putEmpty("its depth over time", in: room) }
        drawDepth(history, in: room.lines(0, count: room.rows - foot), on: &frame, context)
        guard foot > 0 else { return }
        let line = QueueRows.drainEstimate(stream, cells: room.columns - 2)
        frame.put(line, in: room.line(room.rows - 1), column: 1)
    }

    private static func drawDepth(
        _ history: QueueHistory?,
        in rect: Rect,
        on frame: inout Frame,
        _ context: PaneContext
    ) {
        let width = Axis.width(in: rect)
        let graph = TimeGraph(columns: ThroughputPane.points(width, context), context)
        let values =
            history?.depth.columns(graph.count, seconds: graph.seconds, endingAt: graph.endSecond)
            ?? []
        let top = Scale.ceiling((values.compactMap { $0 }.max() ?? 0) * 1.05)
        let axis = Axis(upTo: top, graph, in: rect, hasMoments: rect.rows >= 6)
        let room = axis.draw(in: rect, on: &frame, glyphs: context.glyphs)
        guard !room.isEmpty else { return }
        guard !values.isEmpty else {
            frame.putLine("no history is kept for this queue", in: room, role: .textMuted)
            return
        }
        Hill(
            values: graph.placed(values.map { $0 ?? .nan }, empty: .nan),
            top: top,
            ink: .gradient(.depthMeter)
        ).draw(in: room, on: &frame, context)
        graph.drawCursors(in: room, on: &frame, glyphs: context.glyphs)
    }
}
