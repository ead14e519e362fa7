// A store that no server has open: where it is, and what opens it.

/// What opens a store, beside the key file in the directory of keys.
public struct StoreUnlock: Equatable, Sendable {
    /// The directory of keys; empty for the usual one.
    public var keyDirectory = ""
    /// File with a passphrase; empty to ask for it.
    public var passphraseFile = ""
    /// File with a recovery key; empty without.
    public var recoveryFile = ""
    /// Name of a credential of the service manager; empty without.
    public var credential = ""
    /// Where the service manager puts credentials; empty without one.
    public var credentialDirectory = ""

    /// The key file in the usual place.
    public init() {}
}

/// Something that works on a closed store, too.
protocol StoreTarget: SendableMetatype {
    var storeDirectory: String { get set }
    var unlock: StoreUnlock { get set }
}

extension OptionRule where Target: StoreTarget {
    /// The options that name a closed store and what opens it.
    static var closedStore: [OptionRule<Target>] {
        [
            OptionRule("store-dir", value: "dir", help: "Work on this store, which is closed.") {
                target,
                value throws(ArgumentError) in
                target.storeDirectory = try value.string()
            },
            OptionRule("key-dir", value: "dir", help: "Where the key file of that store is.") {
                target,
                value throws(ArgumentError) in
                target.unlock.keyDirectory = try value.string()
            },
            OptionRule("passphrase-file", value: "file", help: "Open it with this passphrase.") {
                target,
                value throws(ArgumentError) in
                target.unlock.passphraseFile = try value.string()
            },
            OptionRule("recovery-file", value: "file", help: "Open it with this recovery key.") {
                target,
                value throws(ArgumentError) in
                target.unlock.recoveryFile = try value.string()
            },
            OptionRule("credential", value: "name", help: "Open it with this credential.") {
                target,
                value throws(ArgumentError) in
                target.unlock.credential = try value.string()
            },
        ]
    }
}

extension JetStreamSettings {
    /// The settings of the closed store in `directory`, whose keys are in the usual place of
    /// `places` unless `unlock` names another; an empty `directory` is the usual one.
    public init(closedStore directory: String, _ unlock: StoreUnlock, _ places: Places) {
        self.init()
        storeDirectory = directory.isEmpty ? places.stateDirectory : directory
        self.unlock = unlock
        self.unlock.credentialDirectory = places.credentialDirectory
        let named = unlock.keyDirectory
        keyDirectory = named.isEmpty ? places.settingsDirectory + "/keys" : named
    }
}
