// Where consumers start, what they select, and how they begin again.

import Base
@testable import Queueing
import Testing

@Suite struct DeliverPolicyTests {
    /// Messages on a, b, c, a, b, c.
    private func desk() throws -> Desk {
        var desk = try Desk { _ in }
        for subject in ["s.a", "s.b", "s.c", "s.a", "s.b", "s.c"] { desk.publish(subject) }
        return desk
    }

    private func sequences(_ lines: [String]) -> [Int] {
        lines.compactMap { Int($0.prefix { $0.isNumber }) }
    }

    /// What a consumer gets at first, and what it says it has before.
    private func begin(
        _ change: (inout ConsumerConfiguration) -> Void
    ) throws -> (pending: UInt64, floor: UInt64, got: [Int]) {
        var desk = try desk()
        let c = try desk.consumer("c", change)
        let report = desk.report(c)
        desk.pull(c, #"{"batch":99,"no_wait":true}"#)
        return (report.pending, report.ackFloor.stream, sequences(Array(desk.take().dropLast())))
    }

    @Test func `each policy starts where it says`() throws {
        var start = try begin { _ in }
        #expect(start == (6, 0, [1, 2, 3, 4, 5, 6]))
        start = try begin { $0.deliverPolicy = .last }
        #expect(start == (1, 5, [6]))
        start = try begin {
            $0.deliverPolicy = .last
            $0.filter = Array("s.a".utf8)
        }
        #expect(start == (1, 3, [4]))
        start = try begin { $0.deliverPolicy = .new }
        #expect(start.pending == 0 && start.floor == 6)
        start = try begin {
            $0.deliverPolicy = .byStartSequence
            $0.startSequence = 3
        }
        #expect(start == (4, 2, [3, 4, 5, 6]))
        start = try begin {
            $0.deliverPolicy = .byStartTime
            $0.startTime = Instant(nanoseconds: 1_000_000_000_000 + 4_000)
        }
        #expect(start == (3, 3, [4, 5, 6]))
        start = try begin {
            $0.deliverPolicy = .lastPerSubject
            $0.filter = Array("s.>".utf8)
        }
        #expect(start == (3, 3, [4, 5, 6]))
        start = try begin {
            $0.deliverPolicy = .lastPerSubject
            $0.filters = [Array("s.a".utf8), Array("s.c".utf8)]
        }
        #expect(start == (2, 3, [4, 6]))
    }

    @Test func `filters select, and the count is exact`() throws {
        let start = try begin { $0.filters = [Array("s.a".utf8), Array("s.c".utf8)] }
        #expect(start == (4, 0, [1, 3, 4, 6]))
        let none = try begin { $0.filter = Array("elsewhere.>".utf8) }
        #expect(none.pending == 0)
    }

    @Test func `last messages that are replaced while they wait are passed over`() throws {
        var desk = try Desk { $0.limits.messagesPerSubjectMax = 2 }
        for subject in ["s.a", "s.b", "s.a", "s.b"] { desk.publish(subject) }
        let c = try desk.consumer("c") {
            $0.deliverPolicy = .lastPerSubject
            $0.filter = Array("s.>".utf8)
        }
        #expect(desk.report(c).pending == 2)
        desk.publish("s.a")
        desk.publish("s.a")
        #expect(desk.report(c).pending == 3)
        desk.pull(c, "9")
        #expect(sequences(desk.take()) == [4, 5, 6])
        #expect(desk.report(c).pending == 0)
    }

    @Test func `a change of the filter is counted again and does not go back`() throws {
        var desk = try desk()
        let c = try desk.consumer("c") { $0.filter = Array("s.a".utf8) }
        desk.pull(c, "1")
        #expect(sequences(desk.take()) == [1])
        try desk.consumer("c") { $0.filter = Array("s.b".utf8) }
        #expect(desk.report(c).pending == 2)
        desk.pull(c, "9")
        #expect(sequences(desk.take()) == [2, 5])
    }

    @Test func `a consumer begins again where it is told`() throws {
        var desk = try desk()
        let c = try desk.consumer("c") { _ in }
        desk.pull(c, "4")
        _ = desk.take()
        try desk.ack(c, 1)
        var start = try desk.stream.resetConsumer(c, to: 0, into: &desk.effects)
        #expect(start == 2)
        #expect(desk.report(c).pending == 5)
        #expect(desk.report(c).delivered == SequencePair(consumer: 0, stream: 1))
        start = try desk.stream.resetConsumer(c, to: 5, into: &desk.effects)
        desk.pull(c, "9")
        #expect(desk.take().first == "5 #1 left 1 > in")
    }

    @Test func `a purge moves consumers on`() throws {
        var desk = try desk()
        let c = try desk.consumer("c") { _ in }
        desk.pull(c, "3")
        _ = desk.take()
        var purge = Purge()
        purge.below = 5
        #expect(try desk.stream.purge(purge, into: &desk.effects) == 4)
        #expect(desk.report(c).ackPending == 0)
        #expect(desk.report(c).ackFloor.stream == 4)
        #expect(desk.report(c).pending == 2)
        desk.pull(c, "9")
        #expect(sequences(desk.take()) == [5, 6])
    }

    @Test func `headers only leaves payloads out`() throws {
        var desk = try desk()
        let c = try desk.consumer("c") { $0.flags = .headersOnly }
        desk.pull(c, "1")
        desk.pump()
        guard case .deliver(let delivery) = desk.effects.list[0] else {
            Issue.record("nothing was delivered")
            return
        }
        #expect(delivery.isHeadersOnly)
    }
}
