// Keys come back into memory with a secret.

import Base
import Engine
import Journal
import Sealing

extension KeyService {
    /// Brings wiped keys back with the secret of `kind` in the file at `path`.
    ///
    /// Without a path it is the store's own key file. The secret is kept nowhere.
    /// - Throws: `notPermitted` if it opens no slot, `wrongState` if nothing is locked, `storage`
    ///   if it cannot be read.
    func unlock(_ kind: String, path: String) throws(EngineRefusal) {
        let source: SlotSecret.Source
        switch kind {
        case "", "keyfile": source = .keyFile
        case "passphrase": source = .passphrase
        case "credential": source = .credential
        case "recovery": source = .recovery
        default: throw .invalid
        }
        let own = source == .keyFile ? "\(keyDirectory)/store.key" : ""
        let place = path.isEmpty ? own : path
        guard !place.isEmpty else { throw .invalid }
        guard vault.isLocked else { throw .wrongState }
        do {
            try vault.unlock(secret: try SecretFile.read(place, as: source))
        } catch let error as DiskError {
            throw .storage(errno: error.number)
        } catch SealingError.slotNotOpened {
            throw .notPermitted
        } catch {
            throw .invalid
        }
    }

    /// Does `body` while the keys are there.
    /// - Throws: `locked` if they are not, and what `body` throws.
    func withKeys<Value>(
        _ body: () throws(EngineRefusal) -> Value
    ) throws(EngineRefusal) -> Value {
        guard vault.enter() else { throw .locked(until: .distantFuture) }
        defer { vault.leave() }
        return try body()
    }
}
