// What is left on the disk of rings that were replaced.

import Base
import DiskSimulation
import Glibc
import Journal
import Sealing
import Testing

@Suite struct RingFileTests {
    private func ring(_ disk: SimulatedDisk, _ name: String = "keyring") -> String {
        String(decoding: disk.bytes(name), as: UTF8.self)
    }

    /// A store with a second slot, and the words of that slot in the ring.
    private func twoSlots(_ disk: SimulatedDisk) throws -> (KeyBench, slot: String) {
        let bench = try KeyBench(disk)
        let secret = SlotSecret(.recovery, try SecretBytes(copying: [9, 9].raw))
        let slot = try bench.journal.vault.makeSlot(.recovery, secret: secret)
        _ = try #require(bench.ask(.all, .addSlot(slot))).get()
        let line = try #require(ring(disk).split(separator: "\n").first { $0.hasPrefix("slot 2") })
        return (bench, String(line))
    }

    private func isLeft(_ slot: String, _ disk: SimulatedDisk) -> Bool {
        disk.remains.contains { String(decoding: $0, as: UTF8.self).contains(slot) }
    }

    @Test func `a slot that was removed is overwritten in all rings before`() throws {
        let disk = SimulatedDisk(seed: 5)
        let (bench, slot) = try twoSlots(disk)
        _ = try #require(bench.ask(.all, .removeSlot(2))).get()
        #expect(!ring(disk).contains(slot) && !ring(disk, "keyring.copy").contains(slot))
        #expect(!isLeft(slot, disk))
    }

    @Test func `a disk that is full after the first copy keeps only the ring that has a name`()
        throws
    {
        var left: [Bool] = []
        for call in 0..<30 {
            let disk = SimulatedDisk(seed: 6)
            let (bench, slot) = try twoSlots(disk)
            disk.inject(.fails(ENOSPC), at: disk.writeCalls + call)
            _ = bench.ask(.all, .removeSlot(2))
            guard !ring(disk).contains(slot), ring(disk, "keyring.copy").contains(slot) else {
                continue
            }
            left.append(isLeft(slot, disk))
        }
        // The first call is the sync of the name: if it fails, the old ring may be needed still.
        #expect(left.count > 3, "full between the copies")
        #expect(left == [true] + left.dropFirst().map { _ in false })
    }

    @Test func `whatever bit of one copy is wrong, the other one opens the store`() throws {
        let disk = SimulatedDisk(seed: 7)
        do {
            let (bench, _) = try twoSlots(disk)
            _ = bench.stop()
        }
        disk.restartProcess()
        for name in ["keyring", "keyring.copy"] {
            let ring = disk.bytes(name)
            let words = Array("slot 1".utf8)
            let at = try #require(ring.indices.first { ring.dropFirst($0).starts(with: words) })
            // Every byte of the slots, and some of the rest.
            for byte in ring.indices where at..<at + 400 ~= byte || byte.isMultiple(of: 97) {
                disk.damage(name) { $0[byte] ^= 1 << (byte % 8) }
                #expect(throws: Never.self, "byte \(byte) of \(name)") { _ = try checked(disk) }
                disk.damage(name) { $0 = ring }
            }
        }
    }
}
