// State batches into state segments; deletions let whole segments go.

import Base
import Sealing

extension CommitLoop {
    /// Writes a state batch; it is synced in this round if that was asked for, soon otherwise.
    ///
    /// What a batch says may rest on those before it: behind one that was refused all are, until
    /// the shard knows.
    mutating func writeState(
        _ ticket: JournalTicket,
        _ index: UInt32,
        _ facts: StateFacts,
        _ loan: BufferLoan
    ) {
        guard stopped == nil else { return refuseState(ticket, index, .writeStopped, loan) }
        guard let stream = stream(index) else {
            return refuseState(ticket, index, .noSuchStream, loan)
        }
        guard facts.refusalsSeen == stream.stateRefusals else {
            return refuseState(ticket, index, stream.lastStateRefusal, loan)
        }
        let batch = RecordBuffer(loan)
        do throws(JournalError) {
            let state = try openStateWithRoom(stream, rawBytes: batch.count)
            stage(batch, facts.recordCount, in: state)
            touch(stream)
            stream.isStateDirty = true
            if facts.isDurable { stream.mustSyncState = true }
            let floor = stream.fold.floor
            let count = stream.fold.deleted.ranges.count
            let last = stream.fold.deleted.ranges.last
            apply(batch, to: stream)
            if stream.fold.floor != floor || stream.fold.deleted.ranges.count != count {
                try dropDeadSegments(stream)
            } else if stream.fold.deleted.ranges.last != last {
                try dropSometimes(stream)
            }
            pending.append(.stateWritten(ticket, stream: index, batch.lend()))
        } catch {
            refuseState(ticket, index, refusal(for: error), batch.lend())
        }
    }

    mutating func refuseState(
        _ ticket: JournalTicket,
        _ index: UInt32,
        _ refusal: JournalRefusal,
        _ loan: BufferLoan
    ) {
        if let stream = stream(index) {
            stream.stateRefusals &+= 1
            stream.lastStateRefusal = refusal
        }
        pending.append(.stateRefused(ticket, stream: index, refusal, loan))
    }

    private mutating func stage(
        _ batch: borrowing RecordBuffer,
        _ recordCount: UInt32,
        in state: SegmentFile
    ) {
        let first = state.staged.lastSequence + 1
        let records = RecordFacts(
            count: recordCount,
            firstSequence: first,
            lastSequence: first + UInt64(recordCount) - 1,
            firstTime: now,
            lastTime: now
        )
        state.stage(batch.bytes, kind: .records, records: records, sealer: &sealer)
    }

    private func apply(_ batch: borrowing RecordBuffer, to stream: StreamFiles) {
        let isWhole = stream.fold.apply(batch.bytes)
        precondition(isWhole, "a state batch is made by a state writer")
    }

    /// The state segment that takes the next block, on a full disk at the cost of the ballast.
    private mutating func openStateWithRoom(
        _ stream: StreamFiles,
        rawBytes: Int
    ) throws(JournalError) -> SegmentFile {
        do throws(JournalError) {
            return try openState(stream, rawBytes: rawBytes)
        } catch {
            guard error.isDiskFull, ballast.giveUp() else { throw error }
            return try openState(stream, rawBytes: rawBytes)
        }
    }

    /// The state segment that takes the next block; a new one begins with all that counts.
    private mutating func openState(
        _ stream: StreamFiles,
        rawBytes: Int
    ) throws(JournalError) -> SegmentFile {
        if let state = stream.state, state.staged.end < max(stream.stateLimit, 64 << 10) {
            try reserve(state, rawBytes)
            return state
        }
        let state = try renewState(stream)
        try reserve(state, rawBytes)
        return state
    }

    /// Starts a new state segment, under the active key, with all that counts.
    @discardableResult
    mutating func renewState(_ stream: StreamFiles) throws(JournalError) -> SegmentFile {
        let old = catalog.state.streams[stream.id]?.segments(in: .state).map(\.name) ?? []
        let name = SegmentName(
            stream: stream.id,
            lane: .state,
            number: nextNumber(stream.id, .state),
            generation: 0
        )
        let state = try makeSegment(stream, name, firstSequence: 1)
        do throws(JournalError) {
            try fill(state, from: stream.fold)
        } catch {
            guard error.isDiskFull else {
                _ = refusal(for: error)
                throw error
            }
            // The one before it goes on, and is read first: what was filled here may not follow it.
            catalog.append(.segmentGone(name, lastSequence: 0))
            doomed.append(DoomedFile(name: name, stream: nil))
            throw error
        }
        stream.state = state
        stream.stateName = name
        do throws(DiskError) {
            try noteState(stream)
        } catch {
            stopWriting(error)
            throw .disk(error)
        }
        stream.stateLimit = max(StreamFiles.stateBytesMax, state.durable.end * 4)
        for name in old {
            catalog.append(.segmentGone(name, lastSequence: 0))
            doomed.append(DoomedFile(name: name, stream: nil))
        }
        return state
    }

    /// Writes all that counts to `state` and syncs it.
    private mutating func fill(
        _ state: SegmentFile,
        from fold: StateFold
    ) throws(JournalError) {
        try fold.writeCheckpoint { checkpoint throws(JournalError) in
            try reserve(state, checkpoint.buffer.count)
            stage(checkpoint.buffer, UInt32(checkpoint.recordCount), in: state)
        }
        do throws(DiskError) {
            try state.write()
            if state.isDirty { try state.sync() }
        } catch {
            throw .disk(error)
        }
    }

    /// Looks for segments that can go when a range has grown several times: one that grows message
    /// by message seldom lets anything go.
    private mutating func dropSometimes(_ stream: StreamFiles) throws(JournalError) {
        stream.growthCount += 1
        guard stream.growthCount >= StreamFiles.growthCountMax else { return }
        stream.growthCount = 0
        try dropDeadSegments(stream)
    }

    /// Lets every segment go in which no message is left.
    mutating func dropDeadSegments(_ stream: StreamFiles) throws(JournalError) {
        let entries = catalog.state.streams[stream.id]?.segments(in: .log) ?? []
        guard try hasRoom(toDrop: entries.count) else { return }
        let floor = stream.fold.floor
        if let log = stream.log, let name = stream.logName, log.staged.recordCount > 0,
            log.staged.lastSequence < floor
        {
            let last = log.staged.lastSequence
            stream.log = nil
            stream.logName = nil
            stream.isLogDirty = false
            stream.unmarkedSince = nil
            drop(stream, name, lastSequence: last)
        }
        for entry in entries {
            guard let facts = entry.sealed else { continue }
            let left = stream.fold.countLeft(of: entry.firstSequence, through: facts.lastSequence)
            if left == 0 {
                drop(stream, entry.name, lastSequence: facts.lastSequence)
            } else if isSparse(entry, of: stream) {
                compaction.want(stream.index)
            }
        }
    }

    /// Whether the catalog can take that `count` segments go; on a full disk they go with the next
    /// deletion.
    private func hasRoom(toDrop count: Int) throws(JournalError) -> Bool {
        do throws(JournalError) {
            try secureCatalogWithRoom(64 * count)
            return true
        } catch {
            guard error.isDiskFull else { throw error }
            return false
        }
    }

    private mutating func drop(
        _ stream: StreamFiles,
        _ name: SegmentName,
        lastSequence: UInt64
    ) {
        // What deletes the segment's messages is durable before the segment goes.
        stream.mustSyncState = true
        compaction.left[name] = nil
        catalog.append(.segmentGone(name, lastSequence: lastSequence))
        doomed.append(DoomedFile(name: name, stream: stream.index))
    }
}
