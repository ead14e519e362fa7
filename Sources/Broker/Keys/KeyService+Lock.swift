// Keys come back into memory with a secret.

import Base
import Engine
import Journal
import Sealing

extension KeyService {
    /// Brings wiped keys back with the secret from `source` in the file at `path`, or in its usual
    /// place.
    ///
    /// The secret is kept nowhere.
    /// - Throws: `wrongSecret` if it opens no slot, `wrongState` if nothing is locked, `storage` if
    ///   it cannot be read, `invalid` if nobody says where it is.
    func unlock(_ source: SlotSecret.Source, path: String) throws(EngineRefusal) {
        let place = try places.path(of: source, path)
        guard vault.isLocked else { throw .wrongState }
        do {
            try vault.unlock(secret: try SecretFile.read(place, as: source))
        } catch {
            throw EngineRefusal(secretError: error)
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
