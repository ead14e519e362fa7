// Help: the bindings that work here, searchable.

import Base
import Canvas
import Engine

/// Lines of help, made from the binding table.
enum HelpText {
    /// The lines that match `text`, the focused pane's first.
    ///
    /// Sentences longer than `cells` go on in the next line.
    static func lines(_ model: ConsoleModel, matching text: String, cells: Int) -> [TextLine] {
        let wanted = Filter.lowered(Array(text.utf8))
        var lines: [TextLine] = []
        let here = model.contexts
        let targets = model.actionTargets
        let others = KeyContext.allCases.filter { !here.contains($0) }
        for context in here + others {
            let bindings = model.keymap.bindings.filter { binding in
                binding.context == context
                    && (wanted.isEmpty || matches(binding, wanted))
            }
            guard !bindings.isEmpty else { continue }
            if !lines.isEmpty { lines.append([]) }
            let note = here.contains(context) ? "" : "  (not in this pane)"
            lines.append([TextRun(context.title, .textStrong), TextRun(note, .textMuted)])
            lines += bindings.flatMap { entry($0, model, targets, cells: cells) }
        }
        return lines.isEmpty ? [[TextRun("no key matches \(text)", .textMuted)]] : lines
    }

    private static func matches(_ binding: Binding, _ wanted: [UInt8]) -> Bool {
        [binding.name, binding.label, binding.help, binding.keyLabels].contains {
            Filter.contains(Filter.lowered(Array($0.utf8)), wanted)
        }
    }

    private static func entry(
        _ binding: Binding,
        _ model: ConsoleModel,
        _ targets: ActionTargets,
        cells: Int
    ) -> [TextLine] {
        let reason = binding.effect == .mutates ? model.reasonAgainst(binding, targets) : nil
        let role: StyleRole = binding.effect == .mutates ? .actionMutating : .text
        let mark = binding.effect == .mutates ? "!" : " "
        let keys = TextWidth.cells(of: binding.keyLabels)
        let gap = 15 - TextWidth.cells(of: binding.label)
        let head: TextLine = [
            TextRun("  ", .text), TextRun(binding.keyLabels, .keybarKey),
            TextRun(String(repeating: " ", count: max(1, 21 - keys)), .text),
            TextRun(mark + binding.label, reason == nil ? role : .actionDisabled),
            TextRun(String(repeating: " ", count: max(0, gap)), .text),
        ]
        let words = binding.help + (reason.map { " [\($0)]" } ?? "")
        // Where there is little room beside a key its sentence stands below.
        guard cells - head.cells >= 24 else {
            let parts = TextWidth.wrapped(words, cells: max(1, cells - 5))
            return [Array(head.dropLast())] + parts.map { [TextRun("    " + $0, .text)] }
        }
        let parts = TextWidth.wrapped(words, cells: cells - head.cells)
        let indent = TextRun(String(repeating: " ", count: head.cells), .text)
        return parts.enumerated().map { place, part in
            (place == 0 ? head : [indent]) + [TextRun(part, .text)]
        }
    }
}

/// The help overlay.
enum HelpOverlay {
    static func draw(_ help: HelpState, on frame: inout Frame, _ context: PaneContext) {
        let size = frame.size
        let room = OverlayView.open(
            columns: OverlayView.columns(in: size, most: 120),
            rows: OverlayView.rows(in: size),
            title: [TextRun("Help", .paneTitleFocus)],
            badge: [TextRun("! changes the broker   Esc closes", .paneBadge)],
            isDanger: false,
            on: &frame,
            context
        )
        let lines = HelpText.lines(
            context.model,
            matching: help.field.text,
            cells: room.columns
        )
        let label = frame.put("search ", in: room.line(0), role: .textMuted)
        frame.put(
            help.field,
            isWrong: false,
            in: room.line(0).slice(label, count: min(40, room.columns - label))
        )
        let body = room.lines(2, count: room.rows - 2)
        let first = min(help.scroll, max(0, lines.count - body.rows))
        frame.putLines(Array(lines[max(0, first)...]), in: body)
    }
}
