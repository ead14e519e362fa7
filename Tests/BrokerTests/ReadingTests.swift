// What lies on disk alone is read for who wants it, also after a disk could not for a while.

import Base
import DiskSimulation
import Testing

@testable import Broker

@Suite struct ReadingTests {
    private let disk = SimulatedDisk(seed: 1)

    /// A queue of eight large messages, of which the first are on disk only.
    private func filled() throws -> StoreBench {
        var store = try StoreBench(disk)
        let body = #"{"subjects":["q"],"dead_letters":true}"#
        let made = store.ask("$SLUICE.API.QUEUE.CREATE.Q", body)
        #expect(made?.isError == false, "\(String(describing: made))")
        // Does not compress well: a reader's buffer holds less than one of them.
        var random = Random(seed: 1)
        let digits = (0..<249_750).map { _ in UInt8(33 + random.next() % 94) }
        let part = String(decoding: digits, as: UTF8.self)
        let rest = part + part + part + part
        for number in 1...8 {
            store.send("q", "m\(number)\(rest)")
            store.settle()
        }
        _ = store.received()
        return store
    }

    /// Large enough for few to be in memory at once.
    @Test(arguments: 1...6)
    func `consumers get large messages that are on disk only, in order`(_ count: Int) throws {
        var store = try filled()
        for consumer in 1...count {
            let made = store.ask(
                "$JS.API.CONSUMER.DURABLE.CREATE.Q.C\(consumer)",
                "{\"stream_name\":\"Q\",\"config\":{\"durable_name\":\"C\(consumer)\","
                    + "\"ack_policy\":\"explicit\",\"opt_start_seq\":\(consumer),"
                    + "\"deliver_policy\":\"by_start_sequence\"}}"
            )
            #expect(made?.isError == false)
        }
        let expiry = #"{"batch":1,"expires":60000000000}"#
        var taken: [Int: String] = [:]
        for _ in 1...8 {
            for consumer in 1...count {
                store.send("$JS.API.CONSUMER.MSG.NEXT.Q.C\(consumer)", expiry, reply: "d.1")
            }
            store.settle()
            for message in store.received() {
                let words = message.reply.split(separator: ".")
                guard words.count > 3, let consumer = Int(words[3].dropFirst()) else { continue }
                taken[consumer, default: ""] += String(message.payload.prefix(2).suffix(1))
            }
        }
        for consumer in 1...count {
            #expect(taken[consumer] == String("12345678".dropFirst(consumer - 1)))
        }
    }

    @Test func `a consumer gets its message once the disk reads again`() throws {
        var store = try filled()
        let made = store.ask(
            "$JS.API.CONSUMER.DURABLE.CREATE.Q.C",
            #"{"stream_name":"Q","config":{"durable_name":"C","ack_policy":"explicit"}}"#
        )
        #expect(made?.isError == false)
        disk.failReads(5)
        let request = #"{"batch":2,"expires":60000000000}"#
        store.send("$JS.API.CONSUMER.MSG.NEXT.Q.C", request, reply: "d.1")
        store.settle()
        #expect(store.received().isEmpty)
        let name = Array("Q".utf8)
        let told = store.bench.shard.host.readNews
        #expect(told == [ReadNews(name: name, number: 5)])
        let tries = disk.reads
        for _ in 1...5 {
            store.pass(milliseconds: 1_000)
            store.settle()
        }
        #expect((5...6).contains(disk.reads - tries), "\(disk.reads - tries) tries in 5 s")
        let before = store.bench.shard.host.readNews
        #expect(before == told, "said once")
        disk.failReads(nil)
        store.pass(milliseconds: 1_000)
        store.settle()
        let delivered = store.received().filter { $0.reply.hasPrefix("$JS.ACK.Q.C.1.") }
        #expect(delivered.map { String($0.payload.prefix(2)) } == ["m1", "m2"])
        store.pass(milliseconds: 1_000)
        store.settle()
        let after = store.bench.shard.host.readNews
        #expect(after == told + [ReadNews(name: name, number: nil)])
    }

    @Test func `who asks for one message is told that the disk cannot read it`() throws {
        var store = try filled()
        let direct = #"{"name":"Q","subjects":["q"],"allow_direct":true}"#
        let changed = store.ask("$JS.API.STREAM.UPDATE.Q", direct)
        #expect(changed?.isError == false)
        disk.failReads(5)
        let refused = store.ask("$JS.API.STREAM.MSG.GET.Q", #"{"seq":1}"#)
        #expect(refused?.number("err_code") == 10_077)
        let status = store.ask("$JS.API.DIRECT.GET.Q", #"{"seq":1}"#)
        #expect(status?.headers.hasPrefix("NATS/1.0 500 Message Could Not Be Read") == true)
        let peeked = store.ask("$SLUICE.API.QUEUE.PEEK.Q", #"{"from":1}"#)
        #expect(peeked?.isError == true, "\(String(describing: peeked))")
        disk.failReads(nil)
        let found = store.ask("$JS.API.STREAM.MSG.GET.Q", #"{"seq":1}"#)
        #expect(found?.isError == false)
        let sent = store.ask("$JS.API.DIRECT.GET.Q", #"{"seq":1}"#)
        #expect(sent?.payload.hasPrefix("m1") == true)
    }

    /// Has the first message delivered, which is on disk only afterwards.
    /// - Returns: where to answer, and the queue's index.
    private func delivered(_ store: inout StoreBench) throws -> (reply: String, queue: UInt32) {
        let made = store.ask(
            "$JS.API.CONSUMER.DURABLE.CREATE.Q.C",
            #"{"stream_name":"Q","config":{"durable_name":"C","ack_policy":"explicit"}}"#
        )
        #expect(made?.isError == false)
        store.send("$JS.API.CONSUMER.MSG.NEXT.Q.C", reply: "d.1")
        store.settle()
        let message = store.received().first { $0.payload.hasPrefix("m1") }
        let reply = try #require(message?.reply)
        for sequence in 2...4 as ClosedRange<UInt64> {
            _ = store.ask("$JS.API.STREAM.MSG.GET.Q", "{\"seq\":\(sequence)}")
        }
        let found = store.bench.shard.host.find(0, Array("Q".utf8))
        let queue = try #require(found)
        let copy = store.bench.shard.copy(1, of: queue)
        #expect(copy == nil, "it is in memory")
        return (reply, queue)
    }

    @Test func `a dead letter is kept although the disk cannot read it at first`() throws {
        var store = try filled()
        let (reply, queue) = try delivered(&store)
        disk.failReads(5)
        store.send(reply, "+TERM")
        store.settle()
        let early = store.bench.shard.deadLetters(of: queue)
        #expect(early.count == 0)
        disk.failReads(nil)
        store.pass(milliseconds: 1_000)
        store.settle()
        let kept = store.bench.shard.deadLetters(of: queue)
        #expect(kept.count == 1)
    }

    @Test(arguments: [nil, 5])
    func `a purge takes a dead letter too that is still being read`(_ failure: Int32?) throws {
        var store = try filled()
        let (reply, queue) = try delivered(&store)
        disk.failReads(failure)
        store.send(reply, "+TERM")
        store.endTick()
        let purged = store.ask("$JS.API.STREAM.PURGE.Q")
        #expect(purged?.isError == false, "\(String(describing: purged))")
        disk.failReads(nil)
        store.pass(milliseconds: 1_000)
        store.settle()
        let gone = store.bench.shard.deadLetters(of: queue)
        #expect(gone.count == 0)
        let isAwaited = store.bench.shard.awaitsBurial(queue)
        #expect(!isAwaited, "what the queue writes would wait for ever")
        let consumer = store.ask("$JS.API.CONSUMER.INFO.Q.C")
        #expect(consumer?.number("num_ack_pending") == 0)
        store.send("q", "m9")
        store.send("$JS.API.CONSUMER.MSG.NEXT.Q.C", reply: "d.2")
        store.settle()
        let last = store.received().first { $0.payload == "m9" }
        store.send(try #require(last?.reply), "+TERM")
        store.settle()
        let kept = store.bench.shard.deadLetters(of: queue)
        #expect(kept.count == 1, "the next one is kept")
    }
}
