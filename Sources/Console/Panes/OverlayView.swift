// What lies above the panes.

import Base
import Canvas
import Engine

/// What lies above the panes.
enum OverlayView {
    static func draw(on frame: inout Frame, _ context: PaneContext) {
        let hasRoom = context.sizeClass >= .list
        switch context.model.screen.overlay {
        case .none, .filter, .find: break
        case .confirm(let confirmation):
            if confirmation.level == .reversible, hasRoom { return }
            ConfirmDialog.draw(confirmation, on: &frame, context)
        case .palette(let palette): PaletteOverlay.draw(palette, on: &frame, context)
        case .help where !hasRoom, .picker where !hasRoom, .peek where !hasRoom,
            .detail where !hasRoom, .drawer where !hasRoom:
            drawTooSmall(on: &frame)
        case .help(let help): HelpOverlay.draw(help, on: &frame, context)
        case .picker(let picker): PickerOverlay.draw(picker, on: &frame, context)
        case .peek(let peek): PeekOverlay.draw(peek, on: &frame, context)
        case .detail(let detail): DetailOverlay.draw(detail, on: &frame, context)
        case .drawer(let scroll): drawDrawer(scroll, on: &frame, context)
        case .quit: drawQuit(on: &frame, context)
        }
    }

    /// Clears the middle of the screen and frames it.
    /// - Returns: the room inside.
    static func open(
        columns: Int,
        rows: Int,
        title: TextLine,
        badge: TextLine,
        isDanger: Bool,
        on frame: inout Frame,
        _ context: PaneContext
    ) -> Rect {
        let outer = frame.bounds.centred(columns: columns, rows: rows)
        frame.clear(outer, ground: .dialog)
        guard outer.columns >= 8, outer.rows >= 3 else { return outer }
        let border = Border(
            weight: .double,
            role: isDanger ? .dialogDanger : .dialogFrame,
            title: title,
            badge: badge
        )
        return border.draw(in: outer, on: &frame, glyphs: context.glyphs).inset(columns: 1, rows: 0)
    }

    /// How wide a list over the panes is: strips of what lies below it say nothing.
    static func columns(in size: Size, most: Int) -> Int {
        size.columns <= most + 16 ? size.columns : most
    }

    /// How high a list over the panes may be: with room to spare, tabs and hints stay in sight.
    static func rows(in size: Size) -> Int { size.rows - (size.rows >= 50 ? 6 : 2) }

    private static func drawDrawer(_ scroll: Int, on frame: inout Frame, _ context: PaneContext) {
        let notices = context.model.work.notices
        let room = open(
            columns: columns(in: frame.size, most: frame.size.columns),
            rows: min(frame.size.rows - 2, 22),
            title: [TextRun("Console log  \(notices.count)", .paneTitleFocus)],
            badge: [TextRun("j k scroll  Esc closes", .paneBadge)],
            isDanger: false,
            on: &frame,
            context
        )
        let end = max(0, notices.count - scroll)
        let shown = notices[max(0, end - room.rows)..<end]
        let lines = shown.flatMap { drawerLines($0, cells: room.columns, context) }
        frame.putLines(
            lines.isEmpty
                ? [[TextRun("nothing was said yet", .textMuted)]] : lines.suffix(room.rows),
            in: room
        )
    }

    private static func drawerLines(
        _ notice: Notice,
        cells: Int,
        _ context: PaneContext
    ) -> [TextLine] {
        let state = StateText(notice.severity)
        let head: TextLine = [
            TextRun(context.style.clock(notice.at) + " ", .textMuted),
            TextRun(context.glyph(state.glyph) + " ", state.role),
        ]
        let indent: TextLine = [TextRun(String(repeating: " ", count: head.cells), .text)]
        let parts = TextWidth.wrapped(notice.text, cells: cells - head.cells)
        return parts.enumerated().map { ($0 == 0 ? head : indent) + [TextRun($1, .text)] }
    }

    /// Says that there is no room for a list, and how to get back.
    private static func drawTooSmall(on frame: inout Frame) {
        frame.clear(frame.bounds, ground: .dialog)
        let lines = TextWidth.wrapped("too small for this: Esc closes", cells: frame.size.columns)
        frame.putLines(lines.map { [TextRun($0, .text)] }, in: frame.bounds)
    }

    private static func drawQuit(on frame: inout Frame, _ context: PaneContext) {
        let size = frame.size
        guard size.columns >= 36, size.rows >= 6 else {
            frame.clear(frame.bounds, ground: .dialog)
            return frame.putLines(quitKeys(isShort: true, cells: size.columns), in: frame.bounds)
        }
        let width = min(64, size.columns)
        let lines = quitLines(context, cells: width - 4, rows: size.rows - 2)
        let room = open(
            columns: width,
            rows: lines.count + 2,
            title: [TextRun("LEAVE", .paneTitleFocus)],
            badge: [],
            isDanger: false,
            on: &frame,
            context
        )
        frame.putLines(lines, in: room)
    }

    /// What may be left out where there is little room: the facts, before the keys.
    private static func quitLines(_ context: PaneContext, cells: Int, rows: Int) -> [TextLine] {
        let clients = Format.counted(context.snapshot.totals.connections, "client")
        let fact = "The broker runs inside this console, with \(clients)."
        let note = "Without a screen it runs until it gets the signal TERM."
        let long = quitKeys(isShort: false, cells: cells)
        let keys = long.count <= rows ? long : quitKeys(isShort: true, cells: cells)
        let head = [TextRun(fact, .text)].wrapped(cells: cells)
        let foot = [TextRun(note, .textMuted)].wrapped(cells: cells)
        let whole = head + [[]] + keys + [[]] + foot
        if whole.count <= rows { return whole }
        return head.count + keys.count + 1 <= rows ? head + [[]] + keys : keys
    }

    /// What can be done, each with its key.
    private static func quitKeys(isShort: Bool, cells: Int) -> [TextLine] {
        let keys: [(key: String, long: String, short: String, role: StyleRole)] = [
            ("h", "leave the broker running without a screen", "leave it running", .text),
            ("s", "stop it: deliver what is on its way, then end", "stop it", .actionMutating),
            ("Esc", "stay", "stay", .text),
        ]
        return keys.flatMap { item in
            let key: TextLine = [TextRun(" \(item.key) ", .keybarKey), TextRun(" ", .text)]
            let words = TextRun(isShort ? item.short : item.long, item.role)
            return (key + [words]).wrapped(cells: cells, indent: key.cells)
        }
    }
}
