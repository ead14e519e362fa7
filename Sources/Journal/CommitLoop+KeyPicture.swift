// What is told of the keys: which version holds how much.

import Base
import Sealing

extension CommitLoop {
    /// Everything about the keys as it is now.
    ///
    /// - Complexity: O(segments) of all streams.
    var keyPicture: KeyPicture {
        var picture = KeyPicture()
        let vault = origin.vault
        picture.takenAt = wallNow
        picture.ring = vault.ring
        picture.isLocked = vault.isLocked
        picture.opening = vault.opening
        picture.isMemoryLocked = vault.isMemoryLocked
        picture.isExcludedFromDumps = vault.isExcludedFromDumps
        picture.keyBytes = vault.keyBytesUsed
        picture.keyBytesMax = vault.keyBytesMax
        picture.rotations = keyWork.jobs.map { job in
            var progress = progressNow(of: job)
            progress.workedNanoseconds = keyWork.rewriting.workedNanoseconds
            return progress
        }
        picture.nextRotation = nextRotation
        picture.policy = keyWork.policy
        picture.auditCount = audit.count
        picture.auditRoot = audit.tree.root.bytes
        picture.uses = keyUses(vault.ring)
        return picture
    }

    /// The progress of `job` with the segment in hand and how publishers fare until now.
    private func progressNow(of job: RotationJob) -> RotationProgress {
        var progress = job.progress
        if job.isRunning, let order = keyWork.awaited, !order.isVerification, !order.isCompaction,
            job.covers(index(of: order.segment.stream))
        {
            progress.bytesDone += min(keyWork.rewriting.inHandBytes, order.facts.end)
            progress.bytesTotal = max(progress.bytesTotal, progress.bytesDone)
            progress.bytesPerSecond = keyWork.rewriting.bytesPerSecond
        }
        guard let mark = job.publishMark else { return progress }
        let counts = keyWork.rewriting.publishers.look().since(mark)
        progress.publishP99During = counts.p99
        progress.failedPublishes = counts.failures
        if progress.publishP99Before == 0 {
            progress.publishP99Before = keyWork.rewriting.quietP99
        }
        return progress
    }

    /// Watches publishers for the job at `index` from now on.
    mutating func watchPublishers(_ index: Int) {
        keyWork.jobs[index].publishMark = keyWork.rewriting.publishers.look()
        keyWork.jobs[index].progress.publishP99Before = keyWork.rewriting.quietP99
    }

    /// Keeps how publishers fared with the job at `index`, which nobody feels any more.
    mutating func endWatch(_ index: Int) {
        let fared = progressNow(of: keyWork.jobs[index])
        keyWork.jobs[index].progress.publishP99Before = fared.publishP99Before
        keyWork.jobs[index].progress.publishP99During = fared.publishP99During
        keyWork.jobs[index].progress.failedPublishes = fared.failedPublishes
        keyWork.jobs[index].publishMark = nil
    }

    private func keyUses(_ ring: KeyRing) -> [KeyUse] {
        var uses: [KeyUse] = []
        var places: [DataKeyName: Int] = [:]
        var indices: [UniqueId: UInt32] = [:]
        for case let stream? in streams { indices[stream.id] = stream.index }
        for record in ring.dataKeys {
            places[record.name] = uses.count
            var use = KeyUse(name: record.name, stream: indices[record.name.stream])
            // Keys in store seal nothing yet; nobody asks for theirs.
            let isUsed = use.stream != nil || record.name.stream == .none
            if isUsed, !origin.vault.isLocked {
                use.fingerprint = origin.vault.fingerprint(record.name)
            }
            uses.append(use)
        }
        for (id, entry) in catalog.state.ordered {
            for segment in entry.segments {
                let name = DataKeyName(stream: id, version: segment.keyVersion)
                guard let place = places[name] else { continue }
                uses[place].segments += 1
                if let facts = segment.sealed {
                    uses[place].bytes += facts.end
                    uses[place].messages += segment.name.lane == .log ? facts.recordCount : 0
                }
            }
        }
        for case let stream? in streams {
            if let log = stream.log { add(log, stream.id, messages: true, places, &uses) }
            if let state = stream.state { add(state, stream.id, messages: false, places, &uses) }
        }
        let own = DataKeyName(stream: .none, version: catalog.keyVersion)
        if let place = places[own] {
            uses[place].segments += UInt64(CatalogFile.copyCount)
            uses[place].bytes += catalog.watermark.offset * UInt64(CatalogFile.copyCount)
        }
        return uses
    }

    private func add(
        _ file: SegmentFile,
        _ id: UniqueId,
        messages: Bool,
        _ places: [DataKeyName: Int],
        _ uses: inout [KeyUse]
    ) {
        let name = DataKeyName(stream: id, version: file.header.identity.keyVersion)
        guard let place = places[name] else { return }
        uses[place].bytes += file.durable.end
        if messages { uses[place].messages += file.durable.recordCount }
    }
}
