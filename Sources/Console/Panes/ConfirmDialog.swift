// The dialog of a disruptive or destructive action.

import Base
import Canvas
import Engine

/// The dialog of a disruptive or destructive action.
enum ConfirmDialog {
    static func draw(_ confirmation: Confirmation, on frame: inout Frame, _ context: PaneContext) {
        let rows = ConfirmRows(confirmation, context.picture)
        let essential = essentialLines(confirmation, context)
        let options = optionLines(confirmation, context)
        let effect: [TextLine] = [[TextRun(sentence(rows.effect), .textStrong)], []]
        let preview = effect + rows.preview + [[]] + options
        let wanted = preview.count + essential.count + 2 + (options.isEmpty ? 0 : 1)
        let title: TextLine = [TextRun(rows.headline, .dialogDanger)] + target(context)
        let room = OverlayView.open(
            columns: 80,
            rows: min(frame.size.rows, wanted),
            title: title,
            badge: [TextRun(confirmation.level.badge, .paneBadge)],
            isDanger: confirmation.level == .destructive,
            on: &frame,
            context
        )
        // What it takes to confirm is always seen; the preview gets what is left.
        let kept = max(0, room.rows - essential.count)
        frame.putLines(Array(preview.prefix(kept)), in: room.lines(0, count: kept))
        frame.putLines(essential.map(\.line), in: room, from: max(0, room.rows - essential.count))
        for (place, line) in essential.enumerated() where line.isField {
            let row = max(0, room.rows - essential.count) + place
            let cells = min(40, room.columns - 2)
            let field = room.line(row).slice(1, count: cells)
            frame.put(confirmation.field, isWrong: false, in: field)
            frame.put(
                "(\(confirmation.phrase))",
                in: room.line(row),
                column: cells + 2,
                role: .textMuted
            )
        }
    }

    /// What stands behind a name in a line stands alone in a dialog.
    private static func sentence(_ effect: String) -> String {
        let whole = effect.prefix(1).uppercased() + effect.dropFirst()
        return whole.hasSuffix(".") ? whole : whole + "."
    }

    private struct Essential {
        let line: TextLine
        var isField = false
    }

    private static func target(_ context: PaneContext) -> TextLine {
        let session = context.model.session
        let name = context.style.name(session.target, cellsMax: 20)
        let word =
            session.environment.isEmpty
            ? "" : context.style.name(session.environment, cellsMax: 8) + " "
        return [TextRun(" on \(word)\(name)", .textMuted)]
    }

    private static func essentialLines(
        _ confirmation: Confirmation,
        _ context: PaneContext
    ) -> [Essential] {
        let isDeclared = confirmation.action == .compromise
        let verb =
            isDeclared
            ? "declare it compromised" : confirmation.step?.name ?? confirmation.action.verb
        guard confirmation.level == .destructive else {
            return [
                Essential(line: [
                    TextRun("[ Cancel ]", .button), TextRun(" Esc   press ", .text),
                    TextRun(" \(confirmation.action.confirmingKey) ", .keybarKey),
                    TextRun(" to \(verb)", .textStrong),
                    TextRun("   (Enter does nothing)", .textMuted),
                ]),
                Essential(line: undo(confirmation)),
            ]
        }
        return [
            Essential(line: [TextRun("Type \(confirmation.phrase) to enable \(verb):", .text)]),
            Essential(line: [], isField: true),
            Essential(
                line: [TextRun("[ Cancel ]", .button), TextRun(" Esc   ", .text)]
                    + armed(confirmation, context)
            ),
        ]
    }

    private static func armed(_ confirmation: Confirmation, _ context: PaneContext) -> TextLine {
        let verb = confirmation.action.verb
        let now = context.model.data.now
        if now < confirmation.armedAt {
            let left = confirmation.armedAt.nanoseconds(since: now)
            let seconds = (left + nanosecondsPerSecond - 1) / nanosecondsPerSecond
            return [
                TextRun("( \(verb) armed in \(seconds) s )", .button),
                TextRun("  Enter works only then", .textMuted),
            ]
        }
        guard confirmation.isTyped else {
            return [
                TextRun("( \(verb) )", .button),
                TextRun("  Enter works only on the exact name", .textMuted),
            ]
        }
        return [TextRun("[ \(verb) ] Enter", .buttonArmed)]
    }

    private static func undo(_ confirmation: Confirmation) -> TextLine {
        let text: String =
            switch confirmation.action {
            case .drain: "undo: U re-opens ingress at once; delivered messages stay delivered"
            case .pause, .pauseIngress, .resume: "undo: U"
            case .throttle, .holdRewrite: "undo: U"
            case .kick, .redrive, .rotate, .compromise, .retireKey, .addSlot, .lock, .unlock,
                .verify,
                .resumeWriting, .purge, .delete, .destroyKey, .removeSlot, .lameDuck:
                "no undo"
            }
        return [TextRun(text, .textMuted)]
    }

    private static func optionLines(
        _ confirmation: Confirmation,
        _ context: PaneContext
    ) -> [TextLine] {
        confirmation.options.enumerated().map { place, option in
            let isCurrent = place == confirmation.optionIndex && confirmation.options.count > 1
            var line: TextLine = [
                TextRun(isCurrent ? context.glyph(.cursor) : " ", .textStrong),
                TextRun(TextWidth.pad(option.label, cells: 14), .textMuted),
            ]
            for (index, choice) in option.choices.enumerated() {
                let isChosen = index == option.index
                let mark = isChosen ? "(\(context.glyph(.bullet)) \(choice))" : "  \(choice) "
                line.append(TextRun(mark, isChosen ? .textStrong : .textMuted))
            }
            return line
        }
    }
}
