// The check of a closed store: nothing found in a good one, the damage named in a bad one.

import Base
import DiskSimulation
import Journal
import Sealing
import Testing

@Suite struct StoreCheckTests {
    private func check(_ disk: SimulatedDisk) throws -> StoreReport {
        let secret = SlotSecret(.keyFile, try SecretBytes(copying: [7, 7, 7].raw))
        return try StoreCheck.run(disk, secret)
    }

    @Test(arguments: [true, false])
    func `a good store has no findings, a flipped bit is one, named`(isClean: Bool) throws {
        let disk = SimulatedDisk(seed: 21)
        do {
            var driver = try JournalDriver(disk)
            _ = driver.create(0, [1])
            for first in stride(from: 1, to: 100, by: 10) as StrideTo<UInt64> {
                _ = driver.append(numbered(first...first + 9), to: 0)
            }
            var state = StateWriter()
            state.put([1].raw, [2].raw)
            _ = driver.write(state, to: 0)
            if isClean { _ = driver.stop() }
        }
        disk.restartProcess()
        let files = disk.files.map { disk.bytes($0) }
        let good = try check(disk)
        #expect(good.isIntact)
        #expect(good.streamCount == 1)
        #expect(good.segmentCount == 2)
        #expect(good.messageCount == 100)
        #expect(good.strays.isEmpty)
        #expect(disk.files.map { disk.bytes($0) } == files, "a check changes nothing")

        let log = try #require(disk.files.first { $0.contains("/log-") })
        // The fourth group begins on the fifth page.
        disk.damage(log) { $0[4 * 4_096 + 130] ^= 1 }
        let bad = try check(disk)
        #expect(bad.findings.map(\.defect) == [.blockBody])
        #expect(bad.findings.map(\.firstSequence) == [31])
        #expect(bad.findings.map(\.lastSequence) == [40])
        #expect(bad.messageCount == 90)
        disk.damage(log) { $0 = [] }
        let gone = try check(disk)
        #expect(gone.findings.map(\.defect) == [.segmentHeader])
        #expect(gone.findings.map(\.lastSequence) == [100])
    }

    @Test func `a wrong secret checks nothing`() throws {
        let disk = SimulatedDisk(seed: 22)
        _ = try JournalDriver(disk)
        disk.restartProcess()
        #expect(throws: JournalError.sealing(.slotNotOpened)) {
            let wrong = SlotSecret(.keyFile, try SecretBytes(copying: [8].raw))
            _ = try StoreCheck.run(disk, wrong)
        }
    }
}

@Suite struct KeyFileTests {
    @Test func `is made once and read from then on, and never made beside a store`() throws {
        let disk = SimulatedDisk(seed: 23)
        #expect(throws: JournalError.disk(DiskError(.open, number: 2))) {
            _ = try KeyFile.load("key", on: disk, mayCreate: false)
        }
        let options = StoreOptions(slot: .keyFile, now: Instant(nanoseconds: 5))
        let made = try KeyFile.load("key", on: disk, mayCreate: true)
        #expect(!Journal.hasStore(disk))
        _ = try Journal.open(disk, options, made, wake: {})
        #expect(Journal.hasStore(disk))
        #expect(disk.bytes("key").count == KeyFile.byteCount)
        let read = try KeyFile.load("key", on: disk, mayCreate: true)
        _ = try Journal.open(disk, options, read, wake: {})
        disk.damage("key") { $0[3] ^= 1 }
        let other = try KeyFile.load("key", on: disk, mayCreate: true)
        #expect(throws: JournalError.sealing(.slotNotOpened)) {
            _ = try Journal.open(disk, options, other, wake: {})
        }
    }
}

@Suite struct StoreCopyTests {
    private func secret() throws -> SlotSecret {
        SlotSecret(.keyFile, try SecretBytes(copying: [7, 7, 7].raw))
    }

    private func store(seed: UInt64) throws -> SimulatedDisk {
        let disk = SimulatedDisk(seed: seed)
        var driver = try JournalDriver(disk)
        _ = driver.create(0, [1])
        for first in stride(from: 1, to: 100, by: 10) as StrideTo<UInt64> {
            _ = driver.append(numbered(first...first + 9), to: 0)
        }
        disk.restartProcess()
        return disk
    }

    @Test func `a restored store has every message and leaves out the sequences after the copy`()
        throws
    {
        let source = try store(seed: 31)
        let copy = SimulatedDisk(seed: 32)
        let before = source.files.map { source.bytes($0) }
        let made = try StoreCopy.backUp(StoreCheck.view(of: source), to: copy, try secret())
        #expect(made.isIntact)
        #expect(source.files.map { source.bytes($0) } == before, "a backup changes nothing")
        let target = SimulatedDisk(seed: 33)
        let options = StoreOptions(slot: .keyFile, now: Instant(nanoseconds: 9))
        let report = try StoreCopy.restore(copy, to: target, try secret(), options)
        #expect(report.messageCount == 100)
        target.restartProcess()
        var driver = try JournalDriver(target)
        let next = 100 + StoreCopy.sequenceJump
        #expect(driver.journal.recovered.map(\.lastSequence) == [next])
        _ = driver.append(numbered(next + 1...next + 1), to: 0)
        let (found, lost) = driver.readAll(0)
        #expect(lost.isEmpty)
        #expect(found == numbered(1...100) + numbered(next + 1...next + 1))
    }

    @Test func `a copy goes only where nothing is and is none without its first file`() throws {
        let source = try store(seed: 34)
        let copy = SimulatedDisk(seed: 35)
        _ = try StoreCopy.backUp(source, to: copy, try secret())
        #expect(throws: JournalError.notEmpty) {
            _ = try StoreCopy.backUp(source, to: copy, try secret())
        }
        try copy.remove("STORE")
        let made = SimulatedDisk(seed: 36)
        let options = StoreOptions(slot: .keyFile, now: Instant(nanoseconds: 9))
        #expect(throws: JournalError.disk(DiskError(.open, number: 2))) {
            _ = try StoreCopy.restore(copy, to: made, try secret(), options)
        }
    }

    @Test func `a store that is in use can be looked at and not changed`() throws {
        let disk = SimulatedDisk(seed: 37)
        var driver = try JournalDriver(disk)
        _ = driver.create(0, [1])
        _ = driver.append(numbered(1...30), to: 0)
        let report = try StoreCheck.watch(disk, try secret())
        #expect(report.isIntact && report.messageCount == 30)
        let view = StoreCheck.view(of: disk)
        let file = try view.open("STORE", .write)
        #expect(throws: DiskError(.write, number: 30)) {
            try view.write(file, at: 0, [1].raw)
        }
        #expect(throws: DiskError(.remove, number: 30)) { try view.remove("STORE") }
        view.close(file)
    }
}
