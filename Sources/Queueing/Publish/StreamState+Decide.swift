// What a stream says to a publish, before it is stored.
// Source: NATS JetStream; the order of checks is the server's.

public import Base
import Routing

/// What a publish needs to know besides its bytes.
public struct PublishContext: BitwiseCopyable, Sendable {
    /// The time.
    public var now: Instant
    /// Whether ingress is held.
    public var isPaused = false
    /// Whether there is no room on the disk or in memory.
    public var isFull = false
    /// Whether the account may not hold so much.
    public var isOverLimit = false
    /// Whether the message comes from a source, which has checked it.
    public var isSourced = false
    /// Whether the subject stays as it is: the message was in the stream before.
    public var keepsSubject = false

    /// An ordinary publish at `now`.
    public init(now: Instant) {
        self.now = now
    }
}

/// A publish that passed all checks but those for room.
public struct Staged: BitwiseCopyable, Sendable {
    /// What its headers ask for.
    public let headers: PublishHeaders
    /// Whether `StreamState.stagedSubject` stands for its subject.
    let hasNewSubject: Bool
    /// Whether `StreamState.stagedHeaders` stand for its headers.
    let hasNewHeaders: Bool
    let ttl: MessageTtl
    let rollup: Rollup
}

/// What a message replaces.
enum Rollup: UInt8, BitwiseCopyable {
    case none
    case subject
    case everything
}

/// What a stream says to a publish.
public enum PublishDecision: BitwiseCopyable, Sendable {
    /// The message is to be stored.
    case store(Staged)
    /// The message was stored before, as `sequence`.
    case duplicate(sequence: UInt64)
}

extension StreamState {
    /// What becomes of a message; stores nothing.
    ///
    /// - Throws: why it is refused.
    public mutating func decide(
        subject: RawSpan,
        headers: RawSpan,
        payloadBytes: Int,
        _ context: PublishContext
    ) throws(PublishRefusal) -> PublishDecision {
        if rules.flags.contains(.sealed) { throw .sealed }
        if context.isPaused { throw .ingressPaused }
        let asked = PublishHeaders(headers)
        let hasNewSubject = context.keepsSubject ? false : try applyTransform(to: subject)
        var ttl = MessageTtl.none
        var rollup = Rollup.none
        var hasNewHeaders = false
        if !headers.isEmpty {
            let place = hasNewSubject ? findStagedSubject() : subjects.find(subject)
            try checkExpectations(asked, headers, place, context)
            if let known = try checkDuplicate(asked, headers, context) {
                return .duplicate(sequence: known)
            }
            rollup = try checkRollup(asked, headers, context)
            hasNewHeaders = stripHeaders(asked, headers)
            ttl = MessageTtl(headers.part(asked.ttl))
        } else if rules.flags.contains(.allowCounter) {
            throw .counterMissing
        }
        let headerBytes = hasNewHeaders ? stagedHeaderCount : headers.byteCount
        if UInt64(headerBytes + payloadBytes) > rules.messageBytesMax { throw .messageTooLarge }
        if headerBytes > 65_535 { throw .headersTooLarge }
        if context.isFull { throw .insufficientStorage }
        if context.isOverLimit { throw .accountLimit }
        if lastSequence >= .max - 1 { throw .messagesMax }
        if ttl == .invalid { throw .ttlInvalid }
        if case .after(let wait) = ttl, wait < rules.deleteMarkerTtl,
            rules.messagesPerSubjectMax != 1
        {
            ttl = .after(rules.deleteMarkerTtl / nanosecondsPerSecond * nanosecondsPerSecond)
            raiseTtl(asked, headers, hasNewHeaders)
            hasNewHeaders = true
        }
        return .store(
            Staged(
                headers: asked,
                hasNewSubject: hasNewSubject,
                hasNewHeaders: hasNewHeaders,
                ttl: ttl,
                rollup: rollup
            )
        )
    }

    private mutating func applyTransform(to subject: RawSpan) throws(PublishRefusal) -> Bool {
        guard hasTransform, let transform, var made = stagedSubject.take() else { return false }
        made.removeAll()
        let chance = UInt32(truncatingIfNeeded: hash(subject, seed: lastSequence))
        let isMade = transform.apply(to: subject, chance: chance, into: &made)
        stagedSubjectCount = made.count
        stagedSubject = consume made
        return isMade
    }

    /// The number of the subject that the transform made, or `noIndex`.
    mutating func findStagedSubject() -> UInt32 {
        guard let made = stagedSubject.take() else { return noIndex }
        let number = find(made)
        stagedSubject = consume made
        return number
    }

    private func find(_ subject: borrowing Table<UInt8>) -> UInt32 {
        subjects.find(subject.bytes)
    }

    private func checkExpectations(
        _ asked: PublishHeaders,
        _ headers: RawSpan,
        _ subject: UInt32,
        _ context: PublishContext
    ) throws(PublishRefusal) {
        if !context.isSourced { try checkKinds(asked) }
        let stream = headers.part(asked.expectedStream)
        if !stream.isEmpty, !isName(stream) { throw .otherStream }
        if !asked.ttl.isEmpty, !context.isSourced, !rules.flags.contains(.allowTtl) {
            switch MessageTtl(headers.part(asked.ttl)) {
            case .none, .invalid: break
            case .never, .after: throw .ttlDisabled
            }
        }
        if let wanted = Self.expected(asked.expectedLastOnSubject, headers) {
            let filter = headers.part(asked.expectedSubject)
            let actual: UInt64
            if !filter.isEmpty {
                actual = lastSequence(matching: filter)
            } else {
                actual = subject == noIndex ? 0 : subjects[subject].last
            }
            if actual != wanted { throw .wrongLastSequence(actual: actual) }
        } else if !asked.expectedSubject.isEmpty {
            throw .expectedSubjectWithoutSequence
        }
        if let wanted = Self.expected(asked.expectedLast, headers), wanted != lastSequence {
            throw .wrongLastSequence(actual: lastSequence)
        }
        if !context.isSourced, !asked.streamSource.isEmpty { throw .sourceHeader }
    }

    /// The sequence that a header names; what is no number is no sequence there ever is.
    private static func expected(_ value: ByteSlice, _ headers: RawSpan) -> UInt64? {
        value.isEmpty ? nil : headers.part(value).decimal ?? .max
    }

    private func checkKinds(_ asked: PublishHeaders) throws(PublishRefusal) {
        if !asked.batchId.isEmpty, !rules.flags.contains(.allowAtomic) { throw .atomicDisabled }
        if !asked.increment.isEmpty, !rules.flags.contains(.allowCounter) {
            throw .counterDisabled
        }
        if asked.increment.isEmpty, rules.flags.contains(.allowCounter) { throw .counterMissing }
        if !asked.schedule.isEmpty, !rules.flags.contains(.allowSchedules) {
            throw .schedulesDisabled
        }
    }

    private func isName(_ bytes: RawSpan) -> Bool {
        equal(configuration.name.raw, bytes)
    }

    private mutating func checkDuplicate(
        _ asked: PublishHeaders,
        _ headers: RawSpan,
        _ context: PublishContext
    ) throws(PublishRefusal) -> UInt64? {
        if !asked.messageId.isEmpty, !rules.isMirror, rules.duplicateWindow > 0 {
            forgetOldIds(context.now)
            if let known = dedup.find(headers.part(asked.messageId)) { return known }
        }
        let expected = headers.part(asked.expectedMessageId)
        if !expected.isEmpty, !equal(expected, lastMessageId.bytes) { throw .wrongLastMessageId }
        return nil
    }

    /// Forgets message ids that are older than the window.
    mutating func forgetOldIds(_ now: Instant) {
        guard now.nanoseconds > rules.duplicateWindow else { return }
        dedup.forget(upTo: Instant(nanoseconds: now.nanoseconds &- rules.duplicateWindow))
    }

    private mutating func checkRollup(
        _ asked: PublishHeaders,
        _ headers: RawSpan,
        _ context: PublishContext
    ) throws(PublishRefusal) -> Rollup {
        guard !asked.rollup.isEmpty else { return .none }
        let isAllowed =
            rules.flags.contains(.allowRollup) && !rules.flags.contains(.denyPurge)
        guard isAllowed || context.isSourced else { throw .rollupNotPermitted }
        let value = headers.part(asked.rollup)
        if value.equalsIgnoringCase("sub") { return isAllowed ? .subject : .none }
        if value.equalsIgnoringCase("all") { return isAllowed ? .everything : .none }
        refusedRollup = value.array
        throw .rollupInvalid
    }
}
