// The command palette, choosers and peeked messages.

import Base
import Canvas
import Engine

/// The command palette.
enum PaletteOverlay {
    static func draw(_ palette: PaletteState, on frame: inout Frame, _ context: PaneContext) {
        let found = Palette.suggestions(context.model, palette.field.text)
        let size = frame.size
        let room = OverlayView.open(
            columns: OverlayView.columns(in: size, most: 124),
            rows: min(size.rows - 2, 20),
            title: [TextRun("Command", .paneTitleFocus)],
            badge: [TextRun("\(found.count)  Tab completes  Enter runs", .paneBadge)],
            isDanger: false,
            on: &frame,
            context
        )
        frame.put(":", in: room.line(0), role: .textStrong)
        frame.put(
            palette.field,
            isWrong: found.isEmpty,
            in: room.line(0).slice(1, count: room.columns)
        )
        // Where a sentence has no room beside each command, the selected one has it below.
        let isWide = room.columns >= 104
        let body = room.lines(2, count: room.rows - (isWide ? 2 : 5))
        let first = TextTable.first(0, showing: palette.index, of: found.count, rows: body.rows)
        for (row, suggestion) in found.dropFirst(first).prefix(body.rows).enumerated() {
            let line = body.line(row)
            if first + row == palette.index { frame.shade(line, as: .rowSelected) }
            draw(suggestion, isWide: isWide, in: line, on: &frame)
        }
        guard !isWide, room.rows >= 5, found.indices.contains(palette.index) else { return }
        let (text, role) = sentence(found[palette.index])
        let lines = TextWidth.wrapped(text, cells: room.columns - 1)
        frame.putLines(lines.map { [TextRun($0, role)] }, in: room, from: room.rows - 2)
    }

    /// What a command does, or why not now.
    private static func sentence(_ suggestion: Suggestion) -> (String, StyleRole) {
        guard let reason = suggestion.reason else { return (suggestion.help, .text) }
        return ("not now: \(reason)", .textMuted)
    }

    private static func draw(
        _ suggestion: Suggestion,
        isWide: Bool,
        in line: Rect,
        on frame: inout Frame
    ) {
        let role: StyleRole =
            suggestion.reason != nil
            ? .actionDisabled : suggestion.isMutating ? .actionMutating : .textStrong
        frame.put(suggestion.isMutating ? "!" : " ", in: line, role: role)
        let title = line.slice(1, count: min(30, line.columns))
        frame.putLine(suggestion.title, in: title, role: role)
        let keys = line.slice(32, count: isWide ? 12 : line.columns)
        if isWide || TextWidth.cells(of: suggestion.keys) <= keys.columns {
            frame.putLine(suggestion.keys, in: keys, role: .textStrong)
        }
        guard isWide else { return }
        let (text, textRole) = sentence(suggestion)
        frame.putLine(text, in: line.slice(45, count: line.columns), role: textRole)
    }
}

/// A chooser.
enum PickerOverlay {
    static func draw(_ picker: PickerState, on frame: inout Frame, _ context: PaneContext) {
        let items = context.model.pickerItems(picker)
        let width = min(frame.size.columns - 2, picker.picker == .export ? 64 : 48)
        let hint = [TextRun(hint(picker), .textMuted)].wrapped(cells: width - 4)
        let rows = items.count + hint.count + 3
        let isCut = rows > frame.size.rows - 2
        let room = OverlayView.open(
            columns: width,
            rows: min(frame.size.rows - 2, rows),
            title: [TextRun(title(picker), .paneTitleFocus)],
            badge: isCut ? [TextRun("\(picker.index + 1) of \(items.count)", .paneBadge)] : [],
            isDanger: false,
            on: &frame,
            context
        )
        let body = room.lines(0, count: room.rows - 1 - hint.count)
        let first = TextTable.first(0, showing: picker.index, of: items.count, rows: body.rows)
        for (row, item) in items.dropFirst(first).prefix(body.rows).enumerated() {
            let line = body.line(row)
            let isSelected = first + row == picker.index
            if isSelected {
                frame.shade(line, as: .rowSelected)
                frame.rest(in: line, column: 0, row: 0, isVisible: false)
                frame.put(context.glyphs[.cursor], in: line, column: 0, row: 0, role: .textStrong)
            }
            frame.put(item.label, in: line, column: 2, role: item.isOn ? .textStrong : .text)
            frame.put(item.value, in: line, column: 18, role: item.isOn ? .stateOk : .textMuted)
        }
        frame.putLines(hint, in: room, from: room.rows - hint.count)
    }

    private static func title(_ picker: PickerState) -> String {
        switch picker.picker {
        case .sort: "Sort by"
        case .columns: "Columns"
        case .setup: "Setup"
        case .targets: "Targets"
        case .export: "Export"
        }
    }

    private static func hint(_ picker: PickerState) -> String {
        switch picker.picker {
        case .sort: "Enter sorts  Space tries  Esc closes"
        case .columns: "Space shows or hides  Enter closes"
        case .setup: "left right change  Enter keeps  Esc reverts"
        case .targets: "Enter attaches  Esc closes"
        case .export: "Enter writes the file  Esc closes"
        }
    }
}

/// Messages that were looked at.
enum PeekOverlay {
    static func draw(_ peek: PeekState, on frame: inout Frame, _ context: PaneContext) {
        let size = frame.size
        let room = OverlayView.open(
            columns: OverlayView.columns(in: size, most: 140),
            rows: size.rows - 2,
            title: [
                TextRun("Peek ", .paneTitleFocus),
                TextRun(context.style.name(peek.stream, cellsMax: 40), .textStrong),
            ],
            badge: [TextRun("nothing is taken   y copies   Esc closes", .paneBadge)],
            isDanger: false,
            on: &frame,
            context
        )
        guard let messages = peek.messages else {
            let text = peek.refusal.map { "not possible: \($0.sentence)" } ?? "asking..."
            frame.putLine(text, in: room, role: peek.refusal == nil ? .textMuted : .stateWarn)
            return
        }
        guard !messages.isEmpty else {
            frame.putLine("no message is waiting", in: room, role: .textMuted)
            return
        }
        let listRows = max(1, min(messages.count, room.rows / 2))
        let head = room.rows >= 8 ? 1 : 0
        if head > 0 {
            let titles = "      SEQUENCE  STORED       SIZE  SUBJECT"
            frame.putLine(titles, in: room.line(0), role: .tableHeader)
        }
        drawList(messages, peek, in: room.lines(head, count: listRows), on: &frame, context)
        guard messages.indices.contains(peek.index) else { return }
        let body = room.lines(head + listRows + 1, count: room.rows)
        frame.putLines(
            MessageRows.lines(messages[peek.index], columns: body.columns, context.style),
            in: body
        )
    }

    private static func drawList(
        _ messages: [PeekedMessage],
        _ peek: PeekState,
        in rect: Rect,
        on frame: inout Frame,
        _ context: PaneContext
    ) {
        let first = TextTable.first(0, showing: peek.index, of: messages.count, rows: rect.rows)
        for (row, message) in messages.dropFirst(first).prefix(rect.rows).enumerated() {
            let line = rect.line(row)
            if first + row == peek.index {
                frame.shade(line, as: .rowSelected)
                frame.rest(in: line, column: 0, row: 0, isVisible: false)
            }
            let size = TextWidth.pad(
                Format.bytes(message.payloadByteCount),
                cells: 7,
                alignment: .right
            )
            // What it is about is wanted before when it came and how large it is.
            let facts: TextLine = [
                TextRun("  " + context.style.clock(message.storedAt), .textMuted),
                TextRun("  " + size, .text),
            ]
            let number = Format.exact(message.sequence)
            let runs: TextLine =
                [TextRun(TextWidth.pad(number, cells: 14, alignment: .right), .textStrong)]
                + (rect.columns >= 50 ? facts : []) + [
                    TextRun("  " + context.style.name(message.subject, cellsMax: 80), .seriesKey),
                    TextRun(
                        message.deliveries > 1 ? "  delivered \(message.deliveries)" : "",
                        .stateWarn
                    ),
                ]
            frame.put(runs, in: line)
        }
    }
}
