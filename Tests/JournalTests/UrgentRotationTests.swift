// A key that others know is left before anything else, whatever rotation runs already.

import Base
import DiskSimulation
import Journal
import Sealing
import Testing

@Suite struct UrgentRotationTests {
    /// Two streams with four sealed segments each, and a rotation of everything that has begun.
    private func rotating(_ disk: SimulatedDisk) throws -> KeyBench {
        let bench = try KeyBench(disk)
        for stream in 0..<2 as Range<UInt32> {
            #expect(bench.create(stream))
            for first in stride(from: 1, to: 250, by: 8) as StrideTo<UInt64> {
                let batch = noisy(first...(first + 7), payload: 4_000)
                #expect(bench.append(batch, to: stream) != nil)
            }
        }
        let box = bench.post(.all, .rotate(destroysOld: false, bytesPerSecond: 0))
        for _ in 0..<9 where box.value == nil { _ = bench.tick() }
        return bench
    }

    /// Segments of `stream` under the first version of its key.
    private func left(_ bench: KeyBench, _ stream: UInt32) -> UInt64 {
        _ = bench.journal.keys.picture
        _ = bench.tick()
        let uses = bench.journal.keys.picture.uses
        return uses.first { $0.stream == stream && $0.name.version == 1 }?.segments ?? 0
    }

    private func rotation(_ bench: KeyBench, _ target: KeyTarget) -> RotationProgress? {
        bench.journal.keys.picture.rotations.last { $0.target == target }
    }

    @Test func `a compromised key goes to the head of the line of a rotation that runs`() throws {
        let bench = try rotating(SimulatedDisk(seed: 71))
        let box = bench.post(.stream(1), .compromise(1))
        var steps = 0
        while left(bench, 1) > 0 || box.value == nil, steps < 500 { steps += 1 }
        _ = try #require(try? box.value?.get())
        #expect(left(bench, 1) == 0)
        #expect(left(bench, 0) > 2, "the other queue waits")
        bench.run()
        #expect(isRetired(bench.rotation(of: .stream(1))))
        #expect(isRetired(bench.rotation(of: .all)))
        #expect(left(bench, 0) == 0)
    }

    @Test func `a rotation that is held or slow does not hold up a compromised key`() throws {
        let bench = try rotating(SimulatedDisk(seed: 72))
        for _ in 0..<99 where (rotation(bench, .all)?.bytesDone ?? 0) == 0 { _ = left(bench, 0) }
        _ = bench.ask(.all, .hold(true))
        let before = left(bench, 0)
        #expect(before > 0)
        _ = try #require(try? bench.ask(.stream(1), .compromise(1))?.get())
        #expect(isRetired(bench.rotation(of: .stream(1))))
        #expect(left(bench, 1) == 0)
        #expect(left(bench, 0) + 1 >= before, "no more than the segment in hand is finished")
        let still = try #require(bench.rotation(of: .all))
        #expect(still.isHeld && !isRetired(still))
        _ = bench.ask(.all, .hold(false))
        #expect(isRetired(bench.rotation(of: .all)))
    }

    @Test func `a segment that cannot be rewritten ends the rotation it was rewritten for`() throws
    {
        let disk = SimulatedDisk(seed: 73)
        let bench = try rotating(disk)
        _ = left(bench, 1)
        let uses = bench.journal.keys.picture.uses
        let id = try #require(uses.first { $0.stream == 1 }?.name.stream)
        let path = try #require(disk.files.first { $0.hasPrefix("s/\(id.hex)/log-") })
        disk.damage(path) { bytes in
            bytes[20] ^= 1
            bytes[2_048 + 20] ^= 1
        }
        _ = bench.post(.stream(1), .compromise(1))
        var steps = 0
        while !hasFailed(rotation(bench, .stream(1))), steps < 500 {
            steps += 1
            _ = left(bench, 0)
        }
        #expect(hasFailed(rotation(bench, .stream(1))))
        let other = try #require(rotation(bench, .all))
        #expect(!hasFailed(other), "the rotation of all queues had nothing to do with it")
    }

    private func hasFailed(_ rotation: RotationProgress?) -> Bool {
        guard let rotation, case .failed = rotation[.reencrypt] else { return false }
        return true
    }
}
