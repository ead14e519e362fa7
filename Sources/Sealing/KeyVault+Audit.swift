// The audit log's keys: entries are sealed, heads are signed.

import Base
import CSodium

extension KeyVault {
    /// Seals the entry number `index` of the audit log.
    /// - Throws: `keyMemoryFull`.
    public func sealAudit(_ entry: [UInt8], index: UInt64) throws(SealingError) -> [UInt8] {
        let (key, isOwn) = try auditSealingKey()
        defer { if isOwn { arena.free(key) } }
        var out = [UInt8](repeating: 0, count: 24)
        unsafe csodium_random(&out, 24)
        var sealed = [UInt8](repeating: 0, count: entry.count + 16)
        let context = auditContext(index)
        // SAFETY: the output has room for entry and tag, the nonce has 24 bytes, the key 32.
        unsafe csodium_seal(
            &sealed,
            entry,
            entry.count,
            context,
            context.count,
            out,
            arena.address(key)
        )
        return out + sealed
    }

    /// Opens what `sealAudit` made.
    /// - Throws: `notAuthentic` for anything else, `keyMemoryFull`.
    public func openAudit(_ record: [UInt8], index: UInt64) throws(SealingError) -> [UInt8] {
        guard record.count >= 40 else { throw .notAuthentic }
        let (key, isOwn) = try auditSealingKey()
        defer { if isOwn { arena.free(key) } }
        let (nonce, sealed) = (Array(record[..<24]), Array(record[24...]))
        var entry = [UInt8](repeating: 0, count: sealed.count - 16)
        let context = auditContext(index)
        // SAFETY: the output is shorter by the tag, the nonce has 24 bytes, the key 32.
        let result = unsafe csodium_open(
            &entry,
            sealed,
            sealed.count,
            context,
            context.count,
            nonce,
            arena.address(key)
        )
        guard result == 0 else { throw .notAuthentic }
        return entry
    }

    /// The Ed25519 signature over `text`.
    /// - Throws: `keyMemoryFull`.
    public func signAudit(_ text: [UInt8]) throws(SealingError) -> [UInt8] {
        let (seed, isOwn) = try signingSeed()
        defer { if isOwn { arena.free(seed) } }
        var signature = [UInt8](repeating: 0, count: 64)
        // SAFETY: a signature has 64 bytes, a seed 32.
        unsafe csodium_sign(&signature, text, text.count, arena.address(seed))
        return signature
    }

    /// The key that `signAudit`'s signatures are checked with.
    /// - Throws: `keyMemoryFull`.
    public func auditPublicKey() throws(SealingError) -> [UInt8] {
        let (seed, isOwn) = try signingSeed()
        defer { if isOwn { arena.free(seed) } }
        var key = [UInt8](repeating: 0, count: 32)
        // SAFETY: a public key and a seed have 32 bytes.
        unsafe csodium_sign_public(&key, arena.address(seed))
        return key
    }

    /// The key that seals entries, and whether the caller has to wipe it.
    func auditSealingKey() throws(SealingError) -> (KeyHandle, isOwn: Bool) {
        if let keys = state.withLock({ $0.audit }) { return (keys.sealing, false) }
        return (try deriveAuditKey("sl.audit.seal"), true)
    }

    /// The seed that signs heads, and whether the caller has to wipe it.
    private func signingSeed() throws(SealingError) -> (KeyHandle, isOwn: Bool) {
        if let keys = state.withLock({ $0.audit }) { return (keys.signing, false) }
        return (try deriveAuditKey("sl.audit.sign"), true)
    }

    /// A key of the audit log as it comes from the first root key.
    func deriveAuditKey(_ purpose: StaticString) throws(SealingError) -> KeyHandle {
        let root = state.withLock { $0.root }
        return try arena.derive(
            from: root,
            input: ring.store.bytes.raw,
            salt: [UInt8]().raw,
            purpose: purpose
        )
    }

    private func auditContext(_ index: UInt64) -> [UInt8] {
        ring.store.bytes + (0..<8).map { UInt8(truncatingIfNeeded: index >> ($0 * 8)) }
    }
}

/// Checks of signatures, for whoever has a head and a public key.
public enum AuditSignature {
    /// Whether `signature` over `text` was made with the private part of `key`.
    public static func isValid(_ signature: [UInt8], _ text: [UInt8], key: [UInt8]) -> Bool {
        guard signature.count == 64, key.count == 32 else { return false }
        // SAFETY: the lengths were checked.
        return unsafe csodium_verify(signature, text, text.count, key) == 0
    }
}
