// Keys are wiped while the store is open: what comes is refused, nothing that was stored is lost.

import Base
import DiskSimulation
import Journal
import Sealing
import Testing

@Suite struct LockTests {
    private func secret(_ byte: UInt8) throws -> SlotSecret {
        SlotSecret(.keyFile, try SecretBytes(copying: [byte, byte, byte].raw))
    }

    @Test func `a locked store refuses, and goes on where it was once it is unlocked`() throws {
        let disk = SimulatedDisk(seed: 61)
        let bench = try KeyBench(disk)
        #expect(bench.create())
        #expect(bench.append(noisy(1...8, payload: 400)) == 8)
        let locked = bench.ask(.all, .lock)
        #expect(locked == .success(KeyOutcome()))
        #expect(bench.journal.vault.isLocked)
        #expect(bench.append(noisy(9...16, payload: 400)) == nil)
        let refused = bench.ask(.stream(0), .rotate(destroysOld: false, bytesPerSecond: 0))
        #expect(refused == .failure(.locked))
        #expect(bench.picture().isLocked)
        #expect(throws: SealingError.slotNotOpened) {
            try bench.journal.vault.unlock(secret: secret(8))
        }
        try bench.journal.vault.unlock(secret: secret(7))
        #expect(bench.append(noisy(9...16, payload: 400)) == 16)
        _ = bench.ask(.stream(0), .rotate(destroysOld: true, bytesPerSecond: 0))
        #expect(bench.read().messages == noisy(1...16, payload: 400))
        let page = try #require(try? bench.ask(.all, .audit(from: 0))?.get())
        let words = page.entries.map { String(decoding: $0, as: UTF8.self) }
        #expect(words.contains { $0.contains("keys lock") })
        #expect(words.contains { $0.contains("keys rotate") && $0.contains("locked") })
        #expect(bench.stop())
        disk.restart()
        #expect(try checked(disk).isIntact)
    }

    @Test func `what the audit log has no room for while the store is locked is counted in it`()
        throws
    {
        let bench = try KeyBench(SimulatedDisk(seed: 63))
        _ = bench.ask(.all, .lock)
        for number in 0..<4_150 {
            _ = bench.ask(.all, .note("entry \(number)", result: "done"))
        }
        try bench.journal.vault.unlock(secret: secret(7))
        _ = bench.ask(.all, .note("after", result: "done"))
        // Before them is the entry of the lock.
        let page = try #require(try? bench.ask(.all, .audit(from: 4_096))?.get())
        let words = page.entries.map { String(decoding: $0, as: UTF8.self) }
        try #require(words.count == 3)
        #expect(words[0].contains("entry 4095"))
        #expect(words[1].contains("audit gap"))
        #expect(words[1].contains("54 entries that came now are missing"))
        #expect(words[2].contains("after"))
    }

    @Test func `a store that ends while it is locked opens again`() throws {
        let disk = SimulatedDisk(seed: 62)
        let bench = try KeyBench(disk)
        #expect(bench.create())
        #expect(bench.append(noisy(1...8, payload: 400)) == 8)
        _ = bench.ask(.all, .lock)
        #expect(bench.append(noisy(9...16, payload: 400)) == nil)
        #expect(bench.stop())
        disk.restart()
        let again = try KeyBench(disk)
        #expect(again.read().messages == noisy(1...8, payload: 400))
        #expect(again.append(noisy(9...16, payload: 400)) == 16)
    }
}
