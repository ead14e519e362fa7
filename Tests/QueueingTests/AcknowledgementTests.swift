// Acknowledgements and redelivery, told as short stories.

import Base
@testable import Queueing
import Testing

@Suite struct AcknowledgementTests {
    private func desk(
        messages: Int,
        _ change: (inout ConsumerConfiguration) -> Void
    ) throws -> Desk {
        var desk = try Desk { _ in }
        for _ in 0..<messages { desk.publish("s.a") }
        try desk.consumer("c", change)
        return desk
    }

    @Test func `every acknowledgement that wants an answer gets one`() throws {
        var desk = try desk(messages: 3) { _ in }
        desk.pull(0, "3")
        _ = desk.take()
        for payload in ["", "+ACK", "+OK", "+WPI", "+TERM", "-NAK {\"delay\":90000000000}", "what"]
        {
            try desk.ack(0, 1, payload, reply: "r")
            #expect(desk.take().contains("ok > r"), "\(payload)")
        }
        try desk.ack(0, 1, "", reply: "r")
        #expect(desk.take() == ["ok > r"])
        try desk.ack(0, 99, "", reply: "r")
        #expect(desk.take() == [])
    }

    @Test func `the floor follows what is acknowledged without gaps`() throws {
        var desk = try desk(messages: 4) { _ in }
        desk.pull(0, "4")
        _ = desk.take()
        try desk.ack(0, 2, delivery: 2)
        #expect(desk.report(0).ackFloor == SequencePair(consumer: 0, stream: 0))
        try desk.ack(0, 1)
        #expect(desk.report(0).ackFloor == SequencePair(consumer: 2, stream: 2))
        try desk.ack(0, 4, delivery: 4)
        try desk.ack(0, 3, delivery: 3)
        #expect(desk.report(0).ackFloor == SequencePair(consumer: 4, stream: 4))
        #expect(desk.report(0).ackPending == 0)
    }

    @Test func `one acknowledgement may stand for all before it`() throws {
        var desk = try desk(messages: 4) { $0.ackPolicy = .all }
        desk.pull(0, "4")
        _ = desk.take()
        try desk.ack(0, 3, delivery: 3)
        #expect(desk.report(0).ackFloor == SequencePair(consumer: 3, stream: 3))
        #expect(desk.report(0).ackPending == 1)
        try desk.ack(0, 2, delivery: 2, reply: "r")
        #expect(desk.take() == ["ok > r"])
        #expect(desk.report(0).ackFloor.stream == 3)
    }

    @Test func `what is not acknowledged comes again, before what is new`() throws {
        var desk = try desk(messages: 2) { $0.ackWait = 1_000_000_000 }
        desk.pull(0, "2")
        _ = desk.take()
        desk.publish("s.a")
        desk.wait(seconds: 1.5)
        desk.pull(0, "3")
        #expect(
            desk.take() == [
                "1 again 2 #3 left 1 > in", "2 again 2 #4 left 1 > in", "3 #5 left 0 > in",
            ]
        )
        #expect(desk.report(0).redelivered == 2)
        #expect(desk.report(0).delivered == SequencePair(consumer: 5, stream: 3))
    }

    @Test func `a waiting request gets what is due when it is due`() throws {
        var desk = try desk(messages: 1) { $0.ackWait = 1_000_000_000 }
        desk.pull(0, #"{"batch":3,"expires":9000000000}"#)
        _ = desk.take()
        desk.wait(seconds: 0.9)
        #expect(desk.take() == [])
        desk.wait(seconds: 0.2)
        #expect(desk.take() == ["1 again 2 #2 left 0 > in"])
    }

    @Test func `waits grow as told, and the last one repeats`() throws {
        var desk = try desk(messages: 1) {
            $0.backoff = [300_000_000, 900_000_000]
            $0.limits.deliverMax = 4
        }
        desk.pull(0, #"{"batch":9,"expires":60000000000}"#)
        var times: [UInt64] = []
        let start = desk.now
        _ = desk.take()
        for _ in 0..<30 {
            desk.wait(seconds: 0.1)
            for line in desk.take() where line.contains("again") {
                times.append(desk.now.nanoseconds(since: start) / 100_000_000)
            }
        }
        #expect(times == [3, 12, 21])
    }

    @Test func `a message that nobody takes is given up and stays`() throws {
        var desk = try desk(messages: 1) {
            $0.ackWait = 1_000_000_000
            $0.limits.deliverMax = 2
        }
        desk.pull(0, #"{"batch":9,"expires":60000000000}"#)
        _ = desk.take()
        desk.wait(seconds: 1.1)
        #expect(desk.take() == ["1 again 2 #2 left 0 > in"])
        desk.wait(seconds: 1.1)
        #expect(desk.take() == ["maxDeliveries 1 ", "dead 1 after 2"])
        #expect(desk.report(0).ackPending == 0)
        #expect(desk.report(0).redelivered == 1)
        #expect(desk.stream.state.messages == 1)
        desk.wait(seconds: 9)
        #expect(desk.take() == [])
    }

    @Test func `a refusal brings the message again, at once or later`() throws {
        var desk = try desk(messages: 2) { _ in }
        desk.pull(0, #"{"batch":9,"expires":60000000000}"#)
        _ = desk.take()
        try desk.ack(0, 1, "-NAK")
        #expect(desk.take() == ["negative 1 ", "1 again 2 #3 left 0 > in"])
        try desk.ack(0, 2, "-NAK 2s", delivery: 2)
        #expect(desk.take() == ["negative 2 "])
        desk.wait(seconds: 1.9)
        #expect(desk.take() == [])
        desk.wait(seconds: 0.2)
        #expect(desk.take() == ["2 again 2 #4 left 0 > in"])
        try desk.ack(0, 2, "-NAK {\"delay\": 500000000}", delivery: 4, attempts: 2)
        _ = desk.take()
        desk.wait(seconds: 0.6)
        #expect(desk.take() == ["2 again 3 #5 left 0 > in"])
    }

    @Test func `work in progress asks for more time`() throws {
        var desk = try desk(messages: 1) { $0.ackWait = 1_000_000_000 }
        desk.pull(0, #"{"batch":9,"expires":60000000000}"#)
        _ = desk.take()
        for _ in 0..<5 {
            desk.wait(seconds: 0.8)
            try desk.ack(0, 1, "+WPI")
            #expect(desk.take() == [])
        }
        desk.wait(seconds: 1.1)
        #expect(desk.take() == ["1 again 2 #2 left 0 > in"])
    }

    @Test func `a terminated message never comes again`() throws {
        var desk = try desk(messages: 1) { $0.ackWait = 1_000_000_000 }
        desk.pull(0, #"{"batch":9,"expires":60000000000}"#)
        _ = desk.take()
        try desk.ack(0, 1, "+TERM poison")
        #expect(desk.take() == ["terminated 1 poison", "dead 1 after 1"])
        desk.wait(seconds: 5)
        #expect(desk.take() == [])
        #expect(desk.report(0).ackFloor.stream == 1)
    }

    @Test func `acknowledging and asking for the next go together`() throws {
        var desk = try desk(messages: 3) { _ in }
        desk.pull(0, "1")
        _ = desk.take()
        try desk.ack(0, 1, "+NXT 1", reply: "more")
        #expect(desk.take() == ["2 #2 left 1 > more"])
        #expect(desk.report(0).ackFloor.stream == 1)
        try desk.ack(0, 2, "+NXT {\"batch\":1,\"no_wait\":true}", delivery: 2, reply: "more")
        #expect(desk.take() == ["3 #3 left 0 > more"])
    }

    @Test func `deleting a message ends the wait for it`() throws {
        var desk = try desk(messages: 2) { _ in }
        desk.pull(0, "2")
        _ = desk.take()
        try desk.stream.delete(1, into: &desk.effects)
        #expect(desk.take() == ["terminated 1 Unacknowledged message was deleted"])
        #expect(desk.report(0).ackPending == 1)
        #expect(desk.report(0).ackFloor == SequencePair(consumer: 1, stream: 1))
    }

    @Test func `acknowledgements are sampled as often as told`() throws {
        var desk = try desk(messages: 10) { $0.sampleFrequency = Array("50%".utf8) }
        desk.pull(0, "10")
        _ = desk.take()
        for sequence in 1...10 as ClosedRange<UInt64> {
            try desk.ack(0, sequence, delivery: sequence)
        }
        #expect(desk.take().count { $0.hasPrefix("sampled") } == 5)
    }

    @Test(arguments: [
        ("$JS.ACK.S.c.1.2.3.4.5", true), ("$JS.ACK._.hash.S.c.1.2.3.4.5", true),
        ("$JS.ACK._.hash.S.c.1.2.3.4.5.more.tokens", true), ("$JS.ACK.S.c.1.2.3.4", false),
        ("$JS.ACK.S.c.1.x.3.4.5", false), ("$JS.ACK.", false), ("$JS.ACK", false), ("", false),
        ("$JS.ACK.S.c.1.2.3.4.5.6", false), ("$JS.ACK.......", false),
    ])
    func `subjects of acknowledgements are read in both forms`(text: String, isGood: Bool) {
        let subject = AckSubject(text)
        #expect((subject != nil) == isGood)
        guard let subject else { return }
        #expect(subject.sequence == 2 && subject.consumerSequence == 3 && subject.deliveries == 1)
        let bytes = Array(text.utf8)
        #expect(bytes[subject.stream.range].elementsEqual("S".utf8))
        #expect(bytes[subject.consumer.range].elementsEqual("c".utf8))
    }
}
