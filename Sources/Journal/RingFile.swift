// The key ring on disk, kept twice.

import Base
import Sealing

/// Reads and writes the ring.
enum RingFile {
    static var names: [String] { ["keyring", "keyring.copy"] }

    /// Writes the ring of `vault`, then raises the floor below which no ring is taken; with
    /// `isErasing` the bytes of the rings before are overwritten.
    ///
    /// A disk that writes elsewhere than it was told keeps the old bytes for a while; they are
    /// wrapped by the root key. Overwriting is therefore tried and not insisted on.
    static func write(
        _ vault: KeyVault,
        disk: any Disk,
        store: StoreFile,
        isErasing: Bool = false
    ) throws(DiskError) {
        let file = vault.file
        let generation = vault.generation
        for name in names {
            let before = isErasing ? try? disk.open(name, .write) : nil
            defer { if let before { disk.close(before) } }
            try disk.replace(name, in: "", with: file.raw)
            // At once: what comes next may find the disk full, and this file has no name any more.
            if let before { overwrite(before, disk) }
        }
        try store.update { $0.ringFloor = generation }
    }

    private static func overwrite(_ file: DiskFile, _ disk: any Disk) {
        guard let size = try? disk.size(file) else { return }
        var zeros = RecordBuffer(capacity: Int(clamping: size))
        zeros.appendZeros(Int(clamping: size))
        guard (try? disk.write(file, at: 0, zeros.bytes)) != nil else { return }
        try? disk.sync(file)
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

    /// Opens the first copy that is whole and not older than the store has seen.
    ///
    /// A damaged slot looks like a wrong secret until the other copy has been tried.
    static func open(
        _ disk: any Disk,
        _ state: StoreState,
        _ secret: borrowing SlotSecret
    ) throws(JournalError) -> KeyVault {
        var failure = JournalError.ringMissing
        var tried: [UInt8] = []
        for name in names {
            do {
                let ring = try disk.readAll(name, byteCountMax: KeyRing.byteCountMax).array
                // The same bytes open no better, and stretching a passphrase takes a second.
                if ring == tried { continue }
                tried = ring
                return try KeyVault.open(
                    file: ring,
                    store: state.store,
                    generationFloor: state.ringFloor,
                    secret: secret
                )
            } catch let error as DiskError {
                if failure == .ringMissing, error.number != noSuchFile { failure = .disk(error) }
            } catch let error as SealingError {
                if failure == .ringMissing { failure = .sealing(error) }
            } catch {
                failure = .storeDamaged
            }
        }
        throw failure
    }
}
