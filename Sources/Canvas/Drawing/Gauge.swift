// A bar that shows how full something is.

/// A bar that is filled from the left, one row high.
public struct Gauge: BitwiseCopyable, Equatable, Sendable {
    /// How much is filled, 0...1; values outside are brought into it.
    public let filled: Double
    /// What the filled part is coloured with.
    public let ink: Ink

    /// A bar of which `filled` is full.
    public init(_ filled: Double, ink: Ink) {
        self.filled = filled
        self.ink = ink
    }

    /// Draws the bar into the first row of `rect`; anything above nothing shows at least a trace.
    public func draw(in rect: Rect, on frame: inout Frame, glyphs: GlyphSet) {
        let steps = glyphs.bars.count - 1
        let total = rect.columns * steps
        let exact = share(of: filled, in: 1) * Double(total)
        let count = filled > 0 ? min(max(Int(exact.rounded()), 1), total) : 0
        for column in 0..<rect.columns {
            let level = min(max(count - column * steps, 0), steps)
            let place = (Double(column) + 0.5) / Double(max(rect.columns, 1))
            frame.put(
                glyphs.bars[level],
                in: rect,
                column: column,
                row: 0,
                role: level > 0 ? ink.role(at: place) : .grid
            )
        }
    }
}
