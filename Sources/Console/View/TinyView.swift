// Screens too small for panes: they still tell the truth.

import Base
import Canvas
import Engine

/// Screens too small for panes.
enum TinyView {
    /// The word of the state, or what answers a question for which there is no room.
    static func drawDot(in rect: Rect, on frame: inout Frame, _ picture: Picture) {
        let line: TextRun =
            switch picture.model.screen.overlay {
            case .none, .filter, .find: word(picture)
            case .quit: TextRun("h s Esc?", .textStrong)
            case .help, .palette, .picker, .confirm, .peek, .detail, .drawer:
                TextRun("Esc?", .textStrong)
            }
        frame.put(line.text, in: rect.line(0), role: line.role)
    }

    /// State, rates, worst alert.
    static func drawLines(in rect: Rect, on frame: inout Frame, _ picture: Picture) {
        frame.putLines([title(picture), rates(picture), news(picture)], in: rect)
    }

    /// One table under three lines.
    static func drawList(_ plan: ScreenPlan, on frame: inout Frame, _ context: PaneContext) {
        let picture = context.picture
        frame.clear(plan.header, ground: .header)
        frame.put(title(picture), in: plan.header)
        let clock = picture.style.clock(picture.model.data.now)
        let start = plan.header.columns - clock.count
        if title(picture).cells < start - 1 {
            frame.put(clock, in: plan.header, column: start, role: .headerClock)
        }
        let bounds = frame.bounds
        frame.put(rates(picture), in: bounds.line(1))
        let history = picture.model.data.history.ingress
        let graph = TimeGraph(columns: bounds.columns, context)
        let values = history.columns(graph.count, seconds: graph.seconds, endingAt: graph.endSecond)
        Sparkline(graph.placed(values.map { $0 ?? .nan }, empty: .nan), ink: .role(.seriesIn))
            .draw(in: bounds.line(2), on: &frame, glyphs: context.glyphs)
        for place in plan.places {
            if place.pane.isTable {
                TablePane.drawBare(place.pane, in: place.rect, on: &frame, context)
            } else {
                PaneView.draw(place.pane, in: place.rect, on: &frame, context)
            }
        }
    }

    private static func word(_ picture: Picture) -> TextRun {
        guard picture.model.data.latest.takenAt != .never else {
            return TextRun("?", .stateUnknown)
        }
        if picture.model.isStale { return TextRun("STALE", .stateCrit) }
        if let alert = picture.model.data.alerts.worst, alert.severity == .critical {
            return TextRun("CRIT", .stateCrit)
        }
        let state = StateText(picture.snapshot.server.state)
        return TextRun(state.word, state.role)
    }

    private static func title(_ picture: Picture) -> TextLine {
        var line: TextLine = []
        if !picture.model.session.environment.isEmpty { line += HeaderLine.badge(picture) }
        let target = picture.style.name(picture.model.session.target, cellsMax: 16)
        line.append(TextRun(line.isEmpty ? target : " " + target, .headerTarget))
        line.append(TextRun(" ", .header))
        return line + HeaderLine.state(picture)
    }

    private static func rates(_ picture: Picture) -> TextLine {
        let totals = picture.snapshot.totals
        let latency = picture.publishWindow
        return [
            TextRun("in ", .textMuted),
            TextRun(Format.rate(totals.ingress.messagesPerSecond), .seriesIn),
            TextRun(" out ", .textMuted),
            TextRun(Format.rate(totals.egress.messagesPerSecond), .seriesOut),
            TextRun(" p99 ", .textMuted), TextRun(Latencies.cell(latency, 0.99).text + "ms", .text),
        ]
    }

    private static func news(_ picture: Picture) -> TextLine {
        guard let alert = picture.model.data.alerts.worst else {
            return [TextRun("\(picture.style.glyphs.text(.stepDone)) all quiet", .stateOk)]
        }
        let state = StateText(alert.severity)
        let limit = picture.model.data.alerts.policy(of: alert.id.rule).raise
        let name =
            alert.id.subject.isEmpty ? "server" : picture.style.name(alert.id.subject, cellsMax: 20)
        return [
            TextRun("\(picture.style.glyphs.text(state.glyph)) ", state.role),
            TextRun("\(name) \(alert.id.rule.sentence(alert, limit: limit))", .text),
        ]
    }
}
