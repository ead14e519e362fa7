// What headers make of a publish, and what is stored in the end.

import Base
@testable import Queueing
import Testing

@Suite struct PublishTests {
    @Test func `an id is taken once within its window`() throws {
        var desk = try Desk { $0.limits.duplicateWindow = 1_000_000_000 }
        #expect(desk.publish("s.a", headers: "Nats-Msg-Id: x") == "1")
        #expect(desk.publish("s.b", headers: "Nats-Msg-Id: x") == "duplicate 1")
        #expect(desk.publish("s.b", headers: "Nats-Msg-Id: y") == "2")
        _ = try desk.stream.purge(Purge(), into: &desk.effects)
        #expect(desk.publish("s.a", headers: "Nats-Msg-Id: x") == "duplicate 1")
        desk.wait(seconds: 1.1)
        #expect(desk.publish("s.a", headers: "Nats-Msg-Id: x") == "3")
    }

    @Test func `expectations are compared with what is`() throws {
        var desk = try Desk { _ in }
        desk.publish("s.a", headers: "Nats-Msg-Id: first")
        desk.publish("s.b")
        let cases = [
            ("Nats-Expected-Stream: T", "10060 expected stream does not match"),
            ("Nats-Expected-Stream: S", "3"),
            ("Nats-Expected-Last-Sequence: 2", "10071 wrong last sequence: 3"),
            ("Nats-Expected-Last-Sequence: 3", "4"),
            ("Nats-Expected-Last-Subject-Sequence: 2", "10071 wrong last sequence: 4"),
            ("Nats-Expected-Last-Subject-Sequence: 4", "5"),
            (
                "Nats-Expected-Last-Subject-Sequence: 2\r\n"
                    + "Nats-Expected-Last-Subject-Sequence-Subject: s.b", "6"
            ),
            (
                "Nats-Expected-Last-Subject-Sequence: 0\r\n"
                    + "Nats-Expected-Last-Subject-Sequence-Subject: s.none.*", "7"
            ),
            (
                "Nats-Expected-Last-Subject-Sequence-Subject: s.b",
                "10193 missing sequence for expected last sequence per subject"
            ),
            ("Nats-Expected-Last-Msg-Id: first", "10070 wrong last msg ID: "),
            ("Nats-Msg-Id: second", "8"),
            ("Nats-Expected-Last-Msg-Id: first", "10070 wrong last msg ID: second"),
            ("Nats-Expected-Last-Msg-Id: second", "9"),
        ]
        for (header, answer) in cases {
            #expect(desk.publish("s.a", headers: header) == answer, "\(header)")
        }
    }

    @Test func `a key can be created once`() throws {
        var desk = try Desk { $0.limits.messagesPerSubjectMax = 1 }
        let create = "Nats-Expected-Last-Subject-Sequence: 0"
        #expect(desk.publish("s.key", headers: create) == "1")
        #expect(desk.publish("s.key", headers: create) == "10071 wrong last sequence: 1")
        #expect(desk.publish("s.key", headers: "Nats-Expected-Last-Subject-Sequence: 1") == "2")
        #expect(desk.stream.state.messages == 1)
    }

    @Test func `rollups need permission and a value`() throws {
        var desk = try Desk { _ in }
        #expect(
            desk.publish("s.a", headers: "Nats-Rollup: sub") == "10111 rollup not permitted"
        )
        var allowed = try Desk { $0.flags = .allowRollup }
        #expect(
            allowed.publish("s.a", headers: "Nats-Rollup: x") == "10111 rollup value invalid: \"x\""
        )
        for subject in ["s.a", "s.b", "s.a"] { allowed.publish(subject) }
        #expect(allowed.publish("s.a", headers: "Nats-Rollup: SUB") == "4")
        #expect(allowed.stream.state.messages == 2)
        allowed.publish("s.c", headers: "Nats-Rollup: all")
        #expect(allowed.stream.state.messages == 1)
    }

    @Test func `sizes are bounded`() throws {
        var desk = try Desk { $0.limits.messageBytesMax = 20 }
        #expect(desk.publish("s.a", "12345678901234567890") == "1")
        #expect(
            desk.publish("s.a", "123456789012345678901")
                == "10054 message size exceeds maximum allowed"
        )
        var open = try Desk { _ in }
        let long = String(repeating: "x", count: 66_000)
        #expect(
            open.publish("s.a", headers: "X: \(long)")
                == "10097 header size exceeds maximum allowed of 64k"
        )
    }

    @Test func `times to live are read in every form`() throws {
        var desk = try Desk { $0.flags = .allowTtl }
        for (text, answer) in [
            ("1", "1"), ("never", "2"), ("2m", "3"), ("1h30m", "4"), ("1.5s", "5"),
            ("x", "10165 invalid per-message TTL"), ("100ms", "10165 invalid per-message TTL"),
            ("-1", "10165 invalid per-message TTL"),
        ] {
            #expect(desk.publish("s.a", headers: "Nats-TTL: \(text)") == answer, "\(text)")
        }
        var plain = try Desk { _ in }
        #expect(
            plain.publish("s.a", headers: "Nats-TTL: 1") == "10166 per-message TTL is disabled"
        )
        desk.wait(seconds: 1.6)
        #expect(desk.stream.state.messages == 3)
        desk.wait(seconds: 7_200)
        #expect(desk.stream.state.messages == 1)
    }

    @Test func `the end of a subject is marked`() throws {
        var desk = try Desk {
            $0.limits.deleteMarkerTtl = 2_000_000_000
            $0.limits.ageMax = 100_000_000_000
        }
        let c = try desk.consumer("c") { _ in }
        desk.publish("s.a", "one", headers: "Nats-TTL: 1")
        let stored = desk.stream.state.records.find(1)
        let record = try #require(stored)
        let kept = String(
            decoding: desk.stream.state.records.headers(of: record).bytes,
            as: UTF8.self
        )
        #expect(kept == "NATS/1.0\r\nNats-TTL: 2\r\n\r\n")
        desk.pull(c, "9")
        _ = desk.take()
        desk.wait(seconds: 2.1)
        #expect(desk.stream.state.messages == 1 && desk.stream.state.firstSequence == 2)
        let marker = desk.stream.state.records.find(2)
        let mark = try #require(marker)
        let headers = desk.stream.state.records.headers(of: mark).bytes
        #expect(
            String(decoding: headers, as: UTF8.self)
                == "NATS/1.0\r\nNats-Marker-Reason: MaxAge\r\nNats-TTL: 2s\r\nNats-Rollup: sub\r\n\r\n"
        )
        #expect(desk.take().contains("2 #2 left 0 > in"))
        desk.wait(seconds: 2.1)
        #expect(desk.stream.state.messages == 0)
        #expect(desk.stream.state.lastSequence == 2)
    }

    @Test func `subjects are transformed before anything else`() throws {
        var desk = try Desk {
            $0.subjectTransform = SubjectMapping(
                source: Array("s.*".utf8),
                destination: Array("t.$1.x".utf8)
            )
            $0.limits.messagesPerSubjectMax = 1
        }
        let c = try desk.consumer("c") { $0.filter = Array("t.a.x".utf8) }
        desk.publish("s.a")
        desk.publish("s.b")
        desk.publish("s.a")
        #expect(desk.stream.state.subject(of: 3) == Array("t.a.x".utf8))
        #expect(desk.stream.state.messages == 2)
        desk.pull(c, "9")
        #expect(desk.take() == ["3 #1 left 0 > in"])
    }

    @Test func `a status in a header block is not stored`() throws {
        var desk = try Desk { _ in }
        func stored(_ block: String) throws -> String {
            let outcome = try desk.stream.publish(
                subject: Array("s.a".utf8).raw,
                headers: Array(block.utf8).raw,
                payload: RawSpan(),
                PublishContext(now: desk.now)
            )
            guard case .stored(let stored) = outcome else { return "" }
            let found = desk.stream.state.records.find(stored.sequence)
            let record = try #require(found)
            let bytes = desk.stream.state.records.headers(of: record).bytes
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(try stored("NATS/1.0 503 Foo\r\nA: b\r\n\r\n") == "NATS/1.0\r\nA: b\r\n\r\n")
        #expect(try stored("NATS/1.0 503 Foo\r\n\r\n") == "")
        #expect(try stored("NATS/1.0\r\nNats-Request-Info: x\r\n\r\n") == "")
        #expect(
            try stored("NATS/1.0\r\nA: b\r\nNats-Request-Info: x\r\nC: d\r\n\r\n")
                == "NATS/1.0\r\nA: b\r\nC: d\r\n\r\n"
        )
        #expect(try stored("NATS/1.0\r\nA: b\r\n\r\n") == "NATS/1.0\r\nA: b\r\n\r\n")
    }

    @Test func `new messages are discarded with the limit's name`() throws {
        var desk = try Desk {
            $0.discard = .new
            $0.limits.messagesMax = 2
        }
        desk.publish("s.a")
        desk.publish("s.b")
        #expect(desk.publish("s.c") == "10077 maximum messages exceeded")
        var bytes = try Desk {
            $0.discard = .new
            $0.limits.bytesMax = 30
        }
        bytes.publish("s.a")
        #expect(bytes.publish("s.a") == "10077 maximum bytes exceeded")
        var subject = try Desk {
            $0.discard = .new
            $0.limits.messagesPerSubjectMax = 1
            $0.flags = .discardNewPerSubject
        }
        subject.publish("s.a")
        #expect(subject.publish("s.a") == "10077 maximum messages per subject exceeded")
    }

    @Test func `what a stream is not for is refused`() throws {
        var desk = try Desk { _ in }
        for (header, answer) in [
            ("Nats-Incr: 1", "10168 message counters is disabled"),
            ("Nats-Batch-Id: x", "10174 atomic publish is disabled"),
            ("Nats-Schedule: @every 1s", "10188 message schedules is disabled"),
            ("Nats-Stream-Source: x", "10227 message stream source header is not allowed"),
        ] {
            #expect(desk.publish("s.a", headers: header) == answer)
        }
        desk.stream.update(
            try desk.stream.state.configuration.updated(
                to: sealed(desk.stream.state.configuration),
                in: StreamSurroundings()
            ),
            into: &desk.effects
        )
        #expect(desk.publish("s.a") == "10109 invalid operation on sealed stream")
    }

    private func sealed(_ configuration: StreamConfiguration) -> StreamConfiguration {
        var wanted = configuration
        wanted.flags.insert(.sealed)
        return wanted
    }

    @Test func `a first sequence is where a stream begins`() throws {
        var desk = try Desk { $0.firstSequence = 100 }
        let report = desk.stream.state.report(consumerCount: 0)
        #expect(report.firstSequence == 100 && report.lastSequence == 99)
        #expect(desk.publish("s.a") == "100")
        var purge = Purge()
        purge.below = 500
        _ = try desk.stream.purge(purge, into: &desk.effects)
        let purged = desk.stream.state.report(consumerCount: 0)
        #expect(purged.firstSequence == 500 && purged.lastSequence == 499)
    }
}
