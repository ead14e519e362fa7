// Rotations in the background: one step in each round, so that publishers wait for none of them.

import Base
import Sealing

extension CommitLoop {
    /// Takes what was rewritten and gives out what is next.
    /// - Returns: whether there was anything to do.
    mutating func advanceRotation() -> Bool {
        guard stopped == nil else {
            // What lies there for ever would keep this thread from its sleep.
            _ = keyWork.rewriting.reports.takeAll()
            _ = keyWork.keeper.failures.takeAll()
            return false
        }
        var hasWork = false
        if let result = keyWork.parked, now >= keyWork.retryAt {
            keyWork.parked = nil
            replace(result)
            hasWork = true
        }
        if let error = keyWork.keeper.failures.takeAll().first {
            stopWriting(error)
            return true
        }
        for report in keyWork.rewriting.reports.takeAll() {
            take(report)
            hasWork = true
        }
        guard keyWork.awaited == nil, now >= keyWork.retryAt else { return hasWork }
        guard let at = keyWork.next else { return compactNext() || hasWork }
        if case .running = keyWork.jobs[at].progress[.verify] {
            verifyNext(at)
        } else {
            rewriteNext(at)
        }
        return true
    }

    /// What is sealed under which version of the key of `stream`.
    func rotationFacts(_ stream: KeyedStream) -> RotationFacts {
        var facts = RotationFacts(states: [:], open: [], sealed: [])
        for record in origin.vault.ring.versions(of: stream.id) {
            facts.states[record.name.version] = record.state
        }
        guard let index = stream.index, let files = self.stream(index) else {
            facts.open = [catalog.keyVersion]
            return facts
        }
        if let log = files.log { facts.open.append(log.header.identity.keyVersion) }
        let segments = catalog.state.streams[stream.id]?.segments ?? []
        for entry in segments {
            switch entry.name.lane {
            case .log:
                guard let sealed = entry.sealed else { continue }
                facts.sealed.append(
                    RotationFacts.SealedFile(version: entry.keyVersion, byteCount: sealed.end)
                )
            // Of the state there is one file that counts; a new one takes its place.
            case .state: facts.open.append(entry.keyVersion)
            case .catalog, .heads: break
            }
        }
        return facts
    }

    // MARK: - Rewriting

    private mutating func rewriteNext(_ at: Int) {
        guard let stream = keyWork.jobs[at].waiting.first else { return endRewriting(at) }
        let facts = rotationFacts(stream)
        do throws(JournalError) {
            switch RotationPlan.next(facts) {
            case .roll: try roll(stream)
            case .rewrite(let place): try order(place, of: stream, at)
            case .rest: keyWork.jobs[at].waiting.removeFirst()
            }
            keyWork.jobs[at].progress.problem = nil
        } catch {
            let refusal = refusal(for: error)
            guard refusal == .diskFull, case .disk(let error) = error else {
                return fail(at, .reencrypt, KeyRefusal(error))
            }
            postpone(at, .disk(error))
        }
    }

    /// Ends the files of `stream` that are being written; their successors are under the active
    /// key.
    private mutating func roll(_ stream: KeyedStream) throws(JournalError) {
        guard let index = stream.index, let files = self.stream(index) else {
            return try renewCatalog()
        }
        try secureCatalog(0)
        let active = origin.vault.activeVersion(of: stream.id)
        if let log = files.log, log.header.identity.keyVersion != active { try sealLog(files) }
        let entries = catalog.state.streams[stream.id]?.segments(in: .state) ?? []
        if entries.contains(where: { $0.keyVersion != active }) { try renewState(files) }
    }

    /// Hands the sealed log segment at `place` to the rewriting thread, for the job at `at`.
    private mutating func order(
        _ place: Int,
        of stream: KeyedStream,
        _ at: Int
    ) throws(JournalError) {
        let sealed = catalog.state.streams[stream.id]?.segments(in: .log).filter {
            $0.sealed != nil
        }
        guard let entries = sealed, place < entries.count else { return }
        let entry = entries[place]
        if let facts = entry.sealed, facts.recordCount == 0 {
            try secureCatalog(0)
            catalog.append(.segmentGone(entry.name, lastSequence: facts.lastSequence))
            doomed.append(DoomedFile(name: entry.name, stream: stream.index))
            return
        }
        keyWork.lastOrder += 1
        let number = keyWork.lastOrder
        let deleted = stream.index.flatMap { self.stream($0)?.fold.allDeleted } ?? SequenceSet()
        send(rewriteOrder(entry, number: number, isVerification: false, deleted: deleted), at)
    }

    /// Gives `order` to the rewriting thread for the job at `index`.
    private mutating func send(_ order: RewriteOrder?, _ index: Int) {
        guard let order else { return }
        keyWork.awaited = order
        keyWork.awaitedFor = keyWork.jobs[index].progress.number
        keyWork.rewriting.post(order)
        keyWork.steer()
    }

    private mutating func take(_ report: RewriteReport) {
        guard let order = keyWork.awaited else { return }
        keyWork.awaited = nil
        switch report {
        case .done(let result):
            guard result.number == order.number else { return }
            keyWork.awaited = order
            replace(result)
        case .verified(_, let blocks):
            guard let at = keyWork.awaiting else { return }
            keyWork.jobs[at].progress.verifiedBlocks += blocks
        case .tooMuchLeft: leave(order, isUnsound: false)
        case .failed(_, let stop): giveUp(order, stop)
        }
    }

    /// Names the rewritten segment in the catalog; the old one goes when that is durable.
    private mutating func replace(_ result: RewriteResult) {
        guard let order = keyWork.awaited else { return }
        let name = order.segment
        let entries = catalog.state.streams[name.stream]?.segments ?? []
        guard entries.contains(where: { $0.name == name }) else {
            // The messages went while they were rewritten.
            keyWork.awaited = nil
            doomed.append(DoomedFile(name: name.rewritten, stream: nil))
            return
        }
        do throws(JournalError) {
            try secureCatalog(64 * result.lost.count)
        } catch {
            _ = refusal(for: error)
            keyWork.parked = result
            keyWork.retryAt = now.adding(nanoseconds: KeyWork.retryNanoseconds)
            nextDeadline = min(nextDeadline, keyWork.retryAt)
            return
        }
        keyWork.awaited = nil
        let isCounted = !order.isCompaction || countCompaction(order, result)
        catalog.append(
            .segmentRewritten(name, keyVersion: result.keyVersion, result.facts)
        )
        let index = index(of: name.stream)
        if let stream = index.flatMap({ stream($0) }) { syncDeletions(of: stream) }
        for range in result.lost {
            catalog.append(.lost(name.stream, range))
            if let index { pending.append(.damaged(0, stream: index, range)) }
        }
        doomed.append(DoomedFile(name: name, stream: index, successor: result.facts))
        orderHeads(of: name.rewritten, firstSequence: order.firstSequence, result.facts)
        guard isCounted else { return }
        for at in keyWork.jobs.indices
        where keyWork.jobs[at].isRunning && keyWork.jobs[at].covers(index) {
            keyWork.jobs[at].progress.bytesDone += order.facts.end
            keyWork.jobs[at].progress.segmentsDone += 1
            // The log grew between the count and its end.
            let done = keyWork.jobs[at].progress.bytesDone
            let total = keyWork.jobs[at].progress.bytesTotal
            keyWork.jobs[at].progress.bytesTotal = max(total, done)
            keyWork.jobs[at].progress.verifiedBlocks += result.checkedBlocks
        }
    }

    /// What deletes messages is durable before a segment without them takes the old one's place.
    private mutating func syncDeletions(of stream: StreamFiles) {
        guard stream.unsyncedStateSince != nil else { return }
        touch(stream)
        stream.isStateDirty = true
        stream.mustSyncState = true
    }

    /// What the stream `id` is called between shard and journal.
    func index(of id: UniqueId) -> UInt32? {
        for case let stream? in streams where stream.id == id { return stream.index }
        return nil
    }

    private mutating func giveUp(_ order: RewriteOrder, _ stop: RewriteStop) {
        guard !order.isCompaction else { return giveUpCompaction(order, stop) }
        guard let at = keyWork.awaiting else { return }
        let entries = catalog.state.streams[order.segment.stream]?.segments ?? []
        // A file that nobody names any more may well be missing.
        guard entries.contains(where: { $0.name == order.segment }) else { return }
        let refusal = KeyRefusal(stop)
        if case .disk(let error) = stop, error.isDiskFull { return postpone(at, refusal) }
        fail(at, order.isVerification ? .verify : .reencrypt, refusal)
    }

    /// Gives the job at `index` up.
    private mutating func fail(_ index: Int, _ stage: RotationStage, _ refusal: KeyRefusal) {
        endWatch(index)
        forgetWish(index)
        keyWork.jobs[index].fail(stage, refusal, at: wallNow)
        noteEnd(index, "rotation failed", "\(stage): \(refusal)")
    }

    private mutating func postpone(_ at: Int, _ refusal: KeyRefusal) {
        keyWork.jobs[at].progress.problem = refusal
        keyWork.retryAt = now.adding(nanoseconds: KeyWork.retryNanoseconds)
        nextDeadline = min(nextDeadline, keyWork.retryAt)
    }

    // MARK: - The end

    private mutating func endRewriting(_ at: Int) {
        keyWork.jobs[at].end(.reencrypt, at: wallNow)
        keyWork.jobs[at].begin(.verify, at: wallNow)
        let streams = (try? keyed(keyWork.jobs[at].progress.target)) ?? []
        keyWork.jobs[at].samples = samples(of: streams)
    }

    private mutating func verifyNext(_ at: Int) {
        while let sample = keyWork.jobs[at].samples.popLast() {
            let entries = catalog.state.streams[sample.segment.stream]?.segments ?? []
            guard entries.contains(where: { $0.name == sample.segment }) else { continue }
            return send(sample, at)
        }
        keyWork.jobs[at].end(.verify, at: wallNow)
        endWatch(at)
        let streams = (try? keyed(keyWork.jobs[at].progress.target)) ?? []
        var retired: [DataKeyName] = []
        for stream in streams {
            retired += RotationPlan.retired(rotationFacts(stream)).map {
                DataKeyName(stream: stream.id, version: $0)
            }
        }
        keyWork.jobs[at].end(.retire, at: wallNow)
        var words = "\(retired.count) versions retired"
        if keyWork.jobs[at].destroysOld, !retired.isEmpty {
            words = destroyOld(at, retired)
        }
        forgetWish(at)
        noteEnd(at, "rotation ended", words)
    }

    /// Destroys what the job at `index` has retired.
    /// - Returns: what came of it.
    private mutating func destroyOld(_ index: Int, _ retired: [DataKeyName]) -> String {
        let job = keyWork.jobs[index]
        do throws(KeyRefusal) {
            try destroy(retired, by: job.progress.author, about: job.about)
            keyWork.jobs[index].end(.destroy, at: wallNow)
            return "\(retired.count) versions destroyed"
        } catch {
            keyWork.jobs[index].fail(.destroy, error, at: wallNow)
            return "\(retired.count) versions retired, not destroyed: \(error)"
        }
    }

    private mutating func noteEnd(_ index: Int, _ what: String, _ words: String) {
        let progress = keyWork.jobs[index].progress
        var entry = AuditEntry(
            at: wallNow,
            who: progress.author,
            what: what,
            about: "",
            "rotation \(progress.number): \(progress.segmentsDone) segments, "
                + "\(progress.bytesDone) bytes rewritten; \(words)"
        )
        entry.about = keyWork.jobs[index].about
        note(entry)
    }
}

extension RotationJob {
    /// Whether the job is about the stream called `index`.
    func covers(_ index: UInt32?) -> Bool {
        switch progress.target {
        case .all: true
        case .catalog: index == nil
        case .stream(let own): own == index
        }
    }
}

extension KeyRefusal {
    /// What a rewrite's end means for who asked for it.
    init(_ stop: RewriteStop) {
        switch stop {
        case .disk(let error): self = .disk(error)
        case .damaged(let defect): self = .damaged(defect)
        case .notAlike: self = .damaged(.records)
        case .sealing(let error): self = .sealing(error)
        }
    }

    /// What a refusal of the journal means for who asked for it.
    init(_ error: JournalError) {
        switch error {
        case .disk(let error): self = .disk(error)
        case .sealing(let error): self = .sealing(error)
        case .storeInUse, .storeDamaged, .storeVersion, .ringMissing, .catalogDamaged,
            .notEmpty:
            self = .wrongState
        }
    }
}
