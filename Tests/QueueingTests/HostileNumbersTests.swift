// Numbers from outside at the ends of their ranges: nothing may trap.

import Base
import Queueing
import Testing

@Suite struct HostileNumbersTests {
    @Test func `requests for more than there can be are added up without a trap`() throws {
        var desk = try Desk { _ in }
        desk.publish("s.a")
        let c = try desk.consumer("c") { $0.limits.ackPendingMax = 1 }
        desk.pull(c, "1")
        _ = desk.take()
        desk.publish("s.a")
        for _ in 0..<3 {
            desk.pull(c, "{\"batch\":9223372036854775807,\"expires\":9223372036854775807}")
        }
        desk.pull(c, "{\"batch\":1,\"no_wait\":true}", "late")
        #expect(desk.take() == ["408 Requests Pending > late"])
        #expect(desk.report(c).waiting == 3)
        desk.pull(c, "{\"batch\":99999999999999999999999}", "odd")
        desk.pull(
            c,
            "{\"batch\":1,\"expires\":-5,\"idle_heartbeat\":9223372036854775807}",
            "beat"
        )
        #expect(
            desk.take().contains("400 Bad Request - heartbeat value too large > beat")
        )
    }

    @Test func `the last sequences are never given`() throws {
        var desk = try Desk { $0.firstSequence = .max }
        #expect(desk.publish("s.a") == "10077 maximum messages exceeded")
        var other = try Desk { _ in }
        var purge = Purge()
        purge.below = .max
        _ = try other.stream.purge(purge, into: &other.effects)
        #expect(other.publish("s.a") == "10077 maximum messages exceeded")
    }

    @Test func `consumers start at any number`() throws {
        var desk = try Desk { _ in }
        desk.publish("s.a")
        let c = try desk.consumer("c") {
            $0.deliverPolicy = .byStartSequence
            $0.startSequence = .max
        }
        desk.pull(c, "1")
        #expect(desk.take() == [])
        #expect(desk.report(c).pending == 0)
        let start = try desk.stream.resetConsumer(c, to: .max, into: &desk.effects)
        #expect(start == .max)
        desk.publish("s.a")
        #expect(desk.take() == [])
        try desk.ack(c, .max - 1)
        try desk.ack(c, 0)
        try desk.ack(c, 1, "-NAK 999999999999h", delivery: .max)
        #expect(desk.take() == [])
    }

    @Test(arguments: [
        "", "{}", "{\"batch\"", "{\"batch\":}", "{\"batch\":1,}", "{\"batch\":1}x", "[1]", "-1",
        "1e9", "{\"batch\":1.5}", "{\"group\":\"\\u0041\"}", "{\"a\":{\"b\":1}}", "{\"batch\":-}",
        "99999999999999999999999999", "{\"no_wait\":1}", "{\"no_wait\":truely}",
        "\u{0}\u{1}", "{\"id\":\"\u{7F}\"}",
    ])
    func `any text is a request or refused`(text: String) throws {
        var desk = try Desk { _ in }
        let c = try desk.consumer("c") { _ in }
        desk.pull(c, text)
        desk.publish("s.a")
        #expect(desk.take().count <= 2)
    }

    @Test func `acknowledgements of any shape change nothing they should not`() throws {
        var random = Random(seed: 5)
        var desk = try Desk { _ in }
        let c = try desk.consumer("c") { _ in }
        for _ in 0..<20 { desk.publish("s.a") }
        desk.pull(c, "20")
        _ = desk.take()
        let parts = ["$JS", "ACK", "S", "c", "1", "5", "18446744073709551615", "", "x", "-1", "_"]
        // Messages that an acknowledgement in good form has dealt with.
        var dealtWith: Set<UInt64> = []
        for _ in 0..<3_000 {
            var tokens = ["$JS", "ACK"]
            for _ in 0..<random.below(12) {
                tokens.append(parts[Int(random.below(UInt32(parts.count)))])
            }
            guard let subject = AckSubject(tokens.joined(separator: ".")) else { continue }
            let payloads = ["", "+TERM", "+NXT {", "-NAK", "-NAK {", "-NAK {}", "+WPI "]
            let choice = Int(random.below(7))
            if choice < 3, (1...20).contains(subject.sequence) {
                dealtWith.insert(subject.sequence)
            }
            desk.stream.acknowledge(
                subject,
                consumer: c,
                payload: Array(payloads[choice].utf8).raw,
                reply: RawSpan(),
                at: desk.now,
                into: &desk.effects
            )
            _ = desk.take()
        }
        let report = desk.report(c)
        #expect(report.delivered.stream == 20)
        #expect(!dealtWith.isEmpty)
        #expect(report.ackPending == 20 - dealtWith.count)
    }
}
