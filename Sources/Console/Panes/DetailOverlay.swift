// One row or pane with nothing left out, over the panes.

import Base
import Canvas
import Engine

/// One row or pane with nothing left out.
enum DetailOverlay {
    /// Columns beyond which lines are hard to read.
    static let columnsMax = 104

    static func draw(_ detail: DetailState, on frame: inout Frame, _ context: PaneContext) {
        let size = frame.size
        let columns = OverlayView.columns(in: size, most: columnsMax)
        // Everything is said, as where there is room for it.
        let whole = PaneContext(picture: context.picture, isFocused: true, sizeClass: .huge)
        let lines = DetailRows.lines(detail.facts(whole), cells: columns - 4)
        let rows = min(OverlayView.rows(in: size), lines.count + 2)
        let title = DetailRows.title(detail.pane)
        let hints = [
            "Esc closes", lines.count > rows - 2 ? "j k scroll" : "",
            context.model.aboutQueue(detail) == nil ? "" : "Enter its queue", "y copies",
        ].filter { !$0.isEmpty }.enumerated().map { place, hint in
            [TextRun(hint + (place == 0 ? "" : "  "), .paneBadge)]
        }
        let badge = hints.fitted(cells: columns - title.count - 6, fromEnd: true)
        let room = OverlayView.open(
            columns: columns,
            rows: rows,
            title: [TextRun(title, .paneTitleFocus)],
            badge: badge,
            isDanger: false,
            on: &frame,
            context
        )
        let first = min(detail.scroll, max(0, lines.count - room.rows))
        frame.putLines(Array(lines[first...]), in: room)
    }
}
