// What the server is and does.

import Base
import Canvas
import Engine

/// What the server is and does.
enum ServerPane {
    static func draw(in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        let server = context.snapshot.server
        // Who has no name of its own is known by its address.
        let known = server.name == server.id ? server.listen : server.name
        let name = context.style.name(known, cellsMax: 40)
        let room = context.border("Server \(name)", badge: "", in: rect, on: &frame)
        let body = room.lines(0, count: room.rows - 1)
        FactColumns.draw(facts(context), in: body, on: &frame, context)
        // The id is too long for a column.
        let id = TextRun(context.style.name(server.id, cellsMax: 60), .textMuted)
        frame.putFact(("id", id), in: room.line(room.rows - 1), indent: 13, context)
    }

    /// Every fact, as label and value, the most wanted first.
    static func facts(_ context: PaneContext) -> [(String, TextRun)] {
        let server = context.snapshot.server
        let style = context.style
        let state = StateText(server.state)
        return [
            ("state", TextRun("\(style.glyphs.text(state.glyph)) \(state.word)", state.role)),
            ("up", TextRun(up(context), .text)),
            ("version", TextRun(style.name(server.version, cellsMax: 30), .text)),
            (
                "speaks",
                TextRun("NATS as \(style.name(server.protocolVersion, cellsMax: 20))", .text)
            ),
            ("listens", TextRun(style.name(server.listen, cellsMax: 60), .text)),
            ("process", TextRun("\(server.processId) on \(server.cores) cores", .text)),
        ] + demoFacts(context) + loadFacts(context)
    }

    private static func demoFacts(_ context: PaneContext) -> [(String, TextRun)] {
        guard let seed = context.model.session.demoSeed else { return [] }
        return [("demo", TextRun("seed \(seed)", .text))]
    }

    private static func up(_ context: PaneContext) -> String {
        let started = context.snapshot.server.startedAt
        guard started != .never else { return "-" }
        return Format.span(nanoseconds: context.snapshot.takenAt.nanoseconds(since: started))
    }

    private static func loadFacts(_ context: PaneContext) -> [(String, TextRun)] {
        let server = context.snapshot.server
        let totals = context.snapshot.totals
        return [
            ("cpu", TextRun(Format.percent(server.processorShare) + " of a core", .text)),
            ("shards", TextRun("busiest \(Format.percent(server.shardLoad)) of its time", .text)),
            ("memory", TextRun(Format.bytes(server.memoryBytes), .text)),
            (
                "clients",
                TextRun(
                    "\(Format.exact(totals.connections)) now, \(Format.exact(totals.connectionsEver)) ever",
                    .text
                )
            ),
            ("interest", TextRun("\(Format.exact(totals.subscriptions)) subscriptions", .text)),
            (
                "too slow",
                TextRun(
                    "\(Format.exact(totals.slowConsumers)) closed",
                    totals.slowConsumers == 0 ? .textMuted : .stateWarn
                )
            ),
            ("refused", TextRun(Format.exact(totals.refused), .text)),
        ]
    }
}

/// Labels and values in as many columns as there is room for.
enum FactColumns {
    static func draw(
        _ facts: [(String, TextRun)],
        in rect: Rect,
        on frame: inout Frame,
        _ context: PaneContext
    ) {
        let columns = rect.columns >= 100 ? 3 : rect.columns >= 60 ? 2 : 1
        let perColumn = max(1, rect.rows)
        let parts = Layout(Array(repeating: .share(1), count: columns), gap: 1).columns(of: rect)
        for (place, fact) in facts.prefix(columns * perColumn).enumerated() {
            let line = parts[place / perColumn].line(place % perColumn)
            frame.putFact(fact, in: line, indent: 13, context)
        }
    }
}
