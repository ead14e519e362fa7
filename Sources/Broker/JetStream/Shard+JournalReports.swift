// What the journal answers, and what follows.

import Base
import Engine
import Journal
import Queueing

extension Shard {
    /// Takes every answer of the journal that waits.
    mutating func readJournal() {
        while let report = host.journal?.next() { take(report) }
        resumeDelayed()
    }

    /// Wakes the journal for what it was given in this tick.
    mutating func flushJournal() {
        runStreams()
        commit()
        host.journal?.flush()
    }

    /// Takes the journal towards its end; to be called again after its bell has rung.
    /// - Returns: whether it has ended.
    mutating func endJournal() -> Bool {
        guard host.journal != nil else { return true }
        readJournal()
        commit(isLast: true)
        let isIdle = host.dirty.isEmpty && host.journal?.appendsInFlight == 0
        if isIdle, !isJournalStopping {
            hurryRefused()
            isJournalStopping = host.journal?.stop() != nil
        }
        host.journal?.flush()
        return hasJournalStopped
    }

    private mutating func take(_ report: JournalReport) {
        switch report {
        case .durable(let ticket, let stream, let last, let loan):
            host.giveBuffer(loan)
            if isHosted(stream, ticket) { settle(durable: last, of: stream) }
        case .created(let ticket, _, _), .configured(let ticket, _): finish(ticket)
        case .removed(let ticket, let stream):
            if isHosted(stream, ticket) { drop(stream) }
            finish(ticket)
        case .stateWritten(let ticket, let stream, let loan):
            host.giveBuffer(loan)
            if isHosted(stream, ticket) { settle(state: ticket, of: stream) }
            finish(ticket)
        case .appendRefused(let ticket, let stream, let refusal, let loan):
            host.giveBuffer(loan)
            if isHosted(stream, ticket) { refuseWaiting(stream, refusal) }
        case .refused(let ticket, let stream, let refusal, let loan):
            if let loan { host.giveBuffer(loan) }
            if isHosted(stream, ticket), host.streams[stream].removal == ticket {
                // A stream that was to go stays.
                host.streams[stream].removal = nil
            }
            refuse(ticket, refusal)
        case .stateRefused(let ticket, let stream, let refusal, let loan):
            host.giveBuffer(loan)
            if isHosted(stream, ticket) { repeatState(ticket, of: stream, refusal) }
            refuse(ticket, refusal)
        case .block(let ticket, let stream, let first, let last, let isLast, let loan):
            if isHosted(stream, ticket) { load(loan, into: stream) } else { host.giveBuffer(loan) }
            noteRead(ticket, first, last)
            if isLast { finish(ticket) }
        case .damaged(let ticket, let stream, let lost):
            if isHosted(stream, ticket) { lose(lost, of: stream) }
            finish(ticket)
        case .endOfLog(let ticket, _): finish(ticket)
        case .unreadable(let ticket, let stream, let number):
            failRead(ticket, of: stream, number: number)
        case .writeStopped(let error): host.writeStopped = error
        case .stopped: hasJournalStopped = true
        }
    }

    /// Whether the order `ticket` was about the stream that has the number `index` now.
    func isHosted(_ index: UInt32, _ ticket: JournalTicket) -> Bool {
        host.streams.contains(index)
            && host.journal?.isCurrent(ticket, stream: index) ?? false
    }

    /// What `order` says of the stream is on disk.
    private mutating func settle(state order: JournalTicket, of index: UInt32) {
        host.streams[index].told.settle(order)
        guard host.streams[index].skips.settle(order) else { return }
        settle(durable: host.streams[index].stream.state.durableSequence, of: index)
    }

    /// Messages up to `last` are on disk, and with them what was skipped right behind.
    private mutating func settle(durable last: UInt64, of index: UInt32) {
        let skipped = host.streams[index].skips.safe
        let isNext =
            skipped > last
            && host.streams[index].stream.state.isEmpty(from: last + 1, through: skipped)
        withEffects(of: index) { host, effects in
            host.streams[index].stream.setDurable(isNext ? skipped : last, into: &effects)
        }
        answerWaiting(index)
        sendRepublished(index)
        endBurials(in: index)
        markActive(index)
    }

    /// Messages cannot be read any more: consumers go on behind them, and the console shows the
    /// range.
    private mutating func lose(_ lost: LostRange, of index: UInt32) {
        host.streams[index].lost.append(lost)
        withEffects(of: index) { host, effects in
            host.streams[index].stream.lose(
                first: lost.firstSequence,
                through: lost.lastSequence,
                into: &effects
            )
        }
    }

    private mutating func finish(_ ticket: JournalTicket) {
        switch host.pending.removeValue(forKey: ticket) {
        case .answer(let delayed):
            note(delayed.deed, "done")
            answer(delayed.root, delayed.reply, delayed.text, delayed.audited)
        case .operation(let root, let reply, let text, let deed):
            note(deed, "done")
            emit(root, to: reply, text)
        case .operated(let report): host.operated.append(report)
        case .confirm(let root, let replies): for reply in replies { emit(root, to: reply, []) }
        case .readEnded(let stream, let asker): endRead(asker, of: stream, ticket)
        case nil: break
        }
    }

    /// What somebody waited for was read, or could not be.
    ///
    /// The stream may be gone by now, and its number another one's.
    mutating func endRead(
        _ asker: ReadAsker,
        of stream: UInt32,
        _ ticket: JournalTicket
    ) {
        let isThere = isHosted(stream, ticket)
        switch asker {
        case .consumers(let sequence, let isRead):
            if isThere { goOn(stream, with: sequence, isRead: isRead) }
        case .link(let link):
            if isThere { markActive(stream) }
            linkLoaded(link)
        case .deadLetter(let letter): if isThere { bury(letter, of: stream, isRead: true) }
        case .redrive(let queue): redriveRead(queue)
        case .client(let reader): if isThere { serve(reader, of: stream, afterLoad: true) }
        case .peek(let peek):
            if isThere { goOn(peek, in: stream, isRead: true) } else { end(peek, .notFound) }
        }
    }

    /// Among what was read for `ticket` are the messages `first` to `last`.
    private mutating func noteRead(_ ticket: JournalTicket, _ first: UInt64, _ last: UInt64) {
        guard case .readEnded(let stream, .consumers(let from, false))? = host.pending[ticket],
            first <= from, from <= last
        else { return }
        host.pending[ticket] = .readEnded(stream: stream, .consumers(from: from, isRead: true))
    }

    /// Consumers that waited for the message `sequence` look whether it is in memory.
    ///
    /// One that the log does not have is asked for again after a rest, as if the disk had failed.
    private mutating func goOn(_ index: UInt32, with sequence: UInt64, isRead: Bool) {
        host.streams[index].reading.removeAll { $0 == sequence }
        if !isRead, host.streams[index].stream.contains(sequence) {
            return rest(.consumers(from: sequence, isRead: false), of: index, number: noData)
        }
        host.streams[index].stream.endRead(of: sequence)
        markActive(index)
    }

    /// What an order said of consumers and of messages that are gone is not on disk: it is said
    /// once more, whole positions in place of changes.
    private mutating func repeatState(
        _ ticket: JournalTicket,
        of index: UInt32,
        _ refusal: JournalRefusal
    ) {
        let ranges = host.streams[index].told.refuse(
            ticket,
            hasStopped: refusal == .writeStopped,
            at: tick.now
        )
        for range in ranges { host.streams[index].stream.tellAgain(range) }
        if let last = host.streams[index].skips.refuse(ticket) {
            refuseSkipped(index, through: last, storeError(refusal))
        }
        host.streams[index].floor = 0
        for consumer in 0..<host.streams[index].stream.consumers.limit
        where host.streams[index].stream.consumers.contains(consumer) {
            host.streams[index].changeBytes[consumer] = Self.changeBytesMax
        }
        for at in host.linksInto[index] ?? [] { host.links[at].keptPosition = .max }
        markActive(index)
    }

    /// What was ordered is not on disk: whoever waits for it is told so.
    ///
    /// An acknowledgement that waits to be confirmed stays without an answer, as everywhere where
    /// it has no effect: the message comes again.
    private mutating func refuse(_ ticket: JournalTicket, _ refusal: JournalRefusal) {
        switch host.pending.removeValue(forKey: ticket) {
        case .answer(let delayed):
            takeBack(delayed, ticket)
            note(delayed.deed, "refused: \(reason(refusal).apiText)")
            answer(delayed.root, delayed.reply, delayed.refusal, delayed.audited)
        case .operation(let root, let reply, _, let deed):
            note(deed, "refused: \(reason(refusal).apiText)")
            emit(root, to: reply, KeyApiAnswer.refused(reason(refusal)))
        case .operated(let report):
            host.operated.append(.failed(report.ticket, reason(refusal)))
        case .readEnded(let stream, .peek(let peek)):
            end(peek, isHosted(stream, ticket) ? reason(refusal) : .notFound)
        case .readEnded(let stream, let asker): endRead(asker, of: stream, ticket)
        case .confirm, nil: break
        }
    }

    /// What `ticket` was to make is not there, and what it was to change is as it was.
    private mutating func takeBack(_ delayed: DelayedAnswer, _ ticket: JournalTicket) {
        switch delayed.made {
        case .stream(let index): if isHosted(index, ticket) { drop(index) }
        case .consumer(let name, let index):
            guard isHosted(index, ticket),
                let consumer = host.streams[index].stream.consumer(named: name.raw)
            else { return }
            _ = remove(consumer, of: index)
        case .change(let index, let former, let refused):
            guard isHosted(index, ticket) else { return }
            do throws(QueueingError) {
                try takeBack(index, from: refused, to: former)
            } catch {
                note(delayed.deed, "not taken back: \(error.code)")
            }
        case nil: break
        }
    }

    /// Why the journal refused, for an operator.
    private func reason(_ refusal: JournalRefusal) -> EngineRefusal {
        if refusal == .keysUnavailable { return .locked(until: .distantFuture) }
        return .storage(errno: host.writeStopped?.number ?? refusal.systemNumber)
    }

    /// Nothing behind the durable sequence was written: forget it and tell the publishers.
    private mutating func refuseWaiting(_ index: UInt32, _ refusal: JournalRefusal) {
        let durable = host.streams[index].stream.state.durableSequence
        let named = host.streams[index].highestGone
        withEffects(of: index) { host, effects in
            host.streams[index].stream.rollBack(to: durable, named: named, into: &effects)
        }
        rewindLinks(into: index)
        host.republishers[index]?.rewind(durable: durable)
        host.streams[index].batch = nil
        host.streams[index].skips.rollBack()
        refuseAllWaiting(index, storeError(refusal))
        markActive(index)
    }

    /// Why the journal refused, for a publisher.
    private func storeError(_ refusal: JournalRefusal) -> QueueingError {
        refusal == .keysUnavailable
            ? QueueingError(.storeFailed, "the keys of the store are locked")
            : QueueingError(.insufficientStorage)
    }

    /// Puts messages that were read from disk where consumers find them.
    private mutating func load(_ loan: BufferLoan, into index: UInt32) {
        let buffer = RecordBuffer(loan)
        var reader = BatchReader(buffer.bytes)
        while let message = reader.next(buffer.bytes) {
            host.streams[index].stream.load(
                sequence: message.sequence,
                time: message.time,
                subject: buffer.bytes.extracting(message.subject.range),
                headers: buffer.bytes.extracting(message.headers.range),
                payload: buffer.bytes.extracting(message.payload.range)
            )
        }
        host.streams[index].stream.endLoad()
    }
}
