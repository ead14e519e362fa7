// What is said where there is little room, or little to say.

import Base
import Canvas
import Engine
import Support
import Testing

@testable import Console

@Suite struct SmallRoomTests {
    private func lines(_ screen: Screen, _ model: ConsoleModel) -> [String] {
        var model = model
        model.screen.current = screen
        return SampleConsole.frame(model).lines
    }

    @Test func `the keys in one line say how far old data is rewritten`() throws {
        let lines = lines(.overview, SampleConsole.model(80, 24))
        let line = try #require(lines.first { $0.contains("k7 ACTIVE") })
        #expect(line.contains("rewriting 88%"), "\(line)")
    }

    @Test func `the bar of a rotation takes the room there is`() throws {
        let lines = lines(.keys, SampleConsole.model(80, 24))
        let line = try #require(lines.first { $0.contains("re-encrypt") })
        #expect(line.count { "█▉▊▋▌▍▎▏░".contains($0) } >= 12, "\(line)")
        #expect(line.contains("88%  41.0MB/s"), "\(line)")
        let rest = try #require(lines.first { $0.contains("left") && $0.contains("segments") })
        #expect(rest.contains("ETA"), "\(rest)")
    }

    @Test func `at 40 by 10 help names keys whole and a peek says what messages are about`() {
        var model = SampleConsole.model(40, 10)
        _ = update(&model, .pressed(.char("?")))
        let help = SampleConsole.frame(model).lines
        #expect(help.contains { $0.contains("Peek") } && !help.contains { $0.contains("~") })
        var peek = PeekState(stream: bytes("q"), ticket: 1)
        var message = PeekedMessage(
            sequence: 7,
            storedAt: SampleMarket.start,
            subject: bytes("a.b.c")
        )
        message.payload = bytes("{}")
        peek.messages = [message]
        model.screen.overlay = .peek(peek)
        #expect(SampleConsole.frame(model).lines.contains { $0.contains("7  a.b.c") })
    }

    @Test func `a command is seen while it is typed where there is one line for it`() {
        var model = SampleConsole.model(20, 3)
        for scalar in ":pau".unicodeScalars { _ = update(&model, .pressed(.char(scalar))) }
        #expect(SampleConsole.frame(model).lines[1] == ":pau")
    }

    @Test func `a queue has its trend at 80 by 24`() {
        let lines = lines(.queues, SampleConsole.model(80, 24))
        #expect(lines.contains { $0.contains("TREND") })
    }

    @Test func `no step of a rotation touches its frame`() {
        for (columns, rows) in [(80, 24), (120, 40), (200, 60)] {
            let found = lines(.keys, SampleConsole.model(columns, rows))
                .filter { $0.contains("destroy ") }
            #expect(found.count == 1, "\(columns)x\(rows)")
            for line in found { #expect(line.contains(" ││ "), "\(line)") }
        }
    }

    @Test func `a disk that hangs is said to hang once, beside the frame`() throws {
        var model = SampleConsole.model(80, 24)
        model.data.alerts = AlertBook()
        var picture = model.data.latest
        picture.storage.hangNanoseconds = 7 * nanosecondsPerSecond
        picture.streams = []
        picture.takenAt = picture.takenAt.adding(nanoseconds: nanosecondsPerSecond)
        _ = update(&model, .sampled(picture))
        let lines = lines(.storage, model)
        let status = lines[22]
        #expect(status.contains("not answered for 00:07  "), "\(status)")
        let value = try #require(lines.first { $0.contains("HANGS") })
        let inside = value.split(separator: "HANGS").last?.prefix { !"┃│┌".contains($0) }
        #expect(inside?.hasSuffix(" ") == true, "\(value)")
    }

    @Test func `before the first sync no latencies of syncs are listed`() throws {
        var model = SampleConsole.model(80, 24)
        model.data.latest.storage.syncLatency = LatencyHistogram()
        let lines = lines(.storage, model)
        let line = try #require(lines.first { $0.contains("│ sync") || $0.contains("┃ sync") })
        #expect(line.contains("none yet") && !line.contains("p50"), "\(line)")
    }

    @Test func `few syncs have no p99, and no segments no size`() throws {
        var model = SampleConsole.model(120, 40)
        var few = LatencyHistogram()
        few.record(4_000_000, samples: 1)
        model.data.latest.storage.syncLatency = few
        model.data.latest.storage.segmentBytes = 0
        let lines = lines(.storage, model)
        #expect(lines.contains { $0.contains("sync p99 - ") }, "\(lines[2])")
        #expect(!lines.contains { $0.contains("each") })
    }

    @Test func `where there is no queue no key is offered for one`() {
        var model = SampleConsole.model(80, 24)
        model.data.alerts = AlertBook()
        model.data.latest.streams = []
        model.screen.current = .queues
        for _ in 0..<2 {
            let keys = SampleConsole.frame(model).lines[22]
            #expect(keys.contains("C-p command") && !keys.contains("peek"), "\(keys)")
            _ = update(&model, .pressed(Key(.tab)))
        }
    }
}
