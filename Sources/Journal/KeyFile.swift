// The key file: the simplest slot, made at the first start.

public import Sealing

/// 32 random bytes in a file that only its owner may read.
public enum KeyFile {
    /// Bytes of a key file.
    public static var byteCount: Int { 32 }

    /// Reads the key file `name` on `disk`; makes it if there is none and `mayCreate` says so.
    ///
    /// A key file is made only together with a new store: a missing one beside an existing store is
    /// an error, never a new key.
    /// - Throws: `JournalError.disk` when it cannot be read or made, `.sealing` without locked
    ///   memory.
    public static func load(
        _ name: String,
        on disk: any Disk,
        mayCreate: Bool
    ) throws(JournalError) -> SlotSecret {
        do {
            return try read(name, disk)
        } catch let error as DiskError {
            guard mayCreate, error.number == noSuchFile else { throw .disk(error) }
        } catch let error as SealingError {
            throw .sealing(error)
        } catch {
            throw .storeDamaged
        }
        do {
            let secret = try SecretBytes.random(count: byteCount)
            try write(secret, name, disk)
            return SlotSecret(.keyFile, secret)
        } catch let error as DiskError {
            throw .disk(error)
        } catch let error as SealingError {
            throw .sealing(error)
        } catch {
            throw .storeDamaged
        }
    }

    private static func write(
        _ secret: borrowing SecretBytes,
        _ name: String,
        _ disk: any Disk
    ) throws(DiskError) {
        // Under its name only once it is whole: a kill in between must not leave half a key.
        let begun = name + ".tmp"
        if try disk.list("").contains(begun) { try disk.remove(begun) }
        let file = try disk.open(begun, .create)
        defer { disk.close(file) }
        try disk.write(file, at: 0, secret.bytes)
        try disk.sync(file)
        try disk.rename(begun, to: name)
        try disk.syncDirectory("")
    }

    private static func read(_ name: String, _ disk: any Disk) throws -> SlotSecret {
        let file = try disk.open(name, .read)
        defer { disk.close(file) }
        guard try disk.size(file) == UInt64(byteCount) else {
            throw SealingError.slotNotOpened
        }
        var secret = try SecretBytes(count: byteCount)
        let count = try secret.fill { (bytes) throws(DiskError) in
            try disk.read(file, at: 0, into: &bytes)
        }
        guard count == byteCount else { throw SealingError.slotNotOpened }
        return SlotSecret(.keyFile, secret)
    }
}

extension Journal {
    /// Whether there is a store on `disk`.
    public static func hasStore(_ disk: any Disk) -> Bool {
        let names = (try? disk.list("")) ?? []
        return names.contains(StoreFile.name) || names.contains { RingFile.names.contains($0) }
    }
}
