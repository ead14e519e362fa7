// Segments of which little is left are rewritten without what is deleted.

import Base
import DiskSimulation
import Journal
import Sealing
import Testing

@Suite struct CompactionTests {
    /// Bytes and names of all log segments.
    private func logs(_ disk: SimulatedDisk) -> (bytes: Int, names: [String]) {
        let names = disk.files.filter { $0.contains("/log-") }
        return (names.reduce(0) { $0 + disk.bytes($1).count }, names)
    }

    /// Segments of 256 KiB, `count` of them sealed: 64 messages in 16 blocks each.
    private func filled(_ disk: SimulatedDisk, segments count: Int) throws -> JournalDriver {
        var driver = try JournalDriver(disk)
        let isMade = driver.create(0)
        #expect(isMade)
        var first: UInt64 = 1
        while logs(disk).names.count <= count {
            let durable = driver.append(noisy(first...(first + 3), payload: 4_000), to: 0)
            #expect(durable == first + 3)
            first += 4
        }
        return driver
    }

    /// Deletes all sequences up to `last` but those that `stay`.
    private func delete(
        through last: UInt64,
        but stay: Set<UInt64>,
        _ driver: inout JournalDriver
    ) {
        var state = StateWriter()
        for sequence in 1...last where !stay.contains(sequence) {
            state.delete(first: sequence, through: sequence)
        }
        let isWritten = driver.write(state, to: 0)
        #expect(isWritten)
        driver.discard(driver.run())
    }

    @Test func `a message in each of ten segments keeps no other one's bytes`() throws {
        let disk = SimulatedDisk(seed: 41)
        var driver = try filled(disk, segments: 10)
        let (before, names) = logs(disk)
        let all = driver.readAll(0).messages
        let last = try #require(all.last?.sequence)
        // The last segment is being written.
        let stay = Set(stride(from: 30, through: last, by: 64))
        delete(through: last - 64, but: stay, &driver)
        let (after, now) = logs(disk)
        #expect(after * 3 < before, "\(after) of \(before) bytes")
        #expect(now.count == names.count)
        #expect(now.filter { $0.contains(".1.seg") }.count >= 9, "\(now)")
        func check(_ driver: inout JournalDriver, _ stream: UInt32) {
            let (found, lost) = driver.readAll(stream)
            #expect(lost.isEmpty)
            let kept = Set(found.map(\.sequence))
            #expect(stay.isSubset(of: kept) && kept.contains(last))
            #expect(found == found.flatMap { noisy($0.sequence...$0.sequence, payload: 4_000) })
        }
        check(&driver, 0)
        disk.restart()
        var again = try JournalDriver(disk)
        let stream = try #require(again.journal.recovered.first)
        #expect(stream.lastSequence == last && stream.lost.isEmpty)
        #expect(stay.allSatisfy { !stream.deleted.contains($0) })
        check(&again, stream.stream)
        let isStopped = again.stop()
        #expect(isStopped)
        let secret = SlotSecret(.keyFile, try SecretBytes(copying: [7, 7, 7].raw))
        disk.restart()
        let report = try StoreCheck.run(disk, secret)
        #expect(report.isIntact && report.strays.isEmpty)
    }

    @Test func `a start finds what the run before it left`() throws {
        let disk = SimulatedDisk(seed: 42)
        var driver = try filled(disk, segments: 2)
        var state = StateWriter()
        state.delete(first: 2, through: 56)
        _ = driver.client.write(state, to: 0, isDurable: true)
        // One round is enough to delete, and not to rewrite.
        driver.discard(driver.tick())
        disk.restart()
        var again = try JournalDriver(disk)
        #expect(!logs(disk).names.contains { $0.contains(".1.seg") })
        again.discard(again.run())
        #expect(logs(disk).names.contains { $0.contains(".1.seg") })
        let found = again.readAll(0).messages
        #expect(found.first?.sequence == 1)
    }

    @Test func `segments in which blocks are not dead stay as they are`() throws {
        let disk = SimulatedDisk(seed: 43)
        var driver = try filled(disk, segments: 2)
        let names = logs(disk).names
        // A message in every other block stays.
        delete(through: 63, but: Set(stride(from: 3, through: 63, by: 8)), &driver)
        #expect(logs(disk).names == names)
        // Another deletion does not make anybody look again, until half of them is gone.
        let calls = disk.writeCalls
        delete(through: 8, but: [], &driver)
        #expect(logs(disk).names == names)
        #expect(disk.writeCalls - calls < 10)
        delete(through: 63, but: [51], &driver)
        #expect(logs(disk).names != names)
        let found = driver.readAll(0).messages
        #expect(found.contains { $0.sequence == 51 })
    }

    @Test func `nothing is rewritten twice, and a rotation's figures stay right`() throws {
        let disk = SimulatedDisk(seed: 44)
        var driver = try filled(disk, segments: 3)
        var state = StateWriter()
        state.delete(first: 2, through: 56)
        _ = driver.client.write(state, to: 0, isDurable: true)
        driver.discard(driver.tick())
        // The rewriting has begun when the key is rotated.
        driver.discard(driver.tick())
        _ = driver.post(.stream(0), .rotate(destroysOld: true, bytesPerSecond: 0))
        var looks: [RotationProgress] = []
        for _ in 0..<200 {
            driver.discard(driver.tick())
            _ = driver.journal.keys.picture
            looks += driver.journal.keys.picture.rotations
        }
        let end = try #require(looks.last)
        #expect(isRetired(end))
        #expect(end.bytesDone == end.bytesTotal, "\(end.bytesDone) of \(end.bytesTotal)")
        #expect(end.segmentsDone == end.segmentsTotal)
        #expect(looks.allSatisfy { $0.bytesDone <= $0.bytesTotal })
        let names = logs(disk).names
        #expect(names.contains { $0.contains(".2.seg") }, "compacted, then under the new key")
        delete(through: 1, but: [], &driver)
        let found = driver.readAll(0).messages
        #expect(found.last?.sequence ?? 0 > 56)
    }
}
