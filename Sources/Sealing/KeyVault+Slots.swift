// Ways to open the store: added and taken away while it is open.

public import Base
import CSodium

extension KeyVault {
    /// The root key under a slot that `secret` opens, as `slot` is to hold it.
    ///
    /// Stretching a passphrase takes about a second: this is done away from the journal's thread.
    /// - Throws: `slotParameters` when stretching does not get its memory, `keyMemoryFull`.
    public func makeSlot(
        _ kind: SlotKind,
        secret: borrowing SlotSecret
    ) throws(SealingError) -> KeySlot {
        let ring = self.ring
        let number = ring.nextSlotNumber
        let key = try secret.key(for: kind, number: number, in: arena)
        defer { arena.free(key) }
        let (version, wrap) = state.withLock { state in
            let wrap = WrappedKey(
                state.root,
                in: arena,
                under: key,
                context: Self.slotContext(
                    store: ring.store,
                    rootVersion: state.ring.rootKey.version,
                    number: number
                )
            )
            return (state.ring.rootKey.version, wrap)
        }
        return KeySlot(number: number, kind: kind, wrap: wrap, rootVersion: version)
    }

    /// Whether `secret` opens the slot `number` of this ring.
    /// - Throws: `slotNotOpened`, `keyUnknown` without such a slot, `slotParameters`.
    public func prove(_ number: UInt32, secret: borrowing SlotSecret) throws(SealingError) {
        let ring = self.ring
        guard let slot = ring.slots.first(where: { $0.number == number }) else {
            throw .keyUnknown
        }
        guard secret.fits(slot.kind) else { throw .slotNotOpened }
        let key = try secret.key(for: slot.kind, number: number, in: arena)
        defer { arena.free(key) }
        let context = Self.slotContext(
            store: ring.store,
            rootVersion: ring.rootKey.version,
            number: number
        )
        guard let root = try? slot.wrap.open(in: arena, under: key, context: context) else {
            throw .slotNotOpened
        }
        arena.free(root)
    }

    /// Twelve digits that tell keys apart and tell nothing about them; empty for an unknown key.
    public func fingerprint(_ name: DataKeyName) -> [UInt8] {
        guard let key = state.withLock({ $0.dataKeys[name] }) else { return [] }
        let digest = arena.mac([UInt8]().raw, key: key, purpose: "sl.finger.1")
        return Array(Hex.encode(digest.bytes).prefix(12))
    }

    /// Adds `slot`; the new generation is still to be written.
    /// - Throws: `keyState` if its number is taken, or another root key took over since it was
    ///   made.
    public func add(_ slot: KeySlot, at now: Instant) throws(SealingError) {
        try state.withLock { state throws(SealingError) in
            let isFree = !state.ring.slots.contains { $0.number == slot.number }
            let isCurrent = [0, state.ring.rootKey.version].contains(slot.rootVersion)
            guard isFree, isCurrent else { throw .keyState(.active) }
            state.ring.slots.append(
                KeySlot(number: slot.number, kind: slot.kind, wrap: slot.wrap)
            )
            state.ring.slots.sort { $0.number < $1.number }
        }
        advance(at: now)
    }

    /// Takes the slot `number` away; the new generation is still to be written.
    /// - Throws: `keyUnknown` without such a slot, `keyState` for the last one.
    public func removeSlot(_ number: UInt32, at now: Instant) throws(SealingError) {
        try state.withLock { state throws(SealingError) in
            guard let at = state.ring.slots.firstIndex(where: { $0.number == number }) else {
                throw .keyUnknown
            }
            guard state.ring.slots.count > 1 else { throw .keyState(.active) }
            state.ring.slots.remove(at: at)
        }
        advance(at: now)
    }
}

extension KeyRing {
    /// A number that no slot has.
    ///
    /// A number may come again after its slot went: what was wrapped under it opens only with the
    /// secret of then.
    public var nextSlotNumber: UInt32 { (slots.map(\.number).max() ?? 0) &+ 1 }
}
