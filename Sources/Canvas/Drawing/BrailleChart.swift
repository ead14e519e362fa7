// A graph of one series with two values a cell across and four steps a cell up.

/// A graph of one series; drawn over another one it keeps that one's dots.
public struct BrailleChart: Equatable, Sendable {
    /// How the values are drawn.
    public enum Shape: BitwiseCopyable, Equatable, Sendable {
        /// Everything below the value.
        case area
        /// A line from value to value.
        case line
    }

    /// The values, oldest first; not-a-number leaves a gap.
    public let values: [Double]
    /// The value at the upper edge.
    public let max: Double
    /// How the values are drawn.
    public let shape: Shape
    /// What it is coloured with, by height.
    public let ink: Ink

    /// A graph of `values` on a scale from 0 to `max`.
    public init(_ values: [Double], max: Double, shape: Shape = .area, ink: Ink) {
        self.values = values
        self.max = max
        self.shape = shape
        self.ink = ink
    }

    /// How many values fit across `rect`.
    public static func valueCount(in rect: Rect, glyphs: GlyphSet) -> Int {
        glyphs.isAscii ? rect.columns : 2 * rect.columns
    }

    /// Draws as many of the newest values as fit, the newest at the right edge.
    public func draw(in rect: Rect, on frame: inout Frame, glyphs: GlyphSet) {
        guard !rect.isEmpty else { return }
        if glyphs.isAscii {
            drawColumns(in: rect, on: &frame, glyphs: glyphs)
        } else {
            drawDots(in: rect, on: &frame)
        }
    }

    private func drawDots(in rect: Rect, on frame: inout Frame) {
        let dotRows = 4 * rect.rows
        let heights = heights(count: 2 * rect.columns, steps: dotRows)
        let roles = (0..<rect.rows).map { row in
            ink.role(at: (Double(rect.rows - row) - 0.5) / Double(rect.rows))
        }
        for column in 0..<rect.columns {
            let left = dots(at: 2 * column, heights)
            let right = dots(at: 2 * column + 1, heights)
            let top = Swift.max(left.upperBound, right.upperBound)
            // Above the highest dot there is nothing.
            for row in (dotRows - top) / 4..<rect.rows {
                let low = dotRows - 4 * (row + 1)
                let pattern =
                    BrailleChart.pattern(left, above: low, of: (0x40, 0x04, 0x02, 0x01))
                    | BrailleChart.pattern(right, above: low, of: (0x80, 0x20, 0x10, 0x08))
                guard pattern != 0 else { continue }
                put(pattern, in: rect, column: column, row: row, role: roles[row], on: &frame)
            }
        }
    }

    private func put(
        _ pattern: UInt32,
        in rect: Rect,
        column: Int,
        row: Int,
        role: StyleRole,
        on frame: inout Frame
    ) {
        let old = frame[rect.column + column, rect.row + row].scalar.value
        let kept = (0x2800...0x28FF).contains(old) ? old - 0x2800 : 0
        guard let scalar = Unicode.Scalar(0x2800 + (pattern | kept)) else { return }
        frame.put(scalar, in: rect, column: column, row: row, role: role)
    }

    /// The heights of the newest `count` values in steps; `nil` where there is none.
    private func heights(count: Int, steps: Int) -> [Int?] {
        let shown = values.suffix(count).map { value -> Int? in
            guard !value.isNaN else { return nil }
            let height = Int((share(of: value, in: max) * Double(steps)).rounded())
            return value > 0 ? Swift.max(height, 1) : 0
        }
        return [Int?](repeating: nil, count: count - shown.count) + shown
    }

    /// The dots of one column, counted from the lower edge.
    private func dots(at index: Int, _ heights: [Int?]) -> Range<Int> {
        guard let height = heights[index] else { return 0..<0 }
        switch shape {
        case .area: return 0..<height
        case .line:
            let here = Swift.max(height - 1, 0)
            let before = index > 0 ? heights[index - 1].map { Swift.max($0 - 1, 0) } : nil
            guard let before, before != here else { return here..<(here + 1) }
            return before < here ? (before + 1)..<(here + 1) : here..<before
        }
    }

    /// The dots of `range` that lie in the cell whose lowest dot is `low`, as `bits` from below.
    private static func pattern(
        _ range: Range<Int>,
        above low: Int,
        of bits: (UInt32, UInt32, UInt32, UInt32)
    ) -> UInt32 {
        (range.contains(low) ? bits.0 : 0) | (range.contains(low + 1) ? bits.1 : 0)
            | (range.contains(low + 2) ? bits.2 : 0) | (range.contains(low + 3) ? bits.3 : 0)
    }

    /// One value a cell, drawn with the steps of the set's columns.
    private func drawColumns(in rect: Rect, on frame: inout Frame, glyphs: GlyphSet) {
        let steps = glyphs.columns.count - 1
        let heights = heights(count: rect.columns, steps: rect.rows * steps)
        for column in 0..<rect.columns {
            guard let height = heights[column] else { continue }
            for row in 0..<rect.rows {
                let low = (rect.rows - row - 1) * steps
                let level = min(Swift.max(height - low, 0), steps)
                guard level > 0, shape == .area || height - low <= steps else { continue }
                let place = (Double(rect.rows - row) - 0.5) / Double(rect.rows)
                frame.put(
                    glyphs.columns[level],
                    in: rect,
                    column: column,
                    row: row,
                    role: ink.role(at: place)
                )
            }
        }
    }
}
