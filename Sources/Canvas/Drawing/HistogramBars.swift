// Counts as bars that lie below each other.

/// One bar of a histogram.
public struct HistogramBar: Equatable, Sendable {
    /// What is counted.
    public let label: String
    /// How many.
    public let value: Double
    /// The number as it is shown behind the bar.
    public let text: String

    /// A bar.
    public init(label: String, value: Double, text: String) {
        self.label = label
        self.value = value
        self.text = text
    }
}

/// Counts as bars that lie below each other: label, bar, number.
public struct HistogramBars: Equatable, Sendable {
    /// The bars, from the top.
    public let bars: [HistogramBar]
    /// The value of a full bar; `nil` takes the largest.
    public let max: Double?
    /// What the bars are coloured with, by their place from top to bottom.
    public let ink: Ink

    /// A histogram of `bars`.
    public init(_ bars: [HistogramBar], max: Double? = nil, ink: Ink) {
        self.bars = bars
        self.max = max
        self.ink = ink
    }

    /// Draws a bar into each row of `rect`; the bar gets what label and number leave.
    public func draw(in rect: Rect, on frame: inout Frame, glyphs: GlyphSet) {
        let shown = bars.prefix(rect.rows)
        let top = max ?? bars.reduce(0) { $1.value > $0 ? $1.value : $0 }
        let labelCells = shown.reduce(0) { Swift.max($0, TextWidth.cells(of: $1.label)) }
        let textCells = shown.reduce(0) { Swift.max($0, TextWidth.cells(of: $1.text)) }
        let extents: [Extent] = [.fixed(labelCells), .share(1), .fixed(textCells)]
        for (index, bar) in shown.enumerated() {
            let parts = Layout(extents, gap: 1).columns(of: rect.line(index))
            let place = (Double(index) + 0.5) / Double(Swift.max(shown.count, 1))
            frame.putLine(bar.label, in: parts[0], role: .axis, alignment: .right)
            Gauge(share(of: bar.value, in: top), ink: .role(ink.role(at: place)))
                .draw(in: parts[1], on: &frame, glyphs: glyphs)
            frame.putLine(bar.text, in: parts[2], role: .text, alignment: .right)
        }
    }
}
