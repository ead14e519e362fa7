// Rectangles, divisions, frames around panes and tables.

import Canvas
import Testing

@Suite struct LayoutTests {
    static let lengths: [([Extent], Int, Int, [Int])] = [
        ([.fixed(3), .share(1), .fixed(2)], 0, 20, [3, 15, 2]),
        ([.share(1), .share(2)], 0, 10, [3, 7]),
        ([.share(1), .share(1)], 1, 10, [4, 5]),
        ([.fixed(3), .fixed(9)], 0, 5, [3, 2]),
        ([.share(1, min: 4), .share(1, min: 4)], 0, 5, [4, 1]),
        ([.share(0), .fixed(2)], 0, 5, [0, 2]),
        ([.fixed(-4), .share(1)], 0, 0, [0, 0]),
        ([], 3, 9, []),
    ]

    @Test(arguments: lengths)
    func `divides a side`(extents: [Extent], gap: Int, total: Int, expected: [Int]) {
        #expect(Layout(extents, gap: gap).lengths(of: total) == expected)
    }

    @Test func `parts lie side by side inside the rectangle`() {
        let rect = Rect(column: 5, row: 2, columns: 21, rows: 4)
        let parts = Layout([.share(1), .share(1)], gap: 1).columns(of: rect)
        #expect(parts[0] == Rect(column: 5, row: 2, columns: 10, rows: 4))
        #expect(parts[1] == Rect(column: 16, row: 2, columns: 10, rows: 4))
        let stacked = Layout([.fixed(1), .share(1)]).rows(of: rect)
        #expect(stacked[1] == Rect(column: 5, row: 3, columns: 21, rows: 3))
    }

    @Test(arguments: 0...60)
    func `every size gives parts inside`(columns: Int) {
        for rows in 0...20 {
            let rect = Rect(Size(columns: columns, rows: rows))
            for part in Layout([.fixed(20), .share(2, min: 8), .share(1)], gap: 2).columns(of: rect)
            {
                #expect(part.isEmpty || part.intersection(rect) == part)
            }
        }
    }
}

@Suite struct RectTests {
    @Test func `is never negative and has lines inside`() {
        let rect = Rect(column: 1, row: 1, columns: -4, rows: 3)
        #expect(rect.isEmpty)
        let room = Rect(Size(columns: 10, rows: 3))
        #expect(room.line(3).isEmpty)
        #expect(room.line(-1).isEmpty)
        #expect(room.lines(-1, count: 2) == Rect(column: 0, row: 0, columns: 10, rows: 1))
        #expect(room.inset(columns: 6, rows: 1).isEmpty)
        #expect(room.centred(columns: 4, rows: 9) == Rect(column: 3, row: 0, columns: 4, rows: 3))
    }
}

@Suite struct BorderTests {
    @Test func `draws title and badge and gives the room inside`() {
        var frame = Frame(size: Size(columns: 24, rows: 3))
        let border = Border.pane("Queues", badge: "16", isFocused: false)
        let inside = border.draw(in: frame.bounds, on: &frame, glyphs: .unicode)
        #expect(inside == Rect(column: 1, row: 1, columns: 22, rows: 1))
        #expect(
            frame.lines == [
                "┌─ Queues ──────── 16 ─┐",
                "│                      │",
                "└──────────────────────┘",
            ]
        )
    }

    @Test func `focus is visible without colour`() {
        var frame = Frame(size: Size(columns: 12, rows: 2))
        Border.pane("Keys", isFocused: true).draw(in: frame.bounds, on: &frame, glyphs: .unicode)
        #expect(frame.lines == ["┏━ Keys ━━━┓", "┗━━━━━━━━━━┛"])
        Border.pane("Keys", isFocused: true).draw(in: frame.bounds, on: &frame, glyphs: .ascii)
        #expect(frame.lines == ["+= Keys ===+", "+==========+"])
    }

    @Test func `a long title is cut and a badge without room is left out`() {
        var frame = Frame(size: Size(columns: 12, rows: 2))
        Border.pane("Throughput", badge: "5m", isFocused: false)
            .draw(in: frame.bounds, on: &frame, glyphs: .unicode)
        #expect(frame.lines[0] == "┌─ Throu… ─┐")
    }
}

@Suite struct TextTableTests {
    private let table = TextTable(
        columns: [
            TableColumn("NAME", columnsMin: 6, weight: 1),
            TableColumn("DEPTH", columnsMin: 6, alignment: .right),
            TableColumn("OLDEST", columnsMin: 6, alignment: .right, dropRank: 1),
        ],
        rows: [
            TableRow([
                TextRun("email.out", .text), TextRun("981k", .stateCrit), TextRun("1:12", .text),
            ]),
            TableRow(
                [TextRun("日本語キュー", .text), TextRun("7", .text), TextRun("-", .textMuted)],
                isMarked: true
            ),
        ],
        selected: 0,
        sort: TableSort(column: 1, isDescending: true),
        isFocused: true
    )

    @Test func `an empty cell gives its room to the text behind it`() {
        let table = TextTable(
            columns: [
                TableColumn("ABOUT", columnsMin: 6), TableColumn("WHAT", columnsMin: 6, weight: 1),
            ],
            rows: [
                TableRow([TextRun("", .text), TextRun("server is up", .text)]),
                TableRow([TextRun("RISK", .text), TextRun("paused for an hour", .text)]),
            ],
            isFocused: false
        )
        var frame = Frame(size: Size(columns: 18, rows: 3))
        table.draw(in: frame.bounds, on: &frame, glyphs: .unicode)
        #expect(
            frame.lines == ["  ABOUT  WHAT", "  server is up", "  RISK   paused …"]
        )
    }

    @Test func `a head without a word gives its room to the next one`() {
        let table = TextTable(
            columns: [
                TableColumn("", columnsMin: 6), TableColumn("WHAT", columnsMin: 6, weight: 1),
            ],
            rows: [],
            isFocused: false
        )
        var frame = Frame(size: Size(columns: 18, rows: 1))
        table.draw(in: frame.bounds, on: &frame, glyphs: .unicode)
        #expect(frame.lines == ["  WHAT"])
    }

    @Test func `the last column does not touch what is right of the table`() {
        for width in 20...60 {
            let last = table.layout(in: width).compactMap(\.?.upperBound).max()
            #expect((last ?? 0) < width)
        }
    }

    @Test func `draws head, cursor, marks and columns by cells`() {
        var frame = Frame(size: Size(columns: 29, rows: 3))
        table.draw(in: frame.bounds, on: &frame, glyphs: .unicode)
        #expect(
            frame.lines == [
                "  NAME         DEPTH▼ OLDEST",
                "> email.out      981k   1:12",
                " *日本語キュー      7      -",
            ]
        )
        #expect(frame[10, 1].ground == .rowSelected)
        #expect(frame[17, 1].role == .stateCrit)
        #expect(frame[10, 2].ground == .rowMarked)
        #expect(frame.cursor == FrameCursor(column: 0, row: 1, isVisible: false))
    }

    @Test func `names get no more than a row can be read across, sentences all there is`() {
        let columns = [
            TableColumn("NAME", columnsMin: 10, weight: 3), TableColumn("N", columnsMin: 5),
        ]
        let names = TextTable(columns: columns, rows: [], isFocused: false)
        #expect(names.layout(in: 201) == [2..<42, 43..<48])
        let said = [TableColumn("WHAT", columnsMin: 10, weight: 5), columns[1]]
        let sentences = TextTable(columns: said, rows: [], isFocused: false)
        #expect(sentences.layout(in: 201) == [2..<194, 195..<200])
    }

    @Test func `a column is as wide as it wishes where no other goes for it`() {
        let columns = [
            TableColumn("NAME", columnsMin: 4, weight: 1),
            TableColumn("N", columnsMin: 5, columnsWished: 7),
        ]
        let table = TextTable(columns: columns, rows: [], isFocused: false)
        #expect(table.layout(in: 15) == [2..<6, 7..<14])
        #expect(table.layout(in: 14) == [2..<7, 8..<13])
    }

    @Test func `drops the columns with the highest rank first`() {
        #expect(table.layout(in: 16) == [2..<8, 9..<15, nil])
        #expect(table.layout(in: 5) == [2..<3, nil, nil])
    }

    static let scrolls: [(Int, Int, Int, Int, Int)] = [
        (0, 0, 10, 4, 0), (0, 4, 10, 4, 1), (5, 3, 10, 4, 3), (9, 9, 10, 4, 6), (0, 2, 3, 9, 0),
        (3, 0, 0, 4, 0), (2, 5, 10, 0, 0),
    ]

    @Test(arguments: scrolls)
    func `scrolls as little as possible`(
        first: Int,
        selected: Int,
        count: Int,
        rows: Int,
        expected: Int
    ) {
        #expect(TextTable.first(first, showing: selected, of: count, rows: rows) == expected)
    }
}
