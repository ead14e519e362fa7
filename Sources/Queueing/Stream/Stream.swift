// A stream together with its consumers: the unit that one shard owns.

public import Base

/// What became of a publish.
public enum PublishOutcome: BitwiseCopyable, Equatable, Sendable {
    /// It was stored, or its sequence was used up because nobody was interested.
    case stored(Stored)
    /// It was stored before, as `sequence`.
    case duplicate(sequence: UInt64)
}

/// A range of sequences that are gone.
public struct SequenceRange: BitwiseCopyable, Equatable, Sendable {
    /// The first of them.
    public var first: UInt64
    /// The last of them.
    public var last: UInt64

    /// The sequences from `first` through `last`.
    public init(first: UInt64, last: UInt64) {
        self.first = first
        self.last = last
    }
}

/// One stream and its consumers.
///
/// Every event is a method; what has to happen comes back in `Effects`. After events, `pump`
/// delivers to those consumers that something changed for.
public struct Stream: ~Copyable {
    /// The stream itself; shells read and load through it and leave its changes to the methods
    /// below.
    public internal(set) var state: StreamState
    /// Its consumers by index.
    public internal(set) var consumers = OwnerTable<ConsumerState>()
    private var byName = HashIndex(capacity: 16)
    /// Hashes of the consumers' names, by index.
    private var nameHashes = Table<UInt64>(capacity: 1)
    /// Consumers that something changed for.
    private var changed = Table<UInt32>(capacity: 1)
    /// Sequences that left since the journal was told.
    public private(set) var deletions = Table<SequenceRange>(capacity: 1)
    /// About how many bytes `deletions` stand for.
    public private(set) var deletedBytes: UInt64 = 0
    /// Whether messages are taken in.
    public internal(set) var mode = QueueMode.open
    /// How a drain is going.
    public internal(set) var drain = DrainProgress()
    /// Whether delivery to all consumers is held.
    public internal(set) var isHeld = false
    /// Whether messages that nobody is to be sent any more stay until `bury`.
    var keepsDeadLetters: Bool
    /// Ways into other streams that count as consumers.
    var claims: [OriginClaim] = []
    /// Messages that were terminated and stay until `bury`.
    var dead: Set<UInt64> = []

    /// A stream without consumers.
    public init(_ state: consuming StreamState) {
        keepsDeadLetters = !state.configuration.deadLetterQueue.isEmpty
        self.state = state
    }

    // MARK: - Publishing

    /// Takes a message in, or says why not.
    ///
    /// The bytes of what was stored are in `state.records`, as they are to be written.
    public mutating func publish(
        subject: RawSpan,
        headers: RawSpan,
        payload: RawSpan,
        _ context: PublishContext
    ) throws(PublishRefusal) -> PublishOutcome {
        var context = context
        context.isPaused = context.isPaused || mode.refusesIngress
        let decision = try state.decide(
            subject: subject,
            headers: headers,
            payloadBytes: payload.byteCount,
            context
        )
        switch decision {
        case .duplicate(let sequence): return .duplicate(sequence: sequence)
        case .store(let staged):
            let stored = try state.commit(
                staged,
                subject: subject,
                headers: headers,
                payload: payload,
                isWanted: isWanted(staged, subject),
                at: context.now
            )
            // A sequence without a message is given as little again as that of one that is gone.
            if !stored.isKept { noteDeletion(stored.sequence) }
            return .stored(stored)
        }
    }

    /// Whether somebody is interested, in a stream that keeps only what somebody wants.
    private mutating func isWanted(_ staged: Staged, _ subject: RawSpan) -> Bool {
        guard state.rules.retention == .interest else { return true }
        guard staged.hasNewSubject, let made = state.stagedSubject.take() else {
            return isWanted(subject)
        }
        let answer = isWanted(own: made)
        state.stagedSubject = consume made
        return answer
    }

    private func isWanted(own subject: borrowing Table<UInt8>) -> Bool { isWanted(subject.bytes) }

    private func isWanted(_ subject: RawSpan) -> Bool {
        var cursor: UInt32 = 0
        while let index = consumers.next(&cursor) {
            if consumers[index].selection.matches(subject) { return true }
        }
        for claim in claims where claim.takes(subject) { return true }
        return false
    }

    /// Tells the consumers what a publish changed; call it once after each publish that was stored.
    public mutating func announce(_ stored: Stored, into effects: inout Effects) {
        if stored.isKept {
            var cursor: UInt32 = 0
            while let index = consumers.next(&cursor) {
                if stored.previousOnSubject == 0 { consumers[index].subjectChanged(stored.subject) }
                consumers[index].stored(stored, in: state)
                if state.rules.storage == .memory { mark(index) }
            }
        }
        tellRemovals(into: &effects)
    }

    /// Everything up to `sequence` is safe and may be delivered; what has to make room for it goes.
    public mutating func setDurable(_ sequence: UInt64, into effects: inout Effects) {
        guard sequence > state.durableSequence else { return }
        state.setDurable(sequence)
        tellRemovals(into: &effects)
        for index in 0..<consumers.limit where consumers.contains(index) { mark(index) }
    }

    // MARK: - Consumers by name

    /// The consumer called `name`, or `nil`.
    public func consumer(named name: RawSpan) -> UInt32? {
        let found = byName.find(hash(name, seed: 0)) { equal(consumers[$0].name.raw, name) }
        return found == noIndex ? nil : found
    }

    mutating func register(_ index: UInt32) {
        while nameHashes.count <= Int(index) { nameHashes.append(0) }
        let key = hash(consumers[index].name.raw, seed: 0)
        nameHashes[index] = key
        var hashes = Table<UInt64>(capacity: 1)
        swap(&hashes, &nameHashes)
        byName.insert(key, index) { hashes[$0] }
        swap(&hashes, &nameHashes)
    }

    mutating func unregister(_ index: UInt32) {
        var hashes = Table<UInt64>(capacity: 1)
        swap(&hashes, &nameHashes)
        byName.remove(hashes[index], index) { hashes[$0] }
        swap(&hashes, &nameHashes)
    }

    // MARK: - Time

    /// When `tick` has something to do next.
    public var nextDeadline: Instant {
        mutating get {
            var next = state.nextExpiry
            var cursor: UInt32 = 0
            while let index = consumers.next(&cursor) {
                next = min(next, consumers[index].nextDeadline)
            }
            return next
        }
    }

    /// Does what is due at `now`.
    public mutating func tick(at now: Instant, into effects: inout Effects) {
        if state.nextExpiry <= now {
            let last = state.lastSequence
            _ = state.expire(at: now, most: 4_096)
            announceMarkers(after: last, into: &effects)
        }
        var cursor: UInt32 = 0
        while let index = consumers.next(&cursor) {
            guard consumers[index].nextDeadline <= now else { continue }
            consumers[index].tick(at: now, into: &effects)
            mark(index)
        }
    }

    /// Markers were stored: consumers see them like any other message.
    private mutating func announceMarkers(after last: UInt64, into effects: inout Effects) {
        var sequence = last
        while sequence < state.lastSequence {
            sequence += 1
            guard state.contains(sequence) else { continue }
            let stored = Stored(
                sequence: sequence,
                time: state.lastTime,
                previousOnSubject: 1,
                subject: state.index.subject(of: sequence)
            )
            announce(stored, into: &effects)
        }
        tellRemovals(into: &effects)
    }

    // MARK: - Delivering

    /// Remembers that a consumer may have something to deliver.
    mutating func mark(_ index: UInt32) {
        guard !consumers[index].isMarked else { return }
        consumers[index].isMarked = true
        changed.append(index)
    }

    /// Whether `pump` has something to do.
    public var needsPump: Bool { !changed.isEmpty }

    /// Delivers to the consumers that something changed for, in turn, until `effects` are full.
    public mutating func pump(
        at now: Instant,
        isHeard: (RawSpan) -> Bool,
        into effects: inout Effects
    ) {
        var turns = changed.count
        var at = 0
        while at < changed.count, turns > 0, !effects.isFull {
            let index = changed[at]
            at += 1
            turns -= 1
            guard consumers.contains(index) else { continue }
            consumers[index].isMarked = false
            consumers[index].pump(&state, at: now, isHeard: isHeard, into: &effects)
            releaseAcknowledged(index, into: &effects)
            if effects.isFull { mark(index) }
        }
        let kept = changed.count - at
        for place in 0..<kept { changed[place] = changed[place + at] }
        while changed.count > kept { _ = changed.popLast() }
        finishDrain(at: now)
    }

    // MARK: - Leaving

    /// Removes what a consumer has dealt with from a stream that keeps only what is wanted.
    mutating func releaseAcknowledged(_ index: UInt32, into effects: inout Effects) {
        let count = consumers[index].released.count
        guard count > 0 else { return }
        if state.rules.retention != .limits {
            for at in 0..<count { release(consumers[index].released[at]) }
            tellRemovals(into: &effects)
        }
        if consumers.contains(index) { consumers[index].released.removeAll() }
    }

    /// Removes a message unless somebody still needs it.
    mutating func release(_ sequence: UInt64) {
        guard state.contains(sequence), !state.rules.flags.contains(.sealed) else { return }
        if keepsDeadLetters, dead.contains(sequence) { return }
        if state.rules.retention == .interest || !claims.isEmpty {
            let subject = state.index.subject(of: sequence)
            if isClaimed(sequence, subject) { return }
            var cursor: UInt32 = 0
            while let index = consumers.next(&cursor) {
                if consumers[index].needs(sequence, subject: subject, in: state) { return }
            }
        }
        state.remove(sequence)
    }

    /// Tells consumers and journal of messages that left.
    mutating func tellRemovals(into effects: inout Effects) {
        let count = state.removals.count
        guard count > 0 else { return }
        for at in 0..<count {
            let removal = state.removals[at]
            var cursor: UInt32 = 0
            while let index = consumers.next(&cursor) {
                consumers[index].removed(removal, into: &effects)
            }
            noteDeletion(of: at)
        }
        state.clearRemovals()
    }

    /// Keeps the removal at `place` for the journal.
    mutating func noteDeletion(of place: Int) {
        deletedBytes &+= UInt64(state.removals[place].byteCount)
        noteDeletion(state.removals[place].sequence)
    }

    private mutating func noteDeletion(_ sequence: UInt64) {
        let last = deletions.count - 1
        if last >= 0 {
            if deletions[last].last &+ 1 == sequence {
                deletions[last].last = sequence
                return
            }
            if deletions[last].first == sequence &+ 1 {
                deletions[last].first = sequence
                return
            }
        }
        deletions.append(SequenceRange(first: sequence, last: sequence))
    }

    /// The journal is not told that sequences behind `sequence` are gone: it never had them, and
    /// they are given out again.
    mutating func forgetDeletions(behind sequence: UInt64) {
        var kept = 0
        for at in 0..<deletions.count where deletions[at].first <= sequence {
            deletions[kept] = deletions[at]
            deletions[kept].last = min(deletions[kept].last, sequence)
            kept += 1
        }
        while deletions.count > kept { _ = deletions.popLast() }
    }

    /// Forgets deletions of messages below `sequence`.
    public mutating func clearDeletions(below sequence: UInt64) {
        var kept = 0
        for at in 0..<deletions.count where deletions[at].last >= sequence {
            deletions[kept] = deletions[at]
            deletions[kept].first = max(deletions[kept].first, sequence)
            kept += 1
        }
        while deletions.count > kept { _ = deletions.popLast() }
        if kept == 0 { deletedBytes = 0 }
    }

    /// Forgets the first `count` deletions: they are on their way to the journal.
    public mutating func clearDeletions(first count: Int) {
        guard count < deletions.count else { return clearDeletions() }
        let kept = deletions.count - count
        for at in 0..<kept { deletions[at] = deletions[at + count] }
        while deletions.count > kept { _ = deletions.popLast() }
        deletedBytes = 0
    }

    /// The journal did not take it that `range` is gone: it has to be told once more.
    public mutating func tellAgain(_ range: SequenceRange) {
        deletions.append(range)
    }

    /// Forgets deletions once they are on their way to the journal.
    public mutating func clearDeletions() {
        deletions.removeAll()
        deletedBytes = 0
    }
}
