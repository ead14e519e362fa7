// Seeded lives of a broker with its store. STORE_SEEDS=n runs n seeds, STORE_SEED=n one of them,
// and says what happens.

import Base
import DiskSimulation
import Glibc
import Testing

@testable import Broker

@Suite struct StoreSimulationTests {
    private static func setting(_ name: String) -> UInt64? {
        guard let text = unsafe getenv(name) else { return nil }
        return UInt64(unsafe String(cString: text))
    }

    /// The seeds are dealt out to as many tests, which run side by side.
    private static let laneCount: UInt64 = 2

    @Test(arguments: 1...laneCount)
    func `clients keep what they were promised in every life`(lane: UInt64) throws {
        let one = Self.setting("STORE_SEED")
        let last = Self.setting("STORE_SEEDS") ?? 20
        let dealt = Array(stride(from: lane, through: last, by: Int(Self.laneCount)))
        let seeds = one.map { lane == 1 ? [$0] : [] } ?? dealt
        guard let first = seeds.first, let end = seeds.last else { return }
        var counts = StoreCounts()
        for seed in seeds {
            var simulation = StoreSimulation(seed: seed, isTold: one != nil)
            do {
                try simulation.run(lives: 5, steps: 30)
            } catch {
                Issue.record("seed \(seed): \(error)")
            }
            counts.add(simulation.counts)
        }
        #expect(counts.acknowledged > 0)
        print("seeds \(first) to \(end): \(counts)")
    }

    @Test func `two runs of one seed of the broker are the same`() throws {
        var traces: [UInt64] = []
        for _ in 0..<2 {
            var simulation = StoreSimulation(seed: 4_711)
            try simulation.run(lives: 2, steps: 40)
            traces.append(simulation.trace)
        }
        #expect(traces[0] == traces[1])
    }
}
