// A full disk: messages are refused, what makes room goes on, and room is used again.

import Base
import DiskSimulation
import Journal
import Testing

@Suite struct BallastTests {
    /// A stream of three segments on a disk on which nothing fits any more.
    private func full(_ disk: SimulatedDisk, ballastBytes: UInt64 = 384 << 10) throws -> KeyBench {
        let bench = try KeyBench(disk, ballastBytes: ballastBytes)
        _ = bench.create()
        for first in stride(from: 1, to: 190, by: 8) as StrideTo<UInt64> {
            #expect(bench.append(noisy(first...(first + 7), payload: 4_000)) != nil)
        }
        bench.run()
        disk.limit(toFree: 0)
        var next: UInt64 = 193
        while bench.append(noisy(next...next, payload: 4_000)) != nil { next += 1 }
        #expect(next < 500, "what was reserved before is used up")
        return bench
    }

    private func put(_ bench: KeyBench, _ value: UInt8) -> Bool {
        var state = StateWriter()
        state.put([1].raw, [value].raw)
        return bench.write(state)
    }

    @Test func `state is written on a full disk, and messages are refused meanwhile`() throws {
        let disk = SimulatedDisk(seed: 51)
        let bench = try full(disk)
        let last = bench.read().messages.last?.sequence ?? 0
        let taken = (1...20).filter { put(bench, UInt8($0)) }.count
        #expect(taken == 20)
        #expect(disk.bytes("ballast").count == 96 << 10, "a quarter is for the next start")
        let next = last + 1
        #expect(bench.append(noisy(next...next, payload: 10)) == nil)
        disk.limit(toFree: 200 << 10)
        bench.wait()
        #expect(bench.append(noisy(next...next, payload: 10)) == nil, "the ballast comes first")
        disk.limit(toFree: 1 << 20)
        bench.wait()
        #expect(bench.append(noisy(next...next, payload: 10)) == next)
        #expect(disk.bytes("ballast").count == 384 << 10)
        let isStopped = bench.stop()
        #expect(isStopped)
        disk.restart()
        let again = try KeyBench(disk)
        #expect(again.journal.recovered.first?.values.first?.value == [20])
        #expect(again.read().messages.count == Int(next))
    }

    @Test func `deletions make room on a full disk`() throws {
        let disk = SimulatedDisk(seed: 52)
        let bench = try full(disk)
        let last = bench.read().messages.last?.sequence ?? 0
        var state = StateWriter()
        state.setFloor(last + 1)
        let isWritten = bench.write(state)
        #expect(isWritten)
        bench.wait()
        let next = last + 1
        #expect(bench.append(noisy(next...(next + 20), payload: 4_000)) == next + 20)
        #expect(bench.read(from: next).messages.count == 21)
    }

    @Test func `what is done on a full disk is in the audit log before it is answered`() throws {
        let disk = SimulatedDisk(seed: 54)
        let bench = try full(disk)
        // There may be room left that is too small for a block.
        disk.limit(toFree: 0)
        for number in 0..<9 {
            #expect(bench.ask(.all, .note("queue purge \(number)", result: "done")) != nil)
        }
        disk.restart()
        disk.limit(toFree: nil)
        let again = try KeyBench(disk)
        let outcome = try #require(again.ask(.all, .audit(from: 0))).get()
        let entries = outcome.entries.map { String(decoding: $0, as: UTF8.self) }
        #expect(entries.count { $0.contains("queue purge") } == 9)
    }

    @Test func `a start on a nearly full disk uses the ballast`() throws {
        let disk = SimulatedDisk(seed: 53)
        let bench = try full(disk)
        let count = bench.read().messages.count
        let isStopped = bench.stop()
        #expect(isStopped)
        disk.restartProcess()
        disk.limit(toFree: 16 << 10)
        let again = try KeyBench(disk)
        #expect(again.read().messages.count == count)
        let next = UInt64(count) + 1
        disk.limit(toFree: nil)
        again.wait()
        #expect(again.append(noisy(next...next, payload: 10)) == next)
    }

    @Test func `one start after another succeeds on a disk that others keep full`() throws {
        let disk = SimulatedDisk(seed: 55)
        var bench = try full(disk, ballastBytes: 2 << 20)
        let count = bench.read().messages.count
        let isWritten = put(bench, 1)
        #expect(isWritten, "what makes room takes the ballast")
        for start in 1...6 {
            disk.restartProcess()
            disk.limit(toFree: 0)
            bench = try KeyBench(disk, ballastBytes: 2 << 20)
            disk.limit(toFree: 0)
            #expect(bench.read().messages.count == count, "after start \(start)")
            let next = UInt64(count) + 1
            #expect(bench.append(noisy(next...next, payload: 10)) == nil)
        }
        disk.limit(toFree: nil)
        bench.wait()
        let next = UInt64(count) + 1
        #expect(bench.append(noisy(next...next, payload: 10)) == next)
    }
}
