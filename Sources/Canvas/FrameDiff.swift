// What changed from one picture to the next.

/// Cells of one row that changed.
public struct FrameRun: BitwiseCopyable, Equatable, Sendable {
    /// The row.
    public let row: Int
    /// The first column.
    public let column: Int
    /// How many cells.
    public let count: Int

    /// `count` cells of `row` from `column` on.
    public init(row: Int, column: Int, count: Int) {
        self.row = row
        self.column = column
        self.count = count
    }
}

/// The cells of a new picture that the old one does not show.
public struct FrameDiff: Equatable, Sendable {
    /// Changed stretches, from top to bottom and left to right; a wide character is never cut.
    public private(set) var runs: [FrameRun] = []

    /// What must be drawn on a screen that shows `old` so that it shows `new`.
    ///
    /// Pictures of different sizes have nothing in common.
    /// - Complexity: one comparison a cell.
    public init(from old: Frame?, to new: Frame) {
        guard let old, old.size == new.size else {
            for row in 0..<new.size.rows where new.size.columns > 0 {
                runs.append(FrameRun(row: row, column: 0, count: new.size.columns))
            }
            return
        }
        compare(old.cells, new.cells, columns: new.size.columns, rows: new.size.rows)
    }

    /// Whether both pictures show the same cells.
    public var isEmpty: Bool { runs.isEmpty }

    private mutating func compare(_ old: [Cell], _ new: [Cell], columns: Int, rows: Int) {
        for row in 0..<rows {
            let start = row * columns
            var column = 0
            while column < columns {
                guard old[start + column] != new[start + column] else {
                    column += 1
                    continue
                }
                let first = column
                repeat {
                    column += 1
                } while column < columns
                    && old[start + column] != new[start + column]
                append(row: row, from: first, to: column, in: new, start: start, columns: columns)
            }
        }
    }

    /// Widens a stretch by the halves of wide characters that it would cut.
    private mutating func append(
        row: Int,
        from first: Int,
        to end: Int,
        in cells: [Cell],
        start: Int,
        columns: Int
    ) {
        let isFirstCut = cells[start + first].shape == .continuation
        let isLastCut = end < columns && cells[start + end].shape == .continuation
        let column = isFirstCut ? first - 1 : first
        let last = isLastCut ? end + 1 : end
        runs.append(FrameRun(row: row, column: column, count: last - column))
    }
}
