// A graph of one row: a column for each value.

/// A graph of one row, newest value on the right.
public struct Sparkline: Equatable, Sendable {
    /// The values, oldest first; not-a-number leaves its place empty.
    public let values: [Double]
    /// The value of a full column; `nil` takes the largest that is shown.
    public let max: Double?
    /// What the columns are coloured with, by their height.
    public let ink: Ink

    /// A graph of `values`.
    public init(_ values: [Double], max: Double? = nil, ink: Ink) {
        self.values = values
        self.max = max
        self.ink = ink
    }

    /// Draws as many of the newest values as the first row of `rect` holds.
    public func draw(in rect: Rect, on frame: inout Frame, glyphs: GlyphSet) {
        let shown = values.suffix(rect.columns)
        let top = max ?? shown.reduce(0) { $1 > $0 ? $1 : $0 }
        let steps = glyphs.columns.count - 1
        let start = rect.columns - shown.count
        for (index, value) in shown.enumerated() where !value.isNaN {
            let height = share(of: value, in: top)
            let level = Swift.max(Int((height * Double(steps)).rounded()), 1)
            frame.put(
                glyphs.columns[level],
                in: rect,
                column: start + index,
                row: 0,
                role: ink.role(at: height)
            )
        }
    }
}
