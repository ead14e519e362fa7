// The command palette and choosers.

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
            badge: [TextRun("\(place(palette, found))Tab completes  Enter runs", .paneBadge)],
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
        let isLong = found.contains { TextWidth.cells(of: $0.title) >= room.columns }
        let isWide = room.columns >= 104 && !isLong
        let selected = found.indices.contains(palette.index) ? found[palette.index] : nil
        let foot = isWide ? [] : foot(selected, cells: room.columns - 1)
        let body = room.lines(2, count: room.rows - (isWide ? 2 : 3 + max(2, foot.count)))
        let first = TextTable.first(0, showing: palette.index, of: found.count, rows: body.rows)
        for (row, suggestion) in found.dropFirst(first).prefix(body.rows).enumerated() {
            let line = body.line(row)
            if first + row == palette.index { frame.shade(line, as: .rowSelected) }
            draw(suggestion, isWide: isWide, in: line, on: &frame)
        }
        guard room.rows >= 5 else { return }
        frame.putLines(foot, in: room, from: room.rows - max(2, foot.count))
    }

    /// Which of how many is selected.
    private static func place(_ palette: PaletteState, _ found: [Suggestion]) -> String {
        found.isEmpty ? "" : "\(palette.index + 1) of \(found.count)  "
    }

    /// What stands below the list: the selected command whole where its line has no room for it,
    /// and what it does.
    private static func foot(_ suggestion: Suggestion?, cells: Int) -> [TextLine] {
        guard let suggestion else { return [] }
        let isLong = TextWidth.cells(of: suggestion.title) > cells
        let title = isLong ? TextWidth.wrapped(suggestion.title, cells: cells) : []
        let (text, role) = sentence(suggestion)
        return title.map { [TextRun($0, .textStrong)] }
            + TextWidth.wrapped(text, cells: cells).map { [TextRun($0, role)] }
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
        // A long name has the room of keys that there are none of, or the whole line.
        let cells = TextWidth.cells(of: suggestion.title)
        let isLong = suggestion.keys.isEmpty && cells > (isWide ? 43 : 30)
        let room = isLong ? line.columns - 1 : suggestion.keys.isEmpty ? 43 : 30
        let title = line.slice(1, count: min(room, line.columns - 1))
        frame.putLine(suggestion.title, in: title, role: role)
        guard !isLong else { return }
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
