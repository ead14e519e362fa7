// Where the secrets of slots are, and what it means when one does not open anything.

import Configuration
import Engine
import Journal
import Sealing

/// The usual places of secrets.
struct SecretPlaces: Sendable {
    private let keyDirectory: String
    private let unlock: StoreUnlock

    /// The places that `settings` name.
    init(_ settings: JetStreamSettings) {
        keyDirectory = settings.keyDirectory
        unlock = settings.unlock
    }

    /// Where a new recovery key for the slot `number` is written.
    func recovery(_ number: UInt32) -> String { "\(keyDirectory)/recovery-\(number).txt" }

    /// The file that `path` means for a secret from `source`.
    ///
    /// Without a path it is the store's own key file, or the credential that the server was told to
    /// open the store with. A credential without a slash in it is the name of one.
    /// - Throws: `invalid` if a path is missing, or there are no credentials.
    func path(of source: SlotSecret.Source, _ path: String) throws(EngineRefusal) -> String {
        switch source {
        case .keyFile: return path.isEmpty ? "\(keyDirectory)/store.key" : path
        case .credential:
            let name = path.isEmpty ? unlock.credential : path
            if name.utf8.contains(UInt8(ascii: "/")) { return name }
            guard !name.isEmpty, !unlock.credentialDirectory.isEmpty else { throw .invalid }
            return "\(unlock.credentialDirectory)/\(name)"
        case .passphrase, .recovery:
            guard !path.isEmpty else { throw .invalid }
            return path
        }
    }
}

extension SlotSecret.Source {
    /// The source that a request calls `word`; nothing at all means a key file.
    /// - Throws: `invalid` for any other word.
    init(word: String) throws(EngineRefusal) {
        switch word {
        case "", "keyfile": self = .keyFile
        case "passphrase": self = .passphrase
        case "credential": self = .credential
        case "recovery": self = .recovery
        default: throw .invalid
        }
    }
}

extension EngineRefusal {
    /// What `error`, met while a secret was read or tried, means for who asked.
    init(secretError error: any Error) {
        switch error {
        case let refusal as EngineRefusal: self = refusal
        case let disk as DiskError: self = .storage(errno: disk.number)
        case SealingError.slotNotOpened: self = .wrongSecret
        case SealingError.secretEmpty: self = .unfitSecret(.empty)
        case SealingError.secretTooLong: self = .unfitSecret(.tooLong)
        case SealingError.secretHasNul: self = .unfitSecret(.hasNul)
        default: self = .invalid
        }
    }
}
