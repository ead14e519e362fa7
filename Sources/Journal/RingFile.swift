// The key ring on disk, kept twice.

import Base
import Sealing

/// Reads and writes the ring.
enum RingFile {
    static var names: [String] { ["keyring", "keyring.copy"] }

    /// Writes the ring of `vault`, then raises the floor below which no ring is taken.
    static func write(_ vault: KeyVault, disk: any Disk, store: StoreFile) throws(DiskError) {
        let file = vault.file
        let generation = vault.generation
        for name in names { try disk.replace(name, in: "", with: file.raw) }
        try store.update { $0.ringFloor = generation }
    }

    /// Opens the first copy that is whole and not older than the store has seen.
    static func open(
        _ disk: any Disk,
        _ state: StoreState,
        _ secret: borrowing SlotSecret
    ) throws(JournalError) -> KeyVault {
        var failure = JournalError.ringMissing
        for name in names {
            do {
                let ring = try disk.readAll(name, byteCountMax: KeyRing.byteCountMax)
                return try KeyVault.open(
                    file: ring.array,
                    store: state.store,
                    generationFloor: state.ringFloor,
                    secret: secret
                )
            } catch let error as DiskError {
                if failure == .ringMissing, error.number != noSuchFile { failure = .disk(error) }
            } catch let error as SealingError {
                if failure == .ringMissing { failure = .sealing(error) }
                if error == .slotNotOpened { break }
            } catch {
                failure = .storeDamaged
            }
        }
        throw failure
    }
}
