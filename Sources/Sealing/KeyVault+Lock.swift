// Keys are wiped from memory while the store stays open, and come back with a secret.

import Base
import CSodium

/// How a segment's key comes about again.
struct KeyOrigin: BitwiseCopyable {
    let identity: SegmentIdentity
    let dataKey: KeyHandle
}

extension KeyVault {
    /// Whether the keys are wiped.
    public var isLocked: Bool { arena.isLockedAway }

    /// Says that the keys are used until `leave`; for every thread but the one that locks.
    /// - Returns: whether they are there; without them `leave` is not called.
    public func enter() -> Bool { arena.enter() }

    /// Says that the keys are not used any more.
    public func leave() { arena.leave() }

    /// Wipes every key, also those of open segments, once nobody uses one any more.
    ///
    /// The places stay taken. To be called by the one thread that seals without `enter`.
    public func lock() { arena.lockAway() }

    /// Brings all keys back with `secret`, from the wraps in memory.
    ///
    /// - Throws: `slotNotOpened` for a wrong secret, `keyState` if nothing is locked,
    ///   `notAuthentic`, `keyMemoryFull`, `slotParameters`. The keys stay wiped then.
    public func unlock(secret: borrowing SlotSecret) throws(SealingError) {
        guard isLocked else { throw .keyState(.active) }
        let (root, slot) = try Self.openRoot(ring, secret: secret, in: arena)
        defer { arena.free(root) }
        do throws(SealingError) {
            try state.withLock { state throws(SealingError) in
                let ring = state.ring
                for record in ring.dataKeys {
                    guard let place = state.dataKeys[record.name] else { throw .keyUnknown }
                    let opened = try record.wrap.open(
                        in: arena,
                        under: root,
                        context: Self.dataContext(
                            store: ring.store,
                            record.name,
                            wrappedBy: record.wrappedBy
                        )
                    )
                    arena.move(opened, to: place)
                }
                if let places = state.audit,
                    let opened = try Self.openAuditKeys(ring, root: root, in: arena)
                {
                    arena.move(opened.sealing, to: places.sealing)
                    arena.move(opened.signing, to: places.signing)
                }
                arena.copy(root, to: state.root)
                let count = state.opening.count
                state.opening = KeyOpening(slot: slot)
                state.opening.count = count + 1
            }
            try arena.deriveAgain()
        } catch {
            arena.lockAway()
            throw error
        }
        arena.open()
    }
}

extension KeyArena {
    /// Makes the keys of open segments again, each in its place.
    fileprivate func deriveAgain() throws(SealingError) {
        for (index, origin) in origins.withLock({ $0 }) {
            let derived = try derive(
                from: origin.dataKey,
                input: origin.identity.derivationInput.raw,
                salt: origin.identity.salt.bytes.raw,
                purpose: "sl.seg.1"
            )
            move(derived, to: KeyHandle(index: index))
        }
    }

    /// Copies the key at `from` to `place`.
    fileprivate func copy(_ from: KeyHandle, to place: KeyHandle) {
        // SAFETY: both places hold 32 bytes.
        unsafe address(place).update(from: address(from), count: Self.keyBytes)
    }

    /// Moves the key at `from` to `place`; its own place is free then.
    fileprivate func move(_ from: KeyHandle, to place: KeyHandle) {
        copy(from, to: place)
        free(from)
    }
}
