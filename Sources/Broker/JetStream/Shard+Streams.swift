// Streams do what they have to: deliver, answer, keep time, tell the journal.

import Base
import Journal
import Queueing
import Routing

extension Shard {
    /// Notes that something happened in a stream; it is run at the end of the tick.
    mutating func markActive(_ index: UInt32) {
        guard !host.streams[index].isActive else { return }
        host.streams[index].isActive = true
        host.active.append(index)
    }

    /// Lets a stream decide something that may have effects, which `performEffects` carries out.
    mutating func withEffects<Failure: Error>(
        of index: UInt32,
        _ body: (inout StreamHost, inout Effects) throws(Failure) -> Void
    ) throws(Failure) {
        claimEffects(for: index)
        guard var effects = host.effects.take() else { return }
        do throws(Failure) {
            try body(&host, &effects)
        } catch {
            host.effects = consume effects
            throw error
        }
        host.effects = consume effects
    }

    /// Runs every stream in which something happened or is due.
    mutating func runStreams() {
        guard hasStreams else { return }
        checkBindings()
        if host.nextDeadline <= tick.now { markDue() }
        runLinks()
        runRedrives()
        var at = 0
        while at < host.active.count {
            let index = host.active[at]
            at += 1
            guard host.streams.contains(index) else { continue }
            host.streams[index].isActive = false
            run(index)
        }
        host.active.removeAll()
        scheduleLinks()
        // Whoever looks at connections knows nothing of streams.
        nextDeadline = min(nextDeadline, host.nextDeadline)
    }

    private var hasStreams: Bool { host.streams.count > 0 }

    private mutating func markDue() {
        var next = Instant.distantFuture
        for index in 0..<host.streams.limit where host.streams.contains(index) {
            if host.streams[index].deadline <= tick.now {
                markActive(index)
            } else {
                next = min(next, host.streams[index].deadline)
            }
        }
        host.nextDeadline = next
    }

    /// Runs one stream until it has nothing more to do now.
    private mutating func run(_ index: UInt32) {
        let now = tick.now
        endHold(index)
        readAgain(index)
        if host.streams[index].deadline <= now {
            let last = host.streams[index].stream.state.lastSequence
            withEffects(of: index) { host, effects in
                host.streams[index].stream.tick(at: now, into: &effects)
            }
            recordMarkers(index, after: last)
        }
        performEffects()
        while host.streams.contains(index), host.streams[index].stream.needsPump {
            claimEffects(for: index)
            Self.pump(&host, &interests, root: root(of: index), index, at: now)
            performEffects()
        }
        guard host.streams.contains(index) else { return }
        markLinks(of: index)
        writeChanges(index)
        var deadline = host.streams[index].stream.nextDeadline
        if host.streams[index].stream.isHeld {
            deadline = min(deadline, host.streams[index].holdUntil)
        }
        if let failure = host.streams[index].readFailure {
            deadline = min(deadline, failure.askAgain)
        }
        if host.streams[index].told.repeatAt > now {
            deadline = min(deadline, host.streams[index].told.repeatAt)
        }
        host.streams[index].deadline = deadline
        host.nextDeadline = min(host.nextDeadline, deadline)
        nextDeadline = min(nextDeadline, deadline)
    }

    private static func pump(
        _ host: inout StreamHost,
        _ interests: inout InterestTable,
        root: UInt32,
        _ index: UInt32,
        at now: Instant
    ) {
        guard var effects = host.effects.take() else { return }
        host.streams[index].stream.pump(
            at: now,
            isHeard: { interests.lookUp(root: root, subject: $0).count > 0 },
            into: &effects
        )
        host.effects = consume effects
    }

    /// Markers of subjects that ended are messages like others.
    private mutating func recordMarkers(_ index: UInt32, after last: UInt64) {
        var sequence = last
        while sequence < host.streams[index].stream.state.lastSequence {
            sequence += 1
            if host.streams[index].stream.contains(sequence) { record(index, sequence) }
        }
    }

    // MARK: - Push consumers

    /// Looks again who listens to push consumers, if subscriptions have changed.
    private mutating func checkBindings() {
        let changes = interests.inserts &+ interests.removes
        guard changes != host.bindingChanges, !host.pushConsumers.isEmpty else { return }
        host.bindingChanges = changes
        for (index, name) in host.pushConsumers.map({ ($0.stream, $0.consumer) }) {
            guard host.streams.contains(index),
                let consumer = host.streams[index].stream.consumer(named: name.raw)
            else {
                host.pushConsumers.remove(PushConsumer(stream: index, consumer: name))
                continue
            }
            let configuration = host.streams[index].stream.consumers[consumer].configuration
            let isHeard = isHeard(configuration.deliverSubject, root: root(of: index))
            guard isHeard != host.streams[index].stream.consumers[consumer].isBound else {
                continue
            }
            host.streams[index].stream.setBound(isHeard, consumer: consumer, at: tick.now)
            markActive(index)
        }
    }

    /// Whether somebody listens on `subject`.
    mutating func isHeard(_ subject: [UInt8], root: UInt32) -> Bool {
        interests.lookUp(root: root, subject: subject.raw).count > 0
    }

    // MARK: - Effects

    /// Makes the list of effects that of the stream at `index`: what another one left there is done
    /// first.
    mutating func claimEffects(for index: UInt32) {
        guard host.effectsOwner != index else { return }
        performEffects()
        host.effectsOwner = index
    }

    /// Does what the stream that owns the list of effects wants done.
    mutating func performEffects() {
        let index = host.effectsOwner
        guard var effects = host.effects.take() else { return }
        guard effects.list.count > 0 else {
            host.effects = consume effects
            return
        }
        // What is done may have effects of its own, which wait in a list of their own.
        host.effects = Effects(countMax: effects.countMax)
        for at in 0..<effects.list.count {
            guard host.streams.contains(index) else { break }
            perform(effects.list[at], effects.bytes.bytes, index)
        }
        effects.removeAll()
        if let later = host.effects.take(), later.list.count > 0 {
            host.effects = consume later
            performEffects()
        } else {
            host.effects = consume effects
        }
    }

    private mutating func perform(
        _ effect: QueueingEffect,
        _ bytes: RawSpan,
        _ index: UInt32
    ) {
        switch effect {
        case .deliver(let delivery): deliver(delivery, bytes, index)
        case .status(let status): send(status, bytes, index)
        case .answer(let destination): confirm(bytes.slice(destination).array, of: index)
        case .load(let sequence): load(sequence, of: index)
        case .expired(let consumer): expire(consumer, of: index)
        case .advise(let notice): advise(notice, bytes, index)
        case .deadLetter(let consumer, let sequence, let deliveries):
            bury(sequence, consumer: consumer, deliveries: deliveries, of: index)
        }
    }

    /// Asks for the message `sequence` and some that follow, for consumers.
    mutating func load(_ sequence: UInt64, of index: UInt32) {
        guard !host.streams[index].reading.contains(sequence),
            let ticket = host.journal?.read(stream: index, from: sequence, blockCountMax: 4)
        else { return }
        host.streams[index].reading.append(sequence)
        host.pending[ticket] = .readEnded(
            stream: index,
            .consumers(from: sequence, isRead: false)
        )
    }

    /// Sends a stored message to a consumer's receiver.
    private mutating func deliver(_ delivery: Delivery, _ bytes: RawSpan, _ index: UInt32) {
        guard let record = host.streams[index].stream.find(delivery.sequence),
            var message = host.message.take()
        else { return }
        message.fill(&host.streams[index].stream, record, delivery, bytes)
        host.streams[index].counters.delivered &+= 1
        host.streams[index].counters.deliveredBytes &+= UInt64(
            record.headerBytes + record.payloadBytes
        )
        noteDelivery(delivery, time: record.time, of: index)
        emit(
            root(of: index),
            to: bytes.slice(delivery.destination),
            subject: message.subject.bytes,
            reply: message.reply.bytes,
            headers: message.headers.bytes,
            payload: message.payload.bytes
        )
        host.message = consume message
    }

    private mutating func send(_ notice: StatusDelivery, _ bytes: RawSpan, _ index: UInt32) {
        guard var block = host.block.take() else { return }
        block.removeAll()
        let flowControl = bytes.slice(notice.flowControl)
        let isRequest = notice.status.kind == .flowControl
        notice.status.appendHeaders(stalled: isRequest ? RawSpan() : flowControl, to: &block)
        let address = bytes.slice(notice.destination)
        emit(
            root(of: index),
            to: address,
            subject: address,
            reply: isRequest ? flowControl : RawSpan(),
            headers: block.bytes,
            payload: RawSpan()
        )
        host.block = consume block
    }
}

/// The bytes of one delivery, put together in memory that is used again.
struct OutgoingDelivery: ~Copyable {
    var subject = Table<UInt8>(capacity: 128)
    var reply = Table<UInt8>(capacity: 128)
    var headers = Table<UInt8>(capacity: 256)
    var payload = Table<UInt8>(capacity: 1_024)

    /// Takes the message of `record` as `delivery` wants it.
    mutating func fill(
        _ stream: inout Queueing.Stream,
        _ record: Record,
        _ delivery: Delivery,
        _ bytes: RawSpan
    ) {
        subject.removeAll()
        reply.removeAll()
        headers.removeAll()
        payload.removeAll()
        subject.append(stream.state.records.subject(of: record))
        AckSubject.append(
            prefix: stream.consumers[delivery.consumer].ackPrefix.raw,
            delivery,
            time: record.time,
            to: &reply
        )
        headers.append(stream.state.records.headers(of: record))
        if delivery.isHeadersOnly {
            addHeader("Nats-Msg-Size")
            headers.append(decimal: UInt64(record.payloadBytes))
            headers.append("\r\n\r\n")
        } else {
            payload.append(stream.state.records.payload(of: record))
        }
        if !delivery.pinId.isEmpty {
            addHeader("Nats-Pin-Id")
            headers.append(bytes.slice(delivery.pinId))
            headers.append("\r\n\r\n")
        }
    }

    /// Begins another header behind those there are.
    private mutating func addHeader(_ name: StaticString) {
        if headers.isEmpty {
            headers.append("NATS/1.0\r\n")
        } else {
            _ = headers.popLast()
            _ = headers.popLast()
        }
        headers.append(name)
        headers.append(": ")
    }
}
