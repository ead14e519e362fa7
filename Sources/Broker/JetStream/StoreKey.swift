// What opens a store: found in files, or asked of a person, before anything starts.

public import Configuration
public import Journal
import Reactor
import Sealing

/// Finds the secret that opens a store.
public enum StoreKey {
    /// The secret that `settings` name, or that a person types because the store needs it; `nil` if
    /// the key file will do.
    /// - Throws: `StoreError` when it cannot be read.
    public static func find(_ settings: JetStreamSettings) throws(StoreError) -> HeldSecret? {
        let store = settings.storeDirectory + "/store"
        let unlock = settings.unlock
        do {
            if !unlock.passphraseFile.isEmpty {
                return HeldSecret(try SecretFile.read(unlock.passphraseFile, as: .passphrase))
            }
            if !unlock.recoveryFile.isEmpty {
                return HeldSecret(try SecretFile.read(unlock.recoveryFile, as: .recovery))
            }
            if !unlock.credential.isEmpty {
                let path = "\(unlock.credentialDirectory)/\(unlock.credential)"
                return HeldSecret(try SecretFile.read(path, as: .credential))
            }
            guard let disk = try? SystemDisk(path: store), Journal.hasStore(disk),
                Journal.slotWords(disk).contains("argon2id"),
                (try? SmallFile.read(settings.keyDirectory + "/store.key")) == nil
            else { return nil }
            // Where there is nobody to ask, the missing key file is what is complained of.
            guard let typed = try SecretPrompt.ask("Passphrase of the store \(store): ") else {
                return nil
            }
            return HeldSecret(typed)
        } catch let error as DiskError {
            throw .journal(.disk(error))
        } catch let error as SealingError {
            throw .journal(.sealing(error))
        } catch {
            throw .journal(.sealing(.slotNotOpened))
        }
    }

    /// The secret of the closed store in `directory`, the key file's if nothing else is named.
    /// - Throws: `StoreError` when it cannot be read.
    public static func open(_ settings: JetStreamSettings) throws(StoreError) -> KeyStore {
        let secret = try secret(settings)
        do throws(JournalError) {
            return try KeyStore(settings, secret: secret)
        } catch {
            throw .journal(error)
        }
    }

    /// The secret that opens the store of `settings`: the one they name, a typed one, or the key
    /// file's.
    /// - Throws: `StoreError` when it cannot be read.
    static func secret(_ settings: JetStreamSettings) throws(StoreError) -> SlotSecret {
        if let given = try find(settings)?.take() { return given }
        return try keyFile(settings, mayCreate: false)
    }

    /// The secret in the store's own key file, which is made if `mayCreate` says so.
    /// - Throws: `StoreError` when it cannot be read.
    static func keyFile(
        _ settings: JetStreamSettings,
        mayCreate: Bool
    ) throws(StoreError) -> SlotSecret {
        let path = settings.keyDirectory + "/store.key"
        do throws(JournalError) {
            guard Directories.exists(settings.keyDirectory) else {
                throw .disk(DiskError(.open, number: noSuchFile))
            }
            let disk: SystemDisk
            do throws(DiskError) {
                disk = try SystemDisk(path: settings.keyDirectory)
            } catch {
                throw .disk(error)
            }
            return try KeyFile.load("store.key", on: disk, mayCreate: mayCreate)
        } catch {
            guard case .disk(let refusal) = error else { throw .journal(error) }
            throw .keyFile(path, SystemError("open", number: refusal.number))
        }
    }
}

extension JournalError {
    /// What happened and what to do, for the operator.
    public var text: String {
        switch self {
        case .disk(let error) where error.isDiskFull:
            "the disk is full (\(error.call)); make room and start again"
        case .disk(let error): "the disk refuses (\(error.call)), error \(error.number)"
        case .sealing(let error): error.text
        case .storeInUse: "another process has it"
        case .notEmpty: "the directory is not empty"
        case .storeDamaged: "neither copy of its first page can be read"
        case .storeVersion(let version): "it is written in the newer format \(version)"
        case .ringMissing: "its key ring is gone; without a copy of it nothing can be read"
        case .catalogDamaged: "neither copy of its catalog can be read"
        }
    }

    /// Whether the keys are the reason.
    var isAboutKeys: Bool {
        switch self {
        case .sealing, .ringMissing: true
        case .disk, .storeInUse, .storeDamaged, .notEmpty, .storeVersion, .catalogDamaged: false
        }
    }
}

extension SealingError {
    /// What happened and what to do, for the operator.
    var text: String {
        switch self {
        case .libraryUnavailable: "libsodium does not start"
        case .keyMemoryFull: "there is no locked memory for keys left (ulimit -l)"
        case .notAuthentic: "a key in the ring is not the one that was written: tampering"
        case .ringMalformed(let line): "the key ring is damaged at line \(line)"
        case .ringTampered: "the key ring was changed by somebody without its key: tampering"
        case .ringOfAnotherStore: "the key ring belongs to another store: tampering"
        case .ringRolledBack(let generation, let floor):
            "the key ring is older than the store has seen (\(generation), at least \(floor)): "
                + "tampering, or a copy that was put back"
        case .slotNotOpened: "no slot opens with the secret that was given"
        case .secretEmpty: "the secret that was given is empty"
        case .secretTooLong:
            "the secret that was given has more than \(SecretFile.byteCountMax) bytes"
        case .secretHasNul: "there is a NUL byte in the passphrase that was given"
        case .slotParameters: "there is not enough memory to stretch the passphrase"
        case .keyUnknown: "the key ring lacks a key that is needed"
        case .keyState(let state): "a key is \(state.word) and does not allow it"
        case .ringFull: "the key ring is full"
        case .generatorStuck: "the system's random generator repeats itself: nothing is sealed"
        case .generatorFailed:
            "the system's random generator gives nothing, or is not seeded yet: nothing is sealed"
        }
    }
}

extension ServerError {
    /// Whether the store did not open because of its keys.
    public var isAboutKeys: Bool {
        guard case .store(let error) = self else { return false }
        return error.isAboutKeys
    }
}

extension StoreError {
    /// Whether the store did not open because of its keys.
    public var isAboutKeys: Bool {
        if case .keyFile = self { return true }
        guard case .journal(let error) = self else { return false }
        return error.isAboutKeys
    }
}
