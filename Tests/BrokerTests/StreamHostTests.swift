// Streams on a shard without sockets and without a disk: requests in, answers and messages out.

import Base
import Engine
import Testing

@testable import Broker

@Suite struct StreamHostTests {
    /// A shard with streams and a client that listens for answers.
    static func listening(_ client: inout UInt32) -> ShardBench {
        var bench = ShardBench { $0.hasStreams = true }
        client = bench.client()
        bench.say(client, "SUB r.* 1\r\n")
        return bench
    }

    /// A shard with a stream in memory called Q on `q.>`, a consumer C, and a client that listens
    /// for answers.
    static func bench(_ client: inout UInt32) -> ShardBench {
        var bench = listening(&client)
        request(
            &bench,
            client,
            "$JS.API.STREAM.CREATE.Q",
            #"{"name":"Q","subjects":["q.>"],"storage":"memory"}"#
        )
        request(
            &bench,
            client,
            "$JS.API.CONSUMER.DURABLE.CREATE.Q.C",
            #"{"stream_name":"Q","config":{"durable_name":"C","ack_policy":"explicit"}}"#
        )
        return bench
    }

    /// Sends a request and gives what came back.
    @discardableResult
    static func request(
        _ bench: inout ShardBench,
        _ client: UInt32,
        _ subject: String,
        _ body: String
    ) -> String {
        bench.say(client, "PUB \(subject) r.x \(body.utf8.count)\r\n\(body)\r\n")
        bench.shard.flushJournal()
        return bench.output(client)
    }

    static func operate(_ bench: inout ShardBench, _ order: EngineOrder) -> EngineReport {
        let report = bench.shard.operate(order, Ticket(id: 1, seen: 0, author: []))
        bench.shard.flushJournal()
        return report
    }

    @Test func `scripts pause, drain, purge and look into a queue by message`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        func ask(_ subject: String, _ body: String = "") -> String {
            Self.request(&bench, client, "$SLUICE.API.QUEUE.\(subject)", body)
        }
        for number in 1...3 { Self.request(&bench, client, "q.a", "m\(number)") }
        #expect(ask("LIST").contains("\"name\":\"Q\",\"state\":\"running\""))
        #expect(ask("PEEK.Q", "{\"from\":2,\"count\":1}").contains("\"payload_hex\":\"6d32\""))
        #expect(ask("PAUSE.Q", "{\"what\":\"ingress\"}").contains("\"success\":true"))
        #expect(ask("INFO.Q").contains("\"state\":\"ingress_paused\""))
        #expect(Self.request(&bench, client, "q.a", "no").contains("\"error\""))
        #expect(ask("RESUME.Q").contains("\"success\":true"))
        #expect(ask("PURGE.Q", "{\"keep\":1}").contains("\"messages\":2"))
        #expect(ask("INFO.Q").contains("\"messages\":1"))
        #expect(ask("PAUSE.Q", "{\"what\":\"both\"}").contains("\"error\""))
        #expect(ask("DRAIN.NONE").contains("\"error\""))
        #expect(ask("NOTHING.Q").contains("\"error\""))
        #expect(ask("DELETE.Q").contains("\"success\":true"))
        #expect(ask("LIST").contains("\"queues\":[]"))
    }

    @Test(arguments: [
        ("PURGE.Q", #"{"filter":[1]}"#), ("PURGE.Q", #"{"filter":""}"#), ("PURGE.Q", #"{"seq":2}"#),
        ("PURGE.Q", #"{"up_to":"2"}"#), ("PURGE.Q", #"{"keep":-1}"#), ("PURGE.Q", "[]"),
        ("PURGE.Q", #"{"Filter":"q.b"}"#), ("PAUSE.Q", #"{"consumer":7}"#),
        ("PAUSE.Q", #"{"what":1}"#), ("PAUSE.Q", #"{"what":"ingress","consumer":"C"}"#),
        ("RESUME.Q", #"{"consumer":{}}"#), ("RESUME.Q", #"{"consumers":"C"}"#),
        ("DRAIN.Q", #"{"deadline":1}"#), ("DELETE.Q", #"{"keep":1}"#), ("PEEK.Q", #"{"from":"1"}"#),
        ("LIST", #"{"offset":true}"#), ("INFO.Q", "{"),
    ])
    func `a request that is not understood whole does nothing`(_ verb: String, _ body: String) {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        for number in 1...3 { Self.request(&bench, client, "q.a", "m\(number)") }
        Self.request(&bench, client, "$SLUICE.API.QUEUE.PAUSE.Q", "")
        let answer = Self.request(&bench, client, "$SLUICE.API.QUEUE.\(verb)", body)
        #expect(answer.contains("\"code\":400"))
        let status = bench.shard.streamStatuses().first
        #expect(status?.storedMessages == 3)
        #expect(status?.state == .deliveryPaused(until: .distantFuture))
    }

    @Test func `a long list of queues comes in pages`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        for number in 100..<300 {
            Self.request(
                &bench,
                client,
                "$JS.API.STREAM.CREATE.S\(number)",
                #"{"name":"S\#(number)","subjects":["s.\#(number)"],"storage":"memory"}"#
            )
        }
        let first = Self.request(&bench, client, "$SLUICE.API.QUEUE.LIST", "")
        #expect(first.contains("\"total\":201,\"offset\":0,"))
        #expect(first.contains("\"S226\"") && !first.contains("\"S227\""))
        let last = Self.request(&bench, client, "$SLUICE.API.QUEUE.LIST", "{\"offset\":128}")
        #expect(last.contains("\"S227\"") && last.contains("\"S299\""))
        let none = Self.request(&bench, client, "$SLUICE.API.QUEUE.LIST", "{\"offset\":999}")
        #expect(none.contains("\"queues\":[]"))
    }

    @Test func `the time of a stream is not forgotten over that of a connection`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        Self.request(
            &bench,
            client,
            "$JS.API.STREAM.CREATE.T",
            #"{"name":"T","subjects":["t"],"storage":"memory","max_age":5000000000}"#
        )
        Self.request(&bench, client, "t", "old")
        let end = bench.now.adding(nanoseconds: 5 * nanosecondsPerSecond)
        for _ in 0..<30 {
            bench.wait(milliseconds: 100)
            bench.shard.flushJournal()
        }
        #expect(bench.now < end && bench.shard.nextDeadline <= end)
    }

    @Test func `a publish is answered with its sequence`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        let answer = Self.request(&bench, client, "q.a", "hello")
        #expect(answer.hasSuffix("{\"stream\":\"Q\",\"seq\":1}\r\n"))
        #expect(Self.request(&bench, client, "q.a", "again").contains("\"seq\":2"))
    }

    @Test func `a pull gives the message under its own subject, with the way to acknowledge it`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        Self.request(&bench, client, "q.a", "hello")
        let message = Self.request(&bench, client, "$JS.API.CONSUMER.MSG.NEXT.Q.C", "")
        #expect(message.hasPrefix("MSG q.a 1 $JS.ACK.Q.C.1.1.1."))
        #expect(message.hasSuffix(" 5\r\nhello\r\n"))
    }

    @Test func `a held stream keeps its messages until it is resumed`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        let name = Array("Q".utf8)
        let forever = Instant.distantFuture
        _ = Self.operate(
            &bench,
            .pauseDelivery(stream: name, consumer: nil, until: forever, reason: [])
        )
        Self.request(&bench, client, "q.a", "hello")
        #expect(Self.request(&bench, client, "$JS.API.CONSUMER.MSG.NEXT.Q.C", "").isEmpty)
        #expect(bench.shard.streamStatuses().first?.state == .deliveryPaused(until: forever))
        _ = Self.operate(&bench, .resume(stream: name, consumer: nil))
        #expect(bench.output(client).contains("hello"))
    }

    @Test func `a hold ends by itself when its time is over`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        let end = bench.now.adding(nanoseconds: nanosecondsPerSecond)
        _ = Self.operate(
            &bench,
            .pauseDelivery(stream: Array("Q".utf8), consumer: nil, until: end, reason: [])
        )
        Self.request(&bench, client, "q.a", "hello")
        Self.request(&bench, client, "$JS.API.CONSUMER.MSG.NEXT.Q.C", "")
        bench.wait(milliseconds: 900)
        bench.shard.flushJournal()
        #expect(!bench.output(client).contains("hello"))
        bench.wait(milliseconds: 200)
        bench.shard.flushJournal()
        #expect(bench.output(client).contains("hello"))
    }

    @Test func `a drained stream refuses publishes and rests when it is empty`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        Self.request(&bench, client, "q.a", "hello")
        let name = Array("Q".utf8)
        _ = Self.operate(&bench, .drain(stream: name, deadline: .distantFuture, afterwards: .rest))
        #expect(Self.request(&bench, client, "q.a", "no").contains("10077"))
        #expect(bench.shard.streamStatuses().first?.state == .draining(from: 1))
        let message = Self.request(&bench, client, "$JS.API.CONSUMER.MSG.NEXT.Q.C", "")
        let reply = message.split(separator: " ")[3]
        bench.say(client, "PUB \(reply) 0\r\n\r\n")
        bench.shard.flushJournal()
        #expect(bench.shard.streamStatuses().first?.state == .drained)
    }

    @Test func `a purge takes what its ceiling allows`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        for _ in 0..<5 { Self.request(&bench, client, "q.a", "x") }
        let scope = PurgeScope(ceiling: 3, keep: 0, filter: [])
        guard
            case .finished(_, let outcome) = Self.operate(
                &bench,
                .purge(stream: Array("Q".utf8), scope: scope)
            )
        else {
            Issue.record("the purge failed")
            return
        }
        #expect(outcome.messages == 3)
        #expect(bench.shard.streamStatuses().first?.storedMessages == 2)
    }

    @Test func `an order about a stream that is not there is refused`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        let order = EngineOrder.pauseIngress(stream: [1], until: .distantFuture, reason: [])
        guard case .failed(_, .notFound) = Self.operate(&bench, order) else {
            Issue.record("the order was not refused")
            return
        }
    }
}
