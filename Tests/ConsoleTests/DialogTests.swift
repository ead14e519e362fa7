// What asks for something can be answered at every size.

import Base
import Canvas
import Engine
import Support
import Testing

@testable import Console

@Suite struct DialogTests {
    /// Questions of every level, and what opens them.
    static let questions = ["2X", "2jD", "2jjD", "5R", "2P", "3K", "q"]

    private func frame(_ keys: String, _ columns: Int, _ rows: Int) -> Frame {
        var model = SampleConsole.model(columns, rows)
        model.session.environment = []
        for scalar in keys.unicodeScalars { _ = update(&model, .pressed(.char(scalar))) }
        return SampleConsole.frame(model)
    }

    private func text(_ keys: String, _ columns: Int, _ rows: Int) -> String {
        frame(keys, columns, rows).lines.joined(separator: "\n")
    }

    @Test(arguments: questions)
    func `a question says at every size how to get out of it, and is not cut`(keys: String) {
        for columns in [20, 23, 28, 35, 36, 40, 47, 60, 80, 110] {
            for rows in [3, 4, 5, 6, 7, 8, 9, 10, 13, 16, 24] {
                let lines = frame(keys, columns, rows).lines
                let isOut = lines.contains { $0.contains("Esc") || $0.contains("any other key") }
                #expect(isOut, "\(keys) \(columns)x\(rows) \(lines)")
                let isCut = lines.contains { $0.hasSuffix("~") || $0.hasSuffix("~ ║") }
                #expect(!isCut, "\(keys) \(columns)x\(rows) \(lines)")
            }
        }
    }

    @Test func `the way to leave stands in three short lines`() {
        #expect(
            frame("q", 20, 3).lines == [
                " h  leave it running", " s  stop it", " Esc  stay",
            ]
        )
    }

    @Test func `what destroys asks for the name where there are only three lines`() {
        let lines = frame("2X", 20, 3).lines
        #expect(lines[0] == "Type risk.margin")
        #expect(lines[2] == "wait 3 s  Esc no")
        #expect(frame("2X", 20, 3)[1, 1].role == .input)
    }

    @Test func `the key that answers a small question is the one that does`() {
        #expect(text("2P", 20, 3).contains("y pause"))
        #expect(text("2jjD", 20, 3).contains("d drain"))
    }

    @Test func `at 40 by 10 a drain says what it does, what is chosen and what starts it`() {
        let text = text("2jjD", 40, 10)
        for part in ["(• stay drained)", "(• none)", "press  d  to drain", "lets"] {
            #expect(text.contains(part), "\(text)")
        }
    }

    @Test func `at 40 by 10 a purge has its field and says what to type`() {
        let frame = frame("2X", 40, 10)
        #expect(frame.lines.contains { $0.contains("Type risk.margin to enable purge:") })
        #expect(frame.lines.contains { $0.contains("purge armed in 3 s") })
        #expect(frame.cells.contains { $0.role == .input })
    }

    @Test func `a list without room says so`() {
        for keys in ["?", "2s", "c", "~"] {
            #expect(text(keys, 20, 3).contains("Esc closes"), "\(keys)")
        }
    }

    @Test func `a single line says what a question can be answered with`() {
        #expect(text("q", 8, 1) == "h s Esc?")
        #expect(text("2X", 8, 1) == "Esc?")
    }

    @Test func `a chooser that is cut says how much there is`() {
        #expect(text("2c", 80, 24).contains("1 of "))
        #expect(!text("2c", 120, 40).contains("1 of 2"))
    }

    @Test func `where nothing is typed no slot is tried`() {
        var model = SampleConsole.model(120, 40)
        model.session.environment = []
        model.data.latest.keys.memory.isUnlocked = false
        model.data.latest.keys.slots = [.init(index: 2, kind: .passphrase)]
        _ = update(&model, .command("unlock"))
        let effects = update(&model, .pressed(.char("y")))
        guard case .submit(_, let ticket)? = effects.first else {
            Issue.record("nothing is asked for")
            return
        }
        #expect(update(&model, .untyped(ticket)) == [])
        #expect(model.work.notices.last?.text == "nothing was typed; the store stays locked")
        #expect(model.work.pending.isEmpty)
    }

    @Test func `lines break between runs and words`() {
        let line: TextLine = [
            TextRun("up to       ", .textMuted), TextRun("the last one at noon", .text),
            TextRun("  ", .text), TextRun("[ no ]", .button),
        ]
        let lines = line.wrapped(cells: 24, indent: 12).map { $0.map(\.text).joined() }
        #expect(lines == ["up to       the last one", "            at noon", "            [ no ]"])
        #expect(line.wrapped(cells: 80) == [line])
        for cells in 2...40 {
            let all = line.wrapped(cells: cells, indent: 12)
            #expect(all.allSatisfy { $0.cells <= cells }, "\(cells) \(all)")
        }
    }
}
