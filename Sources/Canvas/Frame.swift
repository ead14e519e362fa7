// One picture of the whole screen.

/// Where the terminal's cursor rests, so that magnifiers and braille displays follow it.
public struct FrameCursor: BitwiseCopyable, Equatable, Sendable {
    /// The column, counted from the left edge of the screen.
    public let column: Int
    /// The row, counted from the top of the screen.
    public let row: Int
    /// Whether it is shown, as in a field for text.
    public let isVisible: Bool

    /// A place on the screen.
    public init(column: Int, row: Int, isVisible: Bool) {
        self.column = column
        self.row = row
        self.isVisible = isVisible
    }
}

/// A grid of cells: everything one picture shows.
///
/// Wide characters are always whole: a cell of shape `wide` is followed by a `continuation` in the
/// same row, and a continuation follows nothing else.
public struct Frame: Equatable, Sendable {
    /// Columns and rows.
    public let size: Size
    /// The cells, row after row.
    public private(set) var cells: [Cell]
    /// Where the terminal's cursor rests.
    public private(set) var cursor: FrameCursor?

    /// An empty picture of `size`.
    public init(size: Size) {
        self.size = size
        cells = [Cell](repeating: .blank, count: size.columns * size.rows)
    }

    /// Everything.
    public var bounds: Rect { Rect(size) }

    /// The cell at an absolute place; blank outside the picture.
    public subscript(column: Int, row: Int) -> Cell {
        guard bounds.contains(column: column, row: row) else { return .blank }
        return cells[row * size.columns + column]
    }

    /// Empties `rect` and makes its area mean `ground`.
    public mutating func clear(_ rect: Rect, ground: StyleRole = .text) {
        let kept = rect.intersection(bounds)
        guard !kept.isEmpty else { return }
        let blank = Cell.space(role: ground, ground: ground)
        for row in kept.row..<kept.endRow {
            mend(column: kept.column, row: row)
            mend(column: kept.endColumn, row: row)
            let start = row * size.columns
            for column in kept.column..<kept.endColumn { cells[start + column] = blank }
        }
    }

    /// Makes the area of `rect` mean `ground`; the characters stay, and what is blank is `ground`
    /// itself.
    public mutating func shade(_ rect: Rect, as ground: StyleRole) {
        let kept = rect.intersection(bounds)
        guard !kept.isEmpty else { return }
        for row in kept.row..<kept.endRow {
            let start = row * size.columns
            for column in kept.column..<kept.endColumn {
                let cell = cells[start + column]
                // A blank of a ground with a colour of its own would keep that.
                if cell.role == cell.ground, cell.role != .text, cell.scalar == " " {
                    cells[start + column].role = ground
                }
                cells[start + column].ground = ground
            }
        }
    }

    /// Makes the characters in `rect` mean `role`, as for a pane whose numbers are stale.
    public mutating func recolour(_ rect: Rect, as role: StyleRole) {
        let kept = rect.intersection(bounds)
        guard !kept.isEmpty else { return }
        for row in kept.row..<kept.endRow {
            let start = row * size.columns
            for column in kept.column..<kept.endColumn { cells[start + column].role = role }
        }
    }

    /// Lets the cursor rest at a place in `rect`; a place outside `rect` is ignored.
    public mutating func rest(in rect: Rect, column: Int, row: Int, isVisible: Bool) {
        let place = FrameCursor(
            column: rect.column + column,
            row: rect.row + row,
            isVisible: isVisible
        )
        guard rect.intersection(bounds).contains(column: place.column, row: place.row) else {
            return
        }
        cursor = place
    }

    /// Writes printable ASCII from an absolute place on, in cells that the caller has clipped.
    mutating func set(_ plain: Span<UInt8>, column: Int, row: Int, role: StyleRole) {
        mend(column: column, row: row)
        mend(column: column + plain.count, row: row)
        let start = row * size.columns + column
        var cells = cells.mutableSpan
        for place in 0..<plain.count {
            let ground = cells[start + place].ground
            let scalar = Unicode.Scalar(plain[place])
            cells[start + place] = Cell(scalar, shape: .narrow, role: role, ground: ground)
        }
    }

    /// Writes one narrow character into all cells of `kept`, which the caller has clipped.
    mutating func set(_ scalar: Unicode.Scalar, in kept: Rect, role: StyleRole) {
        for row in kept.row..<kept.endRow {
            mend(column: kept.column, row: row)
            mend(column: kept.endColumn, row: row)
            let start = row * size.columns
            var cells = cells.mutableSpan
            for place in start + kept.column..<start + kept.endColumn {
                let ground = cells[place].ground
                cells[place] = Cell(scalar, shape: .narrow, role: role, ground: ground)
            }
        }
    }

    /// Puts a character of `width` cells at an absolute place that the caller has clipped.
    mutating func set(
        _ scalar: Unicode.Scalar,
        isWide: Bool,
        column: Int,
        row: Int,
        role: StyleRole
    ) {
        let index = row * size.columns + column
        mend(column: column, row: row)
        mend(column: column + (isWide ? 2 : 1), row: row)
        let ground = cells[index].ground
        cells[index] = Cell(scalar, shape: isWide ? .wide : .narrow, role: role, ground: ground)
        guard isWide else { return }
        let next = cells[index + 1].ground
        cells[index + 1] = Cell(" ", shape: .continuation, role: role, ground: next)
    }

    /// Adds a mark to the character at an absolute place.
    mutating func join(_ mark: Unicode.Scalar, column: Int, row: Int) {
        cells[row * size.columns + column].join(mark)
    }

    /// Makes spaces of a wide character that would be cut between `column - 1` and `column`.
    private mutating func mend(column: Int, row: Int) {
        guard column > 0, column < size.columns else { return }
        let index = row * size.columns + column
        guard cells[index].shape == .continuation else { return }
        for half in [index - 1, index] {
            cells[half] = .space(role: cells[half].role, ground: cells[half].ground)
        }
    }
}
