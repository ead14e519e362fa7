// Hills in blocks have no holes.

import Base
import Canvas
import Support
import Testing

@testable import Console

@Suite struct HillTests {
    @Test func `between a hill in blocks and its crest nothing is empty`() {
        var model = SampleConsole.model(120, 40)
        model.data.time.style = .block
        let context = PaneContext(
            picture: Picture(model, glyphs: .unicode),
            isFocused: false,
            sizeClass: .large
        )
        let count = 40
        let room = Rect(Size(columns: count, rows: 5))
        for step in 1..<40 {
            var frame = Frame(size: Size(columns: count, rows: 5))
            let low = Double(step) / 40 * 0.8
            for (value, role) in [(1.0, StyleRole.stateWarn), (low, .seriesIn)] {
                Hill(values: Array(repeating: value, count: count), top: 1, ink: .role(role))
                    .draw(in: room, on: &frame, context)
            }
            let whole = context.glyphs.columns[context.glyphs.columns.count - 1]
            #expect(frame.cells.allSatisfy { $0.scalar == whole }, "\(low) \(frame.lines)")
        }
    }
}
