// A table with a head, rows and a selected row.

/// One column of a table.
public struct TableColumn: Equatable, Sendable {
    /// The word in the head.
    public let title: String
    /// Cells it takes at least.
    public let columnsMin: Int
    /// Cells it takes at least where that drops no column.
    public let columnsWished: Int
    /// Its part of the cells that are left over; 0 for a fixed width.
    public let weight: Int
    /// Where its text lies.
    public let alignment: Alignment
    /// Which columns go first when there is too little room: the highest number; 0 never goes.
    public let dropRank: Int

    /// A column.
    public init(
        _ title: String,
        columnsMin: Int,
        columnsWished: Int = 0,
        weight: Int = 0,
        alignment: Alignment = .left,
        dropRank: Int = 0
    ) {
        self.title = title
        self.columnsMin = max(columnsMin, 1)
        self.columnsWished = max(columnsMin, columnsWished, 1)
        self.weight = weight
        self.alignment = alignment
        self.dropRank = dropRank
    }
}

/// One row of a table: a text for each column.
public struct TableRow: Equatable, Sendable {
    /// The texts, in the order of the columns.
    public let cells: [TextRun]
    /// Whether the row is marked.
    public let isMarked: Bool

    /// A row.
    public init(_ cells: [TextRun], isMarked: Bool = false) {
        self.cells = cells
        self.isMarked = isMarked
    }
}

/// Which column the rows are sorted by.
public struct TableSort: BitwiseCopyable, Equatable, Sendable {
    /// The column's index.
    public let column: Int
    /// Whether the largest comes first.
    public let isDescending: Bool

    /// Sorted by `column`.
    public init(column: Int, isDescending: Bool) {
        self.column = column
        self.isDescending = isDescending
    }
}

/// A table; rows are drawn from `first` on.
public struct TextTable: Equatable, Sendable {
    /// The columns.
    public var columns: [TableColumn]
    /// The rows.
    public var rows: [TableRow]
    /// Index of the first row that is shown.
    public var first: Int
    /// Index of the row under the cursor.
    public var selected: Int?
    /// What the rows are sorted by.
    public var sort: TableSort?
    /// Whether the table has the keyboard.
    public var isFocused: Bool

    /// A table.
    public init(
        columns: [TableColumn],
        rows: [TableRow],
        first: Int = 0,
        selected: Int? = nil,
        sort: TableSort? = nil,
        isFocused: Bool
    ) {
        self.columns = columns
        self.rows = rows
        self.first = first
        self.selected = selected
        self.sort = sort
        self.isFocused = isFocused
    }

    /// The largest weight of a column of names; a heavier one holds sentences.
    public static let nameWeightMax = 3
    /// Cells that a column of names takes at most: what stands far apart is not read as one row.
    public static let nameCellsMax = 40

    /// Cells to the right of the last column, so that it does not touch a frame.
    public static let margin = 1

    /// Rows that fit into `rect` below the head.
    public static func rowCount(in rect: Rect) -> Int { max(rect.rows - 1, 0) }

    /// The `first` that keeps the row `selected` in sight, moving as little as possible.
    public static func first(_ first: Int, showing selected: Int, of count: Int, rows: Int) -> Int {
        guard rows > 0 else { return 0 }
        let lowest = max(selected - rows + 1, 0)
        return min(max(first, lowest), max(selected, 0), max(count - rows, 0))
    }

    /// Draws the head and the rows.
    public func draw(in rect: Rect, on frame: inout Frame, glyphs: GlyphSet) {
        let spans = layout(in: rect.columns)
        drawHead(in: rect.line(0), spans, on: &frame, glyphs: glyphs)
        let start = max(first, 0)
        for line in 0..<TextTable.rowCount(in: rect) where start + line < rows.count {
            let room = rect.line(line + 1)
            drawRow(start + line, in: room, spans, on: &frame, glyphs: glyphs)
        }
    }

    /// Where a column lies in the width of the table; `nil` for columns that found no room.
    ///
    /// The first cell is the cursor's, the second the mark's, the last one stays free; columns
    /// stand one cell apart.
    public func layout(in whole: Int) -> [Range<Int>?] {
        let gutter = 2
        let width = whole - TextTable.margin
        var kept = Array(columns.indices)
        func needed() -> Int { kept.reduce(gutter) { $0 + columns[$1].columnsMin + 1 } - 1 }
        while needed() > width,
            let victim = kept.filter({ columns[$0].dropRank > 0 })
                .max(by: { (columns[$0].dropRank, $0) < (columns[$1].dropRank, $1) })
        {
            kept.removeAll { $0 == victim }
        }
        let wished = kept.reduce(gutter) { $0 + columns[$1].columnsWished + 1 } - 1
        let extents = kept.map { index in
            let column = columns[index]
            let cells = wished <= width ? column.columnsWished : column.columnsMin
            return column.weight > 0 ? Extent.share(column.weight, min: cells) : .fixed(cells)
        }
        var result = [Range<Int>?](repeating: nil, count: columns.count)
        var start = gutter
        for (index, given) in zip(kept, Layout(extents, gap: 1).lengths(of: width - gutter)) {
            let isName = (1...TextTable.nameWeightMax).contains(columns[index].weight)
            let length = isName ? min(given, TextTable.nameCellsMax) : given
            result[index] = length > 0 ? start..<(start + length) : nil
            start += length + 1
        }
        return result
    }

    private func drawHead(
        in line: Rect,
        _ spans: [Range<Int>?],
        on frame: inout Frame,
        glyphs: GlyphSet
    ) {
        frame.clear(line, ground: .tableHeader)
        // As in rows, what has no title lends its room to the next one.
        var lent: Int?
        for (index, span) in spans.enumerated() {
            guard let span else { continue }
            let isSorted = sort?.column == index
            let arrow = sort?.isDescending == true ? glyphs.text(.down) : glyphs.text(.up)
            let heading = columns[index].title
            // A letter would be read as part of the word.
            let isApart = glyphs.isAscii && TextWidth.cells(of: heading) + 2 <= span.count
            let title = heading + (isSorted ? (isApart ? " " : "") + arrow : "")
            let isLeft = columns[index].alignment == .left
            if isLeft, title.isEmpty, span.count > 1 {
                lent = lent ?? span.lowerBound
                continue
            }
            let start = isLeft ? lent ?? span.lowerBound : span.lowerBound
            lent = nil
            frame.putLine(
                title,
                in: line.slice(start, count: span.upperBound - start),
                role: isSorted ? .tableSort : .tableHeader,
                alignment: columns[index].alignment,
                ellipsis: glyphs[.ellipsis]
            )
        }
    }

    private func drawRow(
        _ index: Int,
        in line: Rect,
        _ spans: [Range<Int>?],
        on frame: inout Frame,
        glyphs: GlyphSet
    ) {
        let row = rows[index]
        let isSelected = selected == index
        if row.isMarked { frame.shade(line, as: .rowMarked) }
        if isSelected { frame.shade(line, as: isFocused ? .rowSelected : .rowCursorUnfocused) }
        if isSelected {
            frame.put(glyphs[.cursor], in: line, column: 0, row: 0, role: .textStrong)
            if isFocused { frame.rest(in: line, column: 0, row: 0, isVisible: false) }
        }
        if row.isMarked { frame.put(glyphs[.mark], in: line, column: 1, row: 0, role: .rowMarked) }
        // An empty cell gives its room to the text behind it.
        var lent: Int?
        for (index, cell) in row.cells.enumerated() where index < spans.count {
            guard let span = spans[index] else { continue }
            let isLeft = columns[index].alignment == .left
            if isLeft, cell.text.isEmpty, span.count > 1 {
                lent = lent ?? span.lowerBound
                continue
            }
            let start = isLeft ? lent ?? span.lowerBound : span.lowerBound
            lent = nil
            frame.putLine(
                cell.text,
                in: line.slice(start, count: span.upperBound - start),
                role: cell.role,
                alignment: columns[index].alignment,
                ellipsis: glyphs[.ellipsis]
            )
        }
    }
}
