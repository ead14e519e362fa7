// What leaves the console: files, the clipboard, plain text.

import Base
import Canvas
import Engine
import Support
import Testing

@testable import Console

@Suite struct ReportTests {
    @Test func `a CSV has a head and a line for each row that is shown`() {
        var model = SampleConsole.model(120, 40)
        _ = update(&model, .command("filter depth>10k"))
        let lines = Export.csv(.queues, model).split(separator: "\r\n")
        #expect(lines.count == 6)
        #expect(lines.first?.hasPrefix("severity,name,state,depth,") == true)
        #expect(lines[1].contains("risk.margin"))
    }

    @Test func `every table can be exported in every format`() {
        let model = SampleConsole.model(120, 40)
        for pane in Pane.allCases where pane.isTable {
            let rows = model.rowIds(pane).count
            #expect(Export.csv(pane, model).split(separator: "\r\n").count == rows + 1)
            #expect(Export.text(pane, model).split(separator: "\n").count == rows + 1)
            #expect(Export.json(pane, model).hasSuffix("]\n"))
        }
    }

    @Test func `a question in plain text names what is done and what to type`() {
        var model = SampleConsole.model(120, 40)
        _ = update(&model, .command("pause risk.margin 15m"))
        let pause = PlainText.question(model)
        #expect(pause.first?.contains("risk.margin") == true)
        #expect(pause.allSatisfy { $0.hasPrefix("ask: ") })
        _ = update(&model, .pressed(Key(.escape)))
        _ = update(&model, .command("purge risk.margin"))
        let purge = PlainText.question(model)
        #expect(purge.last?.contains("type risk.margin") == true)
        #expect(PlainText.commands().contains("command: purge NAME"))
    }

    @Test func `hostile names cannot break a CSV, a formula or JSON`() {
        var model = SampleConsole.model(120, 40)
        model.data.latest.streams = [
            StreamStatus(name: bytes("=cmd|' /C calc'!A0")),
            StreamStatus(name: bytes("a\"b,c\r\nd\u{1B}[0m")),
            StreamStatus(name: bytes("back\\slash")),
        ]
        let csv = Export.csv(.queues, model)
        #expect(csv.contains("'=cmd"))
        #expect(!csv.contains("\u{1B}"))
        #expect(csv.split(separator: "\r\n").count == 4)
        let json = Export.json(.queues, model)
        #expect(json.contains("back\\\\slash"))
        #expect(json.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
    }

    @Test func `export and copy are effects, not actions`() {
        var model = SampleConsole.model(120, 40)
        let effects = update(&model, .command("export csv q.csv"))
        #expect(
            effects == [
                .write(path: "q.csv", bytes: Array(Export.csv(.queues, model).utf8))
            ]
        )
        let copied = update(&model, .copy)
        guard case .copy(let row) = copied.first else {
            Issue.record("nothing copied")
            return
        }
        #expect(String(decoding: row, as: UTF8.self).contains("name\trisk.margin"))
    }

    @Test func `plain text says one fact a line, without boxes or graphs`() {
        let text = PlainText.report(SampleConsole.model(80, 24), queuesMax: 5)
        let lines = text.split(separator: "\n")
        #expect(lines.first?.hasPrefix("state: eu-1 RUN up 12d04h at 2026-11-24T17:44:08Z") == true)
        #expect(lines.contains { $0.hasPrefix("rate: in ") })
        #expect(lines.contains { $0.hasPrefix("alert: CRIT risk.margin depth ") })
        #expect(lines.count { $0.hasPrefix("queue: ") } == 5)
        #expect(text.unicodeScalars.allSatisfy { $0.value < 0x7F })
    }

    @Test func `the keymap is printed with a line for each binding`() {
        let lines = PlainText.keymap(.standard).split(separator: "\n")
        #expect(lines.count == Keymap.standard.bindings.count)
        #expect(lines.contains { $0.hasPrefix("freeze\tF5 f\tEverywhere\tview\tFreeze") })
    }

    @Test func `the whole picture is JSON with every table`() {
        let text = PlainText.json(SampleConsole.model(80, 24))
        #expect(text.hasPrefix("{\n\"at\": \"2026-11-24T17:44:08Z\",\n\"state\": \"RUN\""))
        for name in ["queues", "clients", "keys", "targets", "damage", "alerts", "events"] {
            #expect(text.contains("\n\"\(name)\": ["))
        }
    }

    @Test func `plain text tells changes once`() {
        let old = SampleConsole.model(80, 24)
        var new = old
        #expect(PlainText.changes(from: old, to: new) == [])
        if let place = new.data.latest.streams.firstIndex(where: { $0.name == bytes("orders.new") })
        {
            new.data.latest.streams[place].state = .drained
        }
        new.say(.info, "hello")
        #expect(
            PlainText.changes(from: old, to: new) == ["state: orders.new DRAINED", "note: hello"]
        )
    }
}
