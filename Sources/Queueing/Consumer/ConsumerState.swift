// A consumer as a value: where it stands in its stream, who waits, what is not acknowledged.

public import Base

/// One consumer.
///
/// Decides what to deliver to whom, and keeps what it has to know about it. Is given the stream
/// with every call and owns nothing of it.
public struct ConsumerState: ~Copyable {
    /// Its index in the stream.
    let index: UInt32
    /// Its name.
    public let name: [UInt8]
    /// When it was made.
    public let created: Instant
    /// What it was told to be.
    public internal(set) var configuration: ConsumerConfiguration
    var rules: ConsumerRules
    var selection: SubjectSelection
    /// What the subject of an acknowledgement begins with.
    public let ackPrefix: [UInt8]
    let flowControlPrefix: [UInt8]
    let ackPrefixBytes: Int
    /// Where messages are pushed to.
    var deliverSubject = Table<UInt8>(capacity: 1)
    /// Waits by attempt, in nanoseconds; empty if they are all the same.
    var backoff = Table<UInt64>(capacity: 1)

    /// The first sequence that was not looked at.
    var nextSequence: UInt64
    /// Messages to deliver before all others, last first; ends at `nextSequence`.
    var lastOnes = Table<UInt64>(capacity: 1)
    /// Deliveries made, and the highest sequence among them.
    var delivered: SequencePair
    var ackFloor: SequencePair
    /// Messages that were never delivered.
    public internal(set) var pendingCount: UInt64 = 0
    var pending = PendingSet()
    /// Messages that were delivered as often as they may be, in sequence order of giving up.
    var exhausted = SequenceTable()
    var waiting = WaitQueue()
    /// Messages that count as dealt with; whoever keeps the stream asks and clears.
    var released = Table<UInt64>(capacity: 1)

    /// Until when delivery is held.
    var pauseUntil = Instant.never
    /// Whether an operator holds delivery.
    public internal(set) var isHeld = false
    /// Whether somebody listens on the deliver subject.
    public internal(set) var isBound = false
    /// Whether it stands in the list of those that something changed for.
    var isMarked = false
    /// The message whose bytes were asked for; 0 if none.
    var loading: UInt64 = 0
    var push: PushState
    var pin = PinState()

    /// Acknowledged messages since it was made or read back.
    public internal(set) var acknowledgedCount: UInt64 = 0
    /// Deliveries since then that were not a message's first.
    public internal(set) var redeliveryCount: UInt64 = 0
    var deliveredAt = Instant.never
    var acknowledgedAt = Instant.never
    /// When somebody used it last.
    var usedAt: Instant
    /// No request ends, and none wants a heartbeat, before this.
    var waitDeadline = Instant.distantFuture
    var sampleTurn: UInt32 = 0
    /// Messages after this one are delivered at once even if replay is at the original pace.
    let replayEnd: UInt64
    /// What happened since somebody looked, for the log.
    public internal(set) var changes = Table<UInt8>(capacity: 1)

    /// A consumer of `stream` that starts where its configuration says.
    init(
        _ configuration: ConsumerConfiguration,
        name: [UInt8],
        index: UInt32,
        on stream: inout StreamState,
        at now: Instant
    ) {
        self.index = index
        self.name = name
        created = now
        usedAt = now
        self.configuration = configuration
        rules = ConsumerRules(configuration)
        selection = SubjectSelection(configuration.allFilters)
        let dot = [UInt8(ascii: ".")]
        let path = stream.configuration.name + dot + name + dot
        ackPrefix = Array("$JS.ACK.".utf8) + path
        flowControlPrefix = Array("$JS.FC.".utf8) + path
        ackPrefixBytes = ackPrefix.count
        push = PushState(heartbeat: rules.heartbeat, at: now)
        replayEnd = rules.replayPolicy == .original ? stream.lastSequence : 0
        pauseUntil = configuration.pauseUntil ?? .never
        nextSequence = 1
        delivered = SequencePair(consumer: 0, stream: 0)
        ackFloor = delivered
        nextSequence = start(in: &stream)
        delivered.stream = nextSequence - 1
        ackFloor.stream = nextSequence - 1
        if !lastOnes.isEmpty { ackFloor.stream = lastOnes[lastOnes.count - 1] - 1 }
        delivered.stream = ackFloor.stream
        recount(in: &stream)
        flatten()
    }

    /// Lays out what every delivery needs of the configuration.
    mutating func flatten() {
        deliverSubject.removeAll()
        for byte in configuration.deliverSubject { deliverSubject.append(byte) }
        backoff.removeAll()
        for wait in configuration.backoff { backoff.append(UInt64(max(0, wait))) }
    }

    /// Whether delivery is held at `now`.
    public func isPaused(at now: Instant) -> Bool { isHeld || now < pauseUntil }

    /// Whether it stays when nobody uses it.
    public var isDurable: Bool { configuration.isDurable }

    /// Bytes of memory, about.
    public var memoryBytes: Int {
        MemoryLayout<ConsumerState>.size + pending.byteCount + lastOnes.capacity * 8
            + waiting.count * 128 + 2_048
    }

    // MARK: - Start

    /// The sequence to start with; fills `lastOnes` for the last message of each subject.
    private mutating func start(in stream: inout StreamState) -> UInt64 {
        let first = stream.firstSequence
        let end = stream.lastSequence &+ 1
        switch configuration.deliverPolicy {
        case .all: return first
        case .new: return end
        case .last: return max(first, lastMatching(in: &stream))
        case .byStartSequence: return max(configuration.startSequence, first)
        case .byStartTime:
            let since = stream.firstSequence(since: configuration.startTime ?? .never)
            return since == 0 ? end : since
        case .lastPerSubject:
            if stream.rules.messagesPerSubjectMax == 1 { return first }
            let sequences =
                stream.lastSequences(
                    matching: configuration.allFilters,
                    upTo: .max,
                    most: .max
                ) ?? []
            for sequence in sequences.reversed() { lastOnes.append(sequence) }
            return end
        }
    }

    private func lastMatching(in stream: inout StreamState) -> UInt64 {
        guard !selection.isEverything else { return max(1, stream.lastSequence) }
        var last: UInt64 = 0
        for filter in configuration.allFilters {
            last = max(last, stream.lastSequence(matching: filter.raw))
        }
        return last == 0 ? stream.lastSequence &+ 1 : last
    }

    /// Counts the messages that were never delivered.
    mutating func recount(in stream: inout StreamState) {
        pendingCount =
            UInt64(lastOnes.count) + stream.count(from: nextSequence, selection: &selection)
    }

    // MARK: - The stream changes

    /// The number of a subject belongs to another one.
    mutating func subjectChanged(_ number: UInt32) {
        selection.forget(number)
    }

    /// A message was stored.
    mutating func stored(_ message: Stored, in stream: borrowing StreamState) {
        guard message.sequence >= nextSequence,
            selection.matches(message.subject, stream.subjects)
        else { return }
        pendingCount &+= 1
    }

    /// A message has left the stream.
    mutating func removed(_ removal: Removal, into effects: inout Effects) {
        let sequence = removal.sequence
        let isNew = sequence >= nextSequence || isAmongLastOnes(sequence)
        if isNew, selection.isKnownToMatch(removal.subject), pendingCount > 0 { pendingCount -= 1 }
        if loading == sequence { loading = 0 }
        exhausted.remove(sequence)
        let place = pending.find(sequence)
        guard place >= 0 else { return }
        let delivery = pending[place]
        drop(place)
        var notice = AdvisoryNotice(.terminated, consumer: index)
        notice.sequence = sequence
        notice.consumerSequence = delivery.consumerSequence
        notice.deliveries = delivery.attempts
        notice.text = effects.keep(Self.unacknowledgedText.raw)
        effects.append(.advise(notice))
    }

    private static let unacknowledgedText = Array("Unacknowledged message was deleted".utf8)

    /// Whether `sequence` is one of the last messages that are still to be delivered.
    private func isAmongLastOnes(_ sequence: UInt64) -> Bool {
        var low = 0
        var high = lastOnes.count
        while low < high {
            let middle = (low + high) / 2
            if lastOnes[middle] > sequence { low = middle + 1 } else { high = middle }
        }
        return low < lastOnes.count && lastOnes[low] == sequence
    }

    /// The stream was purged: what is gone is not waited for any more.
    mutating func purged(in stream: borrowing StreamState) {
        let first = stream.firstSequence
        if nextSequence < first { nextSequence = first }
        if delivered.stream &+ 1 < first { delivered.stream = first &- 1 }
        var place = pending.next(from: 0)
        while place < pending.end {
            if !stream.holds(pending[place].sequence) { drop(place) }
            place = pending.next(from: place + 1)
        }
        if pending.count == 0 {
            ackFloor = SequencePair(consumer: delivered.consumer, stream: nextSequence &- 1)
            delivered.stream = max(delivered.stream, ackFloor.stream)
        }
        var at = 0
        while at < exhausted.count {
            if stream.holds(exhausted[at]) { at += 1 } else { exhausted.remove(exhausted[at]) }
        }
        if loading != 0, !stream.holds(loading) { loading = 0 }
        forgetLastOnes(missingIn: stream)
    }

    private mutating func forgetLastOnes(missingIn stream: borrowing StreamState) {
        var kept = 0
        for at in 0..<lastOnes.count where stream.holds(lastOnes[at]) {
            lastOnes[kept] = lastOnes[at]
            kept += 1
        }
        while lastOnes.count > kept { _ = lastOnes.popLast() }
    }

    // MARK: - Acknowledgement floor

    /// Takes a delivery out of those that wait and moves the floor.
    mutating func drop(_ place: Int) {
        let isFirst = place == pending.first
        pending.remove(place)
        if pending.count == 0 {
            ackFloor = delivered
        } else if isFirst {
            let first = pending[pending.first]
            ackFloor = SequencePair(
                consumer: first.consumerSequence &- 1,
                stream: first.sequence &- 1
            )
        }
    }

    /// Whether the message waits for an acknowledgement.
    func isPending(_ sequence: UInt64) -> Bool { pending.find(sequence) >= 0 }

    /// The message was tried too often and is elsewhere now.
    mutating func forgetExhausted(_ sequence: UInt64) { exhausted.remove(sequence) }

    /// Whether `sequence` may leave a stream that keeps what somebody wants.
    mutating func needs(
        _ sequence: UInt64,
        subject: UInt32,
        in stream: borrowing StreamState
    ) -> Bool {
        guard selection.matches(subject, stream.subjects) else { return false }
        if sequence >= nextSequence { return true }
        if exhausted.contains(sequence) { return true }
        if isAmongLastOnes(sequence) { return true }
        switch rules.ackPolicy {
        case .none: return false
        case .all, .flowControl: return sequence > ackFloor.stream
        case .explicit: return pending.find(sequence) >= 0
        }
    }
}

/// A sorted set of sequences that stays small.
struct SequenceTable: ~Copyable {
    private var sequences = Table<UInt64>(capacity: 1)

    var count: Int { sequences.count }

    func contains(_ sequence: UInt64) -> Bool {
        let place = place(of: sequence)
        return place < sequences.count && sequences[place] == sequence
    }

    mutating func insert(_ sequence: UInt64) {
        let place = place(of: sequence)
        if place < sequences.count, sequences[place] == sequence { return }
        sequences.append(sequence)
        var at = sequences.count - 1
        while at > place {
            sequences[at] = sequences[at - 1]
            at -= 1
        }
        sequences[place] = sequence
    }

    mutating func remove(_ sequence: UInt64) {
        guard sequences.count > 0 else { return }
        let place = place(of: sequence)
        guard place < sequences.count, sequences[place] == sequence else { return }
        for at in place..<(sequences.count - 1) { sequences[at] = sequences[at + 1] }
        _ = sequences.popLast()
    }

    mutating func removeAll() { sequences.removeAll() }

    subscript(place: Int) -> UInt64 { sequences[place] }

    private func place(of sequence: UInt64) -> Int {
        var low = 0
        var high = sequences.count
        while low < high {
            let middle = (low + high) / 2
            if sequences[middle] < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// What a push consumer knows about its receiver.
struct PushState: BitwiseCopyable {
    /// Bytes sent since the receiver answered.
    var unansweredBytes = 0
    /// Bytes that may be unanswered.
    var windowBytes = PushState.windowBytesMax / 16
    /// Number of the request that is not answered; 0 for none.
    var request: UInt32 = 0
    /// Bytes that the answer will cover.
    var requestBytes = 0
    /// Number of the last request.
    var requestCount: UInt32 = 0
    /// When a heartbeat is due.
    var nextHeartbeat: Instant
    /// No delivery before this, for the sake of rate or replay.
    var notBefore = Instant.never
    /// When the message before the next one came, for replay.
    var lastMessageTime = Instant.never

    static let windowBytesMax = 32 << 20

    init(heartbeat: UInt64, at now: Instant) {
        nextHeartbeat = heartbeat > 0 ? now.adding(nanoseconds: heartbeat) : .distantFuture
    }
}

/// Which client is pinned; ids are numbers until they are written.
struct PinState: BitwiseCopyable {
    /// Number of the pinned client; 0 for none.
    var id: UInt64 = 0
    /// Since when.
    var since = Instant.never
    /// When it counts as gone.
    var deadline = Instant.distantFuture
    /// How many clients were pinned.
    var count: UInt64 = 0
}
