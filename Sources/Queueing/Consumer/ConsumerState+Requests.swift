// Pulling: requests come, are served in turn, and end.
// Source: NATS JetStream API, CONSUMER.MSG.NEXT.

public import Base

extension ConsumerState {
    /// Takes a pull request; whatever is wrong with it is answered at once.
    public mutating func request(
        _ text: RawSpan,
        reply: RawSpan,
        at now: Instant,
        into effects: inout Effects
    ) {
        guard !rules.isPush else { return refuse(reply, .pushBased, into: &effects) }
        guard let request = PullRequest(text) else {
            return refuse(reply, .badRequest, into: &effects)
        }
        if let refusal = refusal(of: request, text, at: now) {
            let destination = effects.keep(reply)
            send(refusal, to: destination, into: &effects)
            return
        }
        usedAt = now
        if waiting.count >= rules.waitingMax { expireRequests(at: now, into: &effects) }
        if request.isNoWait {
            let available = pendingCount + UInt64(pending.dueCount)
            if available == 0, request.expires <= 0 {
                return refuse(reply, .noMessages, into: &effects)
            }
            if available > 0, waiting.count > 0, available < waiting.wanted {
                return refuse(reply, .requestsPending, into: &effects)
            }
        }
        guard waiting.count < rules.waitingMax else {
            if request.heartbeat <= 0 { refuse(reply, .exceededWaiting, into: &effects) }
            return
        }
        let entry = waiting.insert(
            request,
            text: text,
            reply: reply,
            at: now,
            isPrioritized: rules.priorityPolicy == .prioritized
        )
        guard entry != noIndex else { return refuse(reply, .exceededWaiting, into: &effects) }
        waitDeadline = min(waitDeadline, waiting[entry].expires, waiting[entry].nextHeartbeat)
    }

    /// What is wrong with a request.
    private mutating func refusal(
        of request: PullRequest,
        _ text: RawSpan,
        at now: Instant
    ) -> ConsumerStatus? {
        if request.heartbeat > 0, request.heartbeat > request.expires / 2 {
            return ConsumerStatus(.heartbeatTooLarge)
        }
        if rules.requestBatchMax > 0, request.batch > rules.requestBatchMax {
            return ConsumerStatus(.exceededBatch, rules.requestBatchMax)
        }
        if rules.requestExpiresMax > 0, request.expires > rules.requestExpiresMax {
            return ConsumerStatus(.exceededExpires, rules.requestExpiresMax)
        }
        if rules.requestBytesMax > 0, request.bytesMax > rules.requestBytesMax {
            return ConsumerStatus(.exceededBytes, rules.requestBytesMax)
        }
        return request.isJson ? groupRefusal(of: request, text, at: now) : nil
    }

    private mutating func groupRefusal(
        of request: PullRequest,
        _ text: RawSpan,
        at now: Instant
    ) -> ConsumerStatus? {
        let policy = rules.priorityPolicy
        if request.minPending != 0 || request.minAckPending != 0, policy != .overflow {
            return ConsumerStatus(.notOverflow)
        }
        if !request.pinId.isEmpty, policy != .pinnedClient { return ConsumerStatus(.notPinned) }
        if request.priority < 0 || request.priority > 9 { return ConsumerStatus(.priorityInvalid) }
        guard policy != .none else { return nil }
        let group = text.part(request.group)
        if group.isEmpty { return ConsumerStatus(.groupMissing) }
        var isKnown = false
        for name in configuration.priorityGroups where equal(name.raw, group) { isKnown = true }
        if !isKnown { return ConsumerStatus(.groupInvalid) }
        if pin.id != 0, !request.pinId.isEmpty {
            guard isPinned(text.part(request.pinId)) else { return ConsumerStatus(.pinMismatch) }
            pin.deadline = now.adding(nanoseconds: rules.priorityTimeout)
        }
        return nil
    }

    /// Puts the request that gets a message of `size` bytes at the head of the queue.
    ///
    /// - Returns: whether there is one.
    mutating func chooseRequest(
        _ size: Int,
        at now: Instant,
        _ isHeard: (RawSpan) -> Bool,
        into effects: inout Effects
    ) -> Bool {
        var passed = 0
        while passed < waiting.count {
            let head = waiting.first
            let request = waiting[head]
            if request.expires <= now {
                end(head, .timeout, into: &effects)
                continue
            }
            switch turn(of: request) {
            case .later:
                pass(head)
                passed += 1
                continue
            case .wrongPin:
                end(head, .wrongPin, into: &effects)
                continue
            case .now: break
            }
            if request.bytesLeft > 0, Int64(size) > request.bytesLeft {
                end(head, .exceedsMaxBytes, into: &effects)
                continue
            }
            guard isHeard(waiting.bytes(request.reply)) else {
                waiting.remove(head, after: noIndex)
                continue
            }
            if request.bytesLeft > 0 {
                waiting[head].bytesLeft -= Int64(size)
                if waiting[head].bytesLeft == 0 { waiting[head].batch = 1 }
            }
            if rules.priorityPolicy == .pinnedClient, pin.id == 0 {
                assignPin(at: now, into: &effects)
            }
            return true
        }
        return false
    }

    private enum Turn { case now, later, wrongPin }

    /// Whether it is the request's turn under the rules of priority groups.
    private func turn(of request: WaitingRequest) -> Turn {
        switch rules.priorityPolicy {
        case .none, .prioritized: return .now
        case .overflow:
            if request.minPending == 0, request.minAckPending == 0 { return .now }
            let hasPending = request.minPending > 0 && request.minPending <= pendingCount
            let hasUnacknowledged =
                request.minAckPending > 0 && request.minAckPending <= UInt64(pending.count)
            return hasPending || hasUnacknowledged ? .now : .later
        case .pinnedClient:
            if pin.id == 0 { return request.pinId.isEmpty ? .now : .wrongPin }
            if request.pinId.isEmpty { return .later }
            return isPinned(waiting.bytes(request.pinId)) ? .now : .wrongPin
        }
    }

    /// Moves the request at the head behind all others.
    private mutating func pass(_ head: UInt32) {
        guard waiting.count > 1 else { return }
        waiting.requeue(head, after: noIndex, isPrioritized: false)
    }

    /// Counts a delivery to the request at the head, which then ends or waits for its next turn.
    mutating func serve(_ head: UInt32, at now: Instant, into effects: inout Effects) {
        waiting[head].batch -= 1
        waiting[head].delivered &+= 1
        let request = waiting[head]
        if request.batch <= 0 {
            if request.bytesLeft > 0 {
                let destination = effects.keep(waiting.bytes(request.reply))
                let status = ConsumerStatus(.batchCompleted, request.batch, request.bytesLeft)
                send(status, to: destination, into: &effects)
            }
            waiting.remove(head, after: noIndex)
            return
        }
        if request.heartbeat > 0 {
            waiting[head].nextHeartbeat = now.adding(nanoseconds: request.heartbeat)
        }
        guard waiting.count > 1 else { return }
        waiting.requeue(
            head,
            after: noIndex,
            isPrioritized: rules.priorityPolicy == .prioritized
        )
    }

    /// Ends requests that do not wait, now that there is nothing to deliver.
    mutating func endNoWaits(at now: Instant, into effects: inout Effects) {
        var previous = noIndex
        var at = waiting.first
        while at != noIndex {
            let request = waiting[at]
            let next = request.nextFree
            if request.isNoWait, !request.hasExpiry || request.delivered > 0 {
                let destination = effects.keep(waiting.bytes(request.reply))
                send(ConsumerStatus(.noMessages), to: destination, into: &effects)
                waiting.remove(at, after: previous)
            } else {
                previous = at
            }
            at = next
        }
    }

    /// Ends requests whose time is over and sends heartbeats that are due.
    mutating func expireRequests(at now: Instant, into effects: inout Effects) {
        guard now >= waitDeadline else { return }
        var earliest = Instant.distantFuture
        var previous = noIndex
        var at = waiting.first
        while at != noIndex {
            let request = waiting[at]
            if request.expires <= now {
                let destination = effects.keep(waiting.bytes(request.reply))
                let status = ConsumerStatus(.timeout, request.batch, request.bytesLeft)
                send(status, to: destination, into: &effects)
                waiting.remove(at, after: previous)
            } else {
                if request.nextHeartbeat <= now {
                    let destination = effects.keep(waiting.bytes(request.reply))
                    send(heartbeat, to: destination, into: &effects)
                    waiting[at].nextHeartbeat = now.adding(nanoseconds: request.heartbeat)
                }
                earliest = min(earliest, request.expires, waiting[at].nextHeartbeat)
                previous = at
            }
            at = request.nextFree
        }
        waitDeadline = earliest
    }

    /// Tells every waiting request why it ends.
    public mutating func endRequests(
        _ kind: ConsumerStatus.Kind,
        into effects: inout Effects
    ) {
        while waiting.first != noIndex { end(waiting.first, kind, into: &effects) }
    }

    /// Ends the request at the head.
    private mutating func end(
        _ head: UInt32,
        _ kind: ConsumerStatus.Kind,
        into effects: inout Effects
    ) {
        let request = waiting[head]
        let destination = effects.keep(waiting.bytes(request.reply))
        let status = ConsumerStatus(kind, request.batch, request.bytesLeft)
        send(status, to: destination, into: &effects)
        waiting.remove(head, after: noIndex)
    }

    private func refuse(
        _ reply: RawSpan,
        _ kind: ConsumerStatus.Kind,
        into effects: inout Effects
    ) {
        let destination = effects.keep(reply)
        send(ConsumerStatus(kind), to: destination, into: &effects)
    }

    private func send(
        _ status: ConsumerStatus,
        to destination: ByteSlice,
        into effects: inout Effects
    ) {
        effects.append(
            .status(
                StatusDelivery(
                    consumer: index,
                    status: status,
                    destination: destination,
                    flowControl: .empty
                )
            )
        )
    }
}
