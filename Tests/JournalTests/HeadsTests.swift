// A start reads the heads of messages, which are never trusted further than they prove.

import Base
import DiskSimulation
import Journal
import Sealing
import Testing

@Suite struct HeadsTests {
    /// What a start reads of the stream 0: its messages, and how many of them as heads alone.
    private struct Start {
        var messages: [Message] = []
        var payloadBytes: [UInt64] = []
        var headCount = 0
    }

    private func start(_ driver: inout JournalDriver) -> Start {
        var found = Start()
        var next: UInt64 = 1
        while next < .max {
            _ = driver.client.readHeads(stream: 0, from: next, blockCountMax: 4)
            let before = next
            for report in driver.run() {
                guard case .block(_, _, _, let last, _, let loan) = report else { continue }
                take(RecordBuffer(loan), from: next, into: &found)
                next = last + 1
            }
            if next == before { break }
        }
        return found
    }

    private func take(
        _ buffer: borrowing RecordBuffer,
        from first: UInt64,
        into found: inout Start
    ) {
        let bytes = buffer.bytes
        let all = messages(bytes) ?? []
        found.messages += all.filter { $0.sequence >= first }
        var reader = BatchReader(bytes)
        while let message = reader.next(bytes) {
            guard message.sequence >= first else { continue }
            found.payloadBytes.append(message.payloadByteCount)
            if reader.isOfHeads { found.headCount += 1 }
        }
    }

    /// The messages as a start sees them that reads heads alone.
    private func bare(_ messages: [Message]) -> [Message] {
        messages.map {
            var message = $0
            message.payload = []
            return message
        }
    }

    private static let count: UInt64 = 180

    /// Three segments, of which two are large enough for heads, and an orderly end.
    private func filled(_ disk: SimulatedDisk) throws {
        var driver = try JournalDriver(disk)
        _ = driver.create(0)
        fill(&driver, 1...Self.count)
        let isStopped = driver.stop()
        #expect(isStopped)
        while driver.journal.step(at: driver.now) {}
    }

    private func fill(_ driver: inout JournalDriver, _ range: ClosedRange<UInt64>) {
        for first in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
            let last = driver.append(noisy(first...(first + 3), payload: 4_000), to: 0)
            #expect(last == first + 3)
        }
    }

    private func headFiles(_ disk: SimulatedDisk) -> [String] {
        disk.files.filter { $0.contains("/heads-") }
    }

    @Test func `a start reads heads where a segment is large, and misses nothing`() throws {
        let disk = SimulatedDisk(seed: 41)
        try filled(disk)
        #expect(headFiles(disk).count == 3)
        let sealed = disk.files.filter { $0.contains("/log-") }.map { disk.bytes($0).count }
        let small = headFiles(disk).map { disk.bytes($0).count }
        #expect(small.reduce(0, +) * 20 < sealed.reduce(0, +))
        var driver = try JournalDriver(disk)
        let found = start(&driver)
        let all = noisy(1...Self.count, payload: 4_000)
        #expect(found.messages == bare(all))
        #expect(found.payloadBytes == all.map { UInt64($0.payload.count) })
        #expect(found.headCount == Int(Self.count))
        let whole = driver.readAll(0).messages
        #expect(whole == all, "whoever reads messages gets all of them")
        #expect(try checked(disk).strays.isEmpty)
    }

    @Test func `heads that were changed, cut off or taken away are made again`() throws {
        let disk = SimulatedDisk(seed: 42)
        try filled(disk)
        let path = try #require(headFiles(disk).first)
        let other = disk.bytes(try #require(headFiles(disk).last))
        let good = disk.bytes(path)
        var random = Random(seed: 42)
        for round in 0..<24 {
            disk.damage(path) { bytes in
                switch round % 4 {
                case 0: bytes[Int(random.below(UInt32(bytes.count)))] ^= 1 << UInt8(random.below(8))
                case 1: bytes.removeLast(Int(random.below(UInt32(bytes.count))) + 1)
                case 2: bytes = other
                default: bytes += [UInt8](repeating: 0xA5, count: 5_000)
                }
            }
            var driver = try JournalDriver(disk)
            let found = start(&driver)
            #expect(found.payloadBytes == [UInt64](repeating: 4_000, count: Int(Self.count)))
            #expect(bare(found.messages) == bare(noisy(1...Self.count, payload: 4_000)))
            while driver.journal.step(at: driver.now) {}
            let again = start(&driver)
            #expect(again.messages.count == Int(Self.count))
            _ = driver.stop()
            disk.restartProcess()
            var next = try JournalDriver(disk)
            let healed = start(&next)
            #expect(healed.headCount == Int(Self.count), "round \(round)")
            _ = next.stop()
            disk.restartProcess()
            disk.damage(path) { $0 = good }
        }
    }

    @Test func `heads go with their segment, and a rewritten one gets new ones`() throws {
        let disk = SimulatedDisk(seed: 43)
        let bench = try KeyBench(disk)
        #expect(bench.create())
        for first in stride(from: 1, to: 190, by: 8) as StrideTo<UInt64> {
            #expect(bench.append(noisy(first...(first + 7), payload: 4_000)) != nil)
        }
        bench.run()
        let before = headFiles(disk)
        #expect(before.count >= 2)
        let request = KeyCommand.rotate(destroysOld: true, bytesPerSecond: 0)
        _ = try #require(try? bench.ask(.stream(0), request)?.get())
        bench.run()
        let after = headFiles(disk)
        #expect(after.count >= before.count)
        #expect(Set(before).isDisjoint(with: after), "those under the destroyed key are gone")
        #expect(bench.read().messages.count == 192)
        var state = StateWriter()
        state.setFloor(193)
        let isWritten = bench.write(state)
        #expect(isWritten)
        bench.run()
        #expect(headFiles(disk).isEmpty)
        #expect(bench.stop())
    }

    @Test func `a kill while heads are written costs nothing but their use`() throws {
        for call in stride(from: 0, to: 60, by: 3) {
            let disk = SimulatedDisk(seed: UInt64(call))
            var driver = try JournalDriver(disk)
            _ = driver.create(0)
            fill(&driver, 1...60)
            disk.inject(.crashesInside, at: disk.writeCalls + call)
            for first in stride(from: 61, to: 141, by: 4) as StrideTo<UInt64> where !disk.isDead {
                _ = driver.append(noisy(first...(first + 3), payload: 4_000), to: 0)
            }
            disk.restart()
            var again = try JournalDriver(disk)
            let found = start(&again)
            let whole = again.readAll(0).messages
            #expect(whole.count >= 60)
            #expect(bare(found.messages) == bare(whole), "killed at call \(call)")
        }
    }
}
