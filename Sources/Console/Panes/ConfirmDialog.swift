// The dialog of a disruptive or destructive action.

import Base
import Canvas
import Engine

/// The dialog of a disruptive or destructive action.
enum ConfirmDialog {
    static func draw(_ confirmation: Confirmation, on frame: inout Frame, _ context: PaneContext) {
        let rows = ConfirmRows(confirmation, context.picture)
        let width = min(80, frame.size.columns)
        let hasFrame = width >= 36 && frame.size.rows >= 8
        let cells = hasFrame ? width - 4 : width
        let headline = TextWidth.fit(
            rows.headline,
            cells: cells,
            ellipsis: context.glyphs[.ellipsis]
        )
        let title: TextLine = [TextRun(headline, .dialogDanger)]
        guard hasFrame else {
            frame.clear(frame.bounds, ground: .dialog)
            let most = frame.size.rows - 1
            let lines = DialogLines(confirmation, rows, context, cells: cells, rows: most)
            guard most >= lines.all.count, !lines.all.isEmpty else {
                let brief = brief(confirmation, title, context, cells: cells)
                return draw(brief, confirmation, in: frame.bounds, on: &frame)
            }
            frame.putLines([title], in: frame.bounds)
            return draw(lines.all, confirmation, in: frame.bounds.lines(1, count: most), on: &frame)
        }
        let most = frame.size.rows - 2
        let lines = DialogLines(confirmation, rows, context, cells: cells, rows: most)
        let room = OverlayView.open(
            columns: width,
            rows: lines.all.count + 2,
            title: title + target(context),
            badge: [TextRun(confirmation.level.badge, .paneBadge)],
            isDanger: confirmation.level == .destructive,
            on: &frame,
            context
        )
        draw(lines.all, confirmation, in: room, on: &frame)
    }

    private static func draw(
        _ lines: [DialogLine],
        _ confirmation: Confirmation,
        in room: Rect,
        on frame: inout Frame
    ) {
        frame.putLines(lines.map(\.runs), in: room)
        for (row, line) in lines.enumerated() where line.isField {
            let cells = min(40, room.columns - 2)
            let field = room.line(row).slice(1, count: cells)
            frame.put(confirmation.field, isWrong: false, in: field)
            let hint = "(\(confirmation.phrase))"
            guard cells + 2 + TextWidth.cells(of: hint) <= room.columns else { continue }
            frame.put(hint, in: room.line(row), column: cells + 2, role: .textMuted)
        }
    }

    private static func target(_ context: PaneContext) -> TextLine {
        let session = context.model.session
        let name = context.style.name(session.target, cellsMax: 20)
        let word =
            session.environment.isEmpty
            ? "" : context.style.name(session.environment, cellsMax: 8) + " "
        return [TextRun(" on \(word)\(name)", .textMuted)]
    }

    /// The question where there is no room for more than three lines: what it is, what answers it.
    private static func brief(
        _ confirmation: Confirmation,
        _ title: TextLine,
        _ context: PaneContext,
        cells: Int
    ) -> [DialogLine] {
        let no: TextLine = [TextRun("Esc", .keybarKey), TextRun(" no", .text)]
        guard confirmation.level == .destructive else {
            let yes: TextLine = [
                TextRun(confirmation.confirmingLabel, .keybarKey),
                TextRun(" \(confirmation.verb)", .text),
            ]
            return [title, yes, no].map { DialogLine(runs: $0) }
        }
        let seconds = confirmation.secondsToArm(at: context.model.data.now)
        let state: TextLine =
            seconds > 0
            ? [TextRun("wait \(seconds) s", .text)]
            : confirmation.isTyped
                ? [TextRun("Enter", .keybarKey), TextRun(" yes", .text)]
                : [TextRun("not yet", .text)]
        let ask = TextWidth.fit(
            "Type \(confirmation.phrase)",
            cells: cells,
            ellipsis: context.glyphs[.ellipsis]
        )
        return [
            DialogLine(runs: [TextRun(ask, .dialogDanger)]),
            DialogLine(runs: [], isField: true),
            DialogLine(runs: state + [TextRun("  ", .text)] + no),
        ]
    }
}

/// A line of a dialog.
struct DialogLine {
    /// What stands in it.
    let runs: TextLine
    /// Whether the name is typed in it.
    var isField = false
}

/// The lines of a dialog, as many as there is room for.
struct DialogLines {
    /// The lines from the top.
    let all: [DialogLine]

    /// The lines of `confirmation`, at most `rows` of at most `cells`.
    ///
    /// What it takes to confirm is always there, and what can be chosen before facts are. There are
    /// no lines at all where not even that has room.
    init(
        _ confirmation: Confirmation,
        _ words: ConfirmRows,
        _ context: PaneContext,
        cells: Int,
        rows: Int
    ) {
        let effect = [TextRun(Self.sentence(words.effect), .textStrong)].wrapped(cells: cells)
        let facts = words.preview.flatMap { $0.wrapped(cells: cells, indent: 12) }
        let answer = Self.answer(confirmation, context, cells: cells, isShort: false)
        let options = Self.options(confirmation, context, cells: cells, isShort: false)
        let blocks = [effect, facts, options].filter { !$0.isEmpty }
        let above = blocks.flatMap { $0 + [[]] }
        if above.count + answer.count <= rows {
            all = above.map { DialogLine(runs: $0) } + answer
            return
        }
        let least = Self.answer(confirmation, context, cells: cells, isShort: true)
        let choices = Self.options(confirmation, context, cells: cells, isShort: true)
        let spare = rows - least.count
        guard spare >= 0 else {
            all = []
            return
        }
        let told = effect.prefix(max(0, spare - choices.count))
        let known = facts.prefix(max(0, spare - choices.count - told.count))
        let chosen = choices.prefix(spare)
        all = (told + known + chosen).map { DialogLine(runs: $0) } + least
    }

    /// What stands behind a name in a line stands alone in a dialog.
    private static func sentence(_ effect: String) -> String {
        let whole = effect.prefix(1).uppercased() + effect.dropFirst()
        return whole.hasSuffix(".") ? whole : whole + "."
    }

    /// What it takes to confirm; where there is little room without what does nothing.
    private static func answer(
        _ confirmation: Confirmation,
        _ context: PaneContext,
        cells: Int,
        isShort: Bool
    ) -> [DialogLine] {
        let cancel: TextLine = [TextRun("[ Cancel ]", .button), TextRun(" Esc", .text)]
        let verb = confirmation.verb
        guard confirmation.level == .destructive else {
            let press: TextLine = [
                TextRun("press ", .text),
                TextRun(" \(confirmation.confirmingLabel) ", .keybarKey),
                TextRun(" to \(verb)", .textStrong),
            ]
            let note: TextLine = [TextRun("(Enter does nothing)", .textMuted)]
            let parts = [cancel, press] + (isShort ? [] : [note])
            let undo: TextLine = [TextRun(undo(confirmation), .textMuted)]
            return (parts.flowed(gap: 3, cells: cells) + undo.wrapped(cells: cells))
                .map { DialogLine(runs: $0) }
        }
        let ask: TextLine = [TextRun("Type \(confirmation.phrase) to enable \(verb):", .text)]
        let (button, note) = armed(confirmation, context)
        let parts = [cancel, [button] + (isShort ? [] : [note])]
        return ask.wrapped(cells: cells).map { DialogLine(runs: $0) }
            + [DialogLine(runs: [], isField: true)]
            + parts.flowed(gap: 3, cells: cells).map { DialogLine(runs: $0) }
    }

    /// The button, and what it waits for.
    private static func armed(
        _ confirmation: Confirmation,
        _ context: PaneContext
    ) -> (TextRun, TextRun) {
        let verb = confirmation.verb
        let seconds = confirmation.secondsToArm(at: context.model.data.now)
        if seconds > 0 {
            return (
                TextRun("( \(verb) armed in \(seconds) s )", .button),
                TextRun("  Enter works only then", .textMuted)
            )
        }
        guard confirmation.isTyped else {
            return (
                TextRun("( \(verb) )", .button),
                TextRun("  Enter works only on the exact name", .textMuted)
            )
        }
        return (TextRun("[ \(verb) ] Enter", .buttonArmed), TextRun("", .text))
    }

    private static func undo(_ confirmation: Confirmation) -> String {
        switch confirmation.action {
        case .drain: "undo: U re-opens ingress at once; delivered messages stay delivered"
        case .pause, .pauseIngress, .resume: "undo: U"
        case .throttle, .holdRewrite: "undo: U"
        case .lock: "undo: the command unlock, with the secret of a slot"
        case .addSlot: "undo: the command remove-slot"
        case .kick, .redrive, .rotate, .compromise, .retireKey, .unlock, .verify,
            .resumeWriting, .purge, .delete, .destroyKey, .removeSlot, .lameDuck:
            "no undo"
        }
    }

    /// What can be chosen; where there is little room only what is chosen.
    private static func options(
        _ confirmation: Confirmation,
        _ context: PaneContext,
        cells: Int,
        isShort: Bool
    ) -> [TextLine] {
        confirmation.options.enumerated().flatMap { place, option in
            let isCurrent = place == confirmation.optionIndex && confirmation.options.count > 1
            var line: TextLine = [
                TextRun(isCurrent ? context.glyph(.cursor) : " ", .textStrong),
                TextRun(TextWidth.pad(option.label, cells: 14), .textMuted),
            ]
            for (index, choice) in option.choices.enumerated() {
                let isChosen = index == option.index
                guard isChosen || !isShort else { continue }
                let mark = isChosen ? "(\(context.glyph(.bullet)) \(choice))" : "  \(choice) "
                line.append(TextRun(mark, isChosen ? .textStrong : .textMuted))
            }
            return line.wrapped(cells: cells, indent: 15)
        }
    }
}

extension Confirmation {
    /// What the key that confirms does, in one word or a few.
    fileprivate var verb: String {
        switch action {
        case .compromise: "declare it compromised"
        case .addSlot: "add a slot"
        case .removeSlot: "removal"
        case .resumeWriting: "write again"
        case .lameDuck: "stopping"
        default: step?.name ?? action.verb
        }
    }

    /// The key that confirms, as it is written.
    fileprivate var confirmingLabel: String {
        level == .reversible ? "y" : String(action.confirmingKey)
    }

    /// For how many seconds it cannot be confirmed yet.
    fileprivate func secondsToArm(at now: Instant) -> UInt64 {
        guard now < armedAt else { return 0 }
        let left = armedAt.nanoseconds(since: now)
        return (left + nanosecondsPerSecond - 1) / nanosecondsPerSecond
    }
}
