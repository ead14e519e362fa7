// A configuration while its file is being read: names are not resolved yet.

/// What the keys at the top level change.
struct ConfigurationDraft {
    var configuration: ServerConfiguration
    var authorization: AuthorizationDraft?
    var accounts: [AccountDraft] = []
    /// Mappings of the account that has no block.
    var mappings: [SubjectMapping] = []
    var anonymousUser: KeyValue?
    var systemAccount: KeyValue?
    var hasSystemAccount = true
    /// The key that named the directory of the store.
    var storeKey: KeyValue?
    var allowsPlainClients = false
    var logsTime = true
    var logsUniversalTime = false
}

/// The block `authorization`.
struct AuthorizationDraft {
    let place: KeyValue
    var user: [UInt8]?
    var password: [UInt8]?
    var token: [UInt8]?
    var timeoutNanoseconds: UInt64?
    var users: [UserDraft]?
    var permissions: Permissions?
}

/// An entry of `users`.
struct UserDraft {
    let place: KeyValue
    var name: [UInt8]?
    var password: [UInt8]?
    var nkey: [UInt8]?
    var permissions: Permissions?
    var connectionKinds: User.ConnectionKinds = []
}

/// A block in `accounts`.
struct AccountDraft {
    let place: KeyValue
    var account: Account
    var users: [UserDraft] = []
    var permissions: Permissions?
    var exports: [ExportDraft] = []
    var imports: [ImportDraft] = []
}

/// An entry of `exports`.
struct ExportDraft {
    let place: KeyValue
    var stream: [UInt8]?
    var service: [UInt8]?
    var response = AccountExport.ServiceResponse.single
    var responseNanoseconds: UInt64?
    var accounts: [[UInt8]]?
}

/// An entry of `imports`.
struct ImportDraft {
    let place: KeyValue
    var stream: ImportSource?
    var service: ImportSource?
    var localSubject: [UInt8]?
    var prefix: [UInt8]?
}

/// What an import takes, and from whom.
struct ImportSource {
    var account: [UInt8] = []
    var subject: [UInt8] = []
}
