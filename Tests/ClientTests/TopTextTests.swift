// What `sluice top` makes of two answers.

import Base
import JSON
import Testing

@testable import Client

@Suite struct TopTextTests {
    private func answer(_ queues: String) -> [JSONValue] {
        OperatorAnswer(Array("{\"queues\":[\(queues)]}".utf8)).value["queues"]?.asArray ?? []
    }

    private func queue(_ name: String, depth: Int, _ counts: [Int]) -> String {
        """
        {"name":"\(name)","state":"running","depth":\(depth),"consumers":[{"unacked":3}],\
        "in":\(counts[0]),"out":\(counts[1]),"acks":\(counts[2]),"redelivered":\(counts[3])}
        """
    }

    private var report: TopText {
        let first = answer(queue("a", depth: 5, [100, 50, 40, 0]))
        let second = answer(
            queue("a", depth: 7, [300, 150, 40, 2]) + ","
                + queue("b\\u001b[2J", depth: 9, [1_000, 0, 0, 0])
        )
        return TopText(Array("desk".utf8), from: first, to: second, seconds: 2)
    }

    @Test func `rates are what happened between two answers`() {
        let lines = String(decoding: report.lines, as: UTF8.self).split(separator: "\n")
        #expect(lines.first == "rate: desk in 100/s out 50/s ack 0/s redelivered 1/s queues 2")
        let a = "queue: a running depth 7 unacked 3 in 100/s out 50/s ack 0/s redelivered 1/s"
        #expect(lines.last.map(String.init) == a)
    }

    @Test func `the deepest queue comes first, and no terminal obeys a name`() {
        let text = String(decoding: report.lines, as: UTF8.self)
        #expect(text.split(separator: "\n")[1].hasPrefix("queue: b?[2J running depth 9 "))
        #expect(!text.contains("\u{1B}"))
    }

    @Test func `JSON has one line and the same numbers`() {
        let text = String(decoding: report.json(at: Instant(nanoseconds: 7)), as: UTF8.self)
        #expect(text.hasPrefix("{\"server\":\"desk\",\"time_ns\":7,\"in_per_second\":100,"))
        #expect(text.hasSuffix("\n") && text.dropLast().allSatisfy { $0 != "\n" })
    }

    @Test func `a counter that went back means no rate`() {
        let first = answer(queue("a", depth: 0, [9, 9, 9, 9]))
        let second = answer(queue("a", depth: 0, [1, 1, 1, 1]))
        let lines = TopText([], from: first, to: second, seconds: 1).lines
        #expect(String(decoding: lines, as: UTF8.self).contains(" in 0/s out 0/s"))
    }
}
