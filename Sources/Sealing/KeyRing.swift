// What a store knows about its keys; no key is in here in clear.

public import Base

/// Where a key stands in its life (NIST SP 800-57 part 1, section 7).
public enum KeyState: UInt8, BitwiseCopyable, CaseIterable, Sendable {
    /// Made, not yet used; decrypts only.
    case preActive
    /// Encrypts and decrypts; exactly one per stream.
    case active
    /// Decrypts what was written under it.
    case decryptOnly
    /// Known or feared to be known to others; decrypts only so that its data can be rewritten.
    case compromised
    /// Gone for ever; only its name is left.
    case destroyed

    /// The word in the ring and on the screen.
    public var word: StaticString {
        switch self {
        case .preActive: "pre-active"
        case .active: "active"
        case .decryptOnly: "decrypt-only"
        case .compromised: "compromised"
        case .destroyed: "destroyed"
        }
    }
}

/// How a slot's key comes about.
public enum SlotKind: Equatable, Sendable {
    /// 32 bytes in a file that only the owner may read.
    case keyFile
    /// A passphrase, stretched with Argon2id.
    case passphrase(Argon2Cost, salt: UniqueId)
    /// 32 bytes that the service manager hands over.
    case credential
    /// 32 bytes that were printed once.
    case recovery
}

/// What stretching a passphrase costs; bounded when it is read.
public struct Argon2Cost: BitwiseCopyable, Equatable, Sendable {
    /// Memory in KiB.
    public let memoryKibibytes: UInt32
    /// Passes over the memory.
    public let passes: UInt32

    /// The cost of `passes` over `memoryKibibytes`; `nil` outside 64 MiB to 4 GiB and 1 to 64
    /// passes.
    public init?(memoryKibibytes: UInt32, passes: UInt32) {
        guard (65_536...4_194_304).contains(memoryKibibytes), (1...64).contains(passes) else {
            return nil
        }
        self.memoryKibibytes = memoryKibibytes
        self.passes = passes
    }

    /// 256 MiB, three passes: about a second.
    public static var standard: Argon2Cost {
        Argon2Cost(checkedMemory: 262_144, passes: 3)
    }

    private init(checkedMemory: UInt32, passes: UInt32) {
        memoryKibibytes = checkedMemory
        self.passes = passes
    }
}

/// One way to open the store.
public struct KeySlot: Equatable, Sendable {
    /// Number of the slot; free again once the slot is gone.
    public let number: UInt32
    /// How its key comes about.
    public let kind: SlotKind
    /// The root key under the slot's key.
    public let wrap: WrappedKey
    /// Version of the root key in a slot that is still to be added; 0 in a ring.
    var rootVersion: UInt32 = 0
}

/// The key that wraps all data keys.
public struct RootKeyRecord: Equatable, Sendable {
    /// Counts from 1.
    public let version: UInt32
    /// When it was made.
    public let created: Instant
}

/// Names one version of one stream's data key.
public struct DataKeyName: BitwiseCopyable, Hashable, Sendable {
    /// The stream.
    public let stream: UniqueId
    /// Counts from 1.
    public let version: UInt32

    /// The name of `version` of the key of `stream`.
    public init(stream: UniqueId, version: UInt32) {
        self.stream = stream
        self.version = version
    }
}

/// A data key, wrapped.
public struct DataKeyRecord: Equatable, Sendable {
    /// Stream and version.
    public let name: DataKeyName
    /// Where it stands.
    public var state: KeyState
    /// When it was made.
    public let created: Instant
    /// Version of the root key that wraps it.
    public let wrappedBy: UInt32
    /// The key under the root key.
    public let wrap: WrappedKey
}

/// What is left of a destroyed key.
public struct DestroyedKey: BitwiseCopyable, Equatable, Sendable {
    /// Stream and version.
    public let name: DataKeyName
    /// When it was destroyed.
    public let at: Instant
}

/// All keys of a store by name, state and wrap; what the ring file says.
///
/// A value without secrets: printing it tells nothing. Every change makes a new generation, which
/// is written whole and replaces the old file at once.
public struct KeyRing: Equatable, Sendable {
    /// The store it belongs to.
    public let store: UniqueId
    /// Grows by one with every write.
    public internal(set) var generation: UInt64
    /// When this generation was made.
    public internal(set) var writtenAt: Instant
    /// The ways to open the store, by number.
    public internal(set) var slots: [KeySlot]
    /// The root key.
    public internal(set) var rootKey: RootKeyRecord
    /// The data keys, ordered by stream and version.
    public internal(set) var dataKeys: [DataKeyRecord]
    /// Keys that are no more, oldest first.
    public internal(set) var destroyed: [DestroyedKey]
    /// The audit log's keys; `nil` while they come from the first root key.
    var audit: AuditWraps?

    /// The record of `name`, if the key still exists.
    public func dataKey(_ name: DataKeyName) -> DataKeyRecord? {
        dataKeys.first { $0.name == name }
    }

    /// The versions of `stream`, oldest first.
    public func versions(of stream: UniqueId) -> [DataKeyRecord] {
        dataKeys.filter { $0.name.stream == stream }
    }

    /// The version that `stream` is written under.
    public func activeVersion(of stream: UniqueId) -> UInt32? {
        dataKeys.first { $0.name.stream == stream && $0.state == .active }?.name.version
    }

    /// Makes the pre-active `name` active and the active version of its stream decrypt-only.
    /// - Throws: `keyUnknown`, or `keyState` if it is not pre-active.
    mutating func activate(_ name: DataKeyName) throws(SealingError) {
        let index = try index(of: name)
        guard dataKeys[index].state == .preActive else {
            throw .keyState(dataKeys[index].state)
        }
        for other in dataKeys.indices
        where dataKeys[other].name.stream == name.stream && dataKeys[other].state == .active {
            dataKeys[other].state = .decryptOnly
        }
        dataKeys[index].state = .active
    }

    /// Marks `name` as known to others; the active version must be rotated away first.
    /// - Throws: `keyUnknown`, or `keyState` if it is not decrypt-only.
    mutating func compromise(_ name: DataKeyName) throws(SealingError) {
        let index = try index(of: name)
        guard dataKeys[index].state == .decryptOnly else {
            throw .keyState(dataKeys[index].state)
        }
        dataKeys[index].state = .compromised
    }

    /// Forgets the wrap of `name` and remembers that it was destroyed.
    /// - Throws: `keyUnknown`, or `keyState` if it is active and `isStreamGone` is false.
    mutating func destroy(
        _ name: DataKeyName,
        at now: Instant,
        isStreamGone: Bool
    ) throws(SealingError) {
        let index = try index(of: name)
        guard isStreamGone || dataKeys[index].state != .active else {
            throw .keyState(dataKeys[index].state)
        }
        dataKeys.remove(at: index)
        destroyed.append(DestroyedKey(name: name, at: now))
    }

    private func index(of name: DataKeyName) throws(SealingError) -> Int {
        guard let index = dataKeys.firstIndex(where: { $0.name == name }) else {
            throw .keyUnknown
        }
        return index
    }
}
