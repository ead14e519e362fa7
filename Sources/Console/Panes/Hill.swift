// An area below values over time, in dots or in blocks.

import Canvas
import Engine

/// An area below values over time.
struct Hill {
    /// The values from left to right; not-a-number leaves a gap.
    let values: [Double]
    /// The value at the upper edge.
    let top: Double
    /// What it is coloured with, by height.
    let ink: Ink

    /// Draws the area in the style that was chosen.
    func draw(in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        guard context.model.data.time.style == .block, !context.glyphs.isAscii else {
            BrailleChart(values, max: top, ink: ink)
                .draw(in: rect, on: &frame, glyphs: context.glyphs)
            return
        }
        let steps = context.glyphs.columns.count - 1
        let shown = values.suffix(rect.columns)
        let start = rect.columns - shown.count
        for (place, value) in shown.enumerated() where value > 0 && top > 0 {
            let exact = min(1, value / top) * Double(rect.rows * steps)
            let height = max(1, Int(exact.rounded()))
            for row in 0..<rect.rows {
                var level = min(steps, height - (rect.rows - 1 - row) * steps)
                guard level > 0 else { continue }
                // A cell has one colour: of a hill and its crest the one that fills more of it.
                if frame[rect.column + start + place, rect.row + row].scalar != " ", level < steps {
                    level = 2 * level < steps ? 0 : steps
                }
                guard level > 0 else { continue }
                let share = (Double(rect.rows - row) - 0.5) / Double(rect.rows)
                frame.put(
                    context.glyphs.columns[level],
                    in: rect,
                    column: start + place,
                    row: row,
                    role: ink.role(at: share)
                )
            }
        }
    }
}
