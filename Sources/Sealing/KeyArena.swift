// The one block of locked memory in which all 32-byte keys live.

import Base
import CSodium
import Glibc
import Synchronization

/// Where a key lies in its arena; says nothing about the key.
public struct KeyHandle: BitwiseCopyable, Equatable, Sendable {
    let index: UInt32
}

/// Keeps 32-byte keys in memory that is locked, left out of core dumps and empty in a forked child.
///
/// The key bytes never leave the module: others hold handles. The lock guards the list of free
/// places only; it is taken when a key comes or goes, never when one is used.
@safe
public final class KeyArena: Sendable {
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer
    private let freePlaces: Guarded<[UInt32]>
    private let byteCount: Int
    private let source: RandomSource
    /// How the keys of open segments come about, by place.
    let origins = Guarded<[UInt32: KeyOrigin]>([:])
    private let users = Atomic<Int>(0)
    private let isAway = Atomic<Bool>(false)
    private let lockings = Atomic<UInt64>(0)
    /// How many keys fit.
    public var capacity: Int { byteCount / Self.keyBytes }
    /// How many more keys fit.
    var freeCount: Int { freePlaces.withLock { $0.count } }
    /// Whether the system keeps the memory out of swap.
    public let isLocked: Bool
    /// Whether the system leaves the memory out of core dumps.
    public let isHidden: Bool

    /// Bytes of one key.
    public static var keyBytes: Int { 32 }

    /// An arena for 8,192 keys, which take 256 KiB.
    /// - Throws: `keyMemoryFull` when the system gives no memory, `libraryUnavailable` without
    ///   libsodium, `generatorFailed` without random bytes.
    public convenience init() throws(SealingError) {
        try self.init(keyCountMax: 8_192, .system)
    }

    /// An arena for `keyCountMax` keys that come from `source`.
    /// - Throws: as `init()`.
    init(keyCountMax: Int, _ source: RandomSource) throws(SealingError) {
        try SealingError.check(start: csodium_start())
        self.source = source
        byteCount = keyCountMax * Self.keyBytes
        var locked: Int32 = 0
        var hidden: Int32 = 0
        // SAFETY: the memory is this value's own until deinit.
        guard let memory = unsafe csodium_map_locked(byteCount, &locked, &hidden) else {
            throw .keyMemoryFull
        }
        unsafe base = memory
        isLocked = locked != 0
        isHidden = hidden != 0
        freePlaces = Guarded((0..<UInt32(keyCountMax)).reversed())
    }

    deinit { unsafe csodium_unmap(base, byteCount) }

    /// A place for a key, all zero.
    /// - Throws: `keyMemoryFull` when all places are taken.
    func take() throws(SealingError) -> KeyHandle {
        guard let index = freePlaces.withLock({ $0.popLast() }) else { throw .keyMemoryFull }
        return KeyHandle(index: index)
    }

    /// A new key from the arena's source of random bytes, which is asked twice.
    /// - Throws: `keyMemoryFull` when fewer than two places are free, `generatorFailed` if the
    ///   source gives nothing, `generatorStuck` if it gives the same twice. No place is taken then.
    func random() throws(SealingError) -> KeyHandle {
        let handle = try take()
        do throws(SealingError) {
            let other = try take()
            defer { free(other) }
            guard fill(handle), fill(other) else { throw .generatorFailed }
            guard !isEqual(handle, other) else { throw .generatorStuck }
        } catch {
            free(handle)
            throw error
        }
        return handle
    }

    private func fill(_ handle: KeyHandle) -> Bool {
        let region = unsafe UnsafeMutableRawBufferPointer(
            start: address(handle),
            count: Self.keyBytes
        )
        // SAFETY: the handle's place holds a key, and nobody else has the handle yet.
        var bytes = unsafe region.mutableBytes
        return source.fill(&bytes)
    }

    /// Whether the keys are wiped.
    var isLockedAway: Bool { isAway.load(ordering: .sequentiallyConsistent) }

    /// How often the keys were wiped.
    var lockCount: UInt64 { lockings.load(ordering: .sequentiallyConsistent) }

    /// Says that keys are used until `leave`.
    /// - Returns: whether they are there.
    func enter() -> Bool {
        users.wrappingAdd(1, ordering: .sequentiallyConsistent)
        if !isLockedAway { return true }
        leave()
        return false
    }

    /// Says that keys are not used any more.
    func leave() { users.wrappingSubtract(1, ordering: .sequentiallyConsistent) }

    /// Wipes all keys once nobody uses one; their places stay taken.
    func lockAway() {
        isAway.store(true, ordering: .sequentiallyConsistent)
        lockings.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while users.load(ordering: .sequentiallyConsistent) > 0 { sched_yield() }
        // SAFETY: the memory is this value's own.
        unsafe csodium_wipe(base, byteCount)
    }

    /// Says that the keys are there again.
    func open() { isAway.store(false, ordering: .sequentiallyConsistent) }

    /// Wipes the key and takes its place back.
    func free(_ handle: KeyHandle) {
        origins.withLock { $0[handle.index] = nil }
        // SAFETY: the handle's place holds a key.
        unsafe csodium_wipe(address(handle), Self.keyBytes)
        freePlaces.withLock { $0.append(handle.index) }
    }

    @unsafe
    func address(_ handle: KeyHandle) -> UnsafeMutablePointer<UInt8> {
        precondition(Int(handle.index) * Self.keyBytes < byteCount, "a key of another arena")
        // SAFETY: checked above.
        return unsafe (base + Int(handle.index) * Self.keyBytes).assumingMemoryBound(to: UInt8.self)
    }

    /// Puts BLAKE2b-256(`input`, key = `key`, salt, personalisation) into a new place.
    func derive(
        from key: KeyHandle,
        input: RawSpan,
        salt: RawSpan,
        purpose: StaticString
    ) throws(SealingError) -> KeyHandle {
        // SAFETY: both handles' places hold keys.
        let derived = try take()
        unsafe keyedHash(
            input,
            key: address(key),
            salt: salt,
            purpose: purpose,
            into: address(derived)
        )
        return derived
    }

    /// BLAKE2b-256 of `input` under `key`: shows knowledge of the key, tells nothing about it.
    func mac(_ input: RawSpan, key: KeyHandle, purpose: StaticString) -> Digest {
        // SAFETY: the handle's place holds a key, and the digest has room for the hash.
        var digest = [UInt8](repeating: 0, count: 32)
        unsafe keyedHash(
            input,
            key: address(key),
            salt: RawSpan(),
            purpose: purpose,
            into: &digest
        )
        return Digest(digest.raw)
    }
}

/// BLAKE2b-256 under a 32-byte key; salt (at most 16 bytes) and purpose (at most 16) are
/// zero-padded.
@unsafe
func keyedHash(
    _ input: RawSpan,
    key: UnsafePointer<UInt8>,
    salt: RawSpan,
    purpose: StaticString,
    into output: UnsafeMutablePointer<UInt8>
) {
    var salted = [UInt8](repeating: 0, count: 16)
    for index in 0..<min(16, salt.byteCount) {
        // SAFETY: the index is below the count.
        salted[index] = unsafe salt.unsafeLoad(fromByteOffset: index, as: UInt8.self)
    }
    var personal = [UInt8](repeating: 0, count: 16)
    for index in 0..<min(16, purpose.utf8CodeUnitCount) {
        // SAFETY: the index is below the count of code units.
        personal[index] = unsafe purpose.utf8Start[index]
    }
    unsafe input.withUnsafeBytes { bytes in
        // SAFETY: key and output are 32 bytes, salt and personal 16.
        unsafe csodium_keyed_hash(
            output,
            bytes.baseAddress,
            bytes.count,
            key,
            salted,
            personal
        )
    }
}
