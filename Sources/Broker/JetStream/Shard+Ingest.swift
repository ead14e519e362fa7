// Streams take messages in; publishers hear when they are safe.

import Base
import Engine
import JetStreamApi
import Journal
import Queueing
import Routing
import Telemetry

extension Shard {
    /// A message for the stream at `index`.
    mutating func ingest(
        _ index: UInt32,
        subject: RawSpan,
        reply: RawSpan,
        headers: RawSpan,
        payload: RawSpan
    ) {
        var context = PublishContext(now: tick.now)
        let isHanging = host.journal?.isCongested ?? false
        context.isFull =
            (isHanging || host.writeStopped != nil) && host.streams[index].isOnDisk
        context.isOverLimit = isOverLimit(
            index,
            adding: subject.byteCount + headers.byteCount + payload.byteCount
        )
        do throws(PublishRefusal) {
            let outcome = try host.streams[index].stream.publish(
                subject: subject,
                headers: headers,
                payload: payload,
                context
            )
            switch outcome {
            case .duplicate(let sequence):
                acknowledge(index, sequence, reply: reply, isDuplicate: true)
            case .stored(let stored):
                host.streams[index].counters.stored &+= 1
                host.streams[index].counters.storedBytes &+= UInt64(
                    headers.byteCount + payload.byteCount
                )
                if stored.isKept {
                    record(index, stored.sequence)
                } else if host.streams[index].isOnDisk {
                    host.streams[index].skips.add(stored.sequence)
                }
                if isDiskBehind, tick.sender != noIndex { tick.isLagging = true }
                withEffects(of: index) { host, effects in
                    host.streams[index].stream.announce(stored, into: &effects)
                }
                acknowledge(index, stored.sequence, reply: reply, isDuplicate: false)
                republish(stored, of: index)
            }
        } catch {
            host.streams[index].counters.refused &+= 1
            host.counters.refused &+= 1
            if error == .insufficientStorage { host.publishTally?.noteFailure() }
            refuse(index, error, reply: reply)
        }
        markActive(index)
    }

    /// Tells the publisher why its message was not taken.
    @inline(never)
    private mutating func refuse(_ index: UInt32, _ refusal: PublishRefusal, reply: RawSpan) {
        guard !reply.isEmpty, takesAcks(index) else { return }
        let error = host.streams[index].stream.state.error(refusal)
        let text = PubAck.refusal(error, stream: host.streams[index].name)
        emit(root(of: index), to: reply.array, text)
    }

    private func takesAcks(_ index: UInt32) -> Bool {
        !host.streams[index].stream.state.configuration.flags.contains(.noAck)
    }

    /// The root of the stream's account.
    func root(of index: UInt32) -> UInt32 {
        accounts[Int(host.streams[index].account)].root
    }

    // MARK: - To the journal

    /// Whether so much waits for the disk that publishers should pause.
    var isDiskBehind: Bool {
        mutating get { host.journal?.isBehind ?? false }
    }

    /// Puts a stored message into the batch that the journal is given next.
    mutating func record(_ index: UInt32, _ sequence: UInt64) {
        guard host.streams[index].isOnDisk else { return }
        if let refused = append(index, sequence) {
            hand(over: refused, of: index)
            _ = append(index, sequence)
        }
        host.markDirty(index)
    }

    /// - Returns: the full batch that had no room for the message.
    private mutating func append(_ index: UInt32, _ sequence: UInt64) -> RecordBatch? {
        var batch: BatchWriter
        if let open = host.streams[index].batch.take() {
            batch = open
        } else {
            batch = BatchWriter(host.takeBuffer())
        }
        guard let message = host.streams[index].stream.find(sequence) else {
            host.streams[index].batch = consume batch
            return nil
        }
        let isAdded = batch.add(
            sequence: sequence,
            time: message.time,
            subject: host.streams[index].stream.state.records.subject(of: message),
            headers: host.streams[index].stream.state.records.headers(of: message),
            payload: host.streams[index].stream.state.records.payload(of: message)
        )
        if isAdded {
            host.streams[index].batch = consume batch
            return nil
        }
        return batch.finish()
    }

    private mutating func hand(over batch: consuming RecordBatch, of index: UInt32) {
        _ = host.journal?.append(batch, to: index)
    }

    /// Hands the journal what has come, unless it is busy and more can be collected meanwhile, or
    /// publishers are about to come back; with `isLast` nobody is waited for.
    mutating func commit(isLast: Bool = false) {
        guard let inFlight = host.journal?.appendsInFlight else { return }
        if inFlight == 0 { host.gathering.end(at: tick.now) }
        guard !host.dirty.isEmpty else { return }
        if inFlight == 0, isLast || !host.gathering.holds(at: tick.now) {
            host.gathering.begin(at: tick.now)
            for at in 0..<host.dirty.count {
                let index = host.dirty[at]
                guard host.streams.contains(index) else { continue }
                host.streams[index].isDirty = false
                if let batch = host.streams[index].batch.take() {
                    hand(over: batch.finish(), of: index)
                }
            }
            host.dirty.removeAll()
        }
    }

    // MARK: - Acknowledgements

    /// Acknowledges a message now, or once it is safe.
    private mutating func acknowledge(
        _ index: UInt32,
        _ sequence: UInt64,
        reply: RawSpan,
        isDuplicate: Bool
    ) {
        guard !reply.isEmpty, takesAcks(index) else { return }
        if sequence <= host.streams[index].stream.state.durableSequence {
            answer(index, sequence, reply: reply, isDuplicate: isDuplicate)
            return
        }
        guard let place = host.replies.store(reply) else {
            host.publishTally?.noteFailure()
            return
        }
        host.gathering.take()
        host.streams[index].waiting.append(
            WaitingAck(
                sequence: sequence,
                time: tick.arrived,
                reply: place,
                isDuplicate: isDuplicate
            )
        )
    }

    private mutating func answer(
        _ index: UInt32,
        _ sequence: UInt64,
        reply: RawSpan,
        isDuplicate: Bool
    ) {
        guard var text = acknowledgement.take() else { return }
        text.removeAll()
        PubAck.append(
            stream: host.streams[index].escapedName.raw,
            domain: host.settings.domain.raw,
            sequence: sequence,
            isDuplicate: isDuplicate,
            to: &text
        )
        emit(
            root(of: index),
            to: reply,
            subject: reply,
            reply: RawSpan(),
            headers: RawSpan(),
            payload: text.bytes
        )
        acknowledgement = consume text
    }

    /// Notes how long those waited whose answers have gone by `now`: all that were for the first
    /// `written` connections of the tick that have something to be written.
    mutating func noteAnswered(among written: UInt32 = .max, at now: Instant) {
        while hasAnswered(among: written) {
            let publish = host.answered[host.noted]
            host.noted += 1
            let took = now.nanoseconds(since: publish.time)
            host.publishTally?.noteSafe(took)
            guard host.streams.contains(publish.stream) else { continue }
            host.streams[publish.stream].publishTimes.record(took, samples: 1)
        }
        guard host.noted == host.answered.count else { return }
        host.answered.removeAll()
        host.noted = 0
    }

    /// Whether answers for the first `written` connections of the tick are still to be noted.
    func hasAnswered(among written: UInt32) -> Bool {
        host.noted < host.answered.count && host.answered[host.noted].written <= written
    }

    /// Answers everybody whose message is safe.
    mutating func answerWaiting(_ index: UInt32) {
        let durable = host.streams[index].stream.state.durableSequence
        while host.streams[index].answered < host.streams[index].waiting.count {
            let waiting = host.streams[index].waiting[host.streams[index].answered]
            guard waiting.sequence <= durable else { break }
            host.streams[index].answered += 1
            let reply = host.replies.bytes(of: waiting.reply).array
            host.replies.free(waiting.reply)
            answer(index, waiting.sequence, reply: reply.raw, isDuplicate: waiting.isDuplicate)
            let written = UInt32(tick.dirty.count)
            host.answered.append(
                AnsweredPublish(stream: index, time: waiting.time, written: written)
            )
        }
        if host.streams[index].answered == host.streams[index].waiting.count {
            host.streams[index].waiting.removeAll()
            host.streams[index].answered = 0
        }
    }

    /// Tells publishers whose messages nobody wanted that their sequences, up to `last`, are not
    /// safe.
    mutating func refuseSkipped(_ index: UInt32, through last: UInt64, _ error: QueueingError) {
        let durable = host.streams[index].stream.state.durableSequence
        let text = PubAck.refusal(error, stream: host.streams[index].name)
        var kept = Table<WaitingAck>(capacity: 1)
        var replies: [[UInt8]] = []
        for at in host.streams[index].answered..<host.streams[index].waiting.count {
            let waiting = host.streams[index].waiting[at]
            let isSkipped =
                waiting.sequence > durable && waiting.sequence <= last
                && !host.streams[index].stream.contains(waiting.sequence)
            guard isSkipped else {
                kept.append(waiting)
                continue
            }
            host.publishTally?.noteFailure()
            replies.append(host.replies.bytes(of: waiting.reply).array)
            host.replies.free(waiting.reply)
        }
        host.streams[index].waiting = kept
        host.streams[index].answered = 0
        // What is said may come to a stream and wait there.
        for reply in replies { emit(root(of: index), to: reply, text) }
    }

    /// Tells everybody who waits that the message could not be stored.
    mutating func refuseAllWaiting(
        _ index: UInt32,
        _ error: QueueingError = QueueingError(.insufficientStorage)
    ) {
        let text = PubAck.refusal(error, stream: host.streams[index].name)
        while host.streams[index].answered < host.streams[index].waiting.count {
            let waiting = host.streams[index].waiting[host.streams[index].answered]
            host.streams[index].answered += 1
            host.publishTally?.noteFailure()
            let reply = host.replies.bytes(of: waiting.reply).array
            host.replies.free(waiting.reply)
            emit(root(of: index), to: reply, text)
        }
        host.streams[index].waiting.removeAll()
        host.streams[index].answered = 0
    }
}
