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
