// Streams come and go; timers; the end.

import Base
import Sealing

extension CommitLoop {
    /// Gives a new stream keys and a name and enters it in the catalog.
    mutating func create(
        _ ticket: JournalTicket,
        _ index: UInt32,
        _ segmentBytesMax: UInt64,
        _ loan: BufferLoan
    ) {
        let buffer = RecordBuffer(loan)
        guard stopped == nil else { return refuse(ticket, index, .writeStopped, buffer.lend()) }
        // A number is given again only after the removal was reported.
        guard stream(index) == nil else {
            return refuse(ticket, index, .noSuchStream, buffer.lend())
        }
        do throws(JournalError) {
            try secureCatalog(buffer.count)
            if spares.isEmpty { try makeSpares() }
        } catch {
            return refuse(ticket, index, refusal(for: error), buffer.lend())
        }
        guard let id = spares.popLast() else {
            return refuse(ticket, index, .keysUnavailable, buffer.lend())
        }
        while streams.count <= Int(index) { streams.append(nil) }
        streams[Int(index)] = StreamFiles(
            index: index,
            id: id,
            segmentBytesMax: segmentBytesMax,
            fold: StateFold(),
            hasDirectory: false
        )
        catalog.append(
            .streamPut(
                id,
                segmentBytesMax: segmentBytesMax,
                configuration: buffer.array
            )
        )
        note(.streamAdded(index, id))
        pending.append(.created(ticket, stream: index, id))
    }

    /// Makes sure that the catalog can take changes of `byteCount` bytes and a few more.
    func secureCatalog(_ byteCount: Int) throws(JournalError) {
        do {
            try catalog.secureRoom(byteCount, zeros: zeros)
        } catch {
            throw .disk(error)
        }
    }

    /// The same for changes that make room: on a full disk at the cost of the ballast.
    func secureCatalogWithRoom(_ byteCount: Int) throws(JournalError) {
        do throws(JournalError) {
            try secureCatalog(byteCount)
        } catch {
            guard error.isDiskFull, ballast.giveUp() else { throw error }
            try secureCatalog(byteCount)
        }
    }

    private mutating func makeSpares() throws(JournalError) {
        do {
            spares = try origin.vault.addStreams(count: StoreOpening.spareCount, at: now)
            try RingFile.write(origin.vault, disk: disk, store: store)
        } catch let error as SealingError {
            throw .sealing(error)
        } catch let error as DiskError {
            throw .disk(error)
        } catch {
            throw .storeDamaged
        }
    }

    /// Changes a stream's configuration.
    mutating func configure(_ ticket: JournalTicket, _ index: UInt32, _ loan: BufferLoan) {
        let buffer = RecordBuffer(loan)
        guard stopped == nil else { return refuse(ticket, index, .writeStopped, buffer.lend()) }
        guard let stream = stream(index) else {
            return refuse(ticket, index, .noSuchStream, buffer.lend())
        }
        do throws(JournalError) {
            try secureCatalog(buffer.count)
        } catch {
            return refuse(ticket, index, refusal(for: error), buffer.lend())
        }
        catalog.append(
            .streamPut(
                stream.id,
                segmentBytesMax: stream.segmentBytesMax,
                configuration: buffer.array
            )
        )
        pending.append(.configured(ticket, stream: index))
    }

    /// Takes a stream away with all its files and its keys.
    mutating func remove(_ ticket: JournalTicket, _ index: UInt32) {
        guard stopped == nil else { return refuse(ticket, index, .writeStopped, nil) }
        guard let stream = stream(index) else { return refuse(ticket, index, .noSuchStream, nil) }
        do throws(JournalError) {
            try secureCatalogWithRoom(0)
        } catch {
            return refuse(ticket, index, refusal(for: error), nil)
        }
        let names = catalog.state.streams[stream.id]?.segments.map(\.name) ?? []
        catalog.append(.streamGone(stream.id))
        doomed += names.map { DoomedFile(name: $0, stream: nil) }
        streams[Int(index)] = nil
        dirty.removeAll { $0 === stream }
        note(.streamRemoved(index))
        gone.append(stream.id)
        compaction.forget(stream.id)
        pending.append(.removed(ticket, stream: index))
    }

    /// Proves idle streams with a mark and syncs state that nobody waits for.
    /// - Returns: whether anything was staged.
    mutating func runTimers() -> Bool {
        guard stopped == nil, now >= nextDeadline else { return false }
        var hasWork = false
        for case let stream? in streams {
            if let since = stream.unmarkedSince, let log = stream.log, !stream.isLogDirty,
                now.nanoseconds(since: since) >= Self.markDelayNanoseconds
            {
                stageMark(stream, log)
                hasWork = true
            }
            if let since = stream.unsyncedStateSince,
                now.nanoseconds(since: since) >= Self.stateDelayNanoseconds
            {
                touch(stream)
                stream.isStateDirty = true
                stream.mustSyncState = true
                hasWork = true
            }
        }
        noteDeadlines()
        return hasWork
    }

    private mutating func stageMark(_ stream: StreamFiles, _ log: SegmentFile) {
        stream.unmarkedSince = nil
        do throws(DiskError) {
            try log.reserve(rawBytes: 0, zeros: zeros)
        } catch {
            return
        }
        log.stage(
            RawSpan(),
            kind: .mark,
            records: .none(after: log.staged.lastSequence),
            sealer: &sealer
        )
        do throws(DiskError) {
            try log.write()
            try log.sync()
            guard let name = stream.logName else { return }
            let durable = log.durable
            let mark = Watermark(offset: durable.end, sequence: durable.lastSequence)
            try marks.note(name, mark, index: stream.logMark)
        } catch {
            stopWriting(error)
        }
    }

    private mutating func noteDeadlines() {
        var next = keyWork.retryAt > now ? keyWork.retryAt : Instant.distantFuture
        for case let stream? in streams {
            if let since = stream.unmarkedSince {
                next = min(next, since.adding(nanoseconds: Self.markDelayNanoseconds))
            }
            if let since = stream.unsyncedStateSince {
                next = min(next, since.adding(nanoseconds: Self.stateDelayNanoseconds))
            }
        }
        nextDeadline = next
    }

    /// Seals every active segment and says so in STORE: the next start has nothing to recover.
    mutating func stop(_ ticket: JournalTicket) {
        defer {
            pending.append(.stopped(ticket))
            hasStopped = true
        }
        guard stopped == nil else { return }
        do throws(DiskError) {
            for case let stream? in streams {
                try? sealLog(stream)
                if let state = stream.state, let name = stream.stateName {
                    try state.write()
                    if state.isDirty { try state.sync() }
                    state.finish()
                    catalog.append(.segmentSealed(name, state.sealedFacts(sealOffset: 0)))
                    stream.state = nil
                    stream.stateName = nil
                }
                stream.unsyncedStateSince = nil
            }
            dirty.removeAll()
            if catalog.isDirty {
                try catalog.write(sealer: &sealer, zeros: zeros)
                try catalog.sync()
            }
            try store.update { $0.isClean = true }
        } catch {
            stopWriting(error)
        }
    }
}
