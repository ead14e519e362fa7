// Ways to open the store come and go; the ring is written; what is asked of rotations that run.

import Base
import Sealing

extension CommitLoop {
    /// Adds `slot`, whose secret was stretched elsewhere.
    mutating func add(_ slot: KeySlot) throws(KeyRefusal) -> KeyOutcome {
        do throws(SealingError) {
            try origin.vault.add(slot, at: wallNow)
        } catch {
            throw .sealing(error)
        }
        do throws(KeyRefusal) {
            try writeRing()
        } catch {
            try? origin.vault.removeSlot(slot.number, at: wallNow)
            throw error
        }
        return KeyOutcome()
    }

    /// Takes the slot `number` away, and the rings that held it.
    mutating func removeSlot(_ number: UInt32) throws(KeyRefusal) -> KeyOutcome {
        let before = origin.vault.ring.slots
        guard let slot = before.first(where: { $0.number == number }) else { throw .notFound }
        guard before.count > 1 else { throw .lastSlot }
        do throws(SealingError) {
            try origin.vault.removeSlot(number, at: wallNow)
        } catch {
            throw .sealing(error)
        }
        do throws(DiskError) {
            try RingFile.write(origin.vault, disk: disk, store: store, isErasing: true)
        } catch {
            try? origin.vault.add(slot, at: wallNow)
            throw refused(error)
        }
        return KeyOutcome()
    }

    /// Lets another root key take over: one write of the ring; the rings before are overwritten.
    mutating func changeRoot(_ change: RootChange) throws(KeyRefusal) -> KeyOutcome {
        let before: RootBefore
        do throws(SealingError) {
            before = try origin.vault.changeRoot(change, at: wallNow)
        } catch {
            origin.vault.discard(change)
            if case .keyState = error { throw .wrongState }
            throw .sealing(error)
        }
        do throws(DiskError) {
            try RingFile.write(origin.vault, disk: disk, store: store, isErasing: true)
        } catch {
            origin.vault.restoreRoot(before)
            throw refused(error)
        }
        origin.vault.forget(before)
        return KeyOutcome()
    }

    /// Writes the ring as it is now.
    mutating func writeRing() throws(KeyRefusal) {
        do throws(DiskError) {
            try RingFile.write(origin.vault, disk: disk, store: store)
        } catch {
            throw refused(error)
        }
    }

    /// What a failed call means for a request; all but a full disk ends writing.
    mutating func refused(_ error: DiskError) -> KeyRefusal {
        if !error.isDiskFull { stopWriting(error) }
        return .disk(error)
    }

    // MARK: - Rotations

    /// A new rotation as `request` asks for it; it takes the place of the last one of its target.
    /// - Returns: its place among the jobs.
    /// - Throws: `busy` when as many run as are remembered.
    mutating func begin(_ request: KeyRequest) throws(KeyRefusal) -> Int {
        keyWork.jobs.removeAll { $0.progress.target == request.target && !$0.isRunning }
        if keyWork.jobs.count >= KeyWork.jobCountMax {
            guard let over = keyWork.jobs.firstIndex(where: { !$0.isRunning }) else {
                throw .busy
            }
            keyWork.jobs.remove(at: over)
        }
        keyWork.lastRotation += 1
        let progress = RotationProgress(
            number: keyWork.lastRotation,
            target: request.target,
            author: request.author,
            startedAt: wallNow
        )
        var job = RotationJob(
            progress: progress,
            about: request.about,
            waiting: [],
            destroysOld: false
        )
        job.begin(.prepare, at: wallNow)
        keyWork.jobs.append(job)
        return keyWork.jobs.count - 1
    }

    /// Counts what the job at `index` has to rewrite.
    mutating func count(_ index: Int) {
        var bytes: UInt64 = 0
        var files: UInt64 = 0
        for stream in keyWork.jobs[index].waiting {
            var facts = rotationFacts(stream)
            // The log that is still being written will be rewritten too.
            if let log = stream.index.flatMap({ self.stream($0)?.log }) {
                facts.sealed.append(
                    RotationFacts.SealedFile(
                        version: log.header.identity.keyVersion,
                        byteCount: log.durable.end
                    )
                )
            }
            let left = RotationPlan.left(facts)
            bytes += left.bytes
            files += left.files
        }
        keyWork.jobs[index].progress.bytesTotal = bytes
        keyWork.jobs[index].progress.segmentsTotal = files
        keyWork.jobs[index].progress.bytesDone = 0
        keyWork.jobs[index].progress.segmentsDone = 0
    }

    /// What is told of the job at `index`.
    func outcome(_ index: Int) -> KeyOutcome {
        var outcome = KeyOutcome()
        outcome.bytes = keyWork.jobs[index].progress.bytesTotal
        outcome.segments = keyWork.jobs[index].progress.segmentsTotal
        outcome.rotation = keyWork.jobs[index].progress.number
        return outcome
    }

    /// Holds the rewriting of `target` or lets it go on.
    mutating func hold(_ target: KeyTarget, _ isHeld: Bool) throws(KeyRefusal) -> KeyOutcome {
        let at = keyWork.jobs.lastIndex { $0.progress.target == target && $0.isRunning }
        guard let at else { throw .wrongState }
        keyWork.jobs[at].progress.isHeld = isHeld
        keyWork.steer()
        if catalog.state.rotations[keyWork.jobs[at].progress.number] != nil { try noteWish(at) }
        return outcome(at)
    }

    /// Reads samples of `request`'s streams back.
    mutating func verify(_ request: KeyRequest) throws(KeyRefusal) -> KeyOutcome {
        let streams = try keyed(request.target)
        let own = keyWork.jobs.lastIndex {
            $0.progress.target == request.target && !$0.isRunning
        }
        let at: Int
        if let own { at = own } else { at = try begin(request) }
        guard !keyWork.jobs[at].isRunning else { throw .wrongState }
        keyWork.jobs[at].samples = samples(of: streams)
        keyWork.jobs[at].begin(.verify, at: wallNow)
        return outcome(at)
    }

    /// Segments of `streams` to be read back, at most `sampleCountMax`, evenly chosen.
    func samples(of streams: [KeyedStream]) -> [RewriteOrder] {
        let entries = streams.flatMap { stream in
            catalog.state.streams[stream.id]?.segments(in: .log).filter { $0.sealed != nil } ?? []
        }
        let step = max(1, entries.count / Self.sampleCountMax)
        return stride(from: 0, to: entries.count, by: step).compactMap { at in
            rewriteOrder(entries[at], number: 0, isVerification: true)
        }
    }

    /// Most segments that one verification reads.
    static var sampleCountMax: Int { 256 }

    /// What the rewriting thread is told of `entry`; `nil` while it takes blocks.
    func rewriteOrder(
        _ entry: SegmentEntry,
        number: UInt64,
        isVerification: Bool,
        deleted: SequenceSet = SequenceSet()
    ) -> RewriteOrder? {
        guard let facts = entry.sealed else { return nil }
        return RewriteOrder(
            number: number,
            segment: entry.name,
            firstSequence: entry.firstSequence,
            facts: facts,
            deleted: deleted,
            isVerification: isVerification
        )
    }
}
