// Streams that keep only what somebody wants.

import Base
@testable import Queueing
import Testing

@Suite struct RetentionTests {
    @Test func `a work queue forgets what was acknowledged`() throws {
        var desk = try Desk { $0.retention = .workQueue }
        for _ in 0..<3 { desk.publish("s.a") }
        let c = try desk.consumer("c") { _ in }
        desk.pull(c, "3")
        _ = desk.take()
        try desk.ack(c, 2, delivery: 2)
        #expect(desk.stream.state.messages == 2)
        try desk.ack(c, 1, "+TERM")
        #expect(desk.stream.state.messages == 1)
        #expect(desk.stream.state.firstSequence == 3)
        #expect(desk.stream.deletions.count == 1)
        #expect(desk.stream.deletions[0] == SequenceRange(first: 1, last: 2))
    }

    @Test func `a work queue gives a message to one consumer only`() throws {
        var desk = try Desk { $0.retention = .workQueue }
        try desk.consumer("a") { $0.filter = Array("s.a".utf8) }
        try desk.consumer("b") { $0.filter = Array("s.b".utf8) }
        let refusals: [(UInt16, (inout ConsumerConfiguration) -> Void)] = [
            (10_099, { _ in }), (10_100, { $0.filter = Array("s.*".utf8) }),
            (10_101, { $0.deliverPolicy = .new }), (10_098, { $0.ackPolicy = .all }),
        ]
        for (code, change) in refusals {
            #expect(throws: QueueingError(ErrorCode(code))) { try desk.consumer("c", change) }
        }
        #expect(desk.stream.consumers.count == 2)
    }

    @Test func `nobody interested means nothing kept`() throws {
        var desk = try Desk { $0.retention = .interest }
        #expect(desk.publish("s.a") == "1")
        #expect(desk.stream.state.messages == 0)
        #expect(desk.stream.state.lastSequence == 1)
        try desk.consumer("c") { $0.filter = Array("s.b".utf8) }
        #expect(desk.publish("s.a") == "2")
        #expect(desk.publish("s.b") == "3")
        #expect(desk.stream.state.messages == 1)
        #expect(desk.stream.state.firstSequence == 3)
    }

    @Test func `a message goes when all who want it have dealt with it`() throws {
        var desk = try Desk { $0.retention = .interest }
        let one = try desk.consumer("c") { _ in }
        let other = try desk.consumer("d") { $0.filter = Array("s.a".utf8) }
        desk.publish("s.a")
        desk.publish("s.b")
        desk.pull(one, "2")
        desk.pull(other, "2")
        _ = desk.take()
        try desk.ack(one, 1)
        #expect(desk.stream.state.messages == 2)
        try desk.ack(one, 2, delivery: 2)
        #expect(desk.stream.state.messages == 1)
        try desk.ack(other, 1)
        #expect(desk.stream.state.messages == 0)
    }

    @Test func `a consumer that goes takes its interest along`() throws {
        var desk = try Desk { $0.retention = .interest }
        let one = try desk.consumer("c") { _ in }
        let other = try desk.consumer("d") { _ in }
        desk.publish("s.a")
        desk.pull(one, "1")
        _ = desk.take()
        try desk.ack(one, 1)
        #expect(desk.stream.state.messages == 1)
        desk.stream.removeConsumer(other, into: &desk.effects)
        #expect(desk.stream.state.messages == 0)
    }

    @Test func `a narrower filter releases what it leaves out`() throws {
        var desk = try Desk { $0.retention = .interest }
        try desk.consumer("c") { _ in }
        desk.publish("s.a")
        desk.publish("s.b")
        try desk.consumer("c") { $0.filter = Array("s.b".utf8) }
        #expect(desk.stream.state.messages == 1)
        #expect(desk.report(0).pending == 1)
    }

    @Test func `without acknowledgements delivery is enough`() throws {
        var desk = try Desk { $0.retention = .interest }
        try desk.consumer("c", isBound: true) {
            $0.ackPolicy = .none
            $0.deliverSubject = Array("out".utf8)
        }
        desk.publish("s.a")
        #expect(desk.take() == ["1 #1 left 0 > out"])
        #expect(desk.stream.state.messages == 0)
    }

    @Test func `what was given up stays until somebody deals with it`() throws {
        var desk = try Desk { $0.retention = .workQueue }
        let c = try desk.consumer("c") {
            $0.ackWait = 1_000_000_000
            $0.limits.deliverMax = 1
        }
        desk.publish("s.a")
        desk.pull(c, "1")
        _ = desk.take()
        desk.wait(seconds: 2)
        #expect(desk.stream.state.messages == 1)
        #expect(desk.report(c).redelivered == 0)
        try desk.ack(c, 1, reply: "r")
        #expect(desk.stream.state.messages == 0)
    }
}
