// Pull consumers, told as short stories.

import Base
@testable import Queueing
import Testing

@Suite struct PullConsumerTests {
    private func desk(messages: Int) throws -> Desk {
        var desk = try Desk { _ in }
        for _ in 0..<messages { desk.publish("s.a", "0123456789") }
        return desk
    }

    @Test func `a batch is filled from the front and ends silently`() throws {
        var desk = try desk(messages: 3)
        let c = try desk.consumer("c") { _ in }
        desk.pull(c, "2")
        #expect(desk.take() == ["1 #1 left 2 > in", "2 #2 left 1 > in"])
        #expect(desk.report(c).ackPending == 2)
        #expect(desk.report(c).pending == 1)
        #expect(desk.report(c).delivered == SequencePair(consumer: 2, stream: 2))
    }

    @Test func `a request waits for messages to come and times out`() throws {
        var desk = try desk(messages: 0)
        let c = try desk.consumer("c") { _ in }
        desk.pull(c, #"{"batch":2,"expires":5000000000}"#)
        #expect(desk.take() == [])
        #expect(desk.report(c).waiting == 1)
        desk.publish("s.a")
        #expect(desk.take() == ["1 #1 left 0 > in"])
        desk.wait(seconds: 6)
        #expect(
            desk.take() == [
                "408 Request Timeout Nats-Pending-Messages: 1 Nats-Pending-Bytes: 0 > in"
            ]
        )
        #expect(desk.report(c).waiting == 0)
    }

    @Test func `without waiting there is an end`() throws {
        var desk = try desk(messages: 1)
        let c = try desk.consumer("c") { _ in }
        desk.pull(c, #"{"batch":5,"no_wait":true}"#)
        #expect(desk.take() == ["1 #1 left 0 > in", "404 No Messages > in"])
        desk.pull(c, #"{"batch":5,"no_wait":true}"#)
        #expect(desk.take() == ["404 No Messages > in"])
        desk.pull(c, #"{"batch":5,"no_wait":true,"expires":1000000000}"#)
        #expect(desk.take() == [])
        desk.publish("s.a")
        #expect(desk.take() == ["2 #2 left 0 > in", "404 No Messages > in"])
        desk.pull(c, #"{"batch":5,"no_wait":true,"expires":1000000000}"#)
        desk.wait(seconds: 2)
        #expect(desk.take().first?.hasPrefix("408 Request Timeout") == true)
    }

    @Test func `those who wait are served in turn`() throws {
        var desk = try desk(messages: 0)
        let c = try desk.consumer("c") { _ in }
        desk.pull(c, #"{"batch":2,"expires":5000000000}"#, "x")
        desk.pull(c, #"{"batch":2,"expires":5000000000}"#, "y")
        _ = desk.take()
        for _ in 0..<4 { desk.publish("s.a") }
        #expect(
            desk.take() == [
                "1 #1 left 3 > x", "2 #2 left 2 > y", "3 #3 left 1 > x", "4 #4 left 0 > y",
            ]
        )
    }

    @Test func `requests of those who left are dropped`() throws {
        var desk = try desk(messages: 0)
        let c = try desk.consumer("c") { _ in }
        desk.pull(c, #"{"batch":2,"expires":5000000000}"#, "x")
        desk.pull(c, #"{"batch":1,"expires":5000000000}"#, "y")
        _ = desk.take()
        desk.deaf = ["x"]
        desk.publish("s.a")
        #expect(desk.take() == ["1 #1 left 0 > y"])
        #expect(desk.report(c).waiting == 0)
    }

    @Test func `bytes bound a request`() throws {
        var desk = try desk(messages: 3)
        let c = try desk.consumer("c") { _ in }
        desk.pull(c, #"{"batch":10,"max_bytes":20,"expires":5000000000}"#)
        #expect(
            desk.take() == [
                "409 Message Size Exceeds MaxBytes Nats-Pending-Messages: 10 Nats-Pending-Bytes: 20 > in"
            ]
        )
        // s.a + $JS.ACK.S.c.1.1.1.<13 digits>.2 + 10 bytes
        let size = 3 + "$JS.ACK.S.c.1.1.1.1000000001000.2".count + 10
        desk.pull(c, #"{"batch":10,"max_bytes":\#(size + 5),"expires":5000000000}"#)
        #expect(
            desk.take() == [
                "1 #1 left 2 > in",
                "409 Message Size Exceeds MaxBytes Nats-Pending-Messages: 9 Nats-Pending-Bytes: 5 > in",
            ]
        )
        desk.pull(c, #"{"batch":1,"max_bytes":\#(size + 5),"expires":5000000000}"#)
        #expect(
            desk.take() == [
                "2 #2 left 1 > in",
                "409 Batch Completed Nats-Pending-Messages: 0 Nats-Pending-Bytes: 5 > in",
            ]
        )
    }

    @Test func `a request that asks too much is refused`() throws {
        var desk = try desk(messages: 1)
        let c = try desk.consumer("c") {
            $0.limits.requestBatchMax = 5
            $0.limits.requestExpiresMax = 1_000_000_000
            $0.limits.requestBytesMax = 100
            $0.limits.waitingMax = 1
        }
        let cases = [
            (#"{"batch":6}"#, "409 Exceeded MaxRequestBatch of 5 > in"),
            (#"{"batch":1,"expires":2000000000}"#, "409 Exceeded MaxRequestExpires of 1s > in"),
            (#"{"batch":1,"max_bytes":101}"#, "409 Exceeded MaxRequestMaxBytes of 100 > in"),
            (
                #"{"batch":1,"expires":1000000000,"idle_heartbeat":600000000}"#,
                "400 Bad Request - heartbeat value too large > in"
            ),
            (#"{"batch":"#, "400 Bad Request - invalid JSON > in"),
            (
                #"{"batch":1,"id":"x"}"#,
                "400 Bad Request - Not a Pinned Client Priority consumer > in"
            ),
            (
                #"{"batch":1,"min_pending":1}"#,
                "400 Bad Request - Not a Overflow Priority consumer > in"
            ),
            (
                #"{"batch":1,"priority":10}"#,
                "400 Bad Request - Priority must be between 0 and 9 > in"
            ),
        ]
        for (request, answer) in cases {
            desk.pull(c, request)
            #expect(desk.take() == [answer], "\(request)")
        }
        desk.pull(c, "2")
        desk.pull(c, "3", "other")
        #expect(desk.take().contains("409 Exceeded MaxWaiting > other"))
    }

    @Test func `a waiting request gets heartbeats with the counts`() throws {
        var desk = try desk(messages: 1)
        let c = try desk.consumer("c") { _ in }
        desk.pull(c, #"{"batch":5,"expires":2500000000,"idle_heartbeat":1000000000}"#)
        _ = desk.take()
        desk.wait(seconds: 2.2)
        #expect(
            desk.take()
                == [String](
                    repeating: "100 Idle Heartbeat Nats-Last-Consumer: 1 Nats-Last-Stream: 1 > in",
                    count: 2
                )
        )
    }

    @Test func `what is not acknowledged stops delivery at the limit`() throws {
        var desk = try desk(messages: 5)
        let c = try desk.consumer("c") { $0.limits.ackPendingMax = 2 }
        desk.pull(c, "5")
        #expect(desk.take().count == 2)
        try desk.ack(c, 1)
        #expect(desk.take() == ["3 #3 left 2 > in"])
        #expect(desk.report(c).ackFloor == SequencePair(consumer: 1, stream: 1))
    }

    @Test func `a push consumer takes no requests`() throws {
        var desk = try desk(messages: 1)
        let c = try desk.consumer("c") { $0.deliverSubject = Array("out".utf8) }
        desk.pull(c, "1")
        #expect(desk.take() == ["409 Consumer is push based > in"])
    }

    @Test func `deleting the consumer tells those who wait`() throws {
        var desk = try desk(messages: 0)
        let c = try desk.consumer("c") { _ in }
        desk.pull(c, "1")
        _ = desk.take()
        desk.stream.removeConsumer(c, into: &desk.effects)
        #expect(desk.take() == ["409 Consumer Deleted > in"])
        #expect(desk.stream.consumer(named: Array("c".utf8).raw) == nil)
    }

    @Test func `a consumer nobody uses goes away`() throws {
        var desk = try desk(messages: 0)
        let c = try desk.consumer("c") { $0.inactiveThreshold = 5_000_000_000 }
        desk.wait(seconds: 4)
        #expect(desk.take() == [])
        desk.pull(c, #"{"batch":1,"no_wait":true}"#)
        _ = desk.take()
        desk.wait(seconds: 4)
        #expect(desk.take() == [])
        desk.wait(seconds: 2)
        #expect(desk.take() == ["expired \(c)"])
    }

    @Test func `an overflow group is served when there is much to do`() throws {
        var desk = try desk(messages: 0)
        let c = try desk.consumer("c") {
            $0.priorityPolicy = .overflow
            $0.priorityGroups = [Array("g".utf8)]
        }
        desk.pull(c, #"{"batch":5,"group":"g","min_pending":3,"expires":9000000000}"#)
        desk.publish("s.a")
        desk.publish("s.a")
        #expect(desk.take() == [])
        desk.publish("s.a")
        #expect(desk.take() == ["1 #1 left 2 > in"])
        desk.pull(c, #"{"batch":5,"expires":9000000000}"#)
        #expect(desk.take() == ["400 Bad Request - Priority Group missing > in"])
    }

    @Test func `the lowest priority comes first`() throws {
        var desk = try desk(messages: 0)
        let c = try desk.consumer("c") {
            $0.priorityPolicy = .prioritized
            $0.priorityGroups = [Array("g".utf8)]
        }
        desk.pull(c, #"{"batch":2,"group":"g","priority":5,"expires":9000000000}"#, "five")
        desk.pull(c, #"{"batch":1,"group":"g","priority":1,"expires":9000000000}"#, "one")
        for _ in 0..<3 { desk.publish("s.a") }
        #expect(desk.take().map { $0.suffix(4) } == [" one", "five", "five"])
    }

    @Test func `a pinned client gets everything until it says nothing`() throws {
        var desk = try desk(messages: 1)
        let c = try desk.consumer("c") {
            $0.priorityPolicy = .pinnedClient
            $0.priorityGroups = [Array("g".utf8)]
            $0.priorityTimeout = 2_000_000_000
        }
        desk.pull(c, #"{"batch":1,"group":"g","expires":9000000000}"#, "a")
        let first = desk.take()
        #expect(first.count == 2 && first[0].hasPrefix("pinned 0 "))
        let id = String(first[0].dropFirst(9))
        #expect(desk.report(c).priorityGroups.first?.pinnedId == Array(id.utf8))
        desk.pull(c, #"{"batch":1,"group":"g","expires":9000000000}"#, "b")
        desk.publish("s.a")
        #expect(desk.take() == [])
        desk.pull(c, #"{"batch":1,"group":"g","id":"\#(id)","expires":9000000000}"#, "a")
        #expect(desk.take().first?.hasSuffix("> a") == true)
        desk.pull(c, #"{"batch":1,"group":"g","id":"wrong","expires":9000000000}"#, "z")
        #expect(desk.take() == ["423 Nats-Pin-Id mismatch > z"])
        desk.publish("s.a")
        desk.wait(seconds: 3)
        let later = desk.take()
        #expect(later.first?.hasPrefix("unpinnedByTimeout") == true)
        #expect(later.last?.hasSuffix("> b") == true)
    }
}
