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

    /// Reads both copies back and looks for `names` in them.
    /// - Returns: whether both hold the same keys as `vault`.
    static func holds(
        _ names: [DataKeyName],
        of vault: KeyVault,
        on disk: any Disk
    ) throws(DiskError) -> Bool {
        for name in Self.names {
            let file = try disk.readAll(name, byteCountMax: KeyRing.byteCountMax)
            guard vault.areKept(names, in: file.array) else { return false }
        }
        return true
    }

    /// Writes the ring of `vault` as `write` does, then zeros over the bytes of the rings before.
    ///
    /// A disk that writes elsewhere than it was told keeps the old bytes for a while; they are
    /// wrapped by the root key. Overwriting is therefore tried and not insisted on.
    static func writeErasing(
        _ vault: KeyVault,
        disk: any Disk,
        store: StoreFile
    ) throws(DiskError) {
        let old = names.compactMap { name in
            (try? disk.open(name, .write)).map { (file: $0, size: (try? disk.size($0)) ?? 0) }
        }
        defer { for (file, _) in old { disk.close(file) } }
        try write(vault, disk: disk, store: store)
        for (file, size) in old {
            var zeros = RecordBuffer(capacity: Int(clamping: size))
            zeros.appendZeros(Int(clamping: size))
            guard (try? disk.write(file, at: 0, zeros.bytes)) != nil else { continue }
            try? disk.sync(file)
        }
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
