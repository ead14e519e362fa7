// Mirrors and sources between streams of one server, and headers that tell where messages come
// from.

import Base
@testable import Queueing
import Testing

@Suite struct SourceLinkTests {
    /// Copies until nothing is left.
    private func copy(_ link: inout SourceLink, _ origin: inout Desk, _ target: inout Desk) {
        while case .take(let sequence) = link.next(in: &origin.stream.state, at: target.now) {
            link.read(sequence, from: &origin.stream.state)
            target.now.nanoseconds += 1_000
            _ = link.store(into: &target.stream, at: target.now, effects: &target.effects)
        }
    }

    private func origin() throws -> Desk {
        var desk = try Desk { _ in }
        for subject in ["s.a", "s.b", "s.a", "s.c"] { desk.publish(subject, "body") }
        return desk
    }

    private func target(isMirror: Bool = false) throws -> Desk {
        try Desk {
            $0.name = Array("T".utf8)
            $0.subjects = []
            var source = StreamSource()
            source.name = Array("S".utf8)
            if isMirror { $0.mirror = source } else { $0.sources = [source] }
        }
    }

    private func headers(_ desk: inout Desk, _ sequence: UInt64) throws -> String {
        let found = desk.stream.state.records.find(sequence)
        let record = try #require(found)
        return String(decoding: desk.stream.state.records.headers(of: record).bytes, as: UTF8.self)
    }

    private func source(_ change: (inout StreamSource) -> Void) -> StreamSource {
        var source = StreamSource()
        source.name = Array("S".utf8)
        change(&source)
        return source
    }

    @Test func `a mirror has the same sequences, times and gaps`() throws {
        var origin = try origin()
        try origin.stream.delete(2, into: &origin.effects)
        var mirror = try target(isMirror: true)
        var link = SourceLink(source { _ in }, isMirror: true)
        #expect(link.lag(in: origin.stream.state) == 3)
        copy(&link, &origin, &mirror)
        #expect(link.lag(in: origin.stream.state) == 0)
        let one = origin.stream.state.report(consumerCount: 0)
        let other = mirror.stream.state.report(consumerCount: 0)
        #expect(other.messages == 3 && other.lastSequence == 4 && other.deletedCount == 1)
        #expect(other.firstTime == one.firstTime && other.lastTime == one.lastTime)
        origin.publish("s.d")
        copy(&link, &origin, &mirror)
        #expect(mirror.stream.state.lastSequence == 5)
        #expect(link.report(lag: 0, at: mirror.now).silence == 0)
    }

    @Test func `a source gives new sequences and says where messages came from`() throws {
        var origin = try origin()
        var target = try target()
        var link = SourceLink(source { $0.filter = Array("s.a".utf8) }, isMirror: false)
        copy(&link, &origin, &target)
        #expect(target.stream.state.messages == 2)
        #expect(try headers(&target, 1) == "NATS/1.0\r\nNats-Stream-Source: S 1 s.a > s.a\r\n\r\n")
        #expect(try headers(&target, 2) == "NATS/1.0\r\nNats-Stream-Source: S 3 s.a > s.a\r\n\r\n")
    }

    @Test func `a source that starts again takes nothing twice`() throws {
        var origin = try origin()
        var target = try target()
        var link = SourceLink(source { $0.filter = Array("s.a".utf8) }, isMirror: false)
        copy(&link, &origin, &target)
        var again = SourceLink(source { $0.filter = Array("s.a".utf8) }, isMirror: false)
        var other = SourceLink(source { $0.filter = Array("s.b".utf8) }, isMirror: false)
        for sequence in 1...2 as ClosedRange<UInt64> {
            let block = Array(try headers(&target, sequence).utf8)
            again.resume(headers: block.raw)
            other.resume(headers: block.raw)
        }
        #expect(again.position == 3)
        #expect(other.position == 0)
        copy(&again, &origin, &target)
        #expect(target.stream.state.messages == 2)
    }

    @Test func `subjects change on the way, and others stay behind`() throws {
        var origin = try origin()
        var target = try target()
        var link = SourceLink(
            source {
                $0.transforms = [
                    SubjectMapping(source: Array("s.a".utf8), destination: Array("t.x".utf8)),
                    SubjectMapping(source: Array("s.c".utf8), destination: []),
                ]
            },
            isMirror: false
        )
        #expect(link.lag(in: origin.stream.state) == 3)
        copy(&link, &origin, &target)
        #expect(target.stream.state.messages == 3)
        #expect(target.stream.state.subject(of: 1) == Array("t.x".utf8))
        #expect(target.stream.state.subject(of: 3) == Array("s.c".utf8))
    }

    @Test func `a start is a sequence or a time`() throws {
        var origin = try origin()
        var late = try target()
        var link = SourceLink(source { $0.startSequence = 3 }, isMirror: false)
        copy(&link, &origin, &late)
        #expect(late.stream.state.messages == 2)
        var later = try target()
        let start = Instant(nanoseconds: 1_000_000_000_000 + 4_000)
        var timed = SourceLink(source { $0.startTime = start }, isMirror: false)
        copy(&timed, &origin, &later)
        #expect(later.stream.state.messages == 1)
    }

    @Test func `a full target is tried again`() throws {
        var origin = try origin()
        var target = try target()
        target.stream.pauseIngress()
        var link = SourceLink(source { _ in }, isMirror: false)
        let step = link.next(in: &origin.stream.state, at: target.now)
        #expect(step == .take(sequence: 1))
        link.read(1, from: &origin.stream.state)
        let stored = link.store(into: &target.stream, at: target.now, effects: &target.effects)
        #expect(stored == nil && link.position == 0 && link.error != nil)
        target.stream.resume()
        copy(&link, &origin, &target)
        #expect(target.stream.state.messages == 4)
    }

    @Test func `a republished message says where it is stored`() throws {
        var desk = try Desk { _ in }
        desk.publish("s.a")
        let outcome = try desk.stream.publish(
            subject: Array("s.a".utf8).raw,
            headers: Array("NATS/1.0\r\nA: b\r\n\r\n".utf8).raw,
            payload: Array("xyz".utf8).raw,
            PublishContext(now: desk.now.adding(nanoseconds: 5))
        )
        guard case .stored(let stored) = outcome else { return }
        var block = Table<UInt8>()
        MessageHeaders.appendRepublished(
            stored,
            stream: Array("S".utf8).raw,
            subject: Array("s.a".utf8).raw,
            own: Array("NATS/1.0\r\nA: b\r\n\r\n".utf8).raw,
            payloadBytes: 3,
            to: &block
        )
        let text = String(decoding: block.bytes.bytes, as: UTF8.self)
        let time = String(decoding: stored.time.text, as: UTF8.self)
        #expect(
            text
                == "NATS/1.0\r\nA: b\r\nNats-Stream: S\r\nNats-Subject: s.a\r\nNats-Sequence: 2\r\n"
                + "Nats-Time-Stamp: \(time)\r\nNats-Last-Sequence: 1\r\nNats-Msg-Size: 3\r\n\r\n"
        )
    }

    @Test func `a dead letter goes back as it was`() {
        var block = Table<UInt8>()
        MessageHeaders.appendDeadLetter(
            stream: Array("S".utf8).raw,
            consumer: Array("c".utf8).raw,
            subject: Array("s.a.b".utf8).raw,
            sequence: 7,
            deliveries: 3,
            own: Array("NATS/1.0\r\nNats-Msg-Id: x\r\nA: b\r\n\r\n".utf8).raw,
            to: &block
        )
        #expect(MessageHeaders.deadSubject(block.bytes) == Array("s.a.b".utf8))
        var back = Table<UInt8>()
        MessageHeaders.appendRedriven(block.bytes, to: &back)
        #expect(String(decoding: back.bytes.bytes, as: UTF8.self) == "NATS/1.0\r\nA: b\r\n\r\n")
        #expect(MessageHeaders.deadSubject(back.bytes) == nil)
    }
}
