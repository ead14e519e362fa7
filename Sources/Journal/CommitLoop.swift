// The thread that owns all files: seals, writes and syncs what waits, then answers.

import Base
import Sealing

/// Takes orders in rounds and makes each round durable.
///
/// While one round syncs, orders pile up; the next round takes them all: that is
/// the whole of group commit.
///
/// Order of a round: log blocks are written and synced first, then state (which may delete what a
/// log block replaces), then the catalog; only then anything is answered.
struct CommitLoop: ~Copyable {
    let disk: any Disk
    var origin: SegmentOrigin
    let store: StoreFile
    var catalog: CatalogFile
    let marks: Watermarks
    let ballast: Ballast
    var streams: [StreamFiles?] = []
    var spares: [UniqueId]
    var sealer: BlockSealer
    let zeros: RecordBuffer

    var orders: RingReceiver<JournalOrder>
    var reports: RingSender<JournalReport>
    var notes: RingSender<IndexNote>
    /// Answers that wait for the end of the round.
    var pending: [JournalReport] = []
    /// Streams with something staged in this round.
    var dirty: [StreamFiles] = []
    /// What they have written and is to be synced.
    var unsynced: [SegmentFile] = []
    /// Files that go once the catalog no longer names them.
    var doomed: [DoomedFile] = []
    /// Streams whose keys go with the next write of the ring.
    var gone: [UniqueId] = []
    /// What is done about keys.
    var keyWork: KeyWork
    /// Segments of which little is left.
    var compaction = CompactionWork()
    /// What was done, for ever.
    let audit: AuditLog
    /// What is done while there are no keys.
    let lockedNotes: LockedNotes
    /// What is measured.
    var meter: CommitMeter
    /// The failure after which nothing is written any more.
    var stopped: DiskError?
    /// Whether the client has asked for the end.
    var hasStopped = false
    var now = Instant.never
    /// When something is next to be done without an order.
    var nextDeadline = Instant.distantFuture

    /// Most bytes of records that one round takes.
    static var roundBytesMax: Int { 1 << 20 }
    /// Most orders that one round takes.
    static var roundOrdersMax: Int { 1_024 }
    /// Notes that can wait for the read loop.
    static var noteCountMax: Int { 16 * roundOrdersMax }
    /// How long a stream is idle before a mark proves its last group.
    static var markDelayNanoseconds: UInt64 { 50_000_000 }
    /// How long state waits for a sync that nobody asked for.
    static var stateDelayNanoseconds: UInt64 { 200_000_000 }

    /// Takes what waits and commits it.
    /// - Returns: whether there was anything to do.
    mutating func step(at now: Instant) -> Bool {
        self.now = now
        guard notes.room > 4 * Self.roundOrdersMax, reports.room > 2 * Self.roundOrdersMax else {
            return false
        }
        if origin.vault.isLocked { return refuseLocked() }
        var bytes = 0
        var count = 0
        while count < Self.roundOrdersMax, bytes < Self.roundBytesMax,
            let order = orders.receive()
        {
            count += 1
            bytes += take(order)
        }
        if count > 0 { keyWork.rewriting.noteRound(bytes: bytes) }
        let hadTimers = runTimers()
        let hadKeys = workOnKeys()
        guard count > 0 || hadTimers || hadKeys else { return false }
        commit()
        answer()
        keyWork.desk.noteWork()
        return true
    }

    /// Carries one order out as far as it goes before the sync.
    /// - Returns: how many bytes of records it brought.
    private mutating func take(_ order: JournalOrder) -> Int {
        switch order {
        case .create(let ticket, let stream, let segmentBytesMax, let loan):
            create(ticket, stream, segmentBytesMax, loan)
            return 0
        case .configure(let ticket, let stream, let loan):
            configure(ticket, stream, loan)
            return 0
        case .remove(let ticket, let stream):
            remove(ticket, stream)
            return 0
        case .append(let ticket, let stream, let facts, let loan):
            append(ticket, stream, facts, loan)
            return Int(loan.count)
        case .state(let ticket, let stream, let facts, let loan):
            writeState(ticket, stream, facts, loan)
            return Int(loan.count)
        case .stop(let ticket):
            stop(ticket)
            return 0
        }
    }

    /// Makes everything staged durable, or stops writing for good.
    private mutating func commit() {
        guard stopped == nil else {
            // What was taken in behind the failure is written no more than what was before it.
            pending = pending.map { $0.refused(because: .writeStopped) }
            return
        }
        do throws(DiskError) {
            try commitLogs()
            try commitStates()
            if catalog.isDirty {
                try catalog.write(sealer: &sealer, zeros: zeros)
                try catalog.sync()
                try marks.note(
                    CatalogFile.segmentName(catalog.number, copy: 0),
                    catalog.watermark,
                    index: 0
                )
                catalog.keepHeadroom(zeros: zeros)
            }
            giveUpDoomed()
            try destroyKeys()
        } catch {
            stopWriting(error)
        }
        for stream in dirty {
            stream.isLogDirty = false
            stream.isStateDirty = false
            stream.mustSyncState = false
        }
        dirty.removeAll(keepingCapacity: true)
    }

    /// Writes and syncs what was staged in logs.
    private mutating func commitLogs() throws(DiskError) {
        for stream in dirty where stream.isLogDirty {
            guard let log = stream.log else { continue }
            try log.write()
            unsynced.append(log)
        }
        let written = MeterClock.wall()
        let began = MeterClock.monotonic()
        try syncWritten()
        let took = MeterClock.monotonic().nanoseconds(since: began)
        for stream in dirty where stream.isLogDirty {
            meter.noteSync(nanoseconds: took)
            try noteLog(stream)
        }
        if meter.hasRound { meter.endRound(written: written, syncNanoseconds: took) }
    }

    /// Makes durable what was written, side by side if that is several segments.
    private mutating func syncWritten() throws(DiskError) {
        defer { unsynced.removeAll(keepingCapacity: true) }
        if unsynced.count > 1 {
            try disk.sync(unsynced.map(\.file))
            for segment in unsynced { segment.noteSynced() }
        } else {
            for segment in unsynced { try segment.sync() }
        }
    }

    /// Tells how far the log of `stream` is durable.
    private mutating func noteLog(_ stream: StreamFiles) throws(DiskError) {
        guard let log = stream.log, let name = stream.logName else { return }
        let durable = log.durable
        let mark = Watermark(offset: durable.end, sequence: durable.lastSequence)
        try marks.note(name, mark, index: stream.logMark)
        stream.unmarkedSince = now
        nextDeadline = min(nextDeadline, now.adding(nanoseconds: Self.markDelayNanoseconds))
        note(
            .durable(
                stream.index,
                number: name.number,
                end: durable.end,
                lastSequence: durable.lastSequence
            )
        )
    }

    /// Writes what was staged of states, and syncs those that somebody waits for.
    private mutating func commitStates() throws(DiskError) {
        for stream in dirty where stream.isStateDirty {
            guard let state = stream.state else { continue }
            try state.write()
            if stream.mustSyncState {
                unsynced.append(state)
            } else if stream.unsyncedStateSince == nil {
                stream.unsyncedStateSince = now
                let due = now.adding(nanoseconds: Self.stateDelayNanoseconds)
                nextDeadline = min(nextDeadline, due)
            }
        }
        try syncWritten()
        for stream in dirty where stream.isStateDirty && stream.mustSyncState {
            try noteState(stream)
            stream.unsyncedStateSince = nil
        }
    }

    /// Notes how far the state of `stream` is durable.
    func noteState(_ stream: StreamFiles) throws(DiskError) {
        guard let state = stream.state, let name = stream.stateName else { return }
        let durable = state.durable
        let mark = Watermark(offset: durable.end, sequence: durable.lastSequence)
        try marks.note(name, mark, index: stream.stateMark)
    }

    /// Destroys the keys of removed streams; tries again later if the disk is full.
    private mutating func destroyKeys() throws(DiskError) {
        guard !gone.isEmpty else { return }
        for id in gone {
            let names = origin.vault.ring.versions(of: id).map(\.name)
            let records = records(of: names)
            guard (try? origin.vault.destroyAll(of: id, at: wallNow)) != nil else { continue }
            noteDestroyed(records, by: [], about: Array("a removed queue".utf8))
        }
        do throws(DiskError) {
            try RingFile.write(origin.vault, disk: disk, store: store, isErasing: true)
        } catch {
            if error.isDiskFull { return }
            throw error
        }
        for id in gone { keyWork.keeper.remove(.directory("s/\(id.hex)")) }
        gone.removeAll()
    }

    /// Lets another thread take away files that the catalog no longer names.
    private mutating func giveUpDoomed() {
        guard !doomed.isEmpty else { return }
        for file in doomed {
            if file.name.lane == .log, let index = file.stream { tellReaders(of: file, index) }
            keyWork.keeper.remove(.file(file.name))
        }
        doomed.removeAll()
    }

    /// Readers look elsewhere from now on; told before the file goes.
    private mutating func tellReaders(of file: DoomedFile, _ index: UInt32) {
        let (number, generation) = (file.name.number, file.name.generation)
        if let facts = file.successor {
            note(.segmentRewritten(index, number: number, generation: generation, facts))
        } else {
            note(.segmentRemoved(index, number: number, generation: generation))
        }
    }

    /// Nothing is written from here on; whatever waits for durability is refused.
    mutating func stopWriting(_ error: DiskError) {
        guard stopped == nil else { return }
        stopped = error
        meter.dropRound()
        pending = pending.map { $0.refused(because: .writeStopped) }
        pending.append(.writeStopped(error))
    }

    mutating func answer() {
        for report in pending { _ = reports.send(report) }
        pending.removeAll(keepingCapacity: true)
        noteAnswers()
        lockIfAsked()
        if keyWork.answers.contains(where: { $0.0.command.isSeen }) {
            keyWork.desk.show(keyPicture)
        }
        for (request, result) in keyWork.answers {
            request.answer(stopped.map { .failure(.disk($0)) } ?? result)
        }
        keyWork.answers.removeAll()
    }

    mutating func note(_ note: IndexNote) {
        let isSent = notes.send(note)
        precondition(isSent, "a round begins only when its notes have room")
    }

    /// Puts `stream` among those this round commits.
    mutating func touch(_ stream: StreamFiles) {
        if !stream.isLogDirty && !stream.isStateDirty { dirty.append(stream) }
    }

    /// The stream called `index`, if there is one.
    func stream(_ index: UInt32) -> StreamFiles? {
        Int(index) < streams.count ? streams[Int(index)] : nil
    }
}

/// A file that nothing names any more.
struct DoomedFile: BitwiseCopyable {
    let name: SegmentName
    /// The stream that readers may still look for it in.
    let stream: UInt32?
    /// What takes its place, if anything does.
    var successor: SealedFacts?
}

extension JournalReport {
    /// The answer to the same order when it could not be made durable.
    func refused(because refusal: JournalRefusal) -> JournalReport {
        switch self {
        case .created(let ticket, let stream, _), .configured(let ticket, let stream),
            .removed(let ticket, let stream):
            .refused(ticket, stream: stream, refusal, nil)
        case .durable(let ticket, let stream, _, let loan):
            .appendRefused(ticket, stream: stream, refusal, loan)
        case .stateWritten(let ticket, let stream, let loan):
            .stateRefused(ticket, stream: stream, refusal, loan)
        case .stopped, .appendRefused, .stateRefused, .refused, .block, .endOfLog, .damaged,
            .unreadable, .writeStopped:
            self
        }
    }
}
