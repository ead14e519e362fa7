// What is cut somewhere can be seen whole.

import Base
import Canvas
import Engine
import Support
import Testing

@testable import Console

@Suite struct DetailTests {
    /// Forty words that differ.
    private static let words = (0..<40).map { "word\($0)" }

    private func press(_ keys: [Key], _ model: inout ConsoleModel) {
        for key in keys { _ = update(&model, .pressed(key)) }
    }

    private func text(_ model: ConsoleModel) -> String {
        SampleConsole.frame(model).lines.joined(separator: "\n")
    }

    /// What is seen of an overlay from its top to its end.
    private func whole(_ model: ConsoleModel) -> String {
        var model = model
        var all = text(model)
        for _ in 0..<20 {
            press([.char(" ")], &model)
            all += "\n" + text(model)
        }
        return all
    }

    private func events(_ columns: Int, _ rows: Int) -> ConsoleModel {
        var model = SampleConsole.model(columns, rows)
        let line = EventRecord(
            number: 1 << 40,
            at: model.data.now,
            kind: .log,
            severity: .warning,
            subject: model.data.latest.streams[0].name,
            text: bytes(Self.words.joined(separator: " ")),
            author: bytes("somebody with a name that is far longer than its column")
        )
        model.data.latest.events.append(line)
        press([.char("8")], &model)
        return model
    }

    @Test(arguments: [(80, 24), (120, 40), (60, 16)])
    func `an event is shown whole, and its queue is a key away`(columns: Int, rows: Int) {
        var model = events(columns, rows)
        #expect(!text(model).contains("word39"))
        press([Key(.enter)], &model)
        let seen = whole(model)
        for word in Self.words + ["longer", "column"] { #expect(seen.contains(word), "\(word)") }
        #expect(text(model).contains("Esc closes"))
        press([Key(.enter)], &model)
        #expect(model.screen.current == .queues && model.screen.overlay == .none)
        #expect(model.selectedId(.queues) == .stream(model.data.latest.streams[0].name))
    }

    @Test func `an event that is gone meanwhile still says what it said`() {
        var model = events(80, 24)
        press([Key(.enter)], &model)
        model.data.latest.events = []
        #expect(whole(model).contains("word39"))
        press([Key(.escape)], &model)
        #expect(model.screen.overlay == .none && model.screen.current == .events)
    }

    @Test func `an alert is shown with its sentence and its limit`() throws {
        var model = SampleConsole.model(80, 24)
        press([.char("8"), Key(.tab, .shift), Key(.enter)], &model)
        guard case .detail(let detail) = model.screen.overlay else {
            Issue.record("nothing is opened")
            return
        }
        let alert = try #require(model.data.alerts.open.first { detail.row == .alert($0.id) })
        let limit = model.data.alerts.policy(of: alert.id.rule).raise
        let sentence = alert.id.rule.sentence(alert, limit: limit)
        // The status line says it too.
        let line = text(model).split(separator: "\n").first { $0.contains(" says ") } ?? ""
        #expect(!sentence.isEmpty && line.contains(sentence), "\(line)")
    }

    @Test(arguments: [
        (Screen.queues, Pane.queueDetail), (.clients, .clientDetail), (.keys, .keySafety),
        (.storage, .storage), (.targets, .server),
    ])
    func `every fact of a pane is seen at 80 by 24`(screen: Screen, pane: Pane) throws {
        var model = SampleConsole.model(80, 24)
        model.screen.current = screen
        model.screen.focus[screen] = pane
        press([Key(.enter)], &model)
        guard case .detail(let detail) = model.screen.overlay else {
            Issue.record("\(pane) opens nothing")
            return
        }
        let seen = whole(model)
        #expect(!detail.kept.isEmpty)
        for fact in detail.kept {
            #expect(seen.contains(fact.label), "\(fact.label)")
            for word in fact.value.split(separator: " ") where (2..<60).contains(word.count) {
                #expect(seen.contains(word), "\(fact.label) \(word)")
            }
        }
    }

    @Test func `what belongs together stays apart where a line is broken`() {
        var model = SampleConsole.model(80, 24)
        model.screen.current = .storage
        model.screen.focus[.storage] = .storage
        press([Key(.enter)], &model)
        #expect(text(model).contains(" segments, "), "\(text(model))")
    }

    @Test func `a row has the columns that have no room in its table`() {
        var model = SampleConsole.model(80, 24)
        press([.char("5"), Key(.enter)], &model)
        for word in ["fingerprint", "created", "budget"] {
            #expect(text(model).contains(word), "\(text(model))")
        }
    }

    @Test func `a large message is read to its end, characters whole`() {
        var model = SampleConsole.model(80, 24)
        var peek = PeekState(stream: bytes("q"), ticket: 1)
        var message = PeekedMessage(
            sequence: 7,
            storedAt: SampleMarket.start,
            subject: bytes("a." + String(repeating: "long", count: 30))
        )
        let lines = (0..<90).map { "line\($0) " + String(repeating: "ü€", count: 60) }
        message.payload = bytes(lines.joined(separator: "\n"))
        message.payloadByteCount = UInt64(message.payload.count)
        peek.messages = [message]
        model.screen.overlay = .peek(peek)
        #expect(text(model).contains("more lines: Enter shows all"))
        press([Key(.enter)], &model)
        let seen = whole(model)
        #expect(seen.contains("line0 ") && seen.contains("line89 "))
        #expect(!seen.contains("·"), "a character was cut in two")
        press([Key(.escape)], &model)
        #expect(text(model).contains("more lines"))
    }

    // MARK: Names

    @Test func `a name that is cut says so`() {
        let style = TextStyle(glyphs: .unicode, now: .never, offsetSeconds: 0)
        #expect(style.name(bytes("abcdef"), cellsMax: 6) == "abcdef")
        #expect(style.name(bytes("abcdefg"), cellsMax: 6) == "abcde…")
        let plain = TextStyle(glyphs: .ascii, now: .never, offsetSeconds: 0)
        #expect(plain.name(bytes("abcdefg"), cellsMax: 6) == "abcde~")
    }

    @Test func `queues that differ at the end of a long name are told apart`() {
        var model = SampleConsole.model(80, 24)
        model.session.environment = []
        let start = String(repeating: "orders.europe.", count: 7)
        for (place, end) in ["one", "two"].enumerated() {
            model.data.latest.streams[place].name = bytes(start + end)
        }
        let name = model.data.latest.streams[0].name
        model.setSelection(.queues, id: .stream(name), index: 0)
        model.screen.current = .queues
        func flat(_ model: ConsoleModel) -> String {
            text(model).filter { !" ║│┃\n".contains($0) }
        }
        press([.char("X")], &model)
        #expect(flat(model).contains("Type" + start + "one"), "\(text(model))")
        press([Key(.escape), .char("D")], &model)
        #expect(flat(model).contains(start + "one"), "\(text(model))")
        press([Key(.escape), Key(.escape)], &model)
        for scalar in ":drain orders".unicodeScalars { press([.char(scalar)], &model) }
        #expect(flat(model).contains(start + "one"), "\(text(model))")
    }
}
