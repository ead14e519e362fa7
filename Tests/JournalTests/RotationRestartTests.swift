// What an operator chose for a rotation holds until its end, also through restarts.

import Base
import DiskSimulation
import Journal
import Sealing
import Testing

@Suite struct RotationRestartTests {
    /// A stream with three sealed segments and one that is being written.
    private func filled(_ disk: SimulatedDisk) throws -> KeyBench {
        let bench = try KeyBench(disk)
        #expect(bench.create())
        for first in stride(from: 1, to: 190, by: 8) as StrideTo<UInt64> {
            #expect(bench.append(noisy(first...(first + 7), payload: 4_000)) != nil)
        }
        return bench
    }

    /// Begins a rotation and ends the process when the first segment was rewritten.
    private func interrupted(_ disk: SimulatedDisk, _ command: KeyCommand) throws {
        let bench = try filled(disk)
        let box = bench.post(.stream(0), command)
        for _ in 0..<200 {
            _ = bench.tick()
            let rotation = bench.journal.keys.picture.rotations.first
            if let rotation, rotation.segmentsDone > 0, box.value != nil {
                #expect(!isRetired(rotation))
                break
            }
        }
    }

    @Test(arguments: [false, true])
    func `old keys are destroyed at the end of a rotation that a kill interrupted`(
        machineToo: Bool
    ) throws {
        let disk = SimulatedDisk(seed: 81)
        try interrupted(disk, .rotate(destroysOld: true, bytesPerSecond: 0))
        if machineToo { disk.restart() } else { disk.restartProcess() }
        let bench = try KeyBench(disk)
        let rotation = try #require(bench.rotation(of: .stream(0)))
        #expect(isRetired(rotation))
        #expect(rotation.number == 1 && rotation.author == Array("test".utf8))
        #expect(bench.picture().ring?.destroyed.map(\.name.version) == [1])
        let page = try #require(try? bench.ask(.all, .audit(from: 0))?.get())
        let words = page.entries.map { String(decoding: $0, as: UTF8.self) }
        let destroyed = try #require(words.first { $0.contains("key destroyed") })
        #expect(destroyed.contains("\"who\":\"test\""))
        #expect(words.contains { $0.contains("rotation 1: ") && $0.contains("destroyed") })
        #expect(bench.read().messages == noisy(1...192, payload: 4_000))
    }

    @Test func `a rotation that was to destroy nothing destroys nothing after a kill`() throws {
        let disk = SimulatedDisk(seed: 82)
        try interrupted(disk, .rotate(destroysOld: false, bytesPerSecond: 0))
        disk.restartProcess()
        let bench = try KeyBench(disk)
        #expect(isRetired(bench.rotation(of: .stream(0))))
        #expect(bench.picture().ring?.destroyed.isEmpty == true)
    }

    @Test func `a limit and a hold stay through restarts until they are taken away`() throws {
        let disk = SimulatedDisk(seed: 83)
        do {
            let bench = try filled(disk)
            _ = bench.post(.stream(0), .rotate(destroysOld: true, bytesPerSecond: 9_000_000))
            _ = bench.tick()
            _ = bench.ask(.stream(0), .hold(true))
        }
        for _ in 0..<2 {
            disk.restartProcess()
            let bench = try KeyBench(disk)
            let rotation = try #require(bench.rotation(of: .stream(0)))
            #expect(rotation.isHeld && !isRetired(rotation))
            #expect(rotation.bytesPerSecondMax == 9_000_000 && rotation.number == 1)
        }
        disk.restartProcess()
        do {
            let bench = try KeyBench(disk)
            _ = bench.ask(.stream(0), .hold(false))
            #expect(isRetired(bench.rotation(of: .stream(0))))
            #expect(bench.picture().ring?.destroyed.count == 1)
        }
        disk.restartProcess()
        let bench = try KeyBench(disk)
        #expect(bench.picture().rotations.isEmpty, "what is over does not begin again")
    }
}
