// Sealed segments of which little is left are rewritten without what is deleted.

import Base
import Sealing

/// What the commit loop keeps of segments that are worth it.
struct CompactionWork {
    /// Streams that may have such a segment, by their numbers.
    private(set) var wanted: [UInt32] = []
    /// Segments that are left as they are, and how many messages they had when that was decided.
    var left: [SegmentName: UInt64] = [:]
    /// Nothing is begun before.
    var restsUntil = Instant.never

    /// A segment is rewritten when at most the part of one in so many is left.
    static var partMax: UInt64 { 4 }
    /// The part of a whole segment below which it is not worth it.
    static var sizePartMin: UInt64 { 16 }
    /// How long the disk is left alone after it refused.
    static var restNanoseconds: UInt64 { 60 * nanosecondsPerSecond }

    /// Looks at the stream called `index` when there is time.
    mutating func want(_ index: UInt32) {
        if !wanted.contains(index) { wanted.append(index) }
    }

    /// The stream called `id` on disk is gone.
    mutating func forget(_ id: UniqueId) {
        guard !left.isEmpty else { return }
        left = left.filter { $0.key.stream != id }
    }

    /// The stream looked at next has nothing of the kind any more.
    mutating func dropFirst() { wanted.removeFirst() }
}

extension CommitLoop {
    /// Whether at most a quarter of the messages in the sealed segment `entry` is left, which only
    /// a look at its blocks turns into bytes.
    func isSparse(_ entry: SegmentEntry, of stream: StreamFiles) -> Bool {
        guard let facts = entry.sealed,
            facts.end >= stream.segmentBytesMax / CompactionWork.sizePartMin
        else { return false }
        let left = stream.fold.countLeft(of: entry.firstSequence, through: facts.lastSequence)
        guard left > 0, left <= facts.recordCount / CompactionWork.partMax else { return false }
        return compaction.left[entry.name].map { left <= $0 / 2 } ?? true
    }

    /// Looks in all streams for segments that a run before this one left.
    mutating func lookForSparse() {
        for case let stream? in streams where sparseSegment(of: stream) != nil {
            compaction.want(stream.index)
        }
    }

    private func sparseSegment(of stream: StreamFiles) -> SegmentEntry? {
        catalog.state.streams[stream.id]?.segments(in: .log).first { isSparse($0, of: stream) }
    }

    /// Has the next segment of which little is left rewritten, while no rotation goes on.
    /// - Returns: whether there was anything to do.
    mutating func compactNext() -> Bool {
        guard let index = compaction.wanted.first,
            !keyWork.jobs.contains(where: \.isRunning)
        else { return false }
        guard now >= compaction.restsUntil else {
            nextDeadline = min(nextDeadline, compaction.restsUntil)
            return false
        }
        guard let stream = stream(index), let entry = sparseSegment(of: stream),
            var order = rewriteOrder(
                entry,
                number: keyWork.lastOrder + 1,
                isVerification: false,
                deleted: stream.fold.allDeleted
            )
        else {
            compaction.dropFirst()
            return true
        }
        order.isCompaction = true
        keyWork.lastOrder += 1
        keyWork.awaited = order
        keyWork.awaitedFor = 0
        keyWork.rewriting.post(order)
        keyWork.steer()
        return true
    }

    /// Leaves the segment of `order` as it is until half of what is left of it is gone; for ever if
    /// it `isUnsound`.
    mutating func leave(_ order: RewriteOrder, isUnsound: Bool) {
        let range = order.firstSequence...max(order.firstSequence, order.facts.lastSequence)
        let left = UInt64(range.count) - order.deleted.count(in: range)
        compaction.left[order.segment] = isUnsound ? 0 : left
    }

    /// The rewriting of `order` was given up.
    mutating func giveUpCompaction(_ order: RewriteOrder, _ stop: RewriteStop) {
        guard case .disk(let error) = stop, error.isDiskFull else {
            return leave(order, isUnsound: true)
        }
        compaction.restsUntil = now.adding(nanoseconds: CompactionWork.restNanoseconds)
    }

    /// Keeps the figures of rotations right that began while `order` was carried out.
    /// - Returns: whether they count it as rewritten.
    mutating func countCompaction(_ order: RewriteOrder, _ result: RewriteResult) -> Bool {
        compaction.left[order.segment] = nil
        let stream = order.segment.stream
        let active = origin.vault.activeVersion(of: stream)
        let old = catalog.state.streams[stream]?.segments.first { $0.name == order.segment }
        guard let old, old.keyVersion != active else { return false }
        guard result.keyVersion != active else { return true }
        let index = index(of: stream)
        let saved = order.facts.end - min(order.facts.end, result.facts.end)
        for at in keyWork.jobs.indices
        where keyWork.jobs[at].isRunning && keyWork.jobs[at].covers(index) {
            keyWork.jobs[at].progress.bytesTotal -= min(
                saved,
                keyWork.jobs[at].progress.bytesTotal
            )
        }
        return false
    }
}
