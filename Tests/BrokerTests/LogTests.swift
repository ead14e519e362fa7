// The log: lines, names from elsewhere, files.

import Base
import Configuration
import Reactor
import Testing

@testable import Broker

@Suite struct LogLineTests {
    @Test func `reads as nats-server's lines do`() {
        let at = Instant(nanoseconds: 1_795_503_260_000_123_456)
        let line = LogLine(at: at, level: .info, text: "Server is ready")
        var bytes: [UInt8] = []
        line.append(to: &bytes, processId: 42, offsetSeconds: 0)
        line.append(to: &bytes, processId: 42, offsetSeconds: 3_600)
        line.append(to: &bytes, processId: 42, offsetSeconds: -7 * 3_600)
        line.append(to: &bytes, processId: 42, offsetSeconds: nil)
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                [42] 2026/11/24 06:54:20.000123 [INF] Server is ready
                [42] 2026/11/24 07:54:20.000123 [INF] Server is ready
                [42] 2026/11/23 23:54:20.000123 [INF] Server is ready
                [42] [INF] Server is ready

                """
        )
    }

    @Test(arguments: zip(LogLevel.allCases, ["TRC", "DBG", "INF", "WRN", "ERR", "FTL"]))
    func `levels have three letters`(level: LogLevel, label: String) {
        #expect(level.label == label)
    }
}

@Suite struct LogTextTests {
    @Test(arguments: [
        ("desk-1", "desk-1"), ("a\"b\\c", "a\\\"b\\\\c"), ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\u{1B}[2J", "\\x1b[2J"), ("é", "\\xc3\\xa9"), ("\u{202E}", "\\xe2\\x80\\xae"),
    ])
    func `lets nothing through that moves a cursor or hides a letter`(name: String, text: String) {
        #expect(LogText.safe(Array(name.utf8)) == text)
    }

    @Test func `cuts long names`() {
        let text = LogText.safe([UInt8](repeating: 0x61, count: 1_000))
        #expect(text.utf8.count == LogText.byteCountMax + 3 && text.hasSuffix("a..."))
    }
}

@Suite struct LogBookTests {
    private func path(_ name: String) -> String {
        "/tmp/sluice-\(ProcessUse.processId)-\(SystemRandom.number())-\(name)"
    }

    private func line(_ text: String, _ level: LogLevel = .info) -> LogLine {
        LogLine(at: Instant(nanoseconds: 1), level: level, text: text)
    }

    @Test func `remembers what matters, with growing numbers`() {
        var settings = Logging()
        settings.file = "/dev/null"
        var book = LogBook(settings)
        book.take(line("one"))
        book.take(line("noise", .debug))
        book.take(line("two", .error))
        #expect(book.newest.map(\.line.text) == ["one", "two"])
        #expect(book.newest.map(\.number) == [1, 3])
        for number in 0..<2_000 { book.take(line("\(number)")) }
        #expect(book.newest.count <= LogBook.lineCountMax * 2)
        #expect(book.newest.last?.line.text == "1999")
    }

    @Test func `writes into a new file after somebody moved the old one`() throws {
        var settings = Logging()
        settings.file = path("log")
        settings.clock = .none
        defer {
            SmallFile.remove(settings.file)
            SmallFile.remove(settings.file + ".old")
        }
        var book = LogBook(settings)
        book.take(line("before"))
        book.flush()
        SmallFile.move(settings.file, to: settings.file + ".old")
        let wasReopened = book.reopen()
        #expect(wasReopened)
        book.take(line("after"))
        book.flush()
        let text = String(decoding: try SmallFile.read(settings.file), as: UTF8.self)
        #expect(text.hasSuffix("[INF] after\n") && !text.contains("before"))
    }

    @Test func `sets full files aside and keeps as many as it may`() throws {
        var settings = Logging()
        settings.file = path("log")
        settings.fileBytesMax = 64
        settings.filesMax = 2
        defer {
            SmallFile.removeOldest(startingWith: settings.file, keeping: 0)
        }
        var book = LogBook(settings)
        for number in 0..<6 {
            book.take(line("line \(number) " + String(repeating: "x", count: 80)))
            book.flush()
        }
        let files = SmallFile.paths(startingWith: settings.file + ".")
        #expect(files.count == 1)
        let kept = String(decoding: try SmallFile.read(files[0]), as: UTF8.self)
        #expect(kept.contains("line 5"))
        #expect(try SmallFile.read(settings.file).isEmpty)
    }
}

@Suite struct LameDuckPlanTests {
    private func plan(clients: Int, seconds: UInt64) -> (steps: Int, seconds: UInt64) {
        var settings = LameDuck()
        settings.graceNanoseconds = nanosecondsPerSecond
        settings.durationNanoseconds = (seconds + 1) * nanosecondsPerSecond
        var now = Instant(nanoseconds: nanosecondsPerSecond)
        let start = now
        var plan = LameDuckPlan(settings, at: now)
        plan.remaining = clients
        var (left, steps) = (clients, 0)
        while left > 0, steps < 1_000_000 {
            now = max(now, plan.nextStep)
            guard let count = plan.step(at: now) else { break }
            left -= count
            steps += 1
            plan.remaining = left
        }
        return (steps, now.nanoseconds(since: start) / nanosecondsPerSecond)
    }

    @Test func `waits for the grace to pass and for the shard to tell`() {
        var settings = LameDuck()
        settings.graceNanoseconds = nanosecondsPerSecond
        let now = Instant(nanoseconds: 5 * nanosecondsPerSecond)
        var plan = LameDuckPlan(settings, at: now)
        plan.remaining = 3
        #expect(plan.step(at: now) == nil)
        plan.remaining = nil
        #expect(plan.step(at: now.adding(nanoseconds: nanosecondsPerSecond)) == nil)
        plan.remaining = 3
        #expect(plan.step(at: now.adding(nanoseconds: nanosecondsPerSecond)) == 1)
    }

    @Test func `a few clients go one a second`() {
        let result = plan(clients: 3, seconds: 120)
        #expect(result.steps == 3 && result.seconds == 3)
    }

    @Test func `many clients are spread over the duration and not beyond it`() {
        let result = plan(clients: 50_000, seconds: 30)
        #expect(result.seconds >= 29 && result.seconds <= 31)
    }
}
