// The past is kept truthfully.

import Base
import Canvas
import Engine
import Support
import Testing

@testable import Console

@Suite struct TimeTests {
    private func at(_ second: Int) -> Instant {
        Instant(nanoseconds: UInt64(second) * nanosecondsPerSecond)
    }

    @Test func `a ring forgets what is too old and keeps gaps`() {
        var ring = BucketRing(capacity: 4, empty: 0)
        for number in [10, 11, 13] { ring.update(number) { $0 += number } }
        #expect((9...14).map { ring[$0] } == [0, 10, 11, 0, 13, 0])
        ring.update(16) { $0 = 1 }
        #expect((10...16).map { ring[$0] } == [0, 0, 0, 13, 0, 0, 1])
        ring.update(12) { $0 = 99 }
        #expect(ring[12] == 0 && ring[16] == 1)
        ring.update(1_000) { $0 = 5 }
        #expect(ring[16] == 0 && ring[1_000] == 5)
    }

    @Test func `samples of a bucket are folded as they should be`() {
        var mean = Series(.mean)
        var last = Series(.last)
        var largest = Series(.largest)
        for value in [2.0, 6.0, 4.0] {
            mean.record(value, at: at(100))
            last.record(value, at: at(100))
            largest.record(value, at: at(100))
        }
        #expect(mean.value(at: at(100)) == 4)
        #expect(last.value(at: at(100)) == 4)
        #expect(largest.value(at: at(100)) == 6)
    }

    @Test func `columns end with the newest and leave gaps empty`() {
        var series = Series(.mean)
        for second in [100, 101, 104] { series.record(Double(second), at: at(second)) }
        #expect(series.columns(6, seconds: 1, endingAt: 104) == [nil, 100, 101, nil, nil, 104])
        #expect(series.columns(2, seconds: 10, endingAt: 104)[1] == 101.66666412353516)
    }

    @Test func `coarse columns come from coarse buckets`() {
        var series = Series(.largest)
        for second in 0..<4_000 { series.record(Double(second), at: at(second)) }
        let columns = series.columns(10, seconds: 60, endingAt: 3_999)
        #expect(columns.last == 3_999)
        #expect(columns.compactMap { $0 } == columns.compactMap { $0 }.sorted())
        #expect(series.value(at: at(100)) != nil)
    }

    @Test func `latency columns are merged, not averaged`() {
        var series = LatencySeries()
        var fast = LatencyHistogram()
        fast.record(1_000, samples: 99)
        var slow = LatencyHistogram()
        slow.record(1_000_000, samples: 1)
        series.record(fast, at: at(100))
        series.record(slow, at: at(101))
        let merged = series.merged(from: 100, through: 101)
        #expect(merged.count == 100)
        #expect(merged.percentile(0.5).map { $0 < 1_100 } == true)
        #expect(merged.percentile(1).map { $0 >= 1_000_000 } == true)
        #expect(series.merged(from: 500, through: 600).count == 0)
    }

    @Test func `a restarted engine does not make a negative interval`() {
        var history = History()
        var snapshot = EngineSnapshot()
        snapshot.takenAt = at(100)
        snapshot.server.startedAt = at(1)
        snapshot.latency.publish.record(5_000, samples: 1_000)
        history.record(snapshot)
        var restarted = EngineSnapshot()
        restarted.takenAt = at(101)
        restarted.server.startedAt = at(100)
        restarted.latency.publish.record(5_000, samples: 3)
        history.record(restarted)
        #expect(history.publish.merged(from: 90, through: 110).count == 0)
        restarted.takenAt = at(102)
        restarted.latency.publish.record(5_000, samples: 4)
        history.record(restarted)
        #expect(history.publish.merged(from: 90, through: 110).count == 4)
    }

    @Test func `the hottest queues are remembered when there are too many`() {
        var history = History()
        var snapshot = EngineSnapshot()
        for second in 1...3 {
            snapshot.takenAt = at(second)
            snapshot.streams = (0..<1_000).map { number in
                var stream = StreamStatus(name: bytes("q\(number)"))
                stream.ingress.messagesPerSecond = Double(number)
                return stream
            }
            history.record(snapshot)
        }
        #expect(history.queues.count == History.queuesMax)
        #expect(history.queues[bytes("q999")] != nil)
        #expect(history.queues[bytes("q0")] == nil)
    }

    @Test func `one cursor moves everything that has numbers`() throws {
        var history = History()
        var market = EngineSnapshot()
        for second in 100...160 {
            market = SampleMarket(seed: 1).current
            market.takenAt = at(second)
            let factor = UInt64(second)
            market.server.memoryBytes = factor
            market.server.processorShare = Double(second)
            market.server.state = second < 130 ? .lameDuck : .running
            market.totals.connections = factor
            market.storage.freeBytes = factor
            market.storage.syncsPerSecond = Double(second)
            for place in market.connections.indices {
                market.connections[place].connectedAt = at(place == 0 ? 140 : 1)
                market.connections[place].ingress.messagesPerSecond = Double(second)
                market.connections[place].lag = factor
            }
            for place in market.streams.indices {
                market.streams[place].storedBytes = factor
                market.streams[place].unacked = factor
                for at in market.streams[place].consumers.indices {
                    market.streams[place].consumers[at].pending = factor
                }
            }
            history.record(market)
        }
        let past = history.picture(at: at(119), of: market)
        #expect(past.server.memoryBytes == 119 && past.server.processorShare == 119)
        #expect(past.server.state == .lameDuck)
        #expect(past.totals.connections == 119 && past.storage.freeBytes == 119)
        #expect(past.storage.syncsPerSecond == 119)
        #expect(past.connections.count == market.connections.count - 1)
        #expect(
            past.connections.allSatisfy { $0.lag == 119 && $0.ingress.messagesPerSecond == 119 }
        )
        #expect(past.streams.allSatisfy { $0.storedBytes == 119 && $0.unacked == 119 })
        let consumers = past.streams.flatMap { $0.consumers.prefix(History.consumersMax) }
        #expect(!consumers.isEmpty && consumers.allSatisfy { $0.pending == 119 })
    }

    @Test func `amounts are known finely for ten minutes and coarsely for a day`() {
        var moments = Moments()
        for minute in 0..<(24 * 60) {
            moments.record(SIMD4(repeating: Float(minute)), at: at(60 * minute))
        }
        let last = 24 * 60 - 1
        #expect(moments.value(at: at(60 * last))?.x == Float(last))
        #expect(moments.value(at: at(60 * (last - 9)))?.y == Float(last - 9))
        #expect(moments.value(at: at(3_600))?.z == 64)
        #expect(moments.value(at: at(60 * last + 3_600)) == nil)
    }

    @Test func `markers in one column are both told`() {
        var model = SampleConsole.model(120, 40)
        let end = model.data.latest.takenAt
        model.data.time.markerA = end
        model.data.time.markerB = end
        model.data.time.cursor = end
        let context = PaneContext(
            picture: Picture(model, glyphs: .unicode),
            isFocused: false,
            sizeClass: .large
        )
        let graph = TimeGraph(columns: 60, context)
        let column = graph.position(of: end) ?? 0
        var frame = Frame(size: Size(columns: 60, rows: 4))
        graph.drawCursors(in: frame.bounds, on: &frame, glyphs: .unicode)
        let drawn = (0..<4).map { Character(frame[column, $0].scalar) }
        #expect(drawn == ["A", "B", "│", "│"])
    }

    static let scales: [(Double, [String])] = [
        (15, ["0", "5", "10", "15"]), (300, ["0", "100", "200", "300"]),
        (50, ["0", "10", "20", "30", "40", "50"]), (80, ["0", "20", "40", "60", "80"]),
    ]

    @Test(arguments: scales)
    func `scales are divided at round numbers`(top: Double, labels: [String]) {
        #expect(Scale.labels(top: top, rows: 20, text: Format.rate).map(\.text) == labels)
    }

    @Test(arguments: [GraphStyle.sweep, .scroll])
    func `every moment of a window has one column`(style: GraphStyle) {
        var model = SampleConsole.model(120, 40)
        model.data.time.style = style
        let context = PaneContext(
            picture: Picture(model, glyphs: .unicode),
            isFocused: false,
            sizeClass: .large
        )
        let graph = TimeGraph(columns: 60, context)
        let end = model.data.latest.takenAt
        var seen: Set<Int> = []
        for column in 0..<60 {
            let ago = UInt64(column * graph.seconds) * nanosecondsPerSecond
            let place = graph.position(of: Instant(nanoseconds: end.nanoseconds - ago))
            if let place { seen.insert(place) }
        }
        #expect(seen == Set(0..<60))
        #expect(graph.position(of: end.adding(nanoseconds: 60 * nanosecondsPerSecond)) == nil)
        if style == .scroll { #expect(graph.position(of: end) == 59) }
    }

    @Test(arguments: [(0, 1), (7, 8), (41_200, 50_000), (60_000, 60_000), (0.3, 0.3)])
    func `scales end at round numbers`(value: Double, top: Double) {
        #expect(abs(Scale.ceiling(value) - top) < 1e-9)
    }

    @Test func `a queue whose messages replace each other has no backlog`() {
        var market = EngineSnapshot()
        var history = History()
        for second in 1...20 as ClosedRange<UInt64> {
            market.takenAt = Instant(nanoseconds: second * nanosecondsPerSecond)
            var last = StreamStatus(name: Array("last".utf8))
            last.ingress.messagesPerSecond = 1_000
            last.depth = 192
            var deep = StreamStatus(name: Array("deep".utf8))
            deep.depth = second * 50
            market.streams = [last, deep]
            history.record(market)
        }
        #expect(history.queues[Array("last".utf8)]?.growth(at: market.takenAt) == 0)
        #expect(history.queues[Array("deep".utf8)]?.growth(at: market.takenAt) == 50)
        #expect(QueueHistory().growth(at: market.takenAt) == nil)
    }
}
