// What a shard shows of itself.

import Base
import Reactor
import Testing
import Wire

@testable import Broker

@Suite struct ShardPictureTests {
    @Test func `shows connections with their traffic and subscriptions`() throws {
        var bench = ShardBench()
        let client = bench.client("\"name\":\"n\",\"lang\":\"swift\",\"version\":\"1\"")
        bench.say(client, "SUB foo.* q 9\r\nUNSUB 9 3\r\nPUB foo.a 2\r\nhi\r\n")
        let row = try #require(bench.picture().connections.first)
        #expect(row.id == 1)
        #expect(row.program.language == Array("swift".utf8))
        #expect(row.traffic.messagesIn == 1 && row.traffic.bytesOut == 2)
        #expect(row.pendingBytes == "MSG foo.a 9 2\r\nhi\r\n".utf8.count)
        let wanted = SubscriptionRow(
            filter: Array("foo.*".utf8),
            queue: Array("q".utf8),
            sid: Array("9".utf8),
            delivered: 1,
            deliveriesMax: 3
        )
        #expect(row.subscriptions == [wanted])
    }

    @Test func `keeps closed connections with the reason and what they subscribed to`() throws {
        var bench = ShardBench()
        let client = bench.client()
        bench.say(client, "SUB foo 1\r\n")
        bench.wait(milliseconds: 100)
        bench.say(client, "BAD\r\n")
        bench.shard.release(client)
        let picture = bench.picture()
        #expect(picture.connections.isEmpty && picture.connectionCount == 0)
        let row = try #require(picture.closed.first)
        #expect(row.closedReason != nil)
        #expect(row.stoppedAt == bench.now)
        #expect(row.subscriptions.map(\.filter) == [Array("foo".utf8)])
        #expect(row.subscriptionCount == 1)
    }

    @Test func `shows the busiest when there are too many`() {
        var bench = ShardBench()
        let clients = [bench.client(), bench.client(), bench.client()]
        bench.say(clients[1], "PUB foo 3\r\nabc\r\n")
        bench.say(clients[2], "PUB foo 1\r\na\r\n")
        var request = PictureRequest(number: 5)
        request.connectionsMax = 2
        let picture = bench.shard.picture(request)
        #expect(picture.number == 5)
        #expect(picture.connectionCount == 3)
        #expect(picture.connections.map(\.id) == [2, 3])
    }

    @Test func `a throttled connection is marked until the limit is lifted`() {
        var bench = ShardBench()
        let client = bench.client()
        let wasFound = bench.shard.throttle(1, bytesPerSecond: 1_000)
        #expect(wasFound)
        #expect(bench.shard.connections[client].flags.contains(.isThrottled))
        #expect(bench.picture().connections.first?.throttleBytesPerSecond == 1_000)
        _ = bench.shard.throttle(1, bytesPerSecond: 0)
        #expect(!bench.shard.connections[client].flags.contains(.isThrottled))
        let wasStranger = bench.shard.throttle(99, bytesPerSecond: 1)
        #expect(!wasStranger)
    }

    /// What the connections take messages from, as the console is shown it.
    private func work(_ bench: inout ShardBench) -> [[ConsumerWork]] {
        var request = PictureRequest(number: 1)
        request.connectionsMax = 10
        request.hasStreams = true
        return bench.shard.picture(request).connections.sorted { $0.id < $1.id }.map(\.work)
    }

    private func name(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func `a client that pulls works on its consumer until it has long not asked`() {
        var client: UInt32 = 0
        var bench = StreamHostTests.bench(&client)
        #expect(work(&bench) == [[]])
        for number in 1...3 { StreamHostTests.request(&bench, client, "q.a", "m\(number)") }
        StreamHostTests.request(&bench, client, "$JS.API.CONSUMER.MSG.NEXT.Q.C", "1")
        let wanted = ConsumerWork(stream: name("Q"), consumer: name("C"), pending: 2, unacked: 1)
        #expect(work(&bench) == [[wanted]])
        bench.wait(milliseconds: 60_000)
        #expect(work(&bench).first?.count == 1)
        bench.wait(milliseconds: 61_000)
        #expect(work(&bench) == [[]])
    }

    @Test func `whoever listens to a push consumer works on it, groups too`() {
        var client: UInt32 = 0
        var bench = StreamHostTests.listening(&client)
        let members = [bench.client(), bench.client()]
        for member in members { bench.say(member, "SUB d.group g 7\r\n") }
        bench.say(client, "SUB d.plain 2\r\n")
        StreamHostTests.request(
            &bench,
            client,
            "$JS.API.STREAM.CREATE.Q",
            #"{"name":"Q","subjects":["q.>"],"storage":"memory"}"#
        )
        for (consumer, more) in [("plain", ""), ("group", #","deliver_group":"g""#)] {
            StreamHostTests.request(
                &bench,
                client,
                "$JS.API.CONSUMER.DURABLE.CREATE.Q.\(consumer)",
                #"{"stream_name":"Q","config":{"durable_name":"\#(consumer)","#
                    + #""ack_policy":"explicit","deliver_subject":"d.\#(consumer)"\#(more)}}"#
            )
        }
        StreamHostTests.request(&bench, client, "q.a", "m")
        let plain = ConsumerWork(
            stream: name("Q"),
            consumer: name("plain"),
            pending: 0,
            unacked: 1
        )
        let group = ConsumerWork(
            stream: name("Q"),
            consumer: name("group"),
            pending: 0,
            unacked: 1
        )
        #expect(work(&bench) == [[plain], [group], [group]])
    }

    @Test func `of many consumers the one asked longest ago is forgotten`() {
        var pulled = PulledConsumers()
        for number in 0...PulledConsumers.countMax {
            pulled.note(
                name("s"),
                name("c\(number)"),
                at: Instant(nanoseconds: UInt64(number) + 1)
            )
        }
        #expect(pulled.pulls.count == PulledConsumers.countMax)
        #expect(!pulled.pulls.contains { $0.consumer == name("c0") })
        pulled.note(name("s"), name("c1"), at: Instant(nanoseconds: 99))
        #expect(pulled.pulls.count == PulledConsumers.countMax)
    }

    @Test func `remembers as many closed connections as it may, the newest`() {
        var closed = ClosedConnections(countMax: 3)
        for id in 1...5 as ClosedRange<UInt64> {
            closed.add(
                ConnectionRow(
                    id: id,
                    peer: PeerAddress(host: "", port: 0),
                    startedAt: .never,
                    activeAt: .never
                )
            )
        }
        #expect(closed.newest(.max).map(\.id) == [3, 4, 5])
        #expect(closed.newest(2).map(\.id) == [4, 5])
        #expect(closed.newest(0).isEmpty)
    }
}
