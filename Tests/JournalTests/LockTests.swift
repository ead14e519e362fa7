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

    @Test func `who hears that the keys are gone or back finds it in the picture`() throws {
        let bench = try KeyBench(SimulatedDisk(seed: 67))
        let desk = bench.journal.keys
        for _ in 0..<2 {
            _ = bench.ask(.all, .lock)
            #expect(desk.lastPicture.isLocked)
            try bench.journal.vault.unlock(secret: secret(7))
            _ = bench.ask(.all, .unlocked)
            #expect(!desk.lastPicture.isLocked)
        }
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
        // Before them are the entry of the lock and one that says what follows.
        let page = try #require(try? bench.ask(.all, .audit(from: 4_097))?.get())
        let words = page.entries.map { String(decoding: $0, as: UTF8.self) }
        try #require(words.count == 3)
        #expect(words[0].contains("entry 4095"))
        #expect(words[1].contains("audit gap"))
        #expect(words[1].contains("54 entries that came now are missing"))
        #expect(words[2].contains("after"))
    }

    private func words(_ bench: KeyBench) throws -> [String] {
        let page = try #require(try bench.ask(.all, .audit(from: 0))?.get())
        return page.entries.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `what was asked of a locked store is noted although the server ends meanwhile`()
        throws
    {
        let disk = SimulatedDisk(seed: 64)
        do {
            let bench = try KeyBench(disk)
            _ = bench.ask(.all, .lock)
            _ = bench.ask(.all, .rotate(destroysOld: false, bytesPerSecond: 0))
            _ = bench.ask(.stream(0), .note("queue pause", result: "refused"))
        }
        let file = disk.bytes("audit.locked")
        #expect(!file.isEmpty)
        #expect(!String(decoding: file, as: UTF8.self).contains("queue pause"), "it is sealed")
        disk.restart()
        let again = try KeyBench(disk)
        let found = try words(again)
        try #require(found.count == 4)
        #expect(found[0].contains("keys lock"))
        #expect(found[1].contains("audit locked") && found[1].contains("2 entries follow"))
        #expect(found[2].contains("\"who\":\"test\",\"what\":\"keys rotate\""))
        #expect(found[2].contains("refused: locked"))
        #expect(found[3].contains("queue pause"))
        #expect(!disk.files.contains("audit.locked"))
        // As after a kill between the two steps.
        let copy = try disk.open("audit.locked", .create)
        try disk.write(copy, at: 0, file.raw)
        disk.close(copy)
        disk.restartProcess()
        #expect(try words(KeyBench(disk)) == found, "nothing is taken over twice")
        #expect(!disk.files.contains("audit.locked"))
    }

    @Test func `what somebody wrote into the file of a locked store is counted, not believed`()
        throws
    {
        let disk = SimulatedDisk(seed: 65)
        do {
            let bench = try KeyBench(disk)
            _ = bench.ask(.all, .lock)
            _ = bench.ask(.stream(0), .note("queue pause", result: "done"))
            _ = bench.ask(.stream(0), .note("queue purge", result: "done"))
        }
        try #require(disk.bytes("audit.locked").count > 90)
        disk.damage("audit.locked") { bytes in
            bytes[30] ^= 1
            bytes += [9, 0, 0, 0, 1, 2]
        }
        disk.restartProcess()
        let found = try words(KeyBench(disk))
        try #require(found.count == 3)
        #expect(found[1].contains("1 entries follow") && found[1].contains("1 more cannot be read"))
        #expect(found[2].contains("queue purge"))
    }

    @Test(arguments: [DiskFault.crashesBefore, .crashesInside])
    func `an accident while a locked store notes something loses nothing that was answered`(
        fault: DiskFault
    ) throws {
        for call in 1...16 {
            let disk = SimulatedDisk(seed: UInt64(100 + call))
            var answered: [Int] = []
            do {
                let bench = try KeyBench(disk)
                _ = bench.ask(.all, .lock)
                disk.inject(fault, at: disk.writeCalls + call)
                for number in 0..<6 {
                    let answer = bench.ask(.all, .note("note \(number).", result: "done"))
                    if (try? answer?.get()) != nil { answered.append(number) }
                }
            }
            disk.restart()
            let found = try words(KeyBench(disk))
            for number in answered {
                let count = found.count { $0.contains("note \(number).") }
                #expect(count == 1, "note \(number), call \(call)")
            }
        }
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
