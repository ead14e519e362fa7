// A frame with a title around a pane or a dialog.

/// A frame with a title on its left and a badge on its right.
public struct Border: Equatable, Sendable {
    /// How heavy the line is.
    public var weight: BorderWeight
    /// What the line means.
    public var role: StyleRole
    /// The title in the line on top.
    public var title: [TextRun]
    /// What stands at the right end of the line on top; left out when there is no room.
    public var badge: [TextRun]

    /// A frame around something.
    public init(
        weight: BorderWeight,
        role: StyleRole,
        title: [TextRun] = [],
        badge: [TextRun] = []
    ) {
        self.weight = weight
        self.role = role
        self.title = title
        self.badge = badge
    }

    /// The frame of a pane.
    public static func pane(_ title: String, badge: String = "", isFocused: Bool) -> Border {
        Border(
            weight: isFocused ? .heavy : .light,
            role: isFocused ? .paneFrameFocus : .paneFrame,
            title: [TextRun(title, isFocused ? .paneTitleFocus : .paneTitle)],
            badge: badge.isEmpty ? [] : [TextRun(badge, .paneBadge)]
        )
    }

    /// Draws the frame along the inside of `rect`.
    /// - Returns: the room inside; empty when `rect` is too small for a frame.
    @discardableResult
    public func draw(in rect: Rect, on frame: inout Frame, glyphs: GlyphSet) -> Rect {
        guard rect.columns >= 2, rect.rows >= 2 else {
            return Rect(column: rect.column, row: rect.row, columns: 0, rows: 0)
        }
        let border = glyphs.border(weight)
        let right = rect.columns - 1
        let bottom = rect.rows - 1
        frame.fill(rect.line(0), with: border.horizontal, role: role)
        frame.fill(rect.line(bottom), with: border.horizontal, role: role)
        frame.fill(rect.slice(0, count: 1), with: border.vertical, role: role)
        frame.fill(rect.slice(right, count: 1), with: border.vertical, role: role)
        frame.put(border.topLeft, in: rect, column: 0, row: 0, role: role)
        frame.put(border.topRight, in: rect, column: right, row: 0, role: role)
        frame.put(border.bottomLeft, in: rect, column: 0, row: bottom, role: role)
        frame.put(border.bottomRight, in: rect, column: right, row: bottom, role: role)
        drawLabels(in: rect.line(0).inset(columns: 2, rows: 0), on: &frame, glyphs: glyphs)
        return rect.inset(columns: 1, rows: 1)
    }

    private func drawLabels(in line: Rect, on frame: inout Frame, glyphs: GlyphSet) {
        let titleCells = cells(of: title)
        let badgeCells = cells(of: badge)
        if titleCells > 0, line.columns > 2 {
            let room = line.slice(0, count: min(titleCells + 2, line.columns))
            put(title, in: room, on: &frame, glyphs: glyphs)
        }
        if badgeCells > 0, titleCells + badgeCells + 5 <= line.columns {
            let room = line.slice(line.columns - badgeCells - 2, count: badgeCells + 2)
            put(badge, in: room, on: &frame, glyphs: glyphs)
        }
    }

    /// Writes a label with a space on both sides; one that does not fit ends in an ellipsis.
    private func put(_ runs: [TextRun], in room: Rect, on frame: inout Frame, glyphs: GlyphSet) {
        frame.fill(room, with: " ", role: role)
        let text = room.inset(columns: 1, rows: 0)
        let end = frame.put(runs, in: text)
        guard end > text.columns else { return }
        frame.put(glyphs[.ellipsis], in: text, column: text.columns - 1, row: 0, role: role)
    }

    private func cells(of runs: [TextRun]) -> Int {
        runs.reduce(0) { $0 + TextWidth.cells(of: $1.text) }
    }
}
