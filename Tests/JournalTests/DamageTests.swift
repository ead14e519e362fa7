// Bytes of a closed store change behind its back: found, confined, named.

import Base
import DiskSimulation
import Glibc
import Journal
import Testing

@Suite struct DamageTests {
    /// A store with two streams in several segments, closed cleanly or cut off.
    private func store(seed: UInt64, isClean: Bool) throws -> SimulatedDisk {
        let disk = SimulatedDisk(seed: seed)
        var driver = try JournalDriver(disk)
        _ = driver.create(0, [1])
        _ = driver.create(1, [2])
        for first in stride(from: 1, to: 300, by: 10) as StrideTo<UInt64> {
            _ = driver.append(numbered(first...first + 9, payload: 900), to: 0)
            _ = driver.append(numbered(first...first + 9), to: 1)
            var state = StateWriter()
            state.put([1].raw, [UInt8(truncatingIfNeeded: first)].raw)
            _ = driver.write(state, to: 0)
        }
        if isClean { _ = driver.stop() }
        return disk
    }

    /// Opens the damaged store: every message is there unaltered or named as lost.
    private func check(_ disk: SimulatedDisk, _ what: String) throws {
        var driver = try JournalDriver(disk)
        #expect(driver.journal.recovered.count == 2, "\(what)")
        for stream in driver.journal.recovered {
            let payload = stream.configuration == [1] ? 900 : 40
            let (found, damaged) = driver.readAll(stream.stream)
            var named = SequenceSet()
            for range in stream.lost + damaged {
                named.insert(range.firstSequence...range.lastSequence)
            }
            let present = Set(found.map(\.sequence))
            for message in numbered(1...300, payload: payload)
            where !present.contains(message.sequence) {
                #expect(named.contains(message.sequence), "\(message.sequence) silent: \(what)")
            }
            for message in found {
                let original = numbered(message.sequence...message.sequence, payload: payload)
                #expect(original == [message], "altered: \(what)")
            }
            #expect(stream.lastSequence >= 300, "a sequence would come back: \(what)")
            if stream.configuration == [1], !stream.isStateDamaged {
                #expect(stream.values.map(\.value) == [[UInt8(truncatingIfNeeded: 291)]], "\(what)")
            }
        }
    }

    @Test func `state that was synced before a kill is missed when it is damaged`() throws {
        let disk = try store(seed: 6, isClean: false)
        disk.restartProcess()
        let path = try #require(disk.files.last { $0.contains("/state-") })
        disk.damage(path) { bytes in
            let last = (bytes.lastIndex { $0 != 0 } ?? 0)
            bytes[last - 3] ^= 4
        }
        let driver = try JournalDriver(disk)
        let stream = driver.journal.recovered.first { $0.configuration == [1] }
        #expect(stream?.isStateDamaged == true)
    }

    @Test(arguments: [true, false])
    func `a flipped bit anywhere costs at most what is named`(isClean: Bool) throws {
        let count = unsafe getenv("FLIPS").flatMap { unsafe Int(String(cString: $0)) } ?? 5
        var random = Random(seed: isClean ? 3 : 4)
        let pristine = try store(seed: 1, isClean: isClean)
        let files = pristine.files
        let contents = files.map { pristine.bytes($0) }
        for _ in 0..<count {
            let disk = SimulatedDisk(seed: 1)
            let hit = Int(random.below(UInt32(files.count)))
            for (path, bytes) in zip(files, contents) {
                let file = try disk.open(path, .create)
                try disk.write(file, at: 0, bytes.raw)
                try disk.sync(file)
                disk.close(file)
            }
            // Most bytes of a file are zeros that were written ahead; aim at the others.
            let used = (contents[hit].lastIndex { $0 != 0 } ?? 0) + 1
            let offset = Int(random.below(UInt32(used)))
            let bit = UInt8(random.below(8))
            disk.damage(files[hit]) { $0[offset] ^= 1 << bit }
            try check(disk, "\(files[hit]) byte \(offset) bit \(bit)")
        }
    }

    @Test func `a segment with the number of one that nobody named is not damaged`() throws {
        for seed in 1...60 as ClosedRange<UInt64> {
            let disk = SimulatedDisk(seed: seed)
            var first = try JournalDriver(disk)
            _ = first.create(0)
            var state = StateWriter()
            state.put([1].raw, [2].raw)
            // The segment is written, synced and noted; the catalog does not hear of it.
            disk.inject(.crashesBefore, at: disk.writeCalls + Self.callsBeforeCatalog)
            _ = first.write(state, to: 0)
            disk.restartProcess()
            var second = try JournalDriver(disk)
            #expect(second.journal.recovered.first?.values.isEmpty == true)
            _ = second.write(StateWriter(), to: 0, isDurable: false)
            disk.restart()
            let third = try JournalDriver(disk)
            let isDamaged = third.journal.recovered.first?.isStateDamaged
            #expect(isDamaged == false, "seed \(seed)")
        }
    }

    /// Calls with which a first batch of state is written, and the catalog is not yet.
    private static let callsBeforeCatalog = 11
}
