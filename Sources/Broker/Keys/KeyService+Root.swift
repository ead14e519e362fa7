// Another root key: wrapped under every slot before it takes over.

import Base
import Engine
import JSON
import Journal
import Sealing

/// Where the secret of a slot is.
struct SlotFile: Sendable {
    let slot: UInt32
    let path: String

    /// The files that `items`, objects, name.
    /// - Throws: `invalid` for anything else.
    static func list(_ items: [JSONValue]) throws(EngineRefusal) -> [SlotFile] {
        var files: [SlotFile] = []
        for item in items {
            guard let number = item["slot"]?.asUInt64.flatMap({ UInt32(exactly: $0) }),
                let path = item["path"]?.asText, !path.isEmpty
            else { throw .invalid }
            files.append(SlotFile(slot: number, path: path))
        }
        return files
    }
}

extension KeyService {
    /// A new root key under every slot of the ring.
    ///
    /// The secrets of slots are in `files`; a slot without one is tried with the secret in its
    /// usual place.
    ///
    /// Every slot must be opened by its secret: nobody can wrap a key for one that is not.
    /// - Throws: `invalid` if a secret is missing, `wrongSecret` if it does not open its slot,
    ///   `storage` if it cannot be read.
    func rootChange(_ files: [SlotFile]) throws(EngineRefusal) -> RootChange {
        do {
            var change = try vault.beginRootChange()
            do {
                for slot in vault.ring.slots {
                    let source = slot.kind.source
                    let named = files.first { $0.slot == slot.number }?.path ?? ""
                    let path = try places.path(of: source, named)
                    let secret = try SecretFile.read(path, as: source)
                    try vault.add(slot.number, secret: secret, to: &change)
                }
            } catch {
                vault.discard(change)
                throw error
            }
            return change
        } catch {
            throw EngineRefusal(secretError: error)
        }
    }
}

extension Sealing.SlotKind {
    /// What opens a slot of this kind.
    fileprivate var source: SlotSecret.Source {
        switch self {
        case .keyFile: .keyFile
        case .passphrase: .passphrase
        case .credential: .credential
        case .recovery: .recovery
        }
    }
}
