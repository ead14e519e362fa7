// What operators do to queues.

import Base
@testable import Queueing
import Testing

@Suite struct QueueOperationsTests {
    @Test func `paused ingress refuses at once and delivery goes on`() throws {
        var desk = try Desk { _ in }
        let c = try desk.consumer("c") { _ in }
        desk.publish("s.a")
        desk.stream.pauseIngress()
        #expect(desk.publish("s.a") == "10077 stream ingress is paused")
        desk.pull(c, "1")
        #expect(desk.take() == ["1 #1 left 0 > in"])
        desk.stream.resume()
        #expect(desk.publish("s.a") == "2")
    }

    @Test func `a drain ends when everything is dealt with`() throws {
        var desk = try Desk { _ in }
        let c = try desk.consumer("c") { _ in }
        for _ in 0..<4 { desk.publish("s.a") }
        desk.stream.startDrain(at: desk.now)
        #expect(desk.stream.mode == .draining)
        #expect(desk.stream.drain.startDepth == 4)
        desk.pull(c, "4")
        _ = desk.take()
        #expect(desk.stream.depth == 4)
        desk.wait(seconds: 2)
        try desk.ack(c, 1)
        try desk.ack(c, 2, delivery: 2)
        _ = desk.take()
        #expect(desk.stream.depth == 2)
        #expect(desk.stream.drain.remaining(depth: 2, at: desk.now) == 2_000_000_000)
        try desk.ack(c, 3, delivery: 3)
        try desk.ack(c, 4, delivery: 4)
        _ = desk.take()
        #expect(desk.stream.mode == .drained)
        #expect(desk.stream.drain.finished == desk.now)
        #expect(desk.publish("s.a").hasPrefix("10077"))
        desk.stream.resume()
        #expect(desk.publish("s.a") == "5")
    }

    @Test func `held delivery lets the depth grow and counts acknowledgements`() throws {
        var desk = try Desk { _ in }
        let c = try desk.consumer("c") { _ in }
        desk.publish("s.a")
        desk.pull(c, "5")
        _ = desk.take()
        desk.stream.holdDelivery(true)
        desk.publish("s.a")
        #expect(desk.take() == [])
        try desk.ack(c, 1)
        #expect(desk.stream.depth == 1)
        let later = try desk.consumer("d") { _ in }
        desk.pull(later, "1")
        #expect(desk.take() == [])
        desk.stream.resume()
        #expect(desk.take().count == 2)
    }

    @Test func `a redrive knows what is next and when it is done`() {
        var plan = RedrivePlan(first: 3, last: 9, most: 2)
        #expect(plan.next == 3 && !plan.isDone)
        plan.advance(past: 4, wasPutBack: true)
        plan.advance(past: 5, wasPutBack: false)
        #expect(plan.next == 6 && plan.done == 1)
        plan.advance(past: 6, wasPutBack: true)
        #expect(plan.isDone)
        #expect(RedrivePlan(first: 5, last: 4, most: 0).isDone)
    }

    @Test func `a mode that was kept is taken up again`() throws {
        var desk = try Desk { _ in }
        desk.publish("s.a")
        var drain = DrainProgress()
        drain.startDepth = 9
        desk.stream.restore(.draining, drain: drain, isHeld: true)
        #expect(desk.publish("s.a").hasPrefix("10077"))
        #expect(desk.stream.isHeld && desk.stream.drain.startDepth == 9)
        desk.pump()
        #expect(desk.stream.mode == .draining)
    }
}
