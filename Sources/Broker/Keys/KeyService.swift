// A store's keys as the control thread and requests by message see them.

import Base
import Configuration
import Engine
import Journal
import Sealing

/// What is known of a store beside its journal.
struct KeyService: Sendable {
    /// Where requests go.
    let desk: KeyDesk
    /// The open ring.
    let vault: KeyVault
    /// Where the store's own key file is.
    let keyDirectory: String

    /// The keys of `store`.
    init(_ store: Store, _ settings: JetStreamSettings) {
        desk = store.journal.keys
        vault = store.journal.vault
        keyDirectory = settings.keyDirectory
    }

    /// How the key of what belongs to no stream is called; a space is in no stream's name.
    static let catalogName = Array("store catalog".utf8)

    /// The order in the words of the journal; `names` are the streams' numbers by name.
    /// - Throws: `notFound` for an unknown stream, `unsupported` for what is not served here.
    func translate(
        _ order: KeyOrder,
        names: [[UInt8]: UInt32]
    ) throws(EngineRefusal) -> (KeyTarget, KeyCommand) {
        switch order {
        case .prepare(let scope): (try target(scope, names), .prepare)
        case .activate(let scope): (try target(scope, names), .activate)
        case .reencrypt(let scope, let most):
            (try target(scope, names), .reencrypt(bytesPerSecond: most))
        case .holdReencryption(let scope, let isHeld): (try target(scope, names), .hold(isHeld))
        case .verify(let scope): (try target(scope, names), .verify)
        case .retire(let scope, let version): (try target(scope, names), .retire(version))
        case .destroy(let scope, let version): (try target(scope, names), .destroy(version))
        case .compromised(let scope, let version):
            (try target(scope, names), .compromise(version))
        case .addSlot(let source): (.all, .addSlot(try slot(source)))
        case .removeSlot(let number): (.all, .removeSlot(number))
        case .lock, .unlock: throw .unsupported(.lockKeys)
        }
    }

    private func target(
        _ scope: KeyScope,
        _ names: [[UInt8]: UInt32]
    ) throws(EngineRefusal) -> KeyTarget {
        switch scope {
        case .root: throw .unsupported(.rotateKey)
        case .allStreams: return .all
        case .stream(Self.catalogName): return .catalog
        case .stream(let name):
            guard let number = names[name] else { throw .notFound }
            return .stream(number)
        }
    }

    /// A slot that opens with what `source` names; the secret is read or made here and nowhere
    /// kept but where it belongs.
    private func slot(_ source: SecretSource) throws(EngineRefusal) -> KeySlot {
        do {
            switch source {
            case .keyFile(let path):
                let text = String(decoding: path, as: UTF8.self)
                let secret = try SecretFile.read(text, as: .keyFile)
                return try vault.makeSlot(.keyFile, secret: secret)
            case .credential:
                throw EngineRefusal.unsupported(.keySlots)
            case .recovery:
                let key = try RecoveryKey.make()
                let slot = try vault.makeSlot(.recovery, secret: key.secret)
                let path = "\(keyDirectory)/recovery-\(slot.number).txt"
                try SecretFile.write(key.text, to: path)
                return slot
            }
        } catch let error as EngineRefusal {
            throw error
        } catch let error as DiskError {
            throw .storage(errno: error.number)
        } catch {
            throw .invalid
        }
    }
}
