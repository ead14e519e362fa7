// Drawing on frames.

import Base
import Canvas
import Testing

@Suite struct FrameTests {
    @Test func `writes relative to the rectangle and clips at its edges`() {
        var frame = Frame(size: Size(columns: 12, rows: 3))
        let rect = Rect(column: 2, row: 1, columns: 5, rows: 1)
        #expect(frame.put("abcdefgh", in: rect, column: 1, role: .stateOk) == 9)
        frame.put("never", in: rect, row: 1, role: .text)
        frame.put("never", in: rect, row: -1, role: .text)
        frame.put("xyz", in: rect, column: -2, role: .stateWarn)
        #expect(frame.lines == ["", "  zabcd", ""])
        #expect(frame[3, 1].role == .stateOk)
        #expect(frame[2, 1].role == .stateWarn)
    }

    @Test func `a wide character at the edge becomes a space`() {
        var frame = Frame(size: Size(columns: 4, rows: 1))
        frame.put("a日本", in: Rect(column: 0, row: 0, columns: 4, rows: 1), role: .text)
        #expect(frame.lines == ["a日"])
        #expect(frame[1, 0].shape == .wide)
        #expect(frame[2, 0].shape == .continuation)
        #expect(frame[3, 0].shape == .narrow)
    }

    @Test func `overwriting half of a wide character leaves a space for the other half`() {
        var frame = Frame(size: Size(columns: 4, rows: 1))
        frame.put("日本", in: frame.bounds, role: .text)
        frame.put("x", in: frame.bounds, column: 1, role: .text)
        #expect(frame.lines == [" x本"])
        frame.put("y", in: frame.bounds, column: 2, role: .text)
        #expect(frame.lines == [" xy"])
    }

    @Test func `marks join the character before them`() {
        var frame = Frame(size: Size(columns: 6, rows: 1))
        frame.put("e\u{301}\u{302}日\u{301}", in: frame.bounds, role: .text)
        #expect(frame[0, 0].scalar == "e")
        #expect(frame[0, 0].firstMark == "\u{301}")
        #expect(frame[0, 0].secondMark == "\u{302}")
        #expect(frame[1, 0].firstMark == "\u{301}")
        #expect(frame[2, 0].firstMark == "\0")
    }

    @Test func `text cannot bring control scalars onto the frame`() {
        var frame = Frame(size: Size(columns: 20, rows: 1))
        frame.put("a\u{1B}[2Jb\u{202E}", in: frame.bounds, role: .text)
        #expect(frame.lines == ["a␛[2Jb\\u{202e}"])
        frame.fill(frame.bounds, with: "\u{7}", role: .text)
        #expect(frame.lines == ["????????????????????"])
    }

    @Test func `blanks of a ground become the shade, characters stay what they are`() {
        var frame = Frame(size: Size(columns: 3, rows: 1))
        frame.clear(frame.bounds, ground: .dialog)
        frame.put("x", in: frame.bounds, role: .stateOk)
        frame.shade(frame.bounds, as: .rowSelected)
        #expect(frame[0, 0].role == .stateOk && frame[0, 0].ground == .rowSelected)
        #expect(frame[1, 0].role == .rowSelected && frame[1, 0].ground == .rowSelected)
    }

    @Test func `a shade keeps characters and text keeps the shade`() {
        var frame = Frame(size: Size(columns: 6, rows: 1))
        frame.put("ab", in: frame.bounds, role: .stateCrit)
        frame.shade(frame.bounds, as: .rowSelected)
        frame.put("c", in: frame.bounds, column: 2, role: .stateOk)
        #expect(frame.lines == ["abc"])
        #expect(frame[0, 0].role == .stateCrit)
        #expect(frame.cells.allSatisfy { $0.ground == .rowSelected })
    }

    @Test(arguments: 0..<150 as Range<UInt64>)
    func `drawing never leaves its rectangle and wide characters stay whole`(seed: UInt64) {
        var random = Random(seed: seed)
        func number(_ low: Int, _ high: Int) -> Int {
            low + Int(random.below(UInt32(high - low + 1)))
        }
        func anyRect() -> Rect {
            Rect(
                column: number(-5, 45),
                row: number(-3, 14),
                columns: number(0, 30),
                rows: number(0, 9)
            )
        }
        var frame = Frame(size: Size(columns: 40, rows: 12))
        for _ in 0..<60 {
            let before = frame
            let rect = anyRect()
            switch number(0, 5) {
            case 0: frame.clear(rect, ground: .dialog)
            case 1: frame.fill(rect, with: "█", role: .seriesIn)
            case 2:
                Border.pane("日本 queues", badge: "b", isFocused: true)
                    .draw(in: rect, on: &frame, glyphs: .unicode)
            case 3: anyTable(&random).draw(in: rect, on: &frame, glyphs: .unicode)
            default:
                frame.put(
                    anyText(&random),
                    in: rect,
                    column: number(-4, 30),
                    row: number(-2, 9),
                    role: .text
                )
            }
            expectWhole(frame, seed)
            expectOnlyMended(before, frame, outside: rect, seed)
        }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `plain text at once is what its characters are one by one`(seed: UInt64) {
        var random = Random(seed: seed)
        var frame = Frame(size: Size(columns: 24, rows: 2))
        frame.put(anyText(&random), in: frame.bounds, row: 0, role: .stateOk)
        frame.shade(Rect(column: 5, row: 0, columns: 7, rows: 1), as: .rowSelected)
        var slow = frame
        let text = String("plain text, 17 %".prefix(Int(random.below(17))))
        let rect = Rect(
            column: Int(random.below(20)) - 2,
            row: 0,
            columns: Int(random.below(24)),
            rows: 1
        )
        let column = Int(random.below(12)) - 5
        let row = Int(random.below(2))
        let end = frame.put(text, in: rect, column: column, row: row, role: .stateWarn)
        for (place, scalar) in text.unicodeScalars.enumerated() {
            slow.put(scalar, in: rect, column: column + place, row: row, role: .stateWarn)
        }
        #expect(frame == slow, "seed \(seed)")
        #expect(end == column + text.count)
    }

    @Test func `whatever changes in a cell is found`() {
        var old = Frame(size: Size(columns: 5, rows: 3))
        old.put("ae\u{301}c", in: old.bounds, row: 1, role: .text)
        let changes: [(StyleRole?, String, Int)] = [
            (nil, "b", 0), (nil, "e\u{302}", 1), (nil, "e\u{301}\u{302}", 1), (.stateOk, "", 2),
            (nil, "日", 3),
        ]
        for (ground, text, column) in changes {
            var new = old
            new.put(text, in: new.bounds, column: column, row: 1, role: .text)
            let cell = Rect(column: column, row: 1, columns: 1, rows: 1)
            if let ground { new.shade(cell, as: ground) }
            let runs = FrameDiff(from: old, to: new).runs
            let count = text == "日" ? 2 : 1
            #expect(runs == [FrameRun(row: 1, column: column, count: count)], "\(text)")
            var coloured = old
            coloured.recolour(cell, as: .stateCrit)
            #expect(!FrameDiff(from: old, to: coloured).isEmpty)
        }
        #expect(FrameDiff(from: old, to: old).isEmpty)
        #expect(MemoryLayout<Cell>.size == 16, "nothing of a cell is left out")
    }

    private func anyText(_ random: inout Random) -> String {
        let parts = ["a", "日", "e\u{301}", "\u{1B}", "é", "🔑", " ", "\u{202E}", "한"]
        return (0..<random.below(20)).map { _ in parts[Int(random.below(UInt32(parts.count)))] }
            .joined()
    }

    private func anyTable(_ random: inout Random) -> TextTable {
        TextTable(
            columns: [
                TableColumn("NAME", columnsMin: 6, weight: 1),
                TableColumn("日本", columnsMin: 3, alignment: .right, dropRank: 1),
            ],
            rows: (0..<5).map { _ in
                TableRow([TextRun(anyText(&random), .text), TextRun(anyText(&random), .stateOk)])
            },
            selected: Int(random.below(6)),
            isFocused: true
        )
    }

    private func expectWhole(_ frame: Frame, _ seed: UInt64) {
        var brokenCount = 0
        for row in 0..<frame.size.rows {
            for column in 0..<frame.size.columns {
                let isAfterWide = column > 0 && frame[column - 1, row].shape == .wide
                let isContinuation = frame[column, row].shape == .continuation
                brokenCount += isContinuation == isAfterWide ? 0 : 1
            }
            brokenCount += frame[frame.size.columns - 1, row].shape == .wide ? 1 : 0
        }
        #expect(brokenCount == 0, "seed \(seed)")
    }

    /// Outside `rect` only halves of cut wide characters may have become spaces.
    private func expectOnlyMended(_ old: Frame, _ new: Frame, outside rect: Rect, _ seed: UInt64) {
        var strayCount = 0
        for row in 0..<new.size.rows {
            for column in 0..<new.size.columns where !rect.contains(column: column, row: row) {
                guard old[column, row] != new[column, row] else { continue }
                let isMended = old[column, row].shape != .narrow && new[column, row].scalar == " "
                strayCount += isMended ? 0 : 1
            }
        }
        #expect(strayCount == 0, "seed \(seed)")
    }
}

@Suite struct FrameDiffTests {
    @Test func `nothing changed gives no run`() {
        let frame = Frame(size: Size(columns: 10, rows: 4))
        #expect(FrameDiff(from: frame, to: frame).isEmpty)
    }

    @Test func `another size changes every cell`() {
        let old = Frame(size: Size(columns: 10, rows: 4))
        let new = Frame(size: Size(columns: 9, rows: 2))
        #expect(FrameDiff(from: old, to: new).runs.map(\.count) == [9, 9])
        #expect(FrameDiff(from: nil, to: new).runs.count == 2)
    }

    @Test func `a changed half brings its other half along`() {
        var old = Frame(size: Size(columns: 8, rows: 1))
        old.put("a日b", in: old.bounds, role: .text)
        var new = old
        new.shade(Rect(column: 2, row: 0, columns: 1, rows: 1), as: .rowSelected)
        #expect(FrameDiff(from: old, to: new).runs == [FrameRun(row: 0, column: 1, count: 2)])
        new = old
        new.shade(Rect(column: 1, row: 0, columns: 1, rows: 1), as: .rowSelected)
        #expect(FrameDiff(from: old, to: new).runs == [FrameRun(row: 0, column: 1, count: 2)])
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `drawing the runs onto the old picture gives the new one`(seed: UInt64) {
        var random = Random(seed: seed)
        var old = Frame(size: Size(columns: 30, rows: 6))
        var new = old
        for _ in 0..<30 {
            let column = Int(random.below(30))
            let row = Int(random.below(6))
            let text = ["日", "x", "한a", "  "][Int(random.below(4))]
            new.put(text, in: new.bounds, column: column, row: row, role: .text)
            if random.below(2) == 0 {
                old.put(text, in: old.bounds, column: column, row: row, role: .text)
            }
        }
        var shown = old.cells
        for run in FrameDiff(from: old, to: new).runs {
            let start = run.row * 30 + run.column
            for index in start..<(start + run.count) { shown[index] = new.cells[index] }
            #expect(new[run.column, run.row].shape != .continuation, "seed \(seed)")
            #expect(new[run.column + run.count, run.row].shape != .continuation, "seed \(seed)")
        }
        #expect(shown == new.cells, "seed \(seed)")
    }
}
