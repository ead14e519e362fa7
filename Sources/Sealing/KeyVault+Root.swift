// Another root key takes over: every wrap is made anew, no data is touched.

public import Base
import CSodium

/// The keys of the audit log, wrapped by the root key.
///
/// They come from the first root key. From the first change of it on they stand in the ring, so
/// that the log goes on and its heads are checked with the same public key.
struct AuditWraps: Equatable, Sendable {
    /// Seals entries.
    let sealing: WrappedKey
    /// The seed that signs heads.
    let signing: WrappedKey
}

/// The same keys, open.
struct AuditKeys: BitwiseCopyable {
    let sealing: KeyHandle
    let signing: KeyHandle
}

/// A root key that has not taken over yet.
public struct RootChange: Sendable {
    /// Its version.
    public let version: UInt32
    let root: KeyHandle
    /// How often the keys had been wiped when it was made.
    let lockCount: UInt64
    /// The slots under which it is wrapped so far.
    var slots: [KeySlot] = []
}

/// What a root key left behind when another one took over.
public struct RootBefore: Sendable {
    let ring: KeyRing
    let root: KeyHandle
    let audit: AuditKeys?
}

extension KeyVault {
    /// A new root key, still under no slot.
    /// - Throws: `keyMemoryFull`.
    public func beginRootChange() throws(SealingError) -> RootChange {
        RootChange(
            version: ring.rootKey.version &+ 1,
            root: try arena.random(),
            lockCount: arena.lockCount
        )
    }

    /// Wraps the new root key under the slot `number`, which `secret` opens.
    /// - Throws: as `prove`.
    public func add(
        _ number: UInt32,
        secret: borrowing SlotSecret,
        to change: inout RootChange
    ) throws(SealingError) {
        try prove(number, secret: secret)
        let ring = self.ring
        guard let slot = ring.slots.first(where: { $0.number == number }) else {
            throw .keyUnknown
        }
        let key = try secret.key(for: slot.kind, number: number, in: arena)
        defer { arena.free(key) }
        let context = Self.slotContext(
            store: ring.store,
            rootVersion: change.version,
            number: number
        )
        let wrap = WrappedKey(change.root, in: arena, under: key, context: context)
        change.slots.append(KeySlot(number: number, kind: slot.kind, wrap: wrap))
    }

    /// Wipes a root key that will not take over.
    public func discard(_ change: RootChange) { arena.free(change.root) }

    /// Makes the root key of `change` the one of the ring.
    ///
    /// Slots, data keys and the audit log's keys are wrapped by it alone. The new generation is
    /// still to be written.
    /// - Throws: `keyState` if the slots are not those of the ring any more, or another root key
    ///   took over meanwhile, or the keys were wiped; `keyMemoryFull`. Nothing is changed then.
    public func changeRoot(
        _ change: RootChange,
        at now: Instant
    ) throws(SealingError) -> RootBefore {
        let before = self.ring
        let slots = change.slots.sorted { $0.number < $1.number }
        let isCurrent = zip(slots, before.slots).allSatisfy {
            $0.number == $1.number && $0.kind == $1.kind
        }
        guard isCurrent, slots.count == before.slots.count,
            change.version == before.rootKey.version &+ 1, change.lockCount == arena.lockCount
        else { throw .keyState(.active) }
        let audit = try openAuditKeys()
        let wraps = wrap(audit, store: before.store, change)
        return state.withLock { state in
            let old = RootBefore(ring: state.ring, root: state.root, audit: state.audit)
            state.ring.slots = slots
            state.ring.rootKey = RootKeyRecord(version: change.version, created: now)
            state.ring.audit = wraps
            for at in state.ring.dataKeys.indices {
                let record = state.ring.dataKeys[at]
                guard let key = state.dataKeys[record.name] else { continue }
                let context = Self.dataContext(
                    store: state.ring.store,
                    record.name,
                    wrappedBy: change.version
                )
                state.ring.dataKeys[at] = DataKeyRecord(
                    name: record.name,
                    state: record.state,
                    created: record.created,
                    wrappedBy: change.version,
                    wrap: WrappedKey(key, in: arena, under: change.root, context: context)
                )
            }
            state.root = change.root
            state.audit = audit
            state.ring.generation += 1
            state.ring.writtenAt = now
            return old
        }
    }

    /// Wipes the root key that is not used any more.
    public func forget(_ before: RootBefore) { arena.free(before.root) }

    /// Puts the root key of `before` back, because the ring of the new one could not be written.
    ///
    /// A copy of that ring may have reached the disk: it opens with the same slots. The generation
    /// never goes back.
    public func restoreRoot(_ before: RootBefore) {
        let (root, audit) = state.withLock { state in
            let (root, audit) = (state.root, state.audit)
            state.root = before.root
            state.audit = before.audit
            state.ring.slots = before.ring.slots
            state.ring.rootKey = before.ring.rootKey
            state.ring.dataKeys = before.ring.dataKeys
            state.ring.audit = before.ring.audit
            return (root, audit)
        }
        arena.free(root)
        if before.audit == nil, let audit {
            arena.free(audit.sealing)
            arena.free(audit.signing)
        }
    }

    /// The audit log's keys: those that are open, or those of the first root key.
    private func openAuditKeys() throws(SealingError) -> AuditKeys {
        if let audit = state.withLock({ $0.audit }) { return audit }
        let sealing = try deriveAuditKey("sl.audit.seal")
        do throws(SealingError) {
            return AuditKeys(sealing: sealing, signing: try deriveAuditKey("sl.audit.sign"))
        } catch {
            arena.free(sealing)
            throw error
        }
    }

    private func wrap(_ keys: AuditKeys, store: UniqueId, _ change: RootChange) -> AuditWraps {
        func wrapped(_ key: KeyHandle, _ kind: KeyKind) -> WrappedKey {
            let context = Self.auditContext(store: store, kind, wrappedBy: change.version)
            return WrappedKey(key, in: arena, under: change.root, context: context)
        }
        return AuditWraps(
            sealing: wrapped(keys.sealing, .auditSealing),
            signing: wrapped(keys.signing, .auditSigning)
        )
    }

    /// Opens the audit log's keys of `ring`, if it has some.
    static func openAuditKeys(
        _ ring: KeyRing,
        root: KeyHandle,
        in arena: KeyArena
    ) throws(SealingError) -> AuditKeys? {
        guard let wraps = ring.audit else { return nil }
        func open(_ wrap: WrappedKey, _ kind: KeyKind) throws(SealingError) -> KeyHandle {
            let context = auditContext(
                store: ring.store,
                kind,
                wrappedBy: ring.rootKey.version
            )
            return try wrap.open(in: arena, under: root, context: context)
        }
        return AuditKeys(
            sealing: try open(wraps.sealing, .auditSealing),
            signing: try open(wraps.signing, .auditSigning)
        )
    }

    private static func auditContext(
        store: UniqueId,
        _ kind: KeyKind,
        wrappedBy: UInt32
    ) -> WrappedKey.Context {
        WrappedKey.Context(
            store: store,
            kind: kind,
            subject: .none,
            version: 1,
            wrappedBy: wrappedBy
        )
    }
}
