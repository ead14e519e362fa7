// Messages a second over time.

import Base
import Canvas
import Engine

/// Messages a second over time.
enum ThroughputPane {
    static func draw(in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        let units = context.model.settings.units
        let room = context.border(
            "Throughput  \(units.label)",
            badge: badge(context, rect),
            in: rect,
            on: &frame
        )
        let foot = room.rows >= 5 ? 1 : 0
        drawGraph(in: room.lines(0, count: room.rows - foot), on: &frame, context)
        if foot > 0 {
            frame.put(
                summary(context, cells: room.columns - 2),
                in: room.line(room.rows - 1),
                column: 1
            )
        }
    }

    /// The end of a graph's title: window and whether it is live.
    static func badge(_ context: PaneContext, _ rect: Rect) -> String {
        let window = context.model.data.time.window.label
        guard rect.columns >= 50 else { return window }
        let time = context.model.data.time
        let state = time.cursor != .never ? "scrub" : time.frozenAt != .never ? "frozen" : "live"
        return "\(window)  \(context.glyph(.left)) \(state) \(context.glyph(.right))"
    }

    private static func drawGraph(in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        let width = Axis.width(in: rect)
        let graph = TimeGraph(columns: points(width, context), context)
        let (ingress, egress) = series(context)
        let inValues = ingress.columns(
            graph.count,
            seconds: graph.seconds,
            endingAt: graph.endSecond
        )
        let outValues = egress.columns(
            graph.count,
            seconds: graph.seconds,
            endingAt: graph.endSecond
        )
        let peak = (inValues + outValues).compactMap { $0 }.max() ?? 0
        let top = Scale.ceiling(peak * 1.05)
        let axis = Axis(upTo: top, graph, in: rect, hasMoments: rect.rows >= 7)
        let room = axis.draw(in: rect, on: &frame, glyphs: context.glyphs)
        guard !room.isEmpty else { return }
        guard context.model.data.latest.takenAt != .never else { return }
        drawFlows(inValues, outValues, graph, top, in: room, on: &frame, context)
        graph.drawCursors(in: room, on: &frame, glyphs: context.glyphs)
    }

    /// What comes in and goes out as one hill: what only comes in, or only goes out, is its crest.
    private static func drawFlows(
        _ ingress: [Double?],
        _ egress: [Double?],
        _ graph: TimeGraph,
        _ top: Double,
        in rect: Rect,
        on frame: inout Frame,
        _ context: PaneContext
    ) {
        let pairs = zip(ingress, egress)
        let layers: [([Double?], Ink)] = [
            (pairs.map { grows($0, $1) ? $0 : nil }, .role(.stateWarn)),
            (pairs.map { grows($1, $0) ? $1 : nil }, .role(.seriesAck)),
            (pairs.map { left, right in left.map { min($0, right ?? $0) } }, .gradient(.rateMeter)),
        ]
        for (values, ink) in layers {
            let numbers = graph.placed(values.map { $0 ?? .nan }, empty: .nan)
            Hill(values: numbers, top: top, ink: ink).draw(in: rect, on: &frame, context)
        }
    }

    /// Whether `one` is more than `other` by more than noise.
    private static func grows(_ one: Double?, _ other: Double?) -> Bool {
        guard let one, let other else { return false }
        return one > other * 1.03 + 1
    }

    /// Values across `width` cells.
    static func points(_ width: Int, _ context: PaneContext) -> Int {
        let isFine = !context.glyphs.isAscii && context.model.data.time.style != .block
        return isFine ? 2 * width : width
    }

    private static func series(_ context: PaneContext) -> (Series, Series) {
        let history = context.model.data.history
        return switch context.model.settings.units {
        case .messages: (history.ingress, history.egress)
        case .bytes, .bits: (history.bytesIn, history.bytesOut)
        }
    }

    /// The line of numbers, as many as fit.
    static func summary(_ context: PaneContext, cells: Int) -> TextLine {
        let totals = context.snapshot.totals
        let units = context.model.settings.units
        var line: TextLine = []
        func add(_ label: String, _ value: String, _ role: StyleRole) {
            let runs = [
                TextRun(line.isEmpty ? label : "  " + label, .textMuted),
                TextRun(" " + value, role),
            ]
            if line.cells + runs.cells <= cells { line += runs }
        }
        add("in", units.text(totals.ingress), .seriesIn)
        add("out", units.text(totals.egress), .seriesOut)
        add("ack", Format.rate(totals.acks.messagesPerSecond), .seriesAck)
        let bytes = Format.byteRate(totals.ingress.bytesPerSecond + totals.egress.bytesPerSecond)
        // What comes in and does not go out may be replaced or dropped: depths tell.
        let growth = context.model.data.history.queues.values.reduce(0) {
            $0 + ($1.growth(at: context.snapshot.takenAt) ?? 0)
        }
        if growth > totals.ingress.messagesPerSecond * 0.03 + 1 {
            add("backlog", "+" + Format.rate(growth), .stateWarn)
        }
        if cells < 50 {
            if line.cells + 2 + bytes.count <= cells { line.append(TextRun("  " + bytes, .text)) }
        } else {
            let again = totals.redeliveries.messagesPerSecond
            add("redeliver", Format.rate(again), again >= 0.05 ? .stateWarn : .text)
            add("bytes", bytes, .text)
        }
        return line
    }
}
