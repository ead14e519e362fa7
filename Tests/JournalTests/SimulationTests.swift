// Seeded lives and accidents. SEEDS=n runs n seeds, SEED=n one of them.

import Glibc
import Testing

func setting(_ name: String) -> UInt64? {
    guard let text = unsafe getenv(name) else { return nil }
    return UInt64(unsafe String(cString: text))
}

@Suite struct SimulationTests {
    @Test func `nothing acknowledged is lost, altered or reordered in any life`() throws {
        let seeds = setting("SEED").map { $0...$0 } ?? 1...(setting("SEEDS") ?? 3)
        var acknowledged = 0
        var rewritten = 0
        var refused = 0
        for seed in seeds {
            var simulation = JournalSimulation(seed: seed)
            do {
                try simulation.run(lives: 5, steps: 30)
            } catch {
                Issue.record("seed \(seed): \(error)")
            }
            acknowledged += simulation.acknowledgedCount
            rewritten += simulation.rewrittenCount
            refused += simulation.refusedCount
        }
        #expect(acknowledged > 0)
        #expect((rewritten > 0 && refused > 0) || seeds.count < 20)
        print(
            "seeds \(seeds): \(acknowledged) acknowledged messages, \(rewritten) compactions,"
                + " \(refused) refused states"
        )
    }

    @Test func `two runs of one seed are the same`() throws {
        var traces: [UInt64] = []
        for _ in 0..<2 {
            var simulation = JournalSimulation(seed: 4_711)
            try simulation.run(lives: 3, steps: 15)
            traces.append(simulation.trace)
        }
        #expect(traces[0] == traces[1])
    }
}
