// What every pane is drawn with.

import Base
import Canvas
import Engine

/// What every pane is drawn with.
struct PaneContext: Sendable {
    /// The moment that is shown.
    let picture: Picture
    /// Whether the pane has the keyboard.
    let isFocused: Bool
    /// How much room the whole screen has.
    let sizeClass: SizeClass

    /// The characters to draw with.
    var glyphs: GlyphSet { picture.style.glyphs }
    /// The engine.
    var snapshot: EngineSnapshot { picture.snapshot }
    /// The console.
    var model: ConsoleModel { picture.model }
    /// How texts are written.
    var style: TextStyle { picture.style }

    /// Draws the pane's frame.
    /// - Returns: the room inside.
    func border(_ title: String, badge: String, in rect: Rect, on frame: inout Frame) -> Rect {
        Border.pane(title, badge: badge, isFocused: isFocused).draw(
            in: rect,
            on: &frame,
            glyphs: glyphs
        )
    }

    /// A glyph as text.
    func glyph(_ glyph: Glyph) -> String { glyphs.text(glyph) }
}

/// A line of runs.
typealias TextLine = [TextRun]

extension Frame {
    /// Says what an empty pane is for.
    mutating func putEmpty(_ text: String, in room: Rect) {
        putLine(
            text,
            in: room,
            row: min(1, max(0, room.rows - 1)),
            role: .textMuted,
            alignment: .centre
        )
    }

    /// Writes lines below each other, as many as fit; of a line the whole runs that fit.
    ///
    /// The first run that does not fit is cut, and a mark says so.
    mutating func putLines(_ lines: [TextLine], in rect: Rect, from row: Int = 0) {
        for (place, line) in lines.enumerated() where row + place < rect.rows {
            let room = rect.line(row + place)
            put(line, in: room)
            guard line.cells > room.columns else { continue }
            put("~", in: room, column: room.columns - 1, row: 0, role: .textMuted)
        }
    }
}

extension Frame {
    /// Writes a fact into a line: its label, and from the column `indent` on its value, cut to the
    /// room there is.
    mutating func putFact(
        _ fact: (String, TextRun),
        in line: Rect,
        indent: Int,
        _ context: PaneContext
    ) {
        put(fact.0, in: line, column: 1, role: .textMuted)
        putLine(
            fact.1.text,
            in: line.slice(indent, count: line.columns),
            role: fact.1.role,
            ellipsis: context.glyphs[.ellipsis]
        )
    }
}

extension [TextRun] {
    /// The cells that the runs take.
    var cells: Int { reduce(0) { $0 + TextWidth.cells(of: $1.text) } }
}
