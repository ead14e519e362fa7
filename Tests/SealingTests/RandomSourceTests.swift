// Keys are made of chance, or not at all.

import Synchronization
import Testing

@testable import Sealing

@Suite struct RandomSourceTests {
    private func fills(_ byte: UInt8) -> RandomSource {
        RandomSource { bytes in
            for at in 0..<bytes.byteCount {
                bytes.storeBytes(of: byte, toByteOffset: at, as: UInt8.self)
            }
            return true
        }
    }

    @Test(arguments: [0, 7] as [UInt8])
    func `no key is made of bytes that come twice`(byte: UInt8) throws {
        let arena = try KeyArena(keyCountMax: 8, fills(byte))
        #expect(throws: SealingError.generatorStuck) { try arena.random() }
        #expect(arena.keyCount == 0, "nothing is left of the try")
    }

    @Test func `no key is made while the generator gives nothing`() throws {
        let asked = Mutex(0)
        let source = RandomSource { bytes in
            asked.withLock { $0 += 1 }
            return false
        }
        let arena = try KeyArena(keyCountMax: 8, source)
        #expect(throws: SealingError.generatorFailed) { try arena.random() }
        #expect(arena.keyCount == 0)
        #expect(asked.withLock { $0 } == 1)
    }

    @Test func `the system's generator gives keys that differ`() throws {
        let arena = try KeyArena(keyCountMax: 8, .system)
        let (one, other) = (try arena.random(), try arena.random())
        #expect(!arena.isEqual(one, other))
        #expect(arena.keyCount == 2)
    }
}
