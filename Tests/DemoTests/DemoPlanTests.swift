// What the demonstration sends follows from its seed, and finds a queue.

import Base
import Testing

@testable import Demo

@Suite struct DemoPlanTests {
    private func messages(seed: UInt64, ticks: Int) -> [DemoMessage] {
        var plan = DemoPlan(seed: seed)
        return (0..<ticks).flatMap { _ in plan.next() }
    }

    @Test func `one seed sends the same messages, another one others`() {
        let first = messages(seed: 7, ticks: 50)
        #expect(first == messages(seed: 7, ticks: 50))
        #expect(first != messages(seed: 8, ticks: 50))
    }

    @Test func `a second has 2400 quotes, and every order is asked about and settled`() {
        var plan = DemoPlan(seed: 3)
        let second = (0..<20).flatMap { _ in plan.next() }
        func count(_ prefix: String) -> Int {
            second.count { String(decoding: $0.subject, as: UTF8.self).hasPrefix(prefix) }
        }
        #expect(count("quotes.") == 2_400)
        #expect((120...280).contains(count("trades.")))
        #expect((160...320).contains(count("orders.")))
        #expect(count("orders.") == count("risk.check."))
        #expect(count("orders.") == count("settlement."))
        let known = ["quotes.", "trades.", "orders.", "risk.check.", "settlement."]
        #expect(known.map(count).reduce(0, +) == second.count)
    }

    @Test func `poison comes every fifteen seconds`() {
        let all = messages(seed: 5, ticks: 900)
        #expect(all.count { $0.subject == Array(DemoPlan.poison.utf8) } == 3)
    }

    @Test func `every taker has its stream`() {
        let names = Set(DemoStream.all.map(\.name))
        #expect(DemoTaker.all.allSatisfy { names.contains($0.stream) })
        #expect(Set(DemoTaker.all.map(\.name)).count == DemoTaker.all.count)
    }
}
