// What a rotation needs of the vault: proof of what was written, and a way back.

import Base
import CSodium

extension KeyVault {
    /// Whether `file`, as it was read back from disk, opens with this vault's root key and holds
    /// the same keys under all of `names`.
    ///
    /// Nothing is written under a new key before this was seen.
    public func areKept(_ names: [DataKeyName], in file: [UInt8]) -> Bool {
        guard let (text, mac) = try? KeyRing.split(file), let read = try? KeyRing(text: text) else {
            return false
        }
        let (root, known, store) = state.withLock { state in
            (state.root, state.dataKeys, state.ring.store)
        }
        guard read.store == store, arena.mac(text.raw, key: root, purpose: "sl.ring.1") == mac
        else { return false }
        var records: [DataKeyName: DataKeyRecord] = [:]
        for record in read.dataKeys { records[record.name] = record }
        return names.allSatisfy { name in
            guard let key = known[name], let record = records[name],
                let opened = try? record.wrap.open(
                    in: arena,
                    under: root,
                    context: Self.dataContext(store: store, name, wrappedBy: record.wrappedBy)
                )
            else { return false }
            defer { arena.free(opened) }
            return arena.isEqual(opened, key)
        }
    }

    /// Puts the states of `ring`'s data keys back, because the newer ones could not be written.
    ///
    /// Keys made since stay, pre-active: a copy of the ring that names them may have reached the
    /// disk. The generation never goes back.
    public func restoreStates(of ring: KeyRing) {
        state.withLock { state in
            for index in state.ring.dataKeys.indices {
                let name = state.ring.dataKeys[index].name
                if let before = ring.dataKey(name) {
                    state.ring.dataKeys[index].state = before.state
                } else {
                    state.ring.dataKeys[index].state = .preActive
                }
            }
        }
    }
}

extension KeyArena {
    /// Whether both places hold the same key; takes the same time wherever they differ.
    func isEqual(_ left: KeyHandle, _ right: KeyHandle) -> Bool {
        // SAFETY: both places hold 32 bytes.
        unsafe csodium_compare(address(left), address(right), Self.keyBytes) == 0
    }

    /// How many keys are in the arena.
    public var keyCount: Int { capacity - freeCount }
}
