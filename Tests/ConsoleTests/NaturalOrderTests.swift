// The order of names, and of rows that are otherwise alike.

import Base
import Canvas
import Engine
import Support
import Testing

@testable import Console

@Suite struct NaturalOrderTests {
    @Test func `numbers in names are in the order of their values`() {
        let names = [
            "", "10", "L", "L1", "L2", "L02", "L3x", "L12", "L12a", "L012b", "L15", "Lx", "M1.2",
            "M1.10", "m",
        ]
        let shuffled = names.reversed().map { Array($0.utf8) }
        let sorted = shuffled.sorted(by: NaturalOrder.precedes)
        #expect(sorted.map { String(decoding: $0, as: UTF8.self) } == order(names))
        for (place, name) in sorted.enumerated() {
            #expect(!NaturalOrder.precedes(name, name))
            for later in sorted[(place + 1)...] {
                #expect(NaturalOrder.precedes(name, later) && !NaturalOrder.precedes(later, name))
            }
        }
    }

    /// `L02` has the value of `L2` and the lesser bytes.
    private func order(_ names: [String]) -> [String] {
        var names = names
        names.swapAt(4, 5)
        return names
    }

    @Test func `numbers longer than any integer are compared`() {
        let long = Array(("q" + String(repeating: "9", count: 300)).utf8)
        let longer = Array(("q1" + String(repeating: "0", count: 300)).utf8)
        #expect(NaturalOrder.precedes(long, longer) && !NaturalOrder.precedes(longer, long))
    }

    @Test(arguments: [true, false])
    func `rows that are alike in the sorted column are in the order of names`(
        isDescending: Bool
    ) {
        var snapshot = EngineSnapshot()
        snapshot.takenAt = Instant(nanoseconds: 1_000_000_000)
        snapshot.streams = ["L15", "L2", "BUSY", "L12"].map { StreamStatus(name: Array($0.utf8)) }
        snapshot.streams[2].depth = 7
        var model = SampleConsole.model(120, 40)
        model.data.latest = snapshot
        model.setSort(.queues, name: "depth", isDescending: isDescending)
        let names = model.rowIds(.queues).map { id -> String in
            guard case .stream(let name) = id else { return "" }
            return String(decoding: name, as: UTF8.self)
        }
        let alike = ["L2", "L12", "L15"]
        #expect(names == (isDescending ? ["BUSY"] + alike : alike + ["BUSY"]))
    }
}
