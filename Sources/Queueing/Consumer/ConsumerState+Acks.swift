// Acknowledgements in every form, and what happens without one.
// Source: NATS JetStream API, acknowledgements.

public import Base

extension ConsumerState {
    /// Takes an acknowledgement that was sent to `subject` with `payload`.
    public mutating func acknowledge(
        _ subject: AckSubject,
        payload: RawSpan,
        reply: RawSpan,
        at now: Instant,
        into effects: inout Effects
    ) {
        guard rules.ackPolicy != .none else { return }
        let kind = AckKind(payload)
        guard subject.sequence < nextSequence, subject.sequence > 0 else { return }
        var isAnswered = true
        switch kind {
        case .acknowledged: settle(subject, isSampled: true, at: now, into: &effects)
        case .next(let place):
            settle(subject, isSampled: true, at: now, into: &effects)
            request(payload.part(place), reply: reply, at: now, into: &effects)
            isAnswered = false
        case .negative(let delay): refuse(subject, delay, at: now, into: &effects)
        case .inProgress:
            let place = pending.find(subject.sequence)
            if place >= 0 {
                let attempts = pending[place].attempts
                let end = deadline(attempts: attempts, at: now)
                pending.restart(place, deadline: end, attempts: attempts)
            }
        case .terminated(let reason):
            terminate(subject, payload.part(reason), at: now, into: &effects)
        case .unknown: break
        }
        usedAt = now
        if isAnswered, !reply.isEmpty {
            effects.append(.answer(destination: effects.keep(reply)))
        }
    }

    private mutating func settle(
        _ subject: AckSubject,
        isSampled: Bool,
        at now: Instant,
        into effects: inout Effects
    ) {
        switch rules.ackPolicy {
        case .none: break
        case .all, .flowControl:
            acknowledgeAll(
                upTo: subject.sequence,
                consumerSequence: subject.consumerSequence,
                at: now
            )
        case .explicit:
            let place = pending.find(subject.sequence)
            if place >= 0 {
                if isSampled { sample(pending[place], subject, at: now, into: &effects) }
                drop(place)
                release(subject.sequence, at: now)
            } else if exhausted.contains(subject.sequence) {
                exhausted.remove(subject.sequence)
                release(subject.sequence, at: now)
            }
        }
    }

    private mutating func release(_ sequence: UInt64, at now: Instant) {
        acknowledgedAt = now
        acknowledgedCount &+= 1
        released.append(sequence)
        logAck(sequence)
    }

    /// Everything up to a message is acknowledged.
    mutating func acknowledgeAll(upTo sequence: UInt64, consumerSequence: UInt64, at now: Instant) {
        guard sequence > ackFloor.stream else { return }
        while pending.count > 0, pending[pending.first].sequence <= sequence {
            acknowledgedCount &+= 1
            released.append(pending[pending.first].sequence)
            pending.remove(pending.first)
        }
        acknowledgedAt = now
        ackFloor = SequencePair(
            consumer: min(consumerSequence, delivered.consumer),
            stream: min(sequence, delivered.stream)
        )
        if pending.count == 0 { ackFloor = delivered }
        logAckAll(sequence)
    }

    private mutating func refuse(
        _ subject: AckSubject,
        _ delay: UInt64?,
        at now: Instant,
        into effects: inout Effects
    ) {
        let place = pending.find(subject.sequence)
        guard place >= 0, subject.consumerSequence > ackFloor.consumer,
            subject.consumerSequence <= delivered.consumer
        else { return }
        advise(.negative, subject, into: &effects)
        if let delay {
            let attempts = pending[place].attempts
            let end = now.adding(nanoseconds: delay)
            pending.restart(place, deadline: end, attempts: attempts)
        } else if pending[place].attempts >= rules.deliverMax {
            giveUp(place, into: &effects)
        } else {
            pending.makeDue(place)
        }
    }

    private mutating func terminate(
        _ subject: AckSubject,
        _ reason: RawSpan,
        at now: Instant,
        into effects: inout Effects
    ) {
        let wasPending = pending.find(subject.sequence) >= 0
        settle(subject, isSampled: false, at: now, into: &effects)
        var notice = notice(.terminated, subject)
        notice.text = effects.keep(reason)
        effects.append(.advise(notice))
        guard wasPending else { return }
        effects.append(
            .deadLetter(
                consumer: index,
                sequence: subject.sequence,
                deliveries: notice.deliveries
            )
        )
    }

    // MARK: - No acknowledgement

    /// Makes everything due whose wait is over; what was tried often enough is given up.
    mutating func expirePending(at now: Instant, into effects: inout Effects) {
        guard now >= pending.earliestDeadline else { return }
        var tired = 0
        let most = rules.deliverMax
        pending.forEachExpired(now) { pending, place in
            if pending[place].attempts >= most { tired += 1 } else { pending.makeDue(place) }
        }
        var place = tired > 0 ? pending.next(from: 0) : pending.end
        while tired > 0, place < pending.end {
            let delivery = pending[place]
            if !delivery.isDue, delivery.deadline <= now {
                giveUp(place, into: &effects)
                tired -= 1
            }
            place = pending.next(from: place + 1)
        }
    }

    /// Stops trying to deliver a message.
    private mutating func giveUp(_ place: Int, into effects: inout Effects) {
        let delivery = pending[place]
        var notice = AdvisoryNotice(.maxDeliveries, consumer: index)
        notice.sequence = delivery.sequence
        notice.consumerSequence = delivery.consumerSequence
        notice.deliveries = delivery.attempts
        effects.append(.advise(notice))
        effects.append(
            .deadLetter(
                consumer: index,
                sequence: delivery.sequence,
                deliveries: delivery.attempts
            )
        )
        drop(place)
        exhausted.insert(delivery.sequence)
        logGivenUp(delivery.sequence)
    }

    // MARK: - Advisories

    private mutating func sample(
        _ delivery: PendingDelivery,
        _ subject: AckSubject,
        at now: Instant,
        into effects: inout Effects
    ) {
        guard rules.samplePercent > 0 else { return }
        sampleTurn += rules.samplePercent
        guard sampleTurn >= 100 else { return }
        sampleTurn = rules.samplePercent >= 100 ? 0 : sampleTurn - 100
        var notice = notice(.sampled, subject)
        notice.deliveries = delivery.attempts
        let wait = deadline(attempts: delivery.attempts, at: .never).nanoseconds
        let sent = delivery.deadline.nanoseconds &- wait
        notice.ackNanoseconds = now.nanoseconds(since: Instant(nanoseconds: sent))
        effects.append(.advise(notice))
    }

    private func advise(
        _ kind: ConsumerAdvisory,
        _ subject: AckSubject,
        into effects: inout Effects
    ) {
        effects.append(.advise(notice(kind, subject)))
    }

    private func notice(_ kind: ConsumerAdvisory, _ subject: AckSubject) -> AdvisoryNotice {
        var notice = AdvisoryNotice(kind, consumer: index)
        notice.sequence = subject.sequence
        notice.consumerSequence = subject.consumerSequence
        notice.deliveries = UInt32(clamping: subject.deliveries)
        return notice
    }
}
