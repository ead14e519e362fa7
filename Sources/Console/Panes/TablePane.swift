// Panes that are tables.

import Base
import Canvas
import Engine

/// Panes that are tables.
enum TablePane {
    /// Draws a table with its frame, title and, when it is empty, the reason.
    static func draw(_ pane: Pane, in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        let inside = rect.inset(columns: 1, rows: 1)
        let window = window(pane, rows: TextTable.rowCount(in: inside), context)
        let room = context.border(
            title(pane, window, context),
            badge: badge(pane, window, rect, context),
            in: rect,
            on: &frame
        )
        draw(window, pane, in: room, on: &frame, context)
    }

    /// Draws the table of queues, with lines about the selected one where there is room.
    static func drawQueues(in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        let foot = Pane.queues.footRows(context.sizeClass)
        guard foot > 0, context.model.screen.current == .overview, rect.rows > foot + 6 else {
            draw(.queues, in: rect, on: &frame, context)
            return
        }
        let inside = rect.inset(columns: 1, rows: 1)
        let rows = TextTable.rowCount(in: inside) - foot
        let window = window(.queues, rows: rows, context)
        let room = context.border(
            title(.queues, window, context),
            badge: badge(.queues, window, rect, context),
            in: rect,
            on: &frame
        )
        draw(window, .queues, in: room.lines(0, count: rows + 1), on: &frame, context)
        let lines = QueueRows.summary(context.picture)
        frame.putLines(lines, in: room.lines(room.rows - foot + 1, count: foot - 1))
    }

    /// Draws the table without a frame, as in very small terminals.
    static func drawBare(_ pane: Pane, in rect: Rect, on frame: inout Frame, _ context: PaneContext)
    {
        var window = window(pane, rows: rect.rows, context)
        window.table.isFocused = true
        // The head and the margin would take room that a small terminal needs: they are cut off.
        var part = Frame(
            size: Size(columns: rect.columns + TextTable.margin, rows: rect.rows + 1)
        )
        window.table.draw(in: part.bounds, on: &part, glyphs: context.glyphs)
        frame.copy(
            part,
            from: Rect(column: 0, row: 1, columns: rect.columns, rows: rect.rows),
            to: rect
        )
        guard window.shown == 0 else { return }
        frame.putLine(emptyText(pane, window), in: rect, role: .textMuted)
    }

    private static func window(_ pane: Pane, rows: Int, _ context: PaneContext) -> ListWindow {
        let state = context.model.listState(pane)
        return Lists.access(pane)?.window(context.picture, state, max(0, rows)) ?? .empty
    }

    private static func draw(
        _ window: ListWindow,
        _ pane: Pane,
        in rect: Rect,
        on frame: inout Frame,
        _ context: PaneContext
    ) {
        var table = window.table
        table.isFocused = context.isFocused
        table.draw(in: rect, on: &frame, glyphs: context.glyphs)
        guard window.shown == 0 else { return }
        let room = rect.inset(columns: 1, rows: 0)
        let lines = TextWidth.wrapped(emptyText(pane, window), cells: max(2, room.columns))
        let first = min(2, max(0, rect.rows - lines.count))
        for (row, line) in lines.enumerated() where first + row < rect.rows {
            frame.putLine(
                line,
                in: room,
                row: first + row,
                role: .textMuted,
                alignment: .centre
            )
        }
    }

    private static func emptyText(_ pane: Pane, _ window: ListWindow) -> String {
        if window.total > 0 { return "no row matches the filter; Esc clears it" }
        return switch pane {
        case .queues, .queueLatency: "no queues yet: a client makes one by creating a stream"
        case .consumers: "no consumers: nobody takes messages here"
        case .clients: "no clients are connected"
        case .keys, .keySummary: "this engine keeps no keys"
        case .damage: "no damage found"
        case .alerts: "all quiet: no alert is open"
        case .events: "nothing has happened yet"
        case .targets: "no servers"
        case .stages, .throughput, .heatMap, .percentiles, .queueDetail, .queueGraph,
            .clientDetail, .rotation, .keySafety, .storage, .syncLatency, .server:
            "nothing to show"
        }
    }

    private static func title(_ pane: Pane, _ window: ListWindow, _ context: PaneContext) -> String
    {
        let name: String =
            switch pane {
            case .queues: "Queues"
            case .consumers: "Consumers"
            case .clients: "Clients"
            case .keys: "Key versions"
            case .stages: "Stages"
            case .queueLatency: "Latency by queue"
            case .damage: "Damage"
            case .targets: "Targets"
            case .events: "Events"
            case .alerts: "Alerts"
            case .throughput, .heatMap, .percentiles, .queueDetail, .queueGraph, .clientDetail,
                .keySummary, .rotation, .keySafety, .storage, .syncLatency, .server:
                ""
            }
        let total =
            pane == .clients ? Int(clamping: context.snapshot.totals.connections) : window.total
        let all = max(total, window.total)
        if window.shown != window.total { return "\(name)  \(window.shown) of \(all)" }
        return pane == .stages ? "\(name)  ms" : "\(name)  \(all)"
    }

    private static func badge(
        _ pane: Pane,
        _ window: ListWindow,
        _ rect: Rect,
        _ context: PaneContext
    ) -> String {
        let state = context.model.listState(pane)
        var parts: [String] = []
        if pane == .alerts { parts.append(alertBadge(context)) }
        // Where there is no table of alerts, events say how many there are.
        let isAlone = context.model.screen.current != .events
        if pane == .events, isAlone { parts.append("alerts: \(alertBadge(context))") }
        if pane == .keys, !context.model.data.time.isLive { parts.append("as they are now") }
        let units = context.model.settings.units
        if pane == .queues, units != .messages { parts.append("rates in \(units.label)") }
        let arrow = context.glyph(window.isDescending ? .down : .up)
        let isNamed = pane != .stages && pane != .events && window.sortName != "order"
        if isNamed, rect.columns >= 40 {
            // A letter would be read as part of the word.
            let gap = context.glyphs.isAscii ? " " : ""
            parts.append("sort \(window.sortName)\(gap)\(arrow)")
        }
        if !state.filter.text.isEmpty, rect.columns >= 50 {
            parts.append("filter \(state.filter.text)" + (state.filter.problem == nil ? "" : "?"))
        }
        if !state.marks.isEmpty { parts.append("marked \(state.marks.count)") }
        if pane == .clients {
            let slow = context.snapshot.connections.count { $0.flags.contains(.slow) }
            parts.append("slow \(slow)")
        }
        return parts.joined(separator: "  ")
    }

    private static func alertBadge(_ context: PaneContext) -> String {
        let open = context.model.data.alerts.open
        let critical = open.count { $0.severity == .critical }
        let warnings = open.count { $0.severity == .warning }
        return "\(critical) crit  \(warnings) warn"
    }
}

extension Frame {
    /// Copies cells of another picture, character by character.
    mutating func copy(_ other: Frame, from source: Rect, to target: Rect) {
        for row in 0..<min(source.rows, target.rows) {
            for column in 0..<min(source.columns, target.columns) {
                let cell = other[source.column + column, source.row + row]
                guard cell.shape != .continuation else { continue }
                let place = Rect(
                    column: target.column + column,
                    row: target.row + row,
                    columns: cell.shape == .wide ? 2 : 1,
                    rows: 1
                )
                put(String(Character(cell.scalar)), in: place.intersection(target), role: cell.role)
                shade(place.intersection(target), as: cell.ground)
            }
        }
    }
}
