// Messages make others go once they are safe, and not before.

import Base
import Testing

@testable import Queueing

@Suite struct PutOffTests {
    private func desk(_ change: (inout StreamConfiguration) -> Void) throws -> Desk {
        try Desk {
            $0.storage = .file
            change(&$0)
        }
    }

    private func sequences(_ desk: inout Desk) -> [UInt64] {
        (1...max(1, desk.stream.state.lastSequence)).filter { desk.stream.contains($0) }
    }

    private func refuse(_ desk: inout Desk) {
        let durable = desk.stream.state.durableSequence
        desk.stream.rollBack(to: durable, into: &desk.effects)
    }

    @Test func `a refused message costs none that was confirmed`() throws {
        var desk = try desk { $0.limits.messagesMax = 2 }
        for _ in 1...2 { desk.publish("s.a") }
        desk.stream.setDurable(2, into: &desk.effects)
        for _ in 1...4 { desk.publish("s.b") }
        #expect(sequences(&desk) == [1, 2, 3, 4, 5, 6])
        refuse(&desk)
        #expect(sequences(&desk) == [1, 2])
        #expect(desk.stream.deletions.count == 0)
        desk.publish("s.b")
        desk.stream.setDurable(3, into: &desk.effects)
        #expect(sequences(&desk) == [2, 3])
        #expect(desk.stream.deletions.count == 1)
    }

    @Test func `a refused value leaves the one before it`() throws {
        var desk = try desk { $0.limits.messagesPerSubjectMax = 1 }
        desk.publish("s.a")
        desk.publish("s.b")
        desk.stream.setDurable(2, into: &desk.effects)
        for _ in 1...3 { desk.publish("s.a") }
        refuse(&desk)
        #expect(sequences(&desk) == [1, 2])
        for _ in 1...3 { desk.publish("s.a") }
        desk.stream.setDurable(4, into: &desk.effects)
        #expect(sequences(&desk) == [2, 4, 5])
        desk.stream.setDurable(5, into: &desk.effects)
        #expect(sequences(&desk) == [2, 5])
    }

    @Test func `a refused message rolls nothing up`() throws {
        var desk = try desk { $0.flags.insert(.allowRollup) }
        desk.publish("s.a")
        desk.publish("s.b")
        desk.stream.setDurable(2, into: &desk.effects)
        desk.publish("s.b", headers: "Nats-Rollup: all")
        refuse(&desk)
        #expect(sequences(&desk) == [1, 2])
        desk.publish("s.b")
        desk.publish("s.b", headers: "Nats-Rollup: sub")
        desk.stream.setDurable(3, into: &desk.effects)
        #expect(sequences(&desk) == [1, 2, 3, 4])
        desk.stream.setDurable(4, into: &desk.effects)
        #expect(sequences(&desk) == [1, 4])
    }

    @Test func `limits that come later wait for what is not safe`() throws {
        var desk = try desk { _ in }
        for _ in 1...3 { desk.publish("s.a") }
        desk.stream.setDurable(1, into: &desk.effects)
        var configuration = desk.stream.state.configuration
        configuration.limits.messagesMax = 1
        desk.stream.update(configuration, into: &desk.effects)
        #expect(sequences(&desk) == [1, 2, 3])
        refuse(&desk)
        #expect(sequences(&desk) == [1])
    }

    @Test func `the log is not told that refused messages are gone`() throws {
        var desk = try desk { $0.retention = .workQueue }
        for _ in 1...4 { desk.publish("s.a") }
        desk.stream.setDurable(2, into: &desk.effects)
        try desk.stream.delete(2, into: &desk.effects)
        try desk.stream.delete(3, into: &desk.effects)
        refuse(&desk)
        // Sequences 3 and 4 are given out again.
        #expect(desk.stream.deletions.count == 1)
        #expect(desk.stream.deletions[0] == SequenceRange(first: 2, last: 2))
        #expect(desk.publish("s.a") == "3")
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `it makes no difference when messages become safe`(seed: UInt64) throws {
        var random = Random(seed: seed)
        let limits = [7, 3, 400].map { Int64(random.below(2) == 0 ? $0 : 0) }
        func change(_ configuration: inout StreamConfiguration) {
            configuration.flags.insert(.allowRollup)
            configuration.limits.messagesMax = limits[0]
            configuration.limits.messagesPerSubjectMax = limits[1]
            configuration.limits.bytesMax = limits[2]
        }
        var prompt = try desk(change)
        var late = try desk(change)
        for _ in 0..<60 {
            let subject = "s.\(random.below(4))"
            let words = ["", "", "", "", "", "Nats-Rollup: sub", "Nats-Rollup: all"]
            let headers = words[Int(random.below(7))]
            let payload = String(repeating: "x", count: Int(random.below(60)))
            let sequence = prompt.publish(subject, payload, headers: headers)
            #expect(late.publish(subject, payload, headers: headers) == sequence)
            prompt.stream.setDurable(prompt.stream.state.lastSequence, into: &prompt.effects)
            if random.below(3) == 0 {
                let last = late.stream.state.lastSequence
                late.stream.setDurable(
                    last - UInt64(random.below(UInt32(min(4, last)))),
                    into: &late.effects
                )
            }
        }
        late.stream.setDurable(late.stream.state.lastSequence, into: &late.effects)
        #expect(sequences(&prompt) == sequences(&late))
        #expect(prompt.stream.state.bytes == late.stream.state.bytes)
        #expect(late.stream.state.unenforced.count == 0)
    }
}
