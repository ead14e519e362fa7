// The console without a screen: for pipes, screen readers and dumb terminals.

import Base
import Canvas
import Engine

/// The console as lines of text: no boxes, no graphs, one fact a line.
public enum PlainText {
    /// One picture: state, rates, latencies, alerts and the deepest queues.
    public static func report(_ model: ConsoleModel, queuesMax: Int) -> String {
        let picture = Picture(model, glyphs: .ascii)
        let snapshot = picture.snapshot
        var lines = [state(picture)]
        lines.append(rates(snapshot))
        lines.append("latency: " + latency(model))
        for alert in model.data.alerts.open { lines.append("alert: " + sentence(alert, model)) }
        lines += queues(picture, queuesMax)
        return lines.joined(separator: "\n") + "\n"
    }

    /// What is worth saying between two pictures: alerts, states, notices; nothing when nothing is.
    public static func changes(from old: ConsoleModel, to new: ConsoleModel) -> [String] {
        var lines: [String] = []
        let before = Set(old.data.alerts.open.map(\.id))
        let now = Set(new.data.alerts.open.map(\.id))
        for alert in new.data.alerts.open where !before.contains(alert.id) {
            lines.append("alert: " + sentence(alert, new))
        }
        for alert in old.data.alerts.open where !now.contains(alert.id) {
            lines.append("alert over: \(alert.id.rule.name) \(ActionPlan.shown(alert.id.subject))")
        }
        var states: [[UInt8]: Substring] = [:]
        for stream in old.data.latest.streams { states[stream.name] = kind(word(stream, old)) }
        for stream in new.data.latest.streams {
            let word = word(stream, new)
            if let earlier = states[stream.name], earlier != kind(word) {
                lines.append("state: \(ActionPlan.shown(stream.name)) \(word)")
            }
        }
        for notice in new.work.notices.dropFirst(old.work.notices.count) {
            lines.append("note: \(notice.text)")
        }
        return lines
    }

    /// What stands between a command and its doing, and what to type.
    public static func question(_ model: ConsoleModel) -> [String] {
        guard case .confirm(let confirmation) = model.screen.overlay else { return [] }
        let rows = ConfirmRows(confirmation, Picture(model, glyphs: .ascii))
        let facts = rows.preview.map { line in line.map(\.text).joined() }
        let choices = confirmation.options.map { "\($0.label): \($0.choice)" }
        let lines = ([rows.headline, rows.effect] + facts + choices).filter { text in
            text.contains { $0 != " " }
        }
        let verb = confirmation.action.verb
        let wanted =
            switch confirmation.level {
            case .reversible: "type y to \(verb), anything else does nothing"
            case .disruptive:
                "type \(confirmation.action.confirmingKey) to \(verb), no does nothing"
            case .destructive:
                "type \(confirmation.phrase) to \(verb), not before 3 seconds have passed"
            }
        return lines.map { "ask: " + $0 } + ["ask: " + wanted]
    }

    /// Every command that can be typed, with what it does.
    public static func commands() -> String {
        let verbs = PaletteVerb.allCases.map { verb in
            let usage = verb.usage.isEmpty ? "" : " \(verb.usage)"
            return "command: \(verb.rawValue)\(usage): \(verb.help)"
        }
        return verbs.joined(separator: "\n")
    }

    /// Every binding as tab-separated name, keys, context, effect and sentence.
    public static func keymap(_ keymap: Keymap) -> String {
        keymap.bindings.map { binding in
            let effect =
                switch binding.effect {
                case .view: "view"
                case .console: "console"
                case .mutates: "mutates"
                }
            let keys = binding.keyLabels
            return
                "\(binding.name)\t\(keys)\t\(binding.context.title)\t\(effect)\t\(binding.help)\n"
        }.joined()
    }

    /// The picture as JSON: when, the server's state, and every table with all its columns.
    public static func json(_ model: ConsoleModel) -> String {
        let picture = Picture(model, glyphs: .ascii)
        let tables: [(String, Pane)] = [
            ("queues", .queues), ("clients", .clients), ("keys", .keys), ("targets", .targets),
            ("damage", .damage), ("alerts", .alerts), ("events", .events),
        ]
        let head =
            "\"at\": \(Export.jsonString(Format.timestamp(picture.snapshot.takenAt))),\n"
            + "\"state\": \(Export.jsonString(StateText(picture.snapshot.server.state).word))"
        let parts = tables.map { name, pane in
            "\(Export.jsonString(name)): \(Export.json(pane, model).dropLast())"
        }
        return "{\n" + ([head] + parts).joined(separator: ",\n") + "\n}\n"
    }

    private static func state(_ picture: Picture) -> String {
        let server = picture.snapshot.server
        let name = picture.style.name(picture.model.session.target)
        let up = Format.span(
            nanoseconds: picture.snapshot.takenAt.nanoseconds(since: server.startedAt)
        )
        return "state: \(name) \(StateText(server.state).word) up \(up) at "
            + Format.timestamp(picture.snapshot.takenAt)
    }

    private static func rates(_ snapshot: EngineSnapshot) -> String {
        let totals = snapshot.totals
        return "rate: in \(Format.rate(totals.ingress.messagesPerSecond))/s"
            + " out \(Format.rate(totals.egress.messagesPerSecond))/s"
            + " ack \(Format.rate(totals.acks.messagesPerSecond))/s"
            + " bytes in \(Format.byteRate(totals.ingress.bytesPerSecond))"
            + " clients \(totals.connections)"
    }

    private static func latency(_ model: ConsoleModel) -> String {
        let histogram = LatencyWindow(model).publish
        let parts = LatencyWindow.quantiles.compactMap { name, quantile -> String? in
            guard Latencies.isMeaningful(histogram, quantile),
                let value = histogram.percentile(quantile)
            else { return nil }
            return "\(name) \(Format.latency(nanoseconds: value))"
        }
        return parts.isEmpty ? "too few samples" : parts.joined(separator: " ")
    }

    private static func queues(_ picture: Picture, _ count: Int) -> [String] {
        let rows = QueueList.spec.arranged(picture, picture.model.listState(.queues))
        return rows.prefix(count).map { row in
            let stream = row.stream
            let state = StateText(stream, alert: row.alert, now: row.now).word
            let oldest =
                stream.depth > 0 && stream.oldestPendingAt != .never
                ? " oldest \(picture.style.age(stream.oldestPendingAt))" : ""
            return "queue: \(picture.style.name(stream.name)) \(state)"
                + " depth \(Format.exact(stream.depth))"
                + " in \(Format.rate(stream.ingress.messagesPerSecond))/s"
                + " out \(Format.rate(stream.egress.messagesPerSecond))/s"
                + " consumers \(stream.activeConsumerCount)" + oldest
        }
    }

    private static func sentence(_ alert: Alert, _ model: ConsoleModel) -> String {
        let limit = model.data.alerts.policy(of: alert.id.rule).raise
        let name = alert.id.subject.isEmpty ? "server" : ActionPlan.shown(alert.id.subject)
        return
            "\(StateText(alert.severity).word) \(name) \(alert.id.rule.sentence(alert, limit: limit))"
    }

    private static func word(_ stream: StreamStatus, _ model: ConsoleModel) -> String {
        let alert = model.data.alerts.worst(about: stream.name)
        return StateText(stream, alert: alert, now: model.data.latest.takenAt).word
    }

    /// The state without its countdown, which is not a change of state.
    private static func kind(_ word: String) -> Substring { word.prefix { !$0.isNumber } }
}
