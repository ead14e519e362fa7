// What is noted while the keys are wiped: anybody may seal it, only the keys open it.

import Base
import CSodium

/// Sealing to the audit log without a key.
public enum AuditBox {
    /// Bytes that sealing adds.
    public static var overheadBytes: Int { 48 }

    /// Seals `bytes` so that only the vault whose `auditBoxKey` this is opens them.
    ///
    /// It tells nothing about who sealed them.
    public static func seal(_ bytes: [UInt8], to publicKey: [UInt8]) -> [UInt8] {
        precondition(publicKey.count == 32, "a public key has 32 bytes")
        var sealed = [UInt8](repeating: 0, count: bytes.count + overheadBytes)
        // SAFETY: the output has room for the bytes and 48 more, the key has 32.
        unsafe csodium_box_seal(&sealed, bytes, bytes.count, publicKey)
        return sealed
    }
}

extension KeyVault {
    /// The public key that `AuditBox` seals to; it stays the same under another root key.
    /// - Throws: `keyMemoryFull`.
    public func auditBoxKey() throws(SealingError) -> [UInt8] {
        let seed = try boxSeed()
        defer { arena.free(seed) }
        var key = [UInt8](repeating: 0, count: 32)
        // SAFETY: a public key and a seed have 32 bytes.
        unsafe csodium_box_public(&key, arena.address(seed))
        return key
    }

    /// Opens what `AuditBox.seal` made.
    /// - Throws: `notAuthentic` for anything else, `keyMemoryFull`.
    public func openAuditBox(_ sealed: [UInt8]) throws(SealingError) -> [UInt8] {
        guard sealed.count >= AuditBox.overheadBytes else { throw .notAuthentic }
        let seed = try boxSeed()
        defer { arena.free(seed) }
        var bytes = [UInt8](repeating: 0, count: sealed.count - AuditBox.overheadBytes)
        // SAFETY: the output is shorter by 48 bytes, the seed has 32.
        let result = unsafe csodium_box_open(&bytes, sealed, sealed.count, arena.address(seed))
        guard result == 0 else { throw .notAuthentic }
        return bytes
    }

    /// The seed of the key pair, which the caller wipes.
    private func boxSeed() throws(SealingError) -> KeyHandle {
        let (key, isOwn) = try auditSealingKey()
        defer { if isOwn { arena.free(key) } }
        return try arena.derive(
            from: key,
            input: ring.store.bytes.raw,
            salt: [UInt8]().raw,
            purpose: "sl.audit.box"
        )
    }
}
