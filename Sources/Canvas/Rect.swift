// A rectangle of cells.

/// A rectangle of cells; may be empty, is never negative.
///
/// Whatever is drawn takes the rectangle it may draw in and coordinates relative to it.
public struct Rect: BitwiseCopyable, Equatable, Hashable, Sendable {
    /// The leftmost column.
    public let column: Int
    /// The topmost row.
    public let row: Int
    /// Width in cells.
    public let columns: Int
    /// Height in cells.
    public let rows: Int

    /// A rectangle; negative sides become 0.
    public init(column: Int, row: Int, columns: Int, rows: Int) {
        let range = -Size.sideMax...2 * Size.sideMax
        self.column = min(max(column, range.lowerBound), range.upperBound)
        self.row = min(max(row, range.lowerBound), range.upperBound)
        self.columns = min(max(columns, 0), Size.sideMax)
        self.rows = min(max(rows, 0), Size.sideMax)
    }

    /// All of a screen of `size`.
    public init(_ size: Size) {
        self.init(column: 0, row: 0, columns: size.columns, rows: size.rows)
    }

    /// The column behind the last one.
    public var endColumn: Int { column + columns }
    /// The row behind the last one.
    public var endRow: Int { row + rows }
    /// Whether there is no cell in it.
    public var isEmpty: Bool { columns == 0 || rows == 0 }
    /// The cells it spans.
    public var size: Size { Size(columns: columns, rows: rows) }

    /// Whether the cell lies inside.
    public func contains(column: Int, row: Int) -> Bool {
        column >= self.column && column < endColumn && row >= self.row && row < endRow
    }

    /// What both have in common.
    public func intersection(_ other: Rect) -> Rect {
        let left = max(column, other.column)
        let top = max(row, other.row)
        return Rect(
            column: left,
            row: top,
            columns: min(endColumn, other.endColumn) - left,
            rows: min(endRow, other.endRow) - top
        )
    }

    /// What is left after taking `columns` off both sides and `rows` off top and bottom.
    public func inset(columns: Int, rows: Int) -> Rect {
        Rect(
            column: column + columns,
            row: row + rows,
            columns: self.columns - 2 * columns,
            rows: self.rows - 2 * rows
        )
    }

    /// The row `index` of it, counted from the top; empty if there is no such row.
    public func line(_ index: Int) -> Rect {
        lines(index, count: 1)
    }

    /// `count` rows from `first` on, as many as there are.
    public func lines(_ first: Int, count: Int) -> Rect {
        let start = min(max(first, 0), rows)
        let kept = first < 0 ? count + first : count
        return Rect(
            column: column,
            row: row + start,
            columns: columns,
            rows: min(kept, rows - start)
        )
    }

    /// `count` columns from `first` on, as many as there are.
    public func slice(_ first: Int, count: Int) -> Rect {
        let start = min(max(first, 0), columns)
        let kept = first < 0 ? count + first : count
        return Rect(
            column: column + start,
            row: row,
            columns: min(kept, columns - start),
            rows: rows
        )
    }

    /// A rectangle of at most this size in the middle.
    public func centred(columns: Int, rows: Int) -> Rect {
        let width = min(max(columns, 0), self.columns)
        let height = min(max(rows, 0), self.rows)
        return Rect(
            column: column + (self.columns - width) / 2,
            row: row + (self.rows - height) / 2,
            columns: width,
            rows: height
        )
    }
}
