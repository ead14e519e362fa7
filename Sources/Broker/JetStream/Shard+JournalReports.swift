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
        commit()
        let isIdle = host.dirty.isEmpty && host.journal?.appendsInFlight == 0
        if isIdle, !isJournalStopping { isJournalStopping = host.journal?.stop() != nil }
        host.journal?.flush()
        return hasJournalStopped
    }

    private mutating func take(_ report: JournalReport) {
        switch report {
        case .durable(_, let stream, let last, let loan):
            host.giveBuffer(loan)
            settle(durable: last, of: stream)
        case .created(let ticket, _, _), .configured(let ticket, _), .removed(let ticket, _):
            finish(ticket)
        case .stateWritten(let ticket, _, let loan):
            host.giveBuffer(loan)
            finish(ticket)
        case .appendRefused(_, let stream, let refusal, let loan):
            host.giveBuffer(loan)
            refuseWaiting(stream, refusal)
        case .refused(let ticket, _, let refusal, let loan):
            if let loan { host.giveBuffer(loan) }
            refuse(ticket, refusal)
        case .block(let ticket, let stream, _, _, let isLast, let loan):
            load(loan, into: stream)
            if isLast { finish(ticket) }
        case .damaged(let ticket, let stream, let lost):
            lose(lost, of: stream)
            finish(ticket)
        case .endOfLog(let ticket, _), .unreadable(let ticket, _, _): finish(ticket)
        case .writeStopped(let error): host.writeStopped = error
        case .stopped: hasJournalStopped = true
        }
    }

    private mutating func settle(durable last: UInt64, of index: UInt32) {
        guard host.streams.contains(index) else { return }
        host.streams[index].stream.setDurable(last)
        answerWaiting(index)
        markActive(index)
    }

    /// Messages cannot be read any more: consumers go on behind them, and the console shows the
    /// range.
    private mutating func lose(_ lost: LostRange, of index: UInt32) {
        guard host.streams.contains(index) else { return }
        host.streams[index].lost.append(lost)
        withEffects { host, effects in
            host.streams[index].stream.lose(
                first: lost.firstSequence,
                through: lost.lastSequence,
                into: &effects
            )
        }
    }

    private mutating func finish(_ ticket: JournalTicket) {
        switch host.pending.removeValue(forKey: ticket) {
        case .answer(let root, let reply, let text, _, _),
            .operation(let root, let reply, let text):
            emit(root, to: reply, text)
        case .operated(let report): host.operated.append(report)
        case .confirm(let root, let replies): for reply in replies { emit(root, to: reply, []) }
        case .loaded(let stream): if host.streams.contains(stream) { markActive(stream) }
        case .read(let stream, let reader):
            if host.streams.contains(stream) { serve(reader, of: stream, afterLoad: true) }
        case nil: break
        }
    }

    /// What was ordered is not on disk: whoever waits for it is told so.
    ///
    /// An acknowledgement that waits to be confirmed stays without an answer, as everywhere where
    /// it has no effect: the message comes again.
    private mutating func refuse(_ ticket: JournalTicket, _ refusal: JournalRefusal) {
        switch host.pending.removeValue(forKey: ticket) {
        case .answer(let root, let reply, _, let text, let made):
            if let made, host.streams.contains(made) { drop(made) }
            emit(root, to: reply, text)
        case .operation(let root, let reply, _):
            emit(root, to: reply, KeyApiAnswer.refused(reason(refusal)))
        case .operated(let report):
            host.operated.append(.failed(report.ticket, reason(refusal)))
        case .loaded(let stream): if host.streams.contains(stream) { markActive(stream) }
        case .read(let stream, let reader):
            if host.streams.contains(stream) { serve(reader, of: stream, afterLoad: true) }
        case .confirm, nil: break
        }
    }

    /// Why the journal refused, for an operator.
    private func reason(_ refusal: JournalRefusal) -> EngineRefusal {
        if refusal == .keysUnavailable { return .locked(until: .distantFuture) }
        return .storage(errno: host.writeStopped?.number ?? refusal.systemNumber)
    }

    /// Nothing behind the durable sequence was written: forget it and tell the publishers.
    private mutating func refuseWaiting(_ index: UInt32, _ refusal: JournalRefusal) {
        guard host.streams.contains(index) else { return }
        let durable = host.streams[index].stream.state.durableSequence
        withEffects { host, effects in
            host.streams[index].stream.rollBack(to: durable, into: &effects)
        }
        host.streams[index].batch = nil
        if refusal == .keysUnavailable {
            let words = "the keys of the store are locked"
            refuseAllWaiting(index, QueueingError(.storeFailed, words))
        } else {
            refuseAllWaiting(index)
        }
        markActive(index)
    }

    /// Puts messages that were read from disk where consumers find them.
    private mutating func load(_ loan: BufferLoan, into index: UInt32) {
        let buffer = RecordBuffer(loan)
        guard host.streams.contains(index) else { return }
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
