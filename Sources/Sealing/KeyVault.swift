// The open key ring: facts and keys together, for all threads of a store.

public import Base

/// Holds a store's keys while it is open.
///
/// Shared by the threads that create and open segments. The lock is taken once per segment, per
/// rotation step or per question, never per message or block.
public final class KeyVault: Sendable {
    struct State {
        var ring: KeyRing
        var root: KeyHandle
        var dataKeys: [DataKeyName: KeyHandle]
        /// The audit log's keys, once they do not come from the root key any more.
        var audit: AuditKeys?
        /// The random bytes of the segment made last.
        var lastSalt = Digest.zero
        var opening = KeyOpening(slot: 1)
    }

    let arena: KeyArena
    let state: Guarded<State>

    private init(arena: KeyArena, state: sending State) {
        self.arena = arena
        self.state = Guarded(state)
    }

    deinit {
        // The arena wipes everything at once when the last cipher lets go of it; this wipes what
        // the vault itself held even if a cipher lives on.
        state.withLock { state in
            arena.free(state.root)
            for handle in state.dataKeys.values { arena.free(handle) }
            if let audit = state.audit {
                arena.free(audit.sealing)
                arena.free(audit.signing)
            }
        }
    }

    /// A new ring for `store` with a new root key, one slot that `secret` opens, and a key for what
    /// belongs to no stream.
    /// - Throws: `keyMemoryFull`, `slotParameters` or `libraryUnavailable`.
    public static func create(
        store: UniqueId,
        slot kind: SlotKind,
        secret: borrowing SlotSecret,
        at now: Instant
    ) throws(SealingError) -> KeyVault {
        let arena = try KeyArena()
        let root = try arena.random()
        let slotKey = try secret.key(for: kind, number: 1, in: arena)
        defer { arena.free(slotKey) }
        let wrap = WrappedKey(
            root,
            in: arena,
            under: slotKey,
            context: slotContext(store: store, rootVersion: 1, number: 1)
        )
        let ring = KeyRing(
            store: store,
            generation: 1,
            writtenAt: now,
            slots: [KeySlot(number: 1, kind: kind, wrap: wrap)],
            rootKey: RootKeyRecord(version: 1, created: now),
            dataKeys: [],
            destroyed: []
        )
        let vault = KeyVault(arena: arena, state: State(ring: ring, root: root, dataKeys: [:]))
        try vault.add(DataKeyName(stream: .none, version: 1), state: .active, at: now)
        return vault
    }

    /// Opens the ring in `file`.
    ///
    /// - Throws: `slotNotOpened` for a wrong secret, `ringMalformed`, `ringTampered`,
    ///   `ringOfAnotherStore`, `ringRolledBack`.
    public static func open(
        file: [UInt8],
        store: UniqueId,
        generationFloor: UInt64,
        secret: borrowing SlotSecret
    ) throws(SealingError) -> KeyVault {
        let (text, mac) = try KeyRing.split(file)
        let ring = try KeyRing(text: text)
        guard ring.store == store else { throw .ringOfAnotherStore }
        let arena = try KeyArena()
        let (root, slot) = try openRoot(ring, secret: secret, in: arena)
        guard arena.mac(text.raw, key: root, purpose: "sl.ring.1") == mac else {
            throw .ringTampered
        }
        guard ring.generation >= generationFloor else {
            throw .ringRolledBack(generation: ring.generation, floor: generationFloor)
        }
        var dataKeys: [DataKeyName: KeyHandle] = [:]
        for record in ring.dataKeys {
            dataKeys[record.name] = try record.wrap.open(
                in: arena,
                under: root,
                context: dataContext(store: store, record.name, wrappedBy: record.wrappedBy)
            )
        }
        let audit = try openAuditKeys(ring, root: root, in: arena)
        var state = State(ring: ring, root: root, dataKeys: dataKeys, audit: audit)
        state.opening = KeyOpening(slot: slot)
        return KeyVault(arena: arena, state: state)
    }

    /// Whether the keys are kept out of swap.
    public var isMemoryLocked: Bool { arena.isLocked }

    /// Whether the keys are left out of core dumps.
    public var isExcludedFromDumps: Bool { arena.isHidden }

    /// Bytes of keys in memory now.
    public var keyBytesUsed: UInt64 { UInt64(arena.keyCount * KeyArena.keyBytes) }

    /// Bytes that keys may take in memory.
    public var keyBytesMax: UInt64 { UInt64(arena.capacity * KeyArena.keyBytes) }

    /// What is known about the keys, without the keys.
    public var ring: KeyRing { state.withLock { $0.ring } }

    /// How the keys came into memory last.
    public var opening: KeyOpening { state.withLock { $0.opening } }

    /// The ring's generation.
    public var generation: UInt64 { state.withLock { $0.ring.generation } }

    /// The version that `stream` is written under.
    public func activeVersion(of stream: UniqueId) -> UInt32? {
        state.withLock { $0.ring.activeVersion(of: stream) }
    }

    /// The ring file as it is to be written.
    public var file: [UInt8] {
        state.withLock { state in
            let text = state.ring.text
            let mac = arena.mac(text.raw, key: state.root, purpose: "sl.ring.1")
            return text + Array("mac ".utf8) + Hex.encode(mac.bytes) + [UInt8(ascii: "\n")]
        }
    }

    /// Random bytes that make the key of a new segment its own.
    /// - Throws: `generatorStuck` if the system's generator repeats itself: nothing is sealed then.
    public func freshSalt() throws(SealingError) -> Digest {
        let (salt, other) = (Digest.random(), Digest.random())
        let last = state.withLock { state in
            defer { state.lastSalt = salt }
            return state.lastSalt
        }
        guard salt != other, salt != last, salt != .zero else { throw .generatorStuck }
        return salt
    }

    /// The cipher of the segment `identity`.
    /// - Throws: `keyUnknown` if the ring has no such version, `keyMemoryFull`.
    public func cipher(_ identity: SegmentIdentity) throws(SealingError) -> SegmentCipher {
        let name = DataKeyName(stream: identity.stream, version: identity.keyVersion)
        guard let handle = state.withLock({ $0.dataKeys[name] }) else { throw .keyUnknown }
        return try SegmentCipher(arena: arena, dataKey: handle, identity: identity)
    }

    /// Makes `count` new streams' first keys, active at once; the new generation is still to be
    /// written.
    /// - Throws: `keyMemoryFull`.
    public func addStreams(count: Int, at now: Instant) throws(SealingError) -> [UniqueId] {
        var streams: [UniqueId] = []
        for _ in 0..<count {
            let stream = UniqueId.random()
            try add(DataKeyName(stream: stream, version: 1), state: .active, at: now)
            streams.append(stream)
        }
        advance(at: now)
        return streams
    }

    /// Makes the next version of the key of `stream`, pre-active; the new generation is still to be
    /// written.
    /// - Throws: `keyUnknown` for a stream without keys, `keyMemoryFull`.
    public func addVersion(of stream: UniqueId, at now: Instant) throws(SealingError) -> UInt32 {
        let ring = self.ring
        let gone = ring.destroyed.filter { $0.name.stream == stream }.map(\.name.version)
        let newest = (ring.versions(of: stream).map(\.name.version) + gone).max()
        guard let newest else { throw .keyUnknown }
        try add(DataKeyName(stream: stream, version: newest + 1), state: .preActive, at: now)
        advance(at: now)
        return newest + 1
    }

    /// Makes `name` the version its stream is written under.
    /// - Throws: `keyUnknown` or `keyState`.
    public func activate(_ name: DataKeyName, at now: Instant) throws(SealingError) {
        try state.withLock { state throws(SealingError) in try state.ring.activate(name) }
        advance(at: now)
    }

    /// Marks `name` as known to others.
    /// - Throws: `keyUnknown` or `keyState`.
    public func compromise(_ name: DataKeyName, at now: Instant) throws(SealingError) {
        try state.withLock { state throws(SealingError) in try state.ring.compromise(name) }
        advance(at: now)
    }

    /// Wipes the key `name` and leaves only its name in the ring.
    /// - Throws: `keyUnknown`, or `keyState` for an active key of a living stream.
    public func destroy(
        _ name: DataKeyName,
        isStreamGone: Bool,
        at now: Instant
    ) throws(SealingError) {
        let handle = try state.withLock { state throws(SealingError) in
            try state.ring.destroy(name, at: now, isStreamGone: isStreamGone)
            return state.dataKeys.removeValue(forKey: name)
        }
        if let handle { arena.free(handle) }
        advance(at: now)
    }

    /// Wipes every key of `stream`, which is gone.
    /// - Throws: never for a stream with keys or without.
    public func destroyAll(of stream: UniqueId, at now: Instant) throws(SealingError) {
        for record in ring.versions(of: stream) {
            try destroy(record.name, isStreamGone: true, at: now)
        }
    }

    private func add(
        _ name: DataKeyName,
        state keyState: KeyState,
        at now: Instant
    ) throws(SealingError) {
        let handle = try arena.random()
        state.withLock { state in
            let by = state.ring.rootKey.version
            let context = Self.dataContext(store: state.ring.store, name, wrappedBy: by)
            let record = DataKeyRecord(
                name: name,
                state: keyState,
                created: now,
                wrappedBy: by,
                wrap: WrappedKey(handle, in: arena, under: state.root, context: context)
            )
            state.ring.dataKeys.append(record)
            state.dataKeys[name] = handle
        }
    }

    func advance(at now: Instant) {
        state.withLock { state in
            state.ring.generation += 1
            state.ring.writtenAt = now
        }
    }

    static func openRoot(
        _ ring: KeyRing,
        secret: borrowing SlotSecret,
        in arena: KeyArena
    ) throws(SealingError) -> (root: KeyHandle, slot: UInt32) {
        for slot in ring.slots where secret.fits(slot.kind) {
            let key = try secret.key(for: slot.kind, number: slot.number, in: arena)
            defer { arena.free(key) }
            let context = slotContext(
                store: ring.store,
                rootVersion: ring.rootKey.version,
                number: slot.number
            )
            if let root = try? slot.wrap.open(in: arena, under: key, context: context) {
                return (root, slot.number)
            }
        }
        throw .slotNotOpened
    }

    static func slotContext(
        store: UniqueId,
        rootVersion: UInt32,
        number: UInt32
    ) -> WrappedKey.Context {
        WrappedKey.Context(
            store: store,
            kind: .root,
            subject: .none,
            version: rootVersion,
            wrappedBy: number
        )
    }

    static func dataContext(
        store: UniqueId,
        _ name: DataKeyName,
        wrappedBy: UInt32
    ) -> WrappedKey.Context {
        WrappedKey.Context(
            store: store,
            kind: .data,
            subject: name.stream,
            version: name.version,
            wrappedBy: wrappedBy
        )
    }
}

/// How keys came into memory.
public struct KeyOpening: BitwiseCopyable, Equatable, Sendable {
    /// The slot whose secret opened the ring.
    public let slot: UInt32
    /// How often that happened since the store was opened; the start counts.
    public internal(set) var count: UInt64 = 1

    init(slot: UInt32) { self.slot = slot }
}
