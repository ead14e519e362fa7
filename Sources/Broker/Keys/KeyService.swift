// A store's keys as the control thread and requests by message see them.

import Base
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

    /// The keys of the store that `journal` has open.
    init(_ journal: Journal, keyDirectory: String) {
        desk = journal.keys
        vault = journal.vault
        self.keyDirectory = keyDirectory
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
        case .addSlot(let source):
            (.all, .addSlot(try withKeys { () throws(EngineRefusal) in try slot(source) }))
        case .removeSlot(let number): (.all, .removeSlot(number))
        case .lock: (.all, .lock)
        case .unlock(.keyFile(let path)):
            try opened("keyfile", path: String(decoding: path, as: UTF8.self))
        case .unlock(.credential): throw .unsupported(.lockKeys)
        case .unlock(.recovery): throw .unsupported(.lockKeys)
        }
    }

    /// What is noted once the secret of `kind` at `path` has brought the keys back.
    private func opened(
        _ kind: String,
        path: String
    ) throws(EngineRefusal) -> (KeyTarget, KeyCommand) {
        try unlock(kind, path: path)
        return (.all, .note("keys unlock", result: "done"))
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

    private func slot(_ source: SecretSource) throws(EngineRefusal) -> KeySlot {
        switch source {
        case .keyFile(let path):
            try slot("keyfile", path: String(decoding: path, as: UTF8.self)).slot
        case .credential: throw .unsupported(.keySlots)
        case .recovery: try slot("recovery", path: "").slot
        }
    }

    /// A slot of `kind` that opens with the secret in the file at `path`, and where that is.
    ///
    /// A key file that is not there is made, and so is a recovery key. The secret is kept nowhere
    /// else.
    func slot(
        _ kind: String,
        path: String
    ) throws(EngineRefusal) -> (slot: KeySlot, path: String) {
        do {
            switch kind {
            case "keyfile":
                guard !path.isEmpty else { throw EngineRefusal.invalid }
                try SecretFile.makeKey(path)
                let secret = try SecretFile.read(path, as: .keyFile)
                return (try vault.makeSlot(.keyFile, secret: secret), path)
            case "credential":
                guard !path.isEmpty else { throw EngineRefusal.invalid }
                let secret = try SecretFile.read(path, as: .credential)
                return (try vault.makeSlot(.credential, secret: secret), path)
            case "passphrase":
                guard !path.isEmpty else { throw EngineRefusal.invalid }
                let secret = try SecretFile.read(path, as: .passphrase)
                let kind = Sealing.SlotKind.passphrase(.standard, salt: .random())
                return (try vault.makeSlot(kind, secret: secret), path)
            case "recovery":
                let key = try RecoveryKey.make()
                let slot = try vault.makeSlot(.recovery, secret: key.secret)
                let place = path.isEmpty ? "\(keyDirectory)/recovery-\(slot.number).txt" : path
                try SecretFile.write(key.text, to: place)
                return (slot, place)
            default: throw EngineRefusal.invalid
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
