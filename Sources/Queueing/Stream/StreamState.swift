// A stream as a value: what it holds, and what it decides about each message.

public import Base
import Routing

/// A message that left a stream.
public struct Removal: BitwiseCopyable, Sendable {
    /// Its sequence.
    public let sequence: UInt64
    /// The number of its subject; may belong to another one by now.
    let subject: UInt32
    /// Its bytes, as they are accounted.
    let byteCount: UInt32
}

/// A message that a stream took.
public struct Stored: BitwiseCopyable, Equatable, Sendable {
    /// Its sequence.
    public let sequence: UInt64
    /// When it came.
    public let time: Instant
    /// The sequence of the message before it on its subject; 0 if there was none.
    public let previousOnSubject: UInt64
    /// The number of its subject; `noIndex` if nobody was interested and nothing was kept.
    let subject: UInt32
    /// Whether the message was kept.
    public var isKept: Bool { subject != noIndex }
}

/// One stream: an index of its messages, its subjects, and the bytes that are in memory.
///
/// Has no clock, no files, no randomness: time and reads come as arguments. Bytes that are not in
/// memory are asked for by whoever delivers them; no decision needs them.
public struct StreamState: ~Copyable {
    /// What the stream was told to be.
    public private(set) var configuration: StreamConfiguration
    private(set) var rules: StreamRules
    var transform: SubjectTransform?
    /// Whether there is a transform; asked instead of looking at it.
    private(set) var hasTransform: Bool
    var index = MessageIndex()
    var subjects: SubjectTable
    var dedup: DedupWindow
    var expiries = ExpiryHeap()
    /// Messages that no age removes.
    var immortals = SequenceList()
    /// Messages that mark the end of a subject.
    var markers = SequenceList()
    /// Messages before this one were looked at by `ageMax`.
    var ageCursor: UInt64 = 1
    /// The messages whose bytes are in memory.
    public var records: RecordStore
    /// Bytes of all messages, as they are accounted.
    public internal(set) var bytes: UInt64 = 0
    /// The sequence given last.
    public internal(set) var lastSequence: UInt64
    /// Everything below is gone.
    var floor: UInt64
    /// When the last message came.
    public internal(set) var lastTime = Instant.never
    /// The highest sequence that is safe; consumers see nothing behind it.
    public internal(set) var durableSequence: UInt64
    /// Messages that have not yet made others go.
    var unenforced = Unenforced()
    /// Whether there ever was a limit, and messages wait in `unenforced` until they are safe.
    var putsOff: Bool
    /// When the stream was made.
    public let created: Instant
    var lastMessageId = Table<UInt8>(capacity: 1)
    /// The subject of the message that was taken last from what the journal kept.
    var recoveredSubject = noIndex
    var refusedRollup: [UInt8] = []
    /// The subject as it is stored, if a transform made it.
    var stagedSubject: Table<UInt8>? = Table<UInt8>(capacity: 1)
    /// Bytes of `stagedSubject`.
    var stagedSubjectCount = 0
    /// Bytes of `stagedHeaders`.
    var stagedHeaderCount = 0
    /// The headers as they are stored, if they differ.
    var stagedHeaders: Table<UInt8>? = Table<UInt8>(capacity: 1)
    /// Markers stored since somebody looked.
    public internal(set) var markersStored = 0
    /// Messages that left since somebody looked.
    public internal(set) var removals = Table<Removal>(capacity: 1)

    /// An empty stream of a checked configuration; `seed` keys its hashes.
    public init(
        _ configuration: StreamConfiguration,
        created: Instant,
        residentBytesMax: Int,
        seed: UInt64
    ) {
        self.configuration = configuration
        self.created = created
        rules = StreamRules(configuration)
        putsOff = rules.isLimited
        transform = Self.transform(configuration)
        hasTransform = transform != nil
        subjects = SubjectTable(seed: seed)
        dedup = DedupWindow(seed: seed)
        let isInMemory = configuration.storage == .memory
        records = RecordStore(residentBytesMax: isInMemory ? .max : residentBytesMax)
        let first = max(1, configuration.firstSequence)
        floor = first
        lastSequence = first - 1
        durableSequence = isInMemory ? .max : first - 1
    }

    private static func transform(_ configuration: StreamConfiguration) -> SubjectTransform? {
        guard let mapping = configuration.subjectTransform, !mapping.destination.isEmpty else {
            return nil
        }
        // The configuration is checked, so that this makes a rule.
        return try? SubjectTransform(from: mapping.source, to: mapping.destination)
    }

    /// How many messages there are.
    public var messages: UInt64 { index.count }

    /// How many different subjects there are.
    public var subjectCount: Int { subjects.count }

    /// The lowest sequence there is, or the next one to be given.
    public var firstSequence: UInt64 { index.first ?? lastSequence &+ 1 }

    /// The last sequence that consumers may see.
    public var visibleSequence: UInt64 { min(durableSequence, lastSequence) }

    /// Whether the message is there.
    public mutating func contains(_ sequence: UInt64) -> Bool { index.contains(sequence) }

    /// Whether there is no message from `first` through `last`.
    public func isEmpty(from first: UInt64, through last: UInt64) -> Bool {
        let next = index.next(from: first)
        return next == 0 || next > last
    }

    /// Whether the message is there.
    func holds(_ sequence: UInt64) -> Bool { index.holds(sequence) }

    /// Bytes of memory, about.
    public var memoryBytes: Int {
        index.byteCount + subjects.byteCount + records.byteCount + dedup.count * 64
            + expiries.count * 16
    }

    /// The id of the last message; empty without one.
    var lastMessageIdBytes: [UInt8] {
        (0..<lastMessageId.count).map { lastMessageId[$0] }
    }

    /// Changes the configuration to a checked one and enforces it.
    public mutating func update(_ configuration: StreamConfiguration) {
        let wasPerSubject = rules.messagesPerSubjectMax
        self.configuration = configuration
        rules = StreamRules(configuration)
        transform = Self.transform(configuration)
        hasTransform = transform != nil
        if rules.isLimited, !putsOff {
            putsOff = true
            putOffAllUnsafe()
        }
        if rules.messagesPerSubjectMax < wasPerSubject { enforceEverySubject() }
        enforceLimits()
        ageCursor = min(ageCursor, firstSequence)
    }

    /// Everything up to `sequence` is safe.
    public mutating func setDurable(_ sequence: UInt64) {
        guard rules.storage == .file else { return }
        durableSequence = max(durableSequence, sequence)
        if unenforced.count > 0 { enforceDurable() }
        records.evict(durable: durableSequence)
    }

    /// Forgets that anybody has to be told of messages that left.
    public mutating func clearRemovals() {
        removals.removeAll()
        markersStored = 0
    }
}

/// Rising sequences, most of which are gone after a while.
struct SequenceList: ~Copyable {
    private var sequences = Table<UInt64>(capacity: 1)
    private var sweepAt = 64

    /// Adds a sequence above all others.
    mutating func append(_ sequence: UInt64) { sequences.append(sequence) }

    func contains(_ sequence: UInt64) -> Bool {
        var low = 0
        var high = sequences.count
        while low < high {
            let middle = (low + high) / 2
            if sequences[middle] < sequence { low = middle + 1 } else { high = middle }
        }
        return low < sequences.count && sequences[low] == sequence
    }

    /// How many sequences there are.
    var count: Int { sequences.count }

    /// The sequence at `place`.
    subscript(place: Int) -> UInt64 { sequences[place] }

    /// Whether the list has doubled since the last time it was swept.
    var isDue: Bool { sequences.count >= sweepAt }

    /// Moves the sequence at `place` to `kept`, which is not behind it.
    mutating func keep(_ place: Int, at kept: Int) {
        sequences[kept] = sequences[place]
    }

    /// Cuts the list down to `kept` sequences.
    mutating func cut(to kept: Int) {
        while sequences.count > kept { _ = sequences.popLast() }
        sweepAt = max(64, kept * 2)
    }
}
