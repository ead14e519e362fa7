// What is offered can be done, and what is said is so.

import Base
import Canvas
import Engine
import Support
import Testing

@testable import Console

@Suite struct HintTests {
    private func lines(_ keys: String, _ model: ConsoleModel) -> [String] {
        var model = model
        for scalar in keys.unicodeScalars { _ = update(&model, .pressed(.char(scalar))) }
        return SampleConsole.frame(model).lines
    }

    @Test func `no key is offered that would do nothing`() {
        var model = SampleConsole.model(120, 40)
        model.data.alerts = AlertBook()
        #expect(lines("3", model)[38].contains("K kick"))
        #expect(lines("2", model)[38].contains("p peek"))
        model.session.isReadOnly = true
        #expect(!lines("3", model)[38].contains("kick"))
        model.data.latest.streams = []
        #expect(!lines("2", model)[38].contains("peek"))
        #expect(lines("2", model)[38].contains("? help"))
    }

    @Test func `the line that refuses messages says for how long`() {
        var model = SampleConsole.model(80, 24)
        model.session.environment = []
        let line = lines("2I", model)[22]
        #expect(line.contains("for 30m") && line.contains("any other key no"), "\(line)")
    }

    @Test func `the only way into a store is not offered for removal`() {
        var model = SampleConsole.model(80, 24)
        model.data.latest.keys.slots = [.init(index: 1, kind: .keyFile)]
        _ = update(&model, .command("remove-slot 1"))
        #expect(model.screen.overlay == .none)
        #expect(model.work.notices.last?.text.contains("nothing else opens") == true)
    }

    @Test func `a locked store does not say that it writes`() {
        var model = SampleConsole.model(80, 24)
        #expect(lines("6", model).contains { $0.contains("writing  yes") })
        model.data.latest.keys.memory.isUnlocked = false
        #expect(lines("6", model).contains { $0.contains("no, the store is locked") })
    }

    @Test func `a paused queue is not said to have no consumer`() {
        var model = SampleConsole.model(80, 24)
        let until = model.data.now.adding(nanoseconds: 60 * nanosecondsPerSecond)
        model.data.latest.streams[0].state = .deliveryPaused(until: until)
        let line = QueueRows.drainEstimate(model.data.latest.streams[0])
        #expect(line.map(\.text).joined().contains("unknown while paused"))
    }

    @Test func `one of something is no several`() {
        #expect(Format.counted(1, "segment") == "1 segment")
        #expect(Format.counted(0, "segment") == "0 segments")
        #expect(Format.milliseconds(nanoseconds: 4_000) == "<0.01")
    }
}
