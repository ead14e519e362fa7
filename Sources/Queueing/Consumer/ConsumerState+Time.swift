// What time does to a consumer.

public import Base

extension ConsumerState {
    /// When `tick` has something to do next.
    public var nextDeadline: Instant {
        var next = min(pending.earliestDeadline, waitDeadline)
        if rules.isPush, rules.heartbeat > 0 { next = min(next, push.nextHeartbeat) }
        if push.notBefore > deliveredAt { next = min(next, push.notBefore) }
        next = min(next, pin.deadline)
        if pauseUntil != .never { next = min(next, pauseUntil) }
        if rules.inactiveThreshold > 0, !isInUse {
            next = min(next, usedAt.adding(nanoseconds: rules.inactiveThreshold))
        }
        return next
    }

    /// Whether somebody listens or waits.
    private var isInUse: Bool { rules.isPush ? isBound : waiting.count > 0 }

    /// Does what is due at `now`; `pump` afterwards delivers what became due.
    public mutating func tick(at now: Instant, into effects: inout Effects) {
        expirePending(at: now, into: &effects)
        if !rules.isPush { expireRequests(at: now, into: &effects) }
        beat(at: now, into: &effects)
        if now >= push.notBefore { push.notBefore = .never }
        if now >= pin.deadline { unpin(byAdmin: false, into: &effects) }
        if pauseUntil != .never, now >= pauseUntil {
            pauseUntil = .never
            configuration.pauseUntil = nil
            effects.append(.advise(AdvisoryNotice(.resumed, consumer: index)))
        }
        guard rules.inactiveThreshold > 0, !isInUse else { return }
        let end = usedAt.adding(nanoseconds: rules.inactiveThreshold)
        guard now >= end else { return }
        let wait = latestDeadline()
        if wait > now, !rules.isPush {
            // Somebody may still be busy with what was delivered.
            usedAt = wait
        } else {
            effects.append(.expired(consumer: index))
            usedAt = now
        }
    }

    private func latestDeadline() -> Instant {
        var latest = Instant.never
        var place = pending.next(from: 0)
        while place < pending.end {
            if !pending[place].isDue, pending[place].deadline != .distantFuture {
                latest = max(latest, pending[place].deadline)
            }
            place = pending.next(from: place + 1)
        }
        return latest
    }

    /// Holds delivery until a time; `never` lets it go on.
    public mutating func pause(until: Instant, at now: Instant, into effects: inout Effects) {
        let isNew = until > now
        let wasPaused = now < pauseUntil
        pauseUntil = isNew ? until : .never
        configuration.pauseUntil = isNew ? until : nil
        guard isNew || wasPaused else { return }
        effects.append(.advise(AdvisoryNotice(isNew ? .paused : .resumed, consumer: index)))
    }

    /// Goes back to `sequence`, or behind the ack floor if it is 0.
    ///
    /// - Returns: the sequence it starts with now.
    /// - Throws: why it cannot go there.
    mutating func reset(
        to sequence: UInt64,
        in stream: inout StreamState
    ) throws(QueueingError) -> UInt64 {
        var start = sequence
        if sequence == 0 {
            start = ackFloor.stream + 1
        } else {
            switch configuration.deliverPolicy {
            case .all: break
            case .byStartSequence:
                if sequence < configuration.startSequence {
                    throw QueueingError(.invalidReset, "below start seq")
                }
            case .byStartTime:
                if sequence < stream.firstSequence(since: configuration.startTime ?? .never) {
                    throw QueueingError(.invalidReset, "below start time")
                }
            case .last, .new, .lastPerSubject: throw QueueingError(.invalidReset, "not allowed")
            }
        }
        start = max(1, start)
        pending.removeAll()
        exhausted.removeAll()
        lastOnes.removeAll()
        nextSequence = start
        delivered = SequencePair(consumer: 0, stream: start - 1)
        ackFloor = delivered
        deliveredAt = .never
        acknowledgedAt = .never
        loading = 0
        recount(in: &stream)
        logReset(start)
        return start
    }

    /// Changes the configuration to one that `checkUpdate` let pass.
    mutating func update(
        to configuration: ConsumerConfiguration,
        in stream: inout StreamState,
        at now: Instant
    ) {
        let oldFilters = self.configuration.allFilters
        var wanted = configuration
        // A pause is changed by `pause` only.
        wanted.pauseUntil = self.configuration.pauseUntil
        if wanted.deliverSubject != self.configuration.deliverSubject {
            push = PushState(heartbeat: rules.heartbeat, at: now)
        }
        self.configuration = wanted
        rules = ConsumerRules(wanted)
        flatten()
        usedAt = now
        guard wanted.allFilters != oldFilters else { return }
        selection = SubjectSelection(wanted.allFilters)
        recount(in: &stream)
    }

    /// Everything there is to say about the consumer.
    public func report(stream: [UInt8], at now: Instant) -> ConsumerReport {
        var report = ConsumerReport()
        report.stream = stream
        report.name = name
        report.created = created
        report.configuration = configuration
        report.delivered = delivered
        report.deliveredAt = deliveredAt
        report.ackFloor = ackFloor
        report.acknowledgedAt = acknowledgedAt
        report.ackPending = pending.count
        report.redelivered = rules.deliverMax == 1 ? 0 : redeliveredCount
        report.waiting = waiting.count
        report.pending = pendingCount
        report.isBound = rules.isPush && isBound
        report.isPaused = isPaused(at: now)
        report.pauseRemaining = pauseUntil.nanoseconds(since: now)
        report.timestamp = now
        if let group = configuration.priorityGroups.first {
            let pinned = PriorityGroupReport(
                group: group,
                pinnedId: pinText,
                pinnedSince: pin.since
            )
            report.priorityGroups = [pinned]
        }
        return report
    }

    private var redeliveredCount: Int {
        var count = exhausted.count
        var place = pending.next(from: 0)
        while place < pending.end {
            if pending[place].attempts > 1 { count += 1 }
            place = pending.next(from: place + 1)
        }
        return count
    }
}
