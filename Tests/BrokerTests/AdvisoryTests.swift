// Whoever listens hears what becomes of streams, consumers and messages, and who asked for what.

import Base
import Testing

@testable import Broker

@Suite struct AdvisoryTests {
    /// A bench whose client also listens to everything that is told.
    private static func bench(_ client: inout UInt32) -> ShardBench {
        var bench = ShardBench { $0.hasStreams = true }
        client = bench.client("\"name\":\"desk\"")
        bench.say(client, "SUB r.* 1\r\nSUB $JS.EVENT.> 2\r\n")
        return bench
    }

    private static func create(_ bench: inout ShardBench, _ client: UInt32) -> String {
        StreamHostTests.request(
            &bench,
            client,
            "$JS.API.STREAM.CREATE.Q",
            #"{"name":"Q","subjects":["q.>"],"storage":"memory"}"#
        )
    }

    private static func consumer(
        _ bench: inout ShardBench,
        _ client: UInt32,
        _ members: String
    ) -> String {
        StreamHostTests.request(
            &bench,
            client,
            "$JS.API.CONSUMER.DURABLE.CREATE.Q.C",
            #"{"stream_name":"Q","config":{"durable_name":"C","ack_policy":"explicit"\#(members)}}"#
        )
    }

    @Test func `streams and consumers are told of as they come, change and go`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        let made = Self.create(&bench, client)
        #expect(made.contains("MSG $JS.EVENT.ADVISORY.STREAM.CREATED.Q 2 "))
        #expect(made.contains(#""stream":"Q","action":"create"}"#))
        #expect(Self.consumer(&bench, client, "").contains("ADVISORY.CONSUMER.CREATED.Q.C"))
        let gone = StreamHostTests.request(&bench, client, "$JS.API.STREAM.DELETE.Q", "")
        #expect(gone.contains(#""stream":"Q","consumer":"C","action":"delete"}"#))
        #expect(gone.contains(#""stream":"Q","action":"delete"}"#))
    }

    @Test func `a request is told of with its sender and its answer`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        let told = StreamHostTests.request(&bench, client, "$JS.API.STREAM.INFO.N", "{}")
        #expect(told.contains("MSG $JS.EVENT.ADVISORY.API 2 "))
        #expect(told.contains(#""acc":"$G","name":"desk""#))
        #expect(told.contains(#""subject":"$JS.API.STREAM.INFO.N","request":"{}","response":"{\""#))
        #expect(told.contains(#"\"err_code\":10059"#))
    }

    @Test(arguments: [
        ("-NAK", "CONSUMER.MSG_NAKED.Q.C", #""consumer_seq":1,"stream_seq":1,"deliveries":1}"#),
        ("+TERM bad", "CONSUMER.MSG_TERMINATED.Q.C", #""deliveries":1,"reason":"bad"}"#),
        ("+ACK", "METRIC.CONSUMER.ACK.Q.C", #""stream_seq":1,"ack_time":"#),
    ])
    func `what becomes of a message is told`(_ ack: String, _ subject: String, _ text: String) {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        _ = Self.create(&bench, client)
        _ = Self.consumer(&bench, client, #","sample_freq":"100""#)
        StreamHostTests.request(&bench, client, "q.a", "x")
        let message = StreamHostTests.request(
            &bench,
            client,
            "$JS.API.CONSUMER.MSG.NEXT.Q.C",
            ""
        )
        let words = message.split(separator: " ").map(String.init)
        guard let reply = words.first(where: { $0.hasPrefix("$JS.ACK.") }) else {
            Issue.record("no message in \(message)")
            return
        }
        let told = StreamHostTests.request(&bench, client, reply, ack)
        #expect(told.contains(subject) && told.contains(text), "\(told)")
    }

    @Test func `acknowledgements of two streams in one tick are told each as its own`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        _ = Self.create(&bench, client)
        _ = Self.consumer(&bench, client, "")
        StreamHostTests.request(
            &bench,
            client,
            "$JS.API.STREAM.CREATE.P",
            #"{"name":"P","subjects":["p.>"],"storage":"memory"}"#
        )
        StreamHostTests.request(
            &bench,
            client,
            "$JS.API.CONSUMER.DURABLE.CREATE.P.D",
            #"{"stream_name":"P","config":{"durable_name":"D","ack_policy":"explicit"}}"#
        )
        var replies: [String] = []
        for (subject, path) in [("q.a", "Q.C"), ("p.a", "P.D")] {
            StreamHostTests.request(&bench, client, subject, "x")
            let next = "$JS.API.CONSUMER.MSG.NEXT.\(path)"
            let message = StreamHostTests.request(&bench, client, next, "")
            replies += message.split(separator: " ").map(String.init)
                .filter { $0.hasPrefix("$JS.ACK.") }
        }
        #expect(replies.count == 2)
        for reply in replies { bench.say(client, "PUB \(reply) 4\r\n-NAK\r\n") }
        bench.shard.flushJournal()
        let told = bench.output(client)
        #expect(told.contains("MSG_NAKED.Q.C") && told.contains("MSG_NAKED.P.D"), "\(told)")
    }
}
