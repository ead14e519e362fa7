// Delivering: which message goes next, and whether it may.
// Source: NATS JetStream consumers; redeliveries come before what is new, in sequence order.

public import Base

/// A message that would be delivered next.
struct Candidate: BitwiseCopyable {
    let sequence: UInt64
    /// Its place among those that wait, or -1 if it is new.
    let place: Int
    /// Whether it comes from the list of last messages.
    let isLastOne: Bool
}

extension ConsumerState {
    /// Delivers as much as it may.
    ///
    /// `isHeard` tells whether somebody listens on a subject; requests of those who left are
    /// dropped.
    public mutating func pump(
        _ stream: inout StreamState,
        at now: Instant,
        isHeard: (RawSpan) -> Bool,
        into effects: inout Effects
    ) {
        var isStalled = false
        while !effects.isFull, !isPaused(at: now), now >= push.notBefore, mayDeliver() {
            if pending.dueCount == 0, pending.count >= rules.ackPendingMax {
                isStalled = true
                break
            }
            guard let candidate = candidate(in: &stream, into: &effects) else { break }
            guard let record = stream.records.find(candidate.sequence) else {
                if loading != candidate.sequence {
                    loading = candidate.sequence
                    effects.append(.load(sequence: loading))
                }
                return
            }
            loading = 0
            if isTooEarly(record, candidate) { continue }
            guard isInTime(record, at: now) else { return }
            let size = size(of: record, candidate)
            guard rules.isPush || chooseRequest(size, at: now, isHeard, into: &effects) else {
                break
            }
            deliver(record, candidate, size, at: now, into: &effects)
        }
        if !rules.isPush, !isStalled, !effects.isFull { endNoWaits(at: now, into: &effects) }
    }

    /// Whether somebody takes messages.
    private func mayDeliver() -> Bool {
        guard rules.isPush else { return waiting.count > 0 }
        return isBound && !isFlowStalled
    }

    /// Whether the receiver has to answer first.
    var isFlowStalled: Bool {
        rules.hasFlowControl && push.unansweredBytes > push.windowBytes
    }

    /// The message that goes next, or `nil`.
    private mutating func candidate(
        in stream: inout StreamState,
        into effects: inout Effects
    ) -> Candidate? {
        while true {
            let place = pending.nextDue()
            guard place >= 0 else { break }
            let delivery = pending[place]
            if stream.contains(delivery.sequence) {
                return Candidate(sequence: delivery.sequence, place: place, isLastOne: false)
            }
            drop(place)
        }
        guard pending.count < rules.ackPendingMax, pendingCount > 0 else { return nil }
        while !lastOnes.isEmpty {
            let sequence = lastOnes[lastOnes.count - 1]
            if sequence > stream.visibleSequence { return nil }
            if stream.contains(sequence) {
                return Candidate(sequence: sequence, place: -1, isLastOne: true)
            }
            _ = lastOnes.popLast()
        }
        let next = stream.nextSequence(from: nextSequence, selection: &selection)
        guard next > 0, next <= stream.visibleSequence else { return nil }
        nextSequence = next
        return Candidate(sequence: next, place: -1, isLastOne: false)
    }

    /// Passes over a message that came before the time to start with.
    private mutating func isTooEarly(_ record: Record, _ candidate: Candidate) -> Bool {
        guard configuration.deliverPolicy == .byStartTime, candidate.place < 0,
            delivered.consumer == 0, record.time < configuration.startTime ?? .never
        else { return false }
        nextSequence = record.sequence + 1
        delivered.stream = record.sequence
        ackFloor.stream = record.sequence
        pendingCount = max(pendingCount, 1) - 1
        return true
    }

    /// Whether the original pace allows the message now; if not, says when.
    private mutating func isInTime(_ record: Record, at now: Instant) -> Bool {
        guard record.sequence <= replayEnd, push.lastMessageTime != .never else { return true }
        let pause = record.time.nanoseconds(since: push.lastMessageTime)
        let due = deliveredAt.adding(nanoseconds: pause)
        guard now < due else { return true }
        push.notBefore = due
        return false
    }

    /// The bytes that a delivery counts with.
    private func size(of record: Record, _ candidate: Candidate) -> Int {
        let planned = plan(record, candidate)
        let reply = AckSubject.byteCount(prefix: ackPrefixBytes, planned, time: record.time)
        let body = record.headerBytes + record.payloadBytes
        guard rules.isHeadersOnly else { return record.subjectBytes + reply + body }
        var digits = 1
        var rest = record.payloadBytes
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        let head = record.headerBytes == 0 ? 12 : record.headerBytes
        return record.subjectBytes + reply + head + 17 + digits
    }

    /// The delivery as it will be made.
    private func plan(_ record: Record, _ candidate: Candidate) -> Delivery {
        let isNew = candidate.place < 0
        return Delivery(
            consumer: index,
            sequence: record.sequence,
            consumerSequence: delivered.consumer + 1,
            attempts: isNew ? 1 : pending[candidate.place].attempts + 1,
            pending: isNew ? max(pendingCount, 1) - 1 : pendingCount,
            destination: .empty,
            isHeadersOnly: rules.isHeadersOnly,
            pinId: .empty
        )
    }

    private mutating func deliver(
        _ record: Record,
        _ candidate: Candidate,
        _ size: Int,
        at now: Instant,
        into effects: inout Effects
    ) {
        var delivery = plan(record, candidate)
        var chosen = noIndex
        if rules.isPush {
            delivery.destination = effects.keep(deliverSubject.bytes)
        } else {
            chosen = waiting.first
            delivery.destination = effects.keep(waiting.bytes(waiting[chosen].reply))
            if pin.id != 0 { delivery.pinId = keepPinId(in: &effects) }
        }
        effects.append(.deliver(delivery))
        note(delivery, candidate, at: now)
        if rules.isPush {
            countPush(size, at: now, into: &effects)
        } else {
            serve(chosen, at: now, into: &effects)
        }
        push.lastMessageTime = record.time
        deliveredAt = now
        usedAt = now
    }

    /// Keeps what a delivery changes.
    private mutating func note(_ delivery: Delivery, _ candidate: Candidate, at now: Instant) {
        let sequence = delivery.sequence
        delivered.consumer = delivery.consumerSequence
        let deadline = deadline(attempts: delivery.attempts, at: now)
        logDelivery(delivery)
        guard candidate.place < 0 else {
            redeliveryCount &+= 1
            pending.restart(candidate.place, deadline: deadline, attempts: delivery.attempts)
            return
        }
        pendingCount = max(pendingCount, 1) - 1
        delivered.stream = max(delivered.stream, sequence)
        if candidate.isLastOne { _ = lastOnes.popLast() } else { nextSequence = sequence + 1 }
        if rules.ackPolicy == .none {
            ackFloor = delivered
            released.append(sequence)
            return
        }
        pending.insert(
            PendingDelivery(
                sequence: sequence,
                consumerSequence: delivery.consumerSequence,
                deadline: deadline
            )
        )
    }

    /// When the wait for the acknowledgement of attempt number `attempts` ends.
    func deadline(attempts: UInt32, at now: Instant) -> Instant {
        if !backoff.isEmpty {
            let step = min(Int(attempts), backoff.count) - 1
            return now.adding(nanoseconds: backoff[step])
        }
        return rules.ackWait == 0 ? .distantFuture : now.adding(nanoseconds: rules.ackWait)
    }

    private mutating func countPush(
        _ size: Int,
        at now: Instant,
        into effects: inout Effects
    ) {
        if rules.heartbeat > 0 {
            push.nextHeartbeat = now.adding(nanoseconds: rules.heartbeat)
        }
        if rules.bitsPerSecondMax > 0 {
            let bits = UInt64(size) &* 8
            let wait = bits.multipliedFullWidth(by: nanosecondsPerSecond)
            let nanoseconds =
                wait.high < rules.bitsPerSecondMax
                ? rules.bitsPerSecondMax.dividingFullWidth(wait).quotient : .max
            push.notBefore = max(push.notBefore, now).adding(nanoseconds: nanoseconds)
        }
        guard rules.hasFlowControl else { return }
        push.unansweredBytes += size
        if push.request == 0 {
            let isFull = rules.ackPolicy == .flowControl && pending.count >= rules.ackPendingMax
            if push.unansweredBytes > push.windowBytes / 2 || isFull {
                askReceiver(into: &effects)
            }
        } else if push.unansweredBytes - push.requestBytes >= push.windowBytes {
            push.requestBytes += size
        }
    }
}
