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
    /// Where secrets are when nobody says where.
    let places: SecretPlaces

    /// The keys of the store that `journal` has open.
    init(_ journal: Journal, _ places: SecretPlaces) {
        desk = journal.keys
        vault = journal.vault
        self.places = places
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
        case .addSlot(let secret):
            (.all, .addSlot(try withKeys { () throws(EngineRefusal) in try slot(secret) }))
        case .removeSlot(let number): (.all, .removeSlot(number))
        case .lock: (.all, .lock)
        case .unlock(let secret): try opened(secret)
        }
    }

    /// What is noted once `secret` has brought the keys back.
    private func opened(
        _ secret: SecretSource
    ) throws(EngineRefusal) -> (KeyTarget, KeyCommand) {
        // A recovery key is made without being typed, but does not open anything without it.
        guard secret != .recovery else { throw .invalid }
        try unlock(secret.source, path: secret.path)
        return (.all, .unlocked)
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

    private func slot(_ secret: SecretSource) throws(EngineRefusal) -> KeySlot {
        try slot(secret.source, path: secret.path).slot
    }

    /// A slot that opens with the secret from `source` in the file at `path`, and where that is.
    ///
    /// A key file that is not there is made, and so is a recovery key. The secret is kept nowhere
    /// else.
    func slot(
        _ source: SlotSecret.Source,
        path: String
    ) throws(EngineRefusal) -> (slot: KeySlot, path: String) {
        do {
            if source == .recovery {
                let key = try RecoveryKey.make()
                let slot = try vault.makeSlot(.recovery, secret: key.secret)
                let place = path.isEmpty ? places.recovery(slot.number) : path
                try SecretFile.write(key.text, to: place)
                return (slot, place)
            }
            guard !path.isEmpty else { throw EngineRefusal.invalid }
            let place = try places.path(of: source, path)
            if source == .keyFile { try SecretFile.makeKey(place) }
            let secret = try SecretFile.read(place, as: source)
            return (try vault.makeSlot(source.newSlot, secret: secret), place)
        } catch {
            throw EngineRefusal(secretError: error)
        }
    }
}

extension SecretSource {
    /// Which slots it may open.
    fileprivate var source: SlotSecret.Source {
        switch self {
        case .keyFile: .keyFile
        case .credential: .credential
        case .recovery: .recovery
        case .typed(let kind, _): SlotSecret.Source(kind)
        }
    }

    /// Where it is; empty for the usual place.
    fileprivate var path: String {
        switch self {
        case .keyFile(let path), .credential(let path), .typed(_, let path):
            String(decoding: path, as: UTF8.self)
        case .recovery: ""
        }
    }
}

extension SlotSecret.Source {
    /// What opens slots of `kind`.
    fileprivate init(_ kind: ShownSlotKind) {
        self =
            switch kind {
            case .keyFile: .keyFile
            case .passphrase: .passphrase
            case .credential: .credential
            case .recovery: .recovery
            }
    }
}
