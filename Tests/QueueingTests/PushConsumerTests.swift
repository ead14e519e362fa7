// Push consumers, told as short stories.

import Base
@testable import Queueing
import Testing

@Suite struct PushConsumerTests {
    private func desk(
        messages: Int,
        payload: String = "",
        isBound: Bool = true,
        _ change: (inout ConsumerConfiguration) -> Void
    ) throws -> Desk {
        var desk = try Desk { _ in }
        for _ in 0..<messages { desk.publish("s.a", payload) }
        try desk.consumer("c", isBound: isBound) {
            $0.deliverSubject = Array("out".utf8)
            change(&$0)
        }
        return desk
    }

    @Test func `messages flow while somebody listens`() throws {
        var desk = try desk(messages: 1, isBound: false) { _ in }
        #expect(desk.take() == [])
        #expect(!desk.report(0).isBound)
        desk.stream.setBound(true, consumer: 0, at: desk.now)
        #expect(desk.take() == ["1 #1 left 0 > out"])
        #expect(desk.report(0).isBound)
        desk.stream.setBound(false, consumer: 0, at: desk.now)
        desk.publish("s.a")
        #expect(desk.take() == [])
        desk.stream.setBound(true, consumer: 0, at: desk.now)
        #expect(desk.take() == ["2 #2 left 0 > out"])
    }

    @Test func `silence is filled with heartbeats`() throws {
        var desk = try desk(messages: 1) { $0.heartbeat = 1_000_000_000 }
        _ = desk.take()
        desk.wait(seconds: 1.1)
        let beat = "100 Idle Heartbeat Nats-Last-Consumer: 1 Nats-Last-Stream: 1 > out"
        #expect(desk.take() == [beat])
        desk.publish("s.a")
        _ = desk.take()
        desk.wait(seconds: 0.9)
        #expect(desk.take() == [])
        desk.stream.pauseConsumer(
            0,
            until: desk.now.adding(nanoseconds: 5_000_000_000),
            at: desk.now,
            into: &desk.effects
        )
        #expect(desk.take() == ["paused 0 "])
        desk.publish("s.a")
        desk.wait(seconds: 3.3)
        #expect(desk.take().count == 4)
        desk.wait(seconds: 2)
        let lines = desk.take()
        #expect(lines.contains("resumed 0 ") && lines.contains("3 #3 left 0 > out"))
    }

    @Test func `a receiver that does not answer is not flooded`() throws {
        let payload = String(repeating: "x", count: 200_000)
        var desk = try desk(messages: 40, payload: payload) {
            $0.heartbeat = 1_000_000_000
            $0.flags = .flowControl
            $0.ackPolicy = .none
        }
        let lines = desk.take()
        #expect(lines.firstIndex { $0.hasPrefix("100 FlowControl") } == 6)
        #expect(lines.count { !$0.hasPrefix("100") } == 11)
        desk.wait(seconds: 1.1)
        #expect(desk.take().count == 1)
        desk.stream.answerFlowControl(
            Array("nope".utf8).raw,
            consumer: 0,
            last: nil,
            at: desk.now,
            into: &desk.effects
        )
        #expect(desk.take() == [])
        let stalled = flowControlSubject(&desk)
        let subject = try #require(stalled)
        desk.stream.answerFlowControl(
            Array(subject.utf8.suffix(4)).raw,
            consumer: 0,
            last: nil,
            at: desk.now,
            into: &desk.effects
        )
        #expect(desk.take().count > 5)
    }

    /// The flow control subject that a heartbeat complains about.
    private func flowControlSubject(_ desk: inout Desk) -> String? {
        desk.now.nanoseconds += 1_000_000_000
        desk.stream.tick(at: desk.now, into: &desk.effects)
        defer { desk.effects.removeAll() }
        guard case .status(let status) = desk.effects.list[0] else { return nil }
        let bytes = status.flowControl.range.map { desk.effects.bytes[$0] }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a rate bounds what is sent in a second`() throws {
        var desk = try desk(messages: 20, payload: String(repeating: "x", count: 1_000)) {
            $0.limits.bitsPerSecondMax = 80_000
        }
        let first = desk.take().count
        desk.wait(seconds: 1)
        let second = desk.take().count
        #expect(first == 1)
        #expect((8...10).contains(second))
    }

    @Test func `the original pace is kept for what is old`() throws {
        var desk = try Desk { _ in }
        for _ in 0..<3 {
            desk.publish("s.a")
            desk.wait(seconds: 1)
        }
        try desk.consumer("c", isBound: true) {
            $0.deliverSubject = Array("out".utf8)
            $0.replayPolicy = .original
        }
        #expect(desk.take() == ["1 #1 left 2 > out"])
        desk.wait(seconds: 0.9)
        #expect(desk.take() == [])
        desk.wait(seconds: 0.2)
        #expect(desk.take() == ["2 #2 left 1 > out"])
        desk.wait(seconds: 1)
        #expect(desk.take() == ["3 #3 left 0 > out"])
        desk.publish("s.a")
        #expect(desk.take() == ["4 #4 left 0 > out"])
    }

    @Test func `an ephemeral consumer without a listener goes away`() throws {
        var desk = try desk(messages: 0) { $0.inactiveThreshold = 5_000_000_000 }
        desk.wait(seconds: 60)
        #expect(desk.take() == [])
        desk.stream.setBound(false, consumer: 0, at: desk.now)
        desk.wait(seconds: 6)
        #expect(desk.take() == ["expired 0"])
    }

    @Test func `without acknowledgements the floor is what was delivered`() throws {
        var desk = try desk(messages: 3) { $0.ackPolicy = .none }
        #expect(desk.take().count == 3)
        #expect(desk.report(0).ackFloor == SequencePair(consumer: 3, stream: 3))
        #expect(desk.report(0).ackPending == 0)
    }
}
