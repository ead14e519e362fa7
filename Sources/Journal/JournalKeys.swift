// What can be asked of a store's keys while it is open, and what is told of them.

public import Base
public import Sealing
import Synchronization

/// Whose keys are meant.
public enum KeyTarget: Hashable, Sendable {
    /// All streams, and what belongs to none.
    case all
    /// What belongs to no stream: the catalog.
    case catalog
    /// One stream.
    case stream(UInt32)
}

/// What can be done about keys.
public enum KeyCommand: Sendable {
    /// Makes, writes and reads back a new version; nothing uses it yet.
    case prepare
    /// New blocks are sealed under the prepared version.
    case activate
    /// Old segments are rewritten; 0 bytes a second is no limit but the yielding.
    case reencrypt(bytesPerSecond: UInt64)
    /// All of that in one go; at the end the old versions are destroyed, if that is asked for.
    case rotate(destroysOld: Bool, bytesPerSecond: UInt64)
    /// Takes a picture.
    case show
    /// Notes in the audit log what was done elsewhere, and what came of it.
    case note(String, result: String)
    /// Gives entries of the audit log from this number on, and its signed head.
    case audit(from: UInt64)
    /// Holds the rewriting or lets it go on.
    case hold(Bool)
    /// Reads samples back.
    case verify
    /// Asks whether nothing is left under this version.
    case retire(UInt32)
    /// Destroys a version of which nothing is left.
    case destroy(UInt32)
    /// A version is known to others: it is left as by `rotate`, and its data is rewritten first.
    case compromise(UInt32)
    /// Adds a way to open the store.
    case addSlot(KeySlot)
    /// Takes a way to open the store away.
    case removeSlot(UInt32)
    /// Every key is wiped from memory; `KeyVault.unlock` brings them back.
    case lock
    /// Notes that `KeyVault.unlock` brought them back.
    case unlocked
    /// Another root key takes over.
    case changeRoot(RootChange)
}

/// Why nothing was done about a key.
public enum KeyRefusal: Error, Equatable, Sendable {
    /// There is no such stream, version or slot.
    case notFound
    /// The keys are not in a state for it.
    case wrongState
    /// So many bytes are still sealed under the version.
    case stillInUse(bytes: UInt64)
    /// The only slot stays.
    case lastSlot
    /// The ring did not read back as it was written.
    case notKept
    /// The disk refuses.
    case disk(DiskError)
    /// A segment is not what it should be.
    case damaged(Defect)
    /// Key memory is full, or a key is missing.
    case sealing(SealingError)
    /// Too much waits already.
    case busy
    /// The keys are wiped from memory.
    case locked
}

/// What was done about a key.
public struct KeyOutcome: Equatable, Sendable {
    /// Bytes it is about.
    public var bytes: UInt64 = 0
    /// Segments it is about.
    public var segments: UInt64 = 0
    /// Number of the rotation that goes on in the background; 0 for none.
    public var rotation: UInt64 = 0
    /// Entries of the audit log.
    public var entries: [[UInt8]] = []
    /// The number of the entry that comes after them.
    public var nextEntry: UInt64 = 0
    /// How many entries the audit log has.
    public var entryCount: UInt64 = 0
    /// The signed head over the audit log's newest file.
    public var head: AuditHeadNote?

    /// Nothing that can be counted.
    public init() {}
}

/// One request about keys.
public struct KeyRequest: Sendable {
    /// Whose keys.
    public let target: KeyTarget
    /// What to do.
    public let command: KeyCommand
    /// Who asks, as the picture shows it.
    public let author: [UInt8]
    /// What it is about, by the name that people know.
    public let about: [UInt8]
    /// Called once, on the journal's thread, when it is done or refused.
    public let answer: @Sendable (Result<KeyOutcome, KeyRefusal>) -> Void

    /// The request of `author`.
    public init(
        _ target: KeyTarget,
        _ command: KeyCommand,
        author: [UInt8],
        about: [UInt8] = [],
        answer: @escaping @Sendable (Result<KeyOutcome, KeyRefusal>) -> Void
    ) {
        self.target = target
        self.command = command
        self.author = author
        self.about = about
        self.answer = answer
    }
}

/// The steps of a rotation, in order.
public enum RotationStage: UInt8, CaseIterable, Sendable {
    /// A new version is made, written and read back.
    case prepare
    /// New blocks are sealed under it.
    case activate
    /// Old segments are rewritten.
    case reencrypt
    /// Samples are read back.
    case verify
    /// Nothing is left under the old version.
    case retire
    /// The old version is destroyed.
    case destroy
}

/// How far a step is.
public enum StageMark: Equatable, Sendable {
    /// Not begun.
    case waiting
    /// Being done since.
    case running(since: Instant)
    /// Done then, after so many nanoseconds.
    case done(at: Instant, nanoseconds: UInt64)
    /// Given up then.
    case failed(at: Instant, KeyRefusal)
}

/// A rotation as it is now.
public struct RotationProgress: Sendable {
    /// Counts from 1; one that a start goes on with keeps its number.
    public let number: UInt64
    /// Whose keys.
    public let target: KeyTarget
    /// Who asked for it.
    public let author: [UInt8]
    /// When it began.
    public internal(set) var startedAt: Instant
    /// The highest version that is left.
    public internal(set) var fromVersion: UInt32 = 0
    /// The highest version that takes over.
    public internal(set) var toVersion: UInt32 = 0
    /// By `RotationStage.rawValue`.
    public internal(set) var stages = [StageMark](
        repeating: .waiting,
        count: RotationStage.allCases.count
    )
    /// Bytes to rewrite in all.
    public internal(set) var bytesTotal: UInt64 = 0
    /// Bytes rewritten, those of the segment in hand among them.
    public internal(set) var bytesDone: UInt64 = 0
    /// Bytes rewritten a second, lately; 0 while nothing is rewritten for it.
    public internal(set) var bytesPerSecond: UInt64 = 0
    /// Segments to rewrite in all.
    public internal(set) var segmentsTotal: UInt64 = 0
    /// Segments rewritten.
    public internal(set) var segmentsDone: UInt64 = 0
    /// Blocks that were read back.
    public internal(set) var verifiedBlocks: UInt64 = 0
    /// Nanoseconds of rewriting without the rests.
    public internal(set) var workedNanoseconds: UInt64 = 0
    /// Whether it is held.
    public internal(set) var isHeld = false
    /// Most bytes a second; 0 for no limit.
    public internal(set) var bytesPerSecondMax: UInt64 = 0
    /// What 99 of 100 publishers waited at most before it, in nanoseconds; 0 if that is not known.
    public internal(set) var publishP99Before: UInt64 = 0
    /// What 99 of 100 publishers waited at most while it ran, in nanoseconds; 0 without publishers.
    public internal(set) var publishP99During: UInt64 = 0
    /// Publishes that were refused because of the store while it ran.
    public internal(set) var failedPublishes: UInt64 = 0
    /// Why the last try did not work, when it is tried again.
    public internal(set) var problem: KeyRefusal?

    /// How far `stage` is.
    public subscript(stage: RotationStage) -> StageMark {
        get { stages[Int(stage.rawValue)] }
        set { stages[Int(stage.rawValue)] = newValue }
    }
}

/// What is sealed under one version.
public struct KeyUse: Equatable, Sendable {
    /// The stream and the version.
    public let name: DataKeyName
    /// What the stream is called between shard and journal; `nil` for the catalog and for keys in
    /// store.
    public let stream: UInt32?
    /// Twelve digits that tell keys apart.
    public internal(set) var fingerprint: [UInt8] = []
    /// Bytes of the files under it.
    public internal(set) var bytes: UInt64 = 0
    /// Messages in them.
    public internal(set) var messages: UInt64 = 0
    /// How many files.
    public internal(set) var segments: UInt64 = 0
}

/// Everything about a store's keys at one moment; no secrets.
public struct KeyPicture: Sendable {
    /// Whether it was taken at all.
    public internal(set) var takenAt = Instant.never
    /// Names, states and slots.
    public internal(set) var ring: KeyRing?
    /// What is under which version.
    public internal(set) var uses: [KeyUse] = []
    /// Rotations that run, and the last one of each target.
    public internal(set) var rotations: [RotationProgress] = []
    /// When the first version grows too old; `never` if none does.
    public internal(set) var nextRotation = Instant.never
    /// When keys are rotated although nobody asks.
    public internal(set) var policy = RotationPolicy.standard
    /// Entries of the audit log, in all its files.
    public internal(set) var auditCount: UInt64 = 0
    /// The root over those of the newest file.
    public internal(set) var auditRoot: [UInt8] = []
    /// Whether the keys are wiped from memory.
    public internal(set) var isLocked = false
    /// The slot that brought the keys into memory last.
    public internal(set) var opening: KeyOpening?
    /// Whether the keys are kept out of swap.
    public internal(set) var isMemoryLocked = false
    /// Whether they are left out of core dumps.
    public internal(set) var isExcludedFromDumps = false
    /// Bytes of keys in memory.
    public internal(set) var keyBytes: UInt64 = 0
    /// Bytes that keys may take.
    public internal(set) var keyBytesMax: UInt64 = 0

    init() {}

    /// Whether a rotation goes on, whose figures change while the commit loop sleeps.
    fileprivate var isChanging: Bool {
        rotations.contains { rotation in
            rotation.stages.contains { if case .running = $0 { true } else { false } }
        }
    }
}

/// Where requests about keys go in and pictures come out; for any thread.
public final class KeyDesk: Sendable {
    let requests = LetterBox<KeyRequest>()
    private let newest = Latest(KeyPicture())
    private let isWanted = LetterBox<Bool>()
    private let hasWorked = Atomic<Bool>(false)
    private let unheard = Atomic<UInt64>(0)
    private let bell: Bell

    /// Most requests that wait.
    static var requestCountMax: Int { 256 }

    init(_ bell: Bell) {
        self.bell = bell
    }

    /// Hands `request` over; refuses it at once when too many wait.
    public func post(_ request: KeyRequest) {
        guard requests.post(request, countMax: Self.requestCountMax) else {
            if request.command.auditWords != nil { unheard.wrappingAdd(1, ordering: .relaxed) }
            return request.answer(.failure(.busy))
        }
        bell.ring()
    }

    /// The newest picture, and a wish for a newer one.
    ///
    /// The commit loop is woken for it only where it would have something to tell: when it has
    /// worked since it showed the last one, or keys are being rotated. What else changes it shows
    /// when it next looks up, within a second.
    public var picture: KeyPicture {
        isWanted.post(true, countMax: 1)
        let newest = newest.value
        if isBehind(newest) { bell.ring() }
        return newest
    }

    /// The newest picture, whatever its age.
    public var lastPicture: KeyPicture { newest.value }

    /// How many requests that the audit log tells of were refused because too many waited, since
    /// it was asked last.
    func takeUnheard() -> UInt64 { unheard.exchange(0, ordering: .relaxed) }

    /// Whether the commit loop would tell something else than `picture`.
    func isBehind(_ picture: KeyPicture) -> Bool {
        picture.takenAt == .never || picture.isChanging || hasWorked.load(ordering: .relaxed)
    }

    /// Whether somebody looked since the last picture.
    var isLookedAt: Bool { !isWanted.isEmpty }

    /// Whether there is something for the commit loop.
    var hasWork: Bool { !requests.isEmpty || isLookedAt }

    /// Notes that the picture may not be the newest any more.
    func noteWork() { hasWorked.store(true, ordering: .relaxed) }

    /// Shows `picture` from now on.
    func show(_ picture: KeyPicture) {
        hasWorked.store(false, ordering: .relaxed)
        _ = isWanted.takeAll()
        newest.publish(picture)
    }
}
