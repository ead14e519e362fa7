// The line above the keys: what is being typed or asked, what was said, what is wrong.

import Base
import Canvas
import Engine

/// The line above the keys.
enum StatusLine {
    static func draw(in line: Rect, on frame: inout Frame, _ picture: Picture) {
        guard !line.isEmpty else { return }
        frame.clear(line)
        let model = picture.model
        switch model.screen.overlay {
        case .filter(let field, _):
            let filter = model.listState(model.filteredPane).filter
            drawField(
                "filter ",
                field,
                note(filter, picture),
                filter.problem != nil,
                in: line,
                on: &frame
            )
        case .find(let field):
            drawField("find ", field, "Enter finds, n and N repeat", false, in: line, on: &frame)
        case .confirm(let confirmation) where confirmation.level == .reversible:
            drawQuestion(confirmation, in: line, on: &frame, picture)
        case .none, .help, .palette, .picker, .confirm, .peek, .detail, .drawer, .quit:
            drawNews(in: line, on: &frame, picture)
        }
    }

    private static func drawField(
        _ label: String,
        _ field: TextField,
        _ note: String,
        _ isWrong: Bool,
        in line: Rect,
        on frame: inout Frame
    ) {
        let start = frame.put(" " + label, in: line, role: .textStrong)
        let room = line.slice(start, count: line.columns)
        frame.put(field, isWrong: isWrong, in: room.slice(0, count: max(12, room.columns - 44)))
        guard room.columns > 60 else { return }
        frame.putLine(
            note,
            in: line.slice(line.columns - 43, count: 42),
            role: .textMuted,
            alignment: .right
        )
    }

    private static func note(_ filter: Filter, _ picture: Picture) -> String {
        if let problem = filter.problem { return "\(problem): last good one holds" }
        let pane = picture.model.filteredPane
        let state = picture.model.listState(pane)
        let count = Lists.access(pane)?.ids(picture, state).count ?? 0
        return "\(count) shown  Enter keeps  Esc restores"
    }

    /// The one-line question of a reversible action.
    ///
    /// What answers it is always seen; what else happens is left out where there is no room.
    private static func drawQuestion(
        _ confirmation: Confirmation,
        in line: Rect,
        on frame: inout Frame,
        _ picture: Picture
    ) {
        let rows = ConfirmRows(confirmation, picture)
        let answer: TextLine = [
            TextRun("  y", .keybarKey), TextRun(" yes, any other key no ", .textMuted),
        ]
        let name: TextLine = [TextRun(" \(rows.headline) ", .textStrong)]
        let room = line.columns - answer.cells
        let effects = [rows.effect, String(rows.effect.prefix { $0 != ";" }), rows.brief, ""]
        let effect = effects.first { name.cells + TextWidth.cells(of: $0) <= room } ?? ""
        let question = name + [TextRun(effect, .text)]
        frame.put(question, in: line.slice(0, count: room))
        frame.put(answer, in: line, column: min(question.cells, room))
    }

    private static func drawNews(in line: Rect, on frame: inout Frame, _ picture: Picture) {
        let model = picture.model
        var left: TextLine = []
        if let notice = model.work.notices.last,
            model.data.now.nanoseconds(since: notice.at) < Notice.shownNanoseconds
        {
            let state = StateText(notice.severity)
            left =
                [TextRun(" \(picture.style.glyphs.text(state.glyph)) ", state.role)]
                + said(notice.text, cells: line.columns - 3, picture)
        } else if let busy = model.work.pending.values.first(where: { $0.total > 0 }) {
            let share = Format.progress(done: busy.done, of: busy.total)
            left = [TextRun(" \(busy.label) \(share)", .stateDraining)]
        } else if let text = drains(picture), model.data.alerts.worst?.severity != .critical {
            left = [TextRun(" \(text)", .stateDraining)]
        } else if let alert = model.data.alerts.worst {
            left = sentence(alert, cells: line.columns, picture)
        } else if model.isStale {
            left = [TextRun(" \(picture.style.glyphs.text(.stateWarn)) no news", .stateWarn)]
        } else {
            left = [TextRun(" \(picture.style.glyphs.text(.stepDone)) all quiet", .stateOk)]
        }
        frame.put(left, in: line)
        let hints = hints(picture, cells: line.columns - left.cells - 3)
        frame.put(hints, in: line, column: line.columns - hints.cells)
    }

    /// The drain that is under way, and how many more there are.
    private static func drains(_ picture: Picture) -> String? {
        let all = picture.snapshot.streams.compactMap { stream in
            QueueRows.drainProgress(stream).map { (stream.name, $0) }
        }
        guard let first = all.first else { return nil }
        let others = all.count > 1 ? "  +\(all.count - 1) more" : ""
        return "\(picture.style.name(first.0, cellsMax: 30)) drains  \(first.1)\(others)"
    }

    /// What was said; what is too long is whole in the log of the console.
    private static func said(_ text: String, cells: Int, _ picture: Picture) -> TextLine {
        guard TextWidth.cells(of: text) > cells, let key = picture.model.keymap["log"]?.keys.first
        else { return [TextRun(text, .text)] }
        let more: TextLine = [TextRun("  \(key.label)", .keybarKey), TextRun(" all ", .textMuted)]
        let ellipsis = picture.style.glyphs[.ellipsis]
        let part = TextWidth.fit(text, cells: max(0, cells - more.cells), ellipsis: ellipsis)
        return [TextRun(part, .text)] + more
    }

    private static func sentence(_ alert: Alert, cells: Int, _ picture: Picture) -> TextLine {
        let model = picture.model
        let state = StateText(alert.severity)
        let limit = model.data.alerts.policy(of: alert.id.rule).raise
        let says = alert.id.rule.sentence(alert, limit: limit)
        // The name gives way before what is said of it.
        let spare = cells - TextWidth.cells(of: says) - TextWidth.cells(of: state.word) - 5
        let name =
            alert.id.subject.isEmpty
            ? "server" : picture.style.name(alert.id.subject, cellsMax: min(30, max(6, spare)))
        let lasted = model.data.now.nanoseconds(since: alert.since)
        let brief = Format.brief(nanoseconds: lasted)
        let others = model.data.alerts.open.count - 1
        let isSeen = alert.phase == .acknowledged
        let what: TextLine = [
            TextRun(" \(picture.style.glyphs.text(state.glyph)) \(state.word) ", state.role),
            TextRun(name, .textStrong),
            TextRun(" \(says)", .text),
        ]
        let rest: [TextLine] = [
            [TextRun(alert.id.rule.saysHowLong ? "" : " for \(brief)", .text)],
            [TextRun(others > 0 ? "  +\(others) more" : "", .stateWarn)],
            [TextRun(isSeen ? "  seen" : "  a ack", .textMuted)],
        ]
        return what + rest.fitted(cells: cells - what.cells)
    }

    /// Keys that help here, as many as fit; none that would do nothing now.
    private static func hints(_ picture: Picture, cells: Int) -> TextLine {
        let model = picture.model
        let isEmpty = isEmpty(picture.focusedPane, picture)
        var line: TextLine = []
        for name in hintNames(picture) {
            guard let binding = model.keymap[name], let key = binding.keys.last,
                model.reasonAgainst(binding, picture.actionTargets) == nil,
                !isEmpty || !rowNames.contains(name)
            else { continue }
            let first = name == "open" || name == "next-pane" ? binding.keys[0] : key
            let runs = [
                TextRun(" \(first.label)", .keybarKey),
                TextRun(" \(binding.label.lowercased()) ", .textMuted),
            ]
            guard line.cells + runs.cells <= cells else { break }
            line += runs
        }
        return line
    }

    /// Whether `pane` is a table without a row, or about a row of one that has none.
    private static func isEmpty(_ pane: Pane, _ picture: Picture) -> Bool {
        switch pane {
        // They are many, and are known already.
        case .queues, .queueLatency, .queueDetail, .queueGraph:
            picture.actionTargets.queues.isEmpty
        case .clients, .clientDetail: picture.actionTargets.clients.isEmpty
        default:
            Lists.access(pane)?.ids(picture, picture.model.listState(pane)).isEmpty ?? false
        }
    }

    /// What is done to a row.
    private static let rowNames: Set = ["open", "peek", "mark", "copy", "sort"]

    private static func hintNames(_ picture: Picture) -> [String] {
        let model = picture.model
        var names: [String] = []
        if !model.data.time.isLive { names += ["live", "scrub-back", "scrub-forward", "marker"] }
        if !model.work.undo.isEmpty { names.append("undo") }
        switch picture.focusedPane.contexts.first ?? .everywhere {
        case .queues: names += ["open", "peek", "mark", "sort"]
        case .clients: names += ["kick", "throttle", "mark"]
        case .keys: names += ["rotate", "verify", "hold", "compromised"]
        case .tables: names += ["open", "sort", "copy"]
        case .graphs, .everywhere:
            let compare = model.data.time.markerA == .never ? [] : ["compare"]
            names += ["scrub-back", "marker"] + compare + ["time-in"]
        }
        return names + ["zoom", "palette", "help", "next-pane"]
    }
}

extension Frame {
    /// Draws a field for text with its cursor; the end is shown when it is too long.
    mutating func put(_ field: TextField, isWrong: Bool, in rect: Rect) {
        guard !rect.isEmpty else { return }
        let ground: StyleRole = isWrong ? .inputError : .input
        clear(rect, ground: ground)
        let head = TextWidth.cells(of: field.head)
        let skipped = max(0, head - rect.columns + 1)
        // A rectangle that begins left of the room, so that what is left of it is cut away.
        put(field.text, in: rect, column: -skipped, row: 0, role: ground)
        rest(in: rect, column: head - skipped, row: 0, isVisible: true)
    }
}
