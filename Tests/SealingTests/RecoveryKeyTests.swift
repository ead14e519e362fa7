// The key that is printed: what a person types opens the store, and a slip is noticed.

import Base
import Sealing
import Testing

@Suite struct RecoveryKeyTests {
    private func text(_ key: borrowing RecoveryKey) -> [UInt8] {
        let bytes = key.text.bytes
        return unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }

    private func secret(_ bytes: [UInt8]) throws -> SecretBytes {
        try SecretBytes(copying: bytes.raw)
    }

    @Test func `has fourteen groups of four and opens the slot it was made for`() throws {
        let now = Instant(nanoseconds: 1)
        for _ in 0..<20 {
            let key = try RecoveryKey.make()
            let typed = text(key)
            #expect(typed.count == 69)
            #expect(
                typed.split(separator: UInt8(ascii: "-")).map(\.count)
                    == Array(repeating: 4, count: 14)
            )
            let store = UniqueId.random()
            let vault = try KeyVault.create(
                store: store,
                slot: .recovery,
                secret: key.secret,
                at: now
            )
            // As a person might copy it.
            let small = typed.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
            let read = try RecoveryKey.read(try secret(Array(" ".utf8) + small + [0x0A]))
            let file = vault.file
            _ = try KeyVault.open(file: file, store: store, generationFloor: 1, secret: read)
        }
    }

    @Test func `one wrong, missing or swapped letter is found out`() throws {
        let typed = text(try RecoveryKey.make())
        for at in typed.indices where typed[at] != UInt8(ascii: "-") {
            var wrong = typed
            wrong[at] = wrong[at] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
            var short = typed
            short.remove(at: at)
            for bad in [short, typed + [UInt8(ascii: "0")], []] {
                #expect(throws: SealingError.slotNotOpened) {
                    _ = try RecoveryKey.read(try secret(bad))
                }
            }
            #expect(throws: SealingError.slotNotOpened) {
                _ = try RecoveryKey.read(try secret(wrong))
            }
        }
    }
}
