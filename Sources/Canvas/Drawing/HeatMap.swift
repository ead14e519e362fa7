// How often values fell into rows of a scale, over time.

/// A map of counts: time runs to the right, the value grows upwards, shade and colour tell how
/// many.
public struct HeatMap: Equatable, Sendable {
    /// The counts of each moment, oldest first, each from the lowest row up.
    public let columns: [[Double]]
    /// The count that gets the strongest colour; `nil` takes the largest that is shown.
    public let max: Double?
    /// The colours.
    public let gradient: Gradient
    /// A row to point out in each moment, as that of a percentile; may be shorter than `columns`.
    public let marks: [Int?]
    /// The character that points it out.
    public let mark: Unicode.Scalar

    /// A map of `columns`.
    public init(
        _ columns: [[Double]],
        max: Double? = nil,
        gradient: Gradient,
        marks: [Int?] = [],
        mark: Unicode.Scalar = "9"
    ) {
        self.columns = columns
        self.max = max
        self.gradient = gradient
        self.marks = marks
        self.mark = mark
    }

    /// How strong `count` is shown on a scale up to `max`: by the square root, so that rare counts
    /// show.
    public static func strength(of count: Double, max: Double) -> Double {
        share(of: count, in: max).squareRoot()
    }

    /// Draws the newest moments that fit, the newest at the right edge.
    ///
    /// Rows above `rect` are left out, so the caller groups values into as many rows as it has.
    public func draw(in rect: Rect, on frame: inout Frame, glyphs: GlyphSet) {
        let skipped = Swift.max(columns.count - rect.columns, 0)
        let shown = columns.dropFirst(skipped)
        let top = max ?? shown.joined().reduce(0) { $1 > $0 ? $1 : $0 }
        let start = rect.columns - shown.count
        for (index, counts) in shown.enumerated() {
            for (step, count) in counts.prefix(rect.rows).enumerated() where count > 0 {
                let strength = HeatMap.strength(of: count, max: top)
                frame.put(
                    shade(strength, glyphs),
                    in: rect,
                    column: start + index,
                    row: rect.rows - 1 - step,
                    // Where a letter says how strong it is, its colour need only be seen.
                    role: gradient.role(share: glyphs.isAscii ? Swift.max(strength, 0.5) : strength)
                )
            }
            guard skipped + index < marks.count, let row = marks[skipped + index] else { continue }
            frame.put(
                mark,
                in: rect,
                column: start + index,
                row: rect.rows - 1 - row,
                role: .textStrong
            )
        }
    }

    private func shade(_ strength: Double, _ glyphs: GlyphSet) -> Unicode.Scalar {
        let steps = glyphs.shades.count - 1
        return glyphs.shades[min(Swift.max(Int((strength * Double(steps)).rounded(.up)), 1), steps)]
    }
}
