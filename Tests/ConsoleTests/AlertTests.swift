// Alerts speak once, fall silent once, and are remembered.

import Base
import Canvas
import Engine
import Support
import Testing

@testable import Console

@Suite struct AlertTests {
    private func at(_ second: UInt64) -> Instant {
        Instant(nanoseconds: second * nanosecondsPerSecond)
    }

    private let id = AlertId(rule: .depthHigh, subject: bytes("q"))

    private func judge(_ book: inout AlertBook, _ value: Double, _ second: UInt64) -> Int {
        book.judge([AlertReading(.depthHigh, bytes("q"), value)], at: at(second)).count
    }

    @Test func `an alert fires after its time, once`() {
        var book = AlertBook()
        #expect(judge(&book, 600_000, 1) == 0)
        #expect(book.current[id]?.phase == .pending)
        #expect(book.open.isEmpty)
        #expect(judge(&book, 610_000, 6) == 1)
        #expect(judge(&book, 620_000, 7) == 0)
        #expect(book.worst?.peak == 620_000)
    }

    @Test func `news are told of the beginning and the end`() {
        var model = SampleConsole.model(120, 40)
        let open = model.data.alerts.open
        let begun = model.alertNews(since: [])
        #expect(!open.isEmpty && begun.count == open.count)
        model.data.alerts = AlertBook()
        let ended = model.alertNews(since: open)
        let news = ended.compactMap { effect -> AlertNews? in
            if case .tell(let news) = effect { news } else { nil }
        }
        #expect(news.count == open.count && news.allSatisfy(\.isOver))
    }

    @Test func `a storm of news is cut, and the next one says by how much`() {
        var limit = NewsLimit()
        let allowed = (0..<100).filter { _ in limit.allows(at: at(1_000)) }
        #expect(allowed.count == NewsLimit.countMax)
        #expect(limit.heldBack == 100 - NewsLimit.countMax)
        let (isEarly, isLater) = (limit.allows(at: at(1_059)), limit.allows(at: at(1_060)))
        #expect(!isEarly && isLater)
        #expect(limit.heldBack == 101 - NewsLimit.countMax)
        limit.settle()
        #expect(limit.heldBack == 0)
    }

    @Test func `news that cannot go out are counted and take nobody's place`() {
        var limit = NewsLimit()
        let blocked = (0..<9).filter { _ in limit.allows(at: at(1_000), isPossible: false) }
        #expect(blocked.isEmpty && limit.heldBack == 9)
        let allowed = (0..<9).filter { _ in limit.allows(at: at(1_001)) }
        #expect(allowed.count == NewsLimit.countMax)
        limit.settle()
        limit.fail()
        #expect(limit.heldBack == 1)
    }

    @Test func `a short peak is not an alert`() {
        var book = AlertBook()
        _ = judge(&book, 600_000, 1)
        _ = judge(&book, 1, 3)
        #expect(judge(&book, 600_000, 7) == 0)
        #expect(book.history.isEmpty)
    }

    @Test func `it ends below the lower limit only`() {
        var book = AlertBook()
        _ = judge(&book, 600_000, 1)
        _ = judge(&book, 600_000, 6)
        _ = judge(&book, 450_000, 8)
        #expect(book.current[id]?.phase == .firing)
        _ = judge(&book, 399_999, 9)
        #expect(book.current[id] == nil)
        #expect(book.history.last?.phase == .resolved)
        #expect(book.history.last?.endedAt == at(9))
    }

    @Test func `an alert about what is gone ends`() {
        var book = AlertBook()
        _ = judge(&book, 600_000, 1)
        _ = judge(&book, 600_000, 6)
        _ = book.judge([], at: at(7))
        #expect(book.open.isEmpty && book.history.count == 1)
    }

    @Test func `an acknowledged alert stays open and quiet`() {
        var book = AlertBook()
        _ = judge(&book, 600_000, 1)
        _ = judge(&book, 600_000, 6)
        book.acknowledge(id)
        #expect(judge(&book, 900_000, 9) == 0)
        #expect(book.open.first?.phase == .acknowledged)
    }

    @Test func `a muted alert is silent until its time`() {
        var book = AlertBook()
        book.mute(id, until: at(100))
        _ = judge(&book, 600_000, 1)
        #expect(judge(&book, 600_000, 90) == 0)
        _ = judge(&book, 600_000, 101)
        #expect(judge(&book, 600_000, 120) == 1)
    }

    @Test func `history has an end`() {
        var book = AlertBook()
        for number in 0..<600 as Range<UInt64> {
            _ = book.judge([AlertReading(.damage, bytes("q"), 1)], at: at(number * 2 + 1))
            _ = book.judge([], at: at(number * 2 + 2))
        }
        #expect(book.history.count == AlertBook.historyMax)
    }

    @Test func `every rule says what is wrong and ends below where it begins`() {
        for rule in AlertRule.allCases {
            let policy = rule.policy
            #expect(policy.clear <= policy.raise, "\(rule)")
            let alert = Alert(
                id: AlertId(rule: rule, subject: []),
                phase: .firing,
                severity: .warning,
                since: at(1),
                endedAt: .never,
                value: policy.raise,
                peak: policy.raise
            )
            #expect(!rule.sentence(alert, limit: policy.raise).isEmpty)
            #expect(!rule.name.contains(" "))
        }
        #expect(Set(AlertRule.allCases.map(\.name)).count == AlertRule.allCases.count)
    }

    @Test func `a queue held for long and a drain that stands still are told`() {
        var snapshot = EngineSnapshot()
        snapshot.takenAt = at(10_000)
        var held = StreamStatus(name: bytes("held"))
        held.state = .deliveryPaused(until: .distantFuture)
        held.stateSince = at(9_000)
        var stuck = StreamStatus(name: bytes("stuck"))
        stuck.state = .draining(from: 10)
        stuck.depth = 5
        snapshot.streams = [held, stuck]
        let readings = snapshot.alertReadings(
            publishP99: nil,
            syncP99: nil,
            floors: AlertBook().floors
        )
        #expect(readings.contains(AlertReading(.pausedLong, bytes("held"), 1_000)))
        #expect(readings.contains(AlertReading(.drainStalled, bytes("stuck"), 1)))
    }

    @Test func `every rule is measured by something`() {
        var snapshot = SampleConsole.model(120, 40).data.latest
        snapshot.server.state = .writeStopped
        snapshot.keys.memory.isLocked = false
        snapshot.keys.memory.isUnlocked = false
        snapshot.keys.rotations[0].failedReads = 1
        snapshot.streams[0].damage = [SequenceRange(first: 1, last: 2)]
        snapshot.streams[1].state = .draining(from: 9)
        snapshot.streams[1].egress.messagesPerSecond = 0
        snapshot.streams[2].state = .paused(until: .distantFuture)
        snapshot.streams[2].stateSince = SampleMarket.start
        snapshot.streams[3].state = .running
        snapshot.streams[3].activeConsumerCount = 0
        let readings = snapshot.alertReadings(
            publishP99: 1,
            syncP99: 1,
            floors: AlertRule.allCases.map { _ in 0 }
        )
        #expect(Set(readings.map(\.id.rule)) == Set(AlertRule.allCases))
    }

    @Test func `a store that is locked is an alarm until it opens`() {
        var model = SampleConsole.model(120, 40)
        let id = AlertId(rule: .storeLocked, subject: [])
        #expect(!model.data.alerts.open.contains { $0.id == id })
        var picture = model.data.latest
        picture.keys.memory.isUnlocked = false
        picture.takenAt = picture.takenAt.adding(nanoseconds: nanosecondsPerSecond)
        _ = update(&model, .sampled(picture))
        let alert = model.data.alerts.open.first { $0.id == id }
        #expect(alert?.severity == .critical)
        #expect(alert.map { $0.id.rule.sentence($0, limit: 1) }?.contains("locked") == true)
        // The summary of keys says so in the colour of an alarm.
        model.data.alerts = AlertBook()
        let frame = SampleConsole.frame(model)
        let cells = (0..<40).flatMap { row in (0..<120).map { (frame[$0, row], row) } }
        let row = frame.lines.firstIndex { $0.contains("store LOCKED") } ?? -1
        #expect(cells.contains { $1 == row && $0.role == .stateCrit && $0.scalar == "K" })
        picture.keys.memory.isUnlocked = true
        picture.takenAt = picture.takenAt.adding(nanoseconds: nanosecondsPerSecond)
        _ = update(&model, .sampled(picture))
        #expect(!model.data.alerts.open.contains { $0.id == id })
    }

    @Test func `what has come back below its limit is not said to be above it`() {
        var alert = Alert(
            id: AlertId(rule: .publishSlow, subject: []),
            phase: .firing,
            severity: .warning,
            since: at(1),
            endedAt: .never,
            value: 140,
            peak: 150
        )
        #expect(alert.id.rule.sentence(alert, limit: 100) == "slow 140ms > 100ms")
        alert.value = 88
        #expect(alert.id.rule.sentence(alert, limit: 100) == "slow 88ms, was 150ms > 100ms")
    }

    @Test func `the sample market raises what it should`() {
        let open = SampleConsole.model(120, 40).data.alerts.open
        #expect(open.first?.id == AlertId(rule: .depthHigh, subject: bytes("risk.margin")))
        let ids = Set(open.map(\.id))
        #expect(ids.contains(AlertId(rule: .slowClient, subject: bytes("risk-engine-7"))))
        #expect(ids.contains(AlertId(rule: .deadLetters, subject: bytes("orders.new"))))
        #expect(!ids.contains { $0.subject == bytes("import.2019") })
    }
}
