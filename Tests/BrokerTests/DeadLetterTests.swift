// Messages that failed go to a queue of their own, and back when somebody says so.

import Base
import Engine
import Testing

@testable import Broker

@Suite struct DeadLetterTests {
    private static func ask(
        _ bench: inout ShardBench,
        _ client: UInt32,
        _ subject: String,
        _ body: String = ""
    ) -> String {
        let answer = StreamHostTests.request(&bench, client, subject, body)
        bench.shard.flushJournal()
        return answer + bench.output(client)
    }

    /// A shard with a queue W that keeps dead letters, and a consumer that tries everything twice.
    private static func bench(_ client: inout UInt32, _ retention: String) -> ShardBench {
        var bench = StreamHostTests.listening(&client)
        _ = ask(
            &bench,
            client,
            "$SLUICE.API.QUEUE.CREATE.W",
            #"{"subjects":["w.>"],"retention":"\#(retention)","memory":true,"dead_letters":true}"#
        )
        _ = ask(
            &bench,
            client,
            "$JS.API.CONSUMER.DURABLE.CREATE.W.C",
            #"{"stream_name":"W","config":{"durable_name":"C","ack_policy":"explicit","#
                + #""max_deliver":2}}"#
        )
        return bench
    }

    /// Takes the next message and says `ack` about it.
    private static func answer(
        _ bench: inout ShardBench,
        _ client: UInt32,
        _ ack: String
    ) -> String {
        let message = ask(&bench, client, "$JS.API.CONSUMER.MSG.NEXT.W.C")
        let reply = message.split(separator: " ").map(String.init)
            .first { $0.hasPrefix("$JS.ACK.") }
        guard let reply else { return message }
        _ = ask(&bench, client, reply, ack)
        return message
    }

    private static func status(_ bench: inout ShardBench, _ name: String) -> StreamStatus? {
        bench.shard.streamStatuses().first { $0.name == Array(name.utf8) }
    }

    @Test(arguments: ["limits", "workqueue", "interest"])
    func `a message that failed too often, or was given up, becomes a dead letter`(
        _ retention: String
    ) {
        var client: UInt32 = 0
        var bench = Self.bench(&client, retention)
        for subject in ["w.a", "w.b", "w.c"] { _ = Self.ask(&bench, client, subject, "body") }
        _ = Self.answer(&bench, client, "-NAK")
        _ = Self.answer(&bench, client, "-NAK")
        _ = Self.answer(&bench, client, "+TERM")
        _ = Self.answer(&bench, client, "+ACK")
        let queue = Self.status(&bench, "W")
        #expect(queue?.deadLetters == 2)
        #expect(queue?.policy.deadLetter == Array("W-dead".utf8))
        #expect(queue?.storedMessages == (retention == "limits" ? 3 : 0))
        let letter = Self.ask(&bench, client, "$JS.API.DIRECT.GET.W-dead", #"{"seq":1}"#)
        #expect(letter.contains("Sluice-Dead-Subject: w.a\r\n"))
        #expect(letter.contains("Sluice-Dead-Deliveries: 2\r\n"))
        #expect(letter.contains("\r\n\r\nbody"))
    }

    @Test func `dead letters go back as they were, as many as wanted`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client, "workqueue")
        for subject in ["w.a", "w.b", "w.c"] {
            _ = Self.ask(&bench, client, subject, "body of \(subject)")
            _ = Self.answer(&bench, client, "+TERM")
        }
        #expect(Self.status(&bench, "W")?.deadLetters == 3)
        let some = Self.ask(&bench, client, "$SLUICE.API.QUEUE.REDRIVE.W", #"{"limit":2}"#)
        #expect(some.contains(#"{"success":true,"messages":2}"#), "\(some)")
        #expect(Self.status(&bench, "W")?.deadLetters == 1)
        let message = Self.answer(&bench, client, "+ACK")
        #expect(message.hasPrefix("MSG w.a 1 $JS.ACK.W.C.1.4."), "\(message)")
        #expect(message.hasSuffix("body of w.a\r\n"))
        let rest = Self.ask(&bench, client, "$SLUICE.API.QUEUE.REDRIVE.W")
        #expect(rest.contains(#""messages":1}"#))
        #expect(Self.status(&bench, "W-dead")?.storedMessages == 0)
    }

    @Test func `a console is told of a redrive when it is done`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client, "limits")
        _ = Self.ask(&bench, client, "w.a", "body")
        _ = Self.answer(&bench, client, "+TERM")
        let ticket = Ticket(id: 4, seen: 0, author: [])
        let order = EngineOrder.redrive(stream: Array("W".utf8), limit: 0)
        #expect(bench.shard.operate(order, ticket) == .progress(ticket, done: 0, total: 1))
        bench.shard.flushJournal()
        var outcome = OrderOutcome()
        outcome.messages = 1
        #expect(bench.shard.host.operated == [.finished(ticket, outcome)])
    }

    @Test func `a queue that takes nothing in, or keeps no dead letters, is not redriven`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client, "limits")
        _ = Self.ask(&bench, client, "$SLUICE.API.QUEUE.PAUSE.W", #"{"what":"ingress"}"#)
        #expect(Self.ask(&bench, client, "$SLUICE.API.QUEUE.REDRIVE.W").contains("\"error\""))
        #expect(Self.ask(&bench, client, "$SLUICE.API.QUEUE.REDRIVE.W-dead").contains("\"error\""))
        #expect(Self.ask(&bench, client, "$SLUICE.API.QUEUE.REDRIVE.N").contains("\"error\""))
    }

    @Test func `a queue for dead letters that refuses leaves the message where it was`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client, "limits")
        _ = Self.ask(&bench, client, "$SLUICE.API.QUEUE.PAUSE.W-dead", #"{"what":"ingress"}"#)
        _ = Self.ask(&bench, client, "w.a", "body")
        _ = Self.answer(&bench, client, "+TERM")
        #expect(Self.status(&bench, "W")?.deadLetters == 0)
        #expect(Self.status(&bench, "W")?.storedMessages == 1)
    }
}
