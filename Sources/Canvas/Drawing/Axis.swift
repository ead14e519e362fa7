// Labels beside and below a graph.

/// A label on an axis.
public struct AxisLabel: Equatable, Sendable {
    /// Where on the axis, 0...1 from the low to the high end.
    public let place: Double
    /// The text.
    public let text: String

    /// A label.
    public init(_ text: String, at place: Double) {
        self.text = text
        self.place = place
    }
}

/// Labels beside and below a graph.
public struct Axis: Equatable, Sendable {
    /// The values, for the left side; each stands beside the row that its place falls into.
    public let values: [AxisLabel]
    /// The moments, for the row below; those that would overlap are left out.
    public let moments: [AxisLabel]
    /// Cells that the labels of values may take, without the tick.
    public let labelColumns: Int

    /// The labels of a graph.
    public init(values: [AxisLabel], moments: [AxisLabel] = [], labelColumns: Int) {
        self.values = values
        self.moments = moments
        self.labelColumns = max(labelColumns, 0)
    }

    /// Draws the labels along the edges of `rect`.
    /// - Returns: the room that is left for the graph.
    public func draw(in rect: Rect, on frame: inout Frame, glyphs: GlyphSet) -> Rect {
        let rows = moments.isEmpty ? rect.rows : rect.rows - 1
        let side = rect.lines(0, count: rows).slice(0, count: labelColumns + 1)
        let graph = rect.lines(0, count: rows).slice(labelColumns + 1, count: rect.columns)
        for label in values where !side.isEmpty {
            let row = Int((1 - share(of: label.place, in: 1)) * Double(side.rows - 1) + 0.5)
            let room = side.line(row).slice(0, count: labelColumns)
            frame.putLine(label.text, in: room, role: .axis, alignment: .right)
            frame.put(glyphs[.tick], in: side, column: labelColumns, row: row, role: .axis)
        }
        if !moments.isEmpty {
            drawMoments(
                in: rect.line(rect.rows - 1).slice(labelColumns + 1, count: rect.columns),
                on: &frame
            )
        }
        return graph
    }

    private func drawMoments(in line: Rect, on frame: inout Frame) {
        var free = 0
        for label in moments.sorted(by: { $0.place < $1.place }) {
            let cells = TextWidth.cells(of: label.text)
            let middle = Int(share(of: label.place, in: 1) * Double(max(line.columns - 1, 0)) + 0.5)
            let start = min(max(middle - cells / 2, 0), line.columns - cells)
            guard start >= free else { continue }
            frame.put(label.text, in: line, column: start, role: .axis)
            free = start + cells + 1
        }
    }
}
