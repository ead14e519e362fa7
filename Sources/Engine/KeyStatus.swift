// Keys as a picture shows them: names and numbers, never bytes of a key.

public import Base

/// The life of a key, in the words of SP 800-57.
public enum KeyState: UInt8, Hashable, Sendable, CaseIterable {
    /// Made and checked, not used yet.
    case prepared
    /// Encrypts and decrypts.
    case active
    /// Only decrypts.
    case decryptOnly
    /// Known to others: only decrypts, and its data is rewritten first.
    case compromised
    /// Nothing is left under it.
    case retired
    /// Gone for ever.
    case destroyed
}

/// One version of one key.
public struct KeyStatus: Hashable, Sendable {
    /// Whose key it is; `.root` or `.stream`.
    public var scope: KeyScope
    /// Its version; grows.
    public var version: UInt32
    /// Where it is in its life.
    public var state: KeyState = .active
    /// A short public fingerprint.
    public var fingerprint: [UInt8] = []
    /// When it was made.
    public var createdAt: Instant = .never
    /// When it last changed its state.
    public var stateSince: Instant = .never
    /// Messages sealed under it.
    public var messages: UInt64 = 0
    /// Bytes sealed under it.
    public var bytes: UInt64 = 0
    /// Segments that still name it.
    public var segments: UInt64 = 0
    /// Share of the messages that may be sealed under it, 0 to 1.
    public var budgetUsed: Double = 0
    /// Version of the root key that wraps it; 0 for a root key.
    public var wrappedBy: UInt32 = 0

    /// Version `version` of the keys of `scope`.
    public init(scope: KeyScope, version: UInt32) {
        self.scope = scope
        self.version = version
    }
}

/// The steps of a rotation, in order.
public enum RotationStep: UInt8, Hashable, Sendable, CaseIterable {
    /// A new key is made, wrapped, read back and checked.
    case prepare
    /// Writes move to it.
    case activate
    /// Old data is rewritten.
    case reencrypt
    /// Samples are read back.
    case verify
    /// The old key has nothing left under it.
    case retire
    /// The old key is destroyed.
    case destroy
}

/// How far a step is.
public enum StepState: Hashable, Sendable {
    /// Not begun.
    case waiting
    /// Being done since.
    case running(since: Instant)
    /// Held by the operator.
    case held
    /// Done then, after so many nanoseconds.
    case done(at: Instant, nanoseconds: UInt64)
    /// Failed then.
    case failed(at: Instant, EngineRefusal)
}

/// A rotation that runs or ran last.
public struct RotationStatus: Hashable, Sendable {
    /// Whose keys.
    public var scope: KeyScope
    /// Its number.
    public var number: UInt64 = 0
    /// The version that is left.
    public var fromVersion: UInt32 = 0
    /// The version that takes over.
    public var toVersion: UInt32 = 0
    /// Who began it.
    public var author: [UInt8] = []
    /// When.
    public var startedAt: Instant = .never
    /// Indexed by `RotationStep.rawValue`.
    public private(set) var steps: [StepState] = Array(
        repeating: .waiting,
        count: RotationStep.allCases.count
    )
    /// Bytes to rewrite in all.
    public var bytesTotal: UInt64 = 0
    /// Bytes rewritten so far.
    public var bytesDone: UInt64 = 0
    /// Segments to rewrite in all.
    public var segmentsTotal: UInt64 = 0
    /// Segments rewritten so far.
    public var segmentsDone: UInt64 = 0
    /// Speed now.
    public var bytesPerSecond: Double = 0
    /// Speed limit; 0 means none.
    public var throttleBytesPerSecond: UInt64 = 0
    /// Samples read back so far.
    public var verifiedSamples: UInt64 = 0
    /// Reads that could not be decrypted: must stay 0.
    public var failedReads: UInt64 = 0
    /// Publishes that failed because of it: must stay 0.
    public var failedPublishes: UInt64 = 0
    /// Publish p99 before it began, in nanoseconds.
    public var publishP99Before: UInt64 = 0
    /// Publish p99 while it runs, in nanoseconds.
    public var publishP99During: UInt64 = 0
    /// The audit entry that began it.
    public var auditIndex: UInt64 = 0

    /// A rotation of `scope` that has not begun.
    public init(scope: KeyScope) {
        self.scope = scope
    }

    /// How far `step` is.
    public subscript(step: RotationStep) -> StepState {
        get { steps[Int(step.rawValue)] }
        set { steps[Int(step.rawValue)] = newValue }
    }
}

/// How a store can be opened.
public enum SlotKind: UInt8, Hashable, Sendable, CaseIterable {
    /// A file of key bytes.
    case keyFile
    /// A passphrase through Argon2id.
    case passphrase
    /// A credential from the service manager.
    case credential
    /// A printed recovery key.
    case recovery
}

/// One way to open the store.
public struct SlotStatus: Hashable, Sendable {
    /// Its number.
    public var index: UInt32
    /// What it needs.
    public var kind: SlotKind
    /// Where that comes from: a path or a name, never a secret.
    public var label: [UInt8] = []
    /// When it last opened the store since the server started; `never` if it did not.
    public var provenAt: Instant

    /// Slot `index` of `kind`.
    public init(index: UInt32, kind: SlotKind, provenAt: Instant = .never) {
        self.index = index
        self.kind = kind
        self.provenAt = provenAt
    }
}

/// How keys are kept in memory.
public struct KeyMemoryStatus: Hashable, Sendable {
    /// Keys cannot be swapped out.
    public var isLocked = false
    /// Keys are left out of core dumps.
    public var isExcludedFromDumps = false
    /// The machine has no swap at all.
    public var hasNoSwap = false
    /// The engine has its keys; false after `KeyOrder.lock`.
    public var isUnlocked = true
    /// Bytes of protected memory in use.
    public var usedBytes: UInt64 = 0
    /// Bytes of protected memory in all.
    public var totalBytes: UInt64 = 0

    /// Nothing is protected.
    public init() {}
}

/// The newest signed head of the audit log.
public struct AuditHead: Hashable, Sendable {
    /// Entries so far.
    public var entries: UInt64 = 0
    /// The tree's root, shortened for people.
    public var root: [UInt8] = []
    /// When it was signed.
    public var signedAt: Instant = .never
    /// Whether the last check of the whole log succeeded.
    public var isVerified = false

    /// An empty log.
    public init() {}
}

/// Everything about keys.
public struct KeyRingStatus: Hashable, Sendable {
    /// Every version of every key, newest first within a scope.
    public var keys: [KeyStatus] = []
    /// Rotations that run, and the last one that ended for each scope.
    public var rotations: [RotationStatus] = []
    /// The ways to open the store.
    public var slots: [SlotStatus] = []
    /// How keys are kept in memory.
    public var memory = KeyMemoryStatus()
    /// The audit log.
    public var audit = AuditHead()
    /// The cipher's name.
    public var cipher: [UInt8] = []
    /// Writes of the key ring file so far.
    public var generation: UInt64 = 0
    /// When the policy rotates next; `never` if it does not.
    public var nextRotationAt: Instant = .never
    /// How often the policy rotates, in nanoseconds; 0 if it does not.
    public var rotationIntervalNanoseconds: UInt64 = 0
    /// When samples were last read back.
    public var verifiedAt: Instant = .never
    /// Whether that succeeded.
    public var isVerified = false
    /// Whether the store still waits for its second slot.
    public var isTrial = false

    /// No keys.
    public init() {}
}
