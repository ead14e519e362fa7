// Batches into log segments; segments begin, fill and are sealed.

import Base
import Sealing

extension CommitLoop {
    /// Seals a batch into the stream's active segment.
    mutating func append(
        _ ticket: JournalTicket,
        _ index: UInt32,
        _ facts: BatchFacts,
        _ loan: BufferLoan
    ) {
        guard stopped == nil else { return refuseAppend(ticket, index, .writeStopped, loan) }
        guard let stream = stream(index) else {
            return refuseAppend(ticket, index, .noSuchStream, loan)
        }
        // Sequences before this batch were refused: it would follow a gap, and its own sequences
        // are given out again.
        guard facts.refusalsSeen == stream.refusals else {
            return refuseAppend(ticket, index, stream.lastRefusal, loan)
        }
        guard ballast.restore(at: now, zeros: zeros) else {
            return refuseAppend(ticket, index, .diskFull, loan)
        }
        let batch = RecordBuffer(loan)
        do throws(JournalError) {
            try stage(batch, facts, in: stream)
            let last = facts.lastSequence
            pending.append(.durable(ticket, stream: index, lastSequence: last, batch.lend()))
        } catch {
            refuseAppend(ticket, index, refusal(for: error), batch.lend())
        }
    }

    private mutating func stage(
        _ batch: borrowing RecordBuffer,
        _ facts: BatchFacts,
        in stream: StreamFiles
    ) throws(JournalError) {
        let log = try openLog(stream, facts, rawBytes: batch.count)
        let records = RecordFacts(
            count: facts.messageCount,
            firstSequence: facts.firstSequence,
            lastSequence: facts.lastSequence,
            firstTime: Instant(nanoseconds: facts.firstTime),
            lastTime: Instant(nanoseconds: facts.lastTime)
        )
        let place = log.stage(batch.bytes, kind: .records, records: records, sealer: &sealer)
        meter.note(facts, rawBytes: batch.count, sealedBytes: place.byteCount)
        touch(stream)
        stream.isLogDirty = true
        if let entry = log.index.entries.last, entry.offset == place.offset,
            let name = stream.logName
        {
            note(.indexed(stream.index, number: name.number, entry))
        }
    }

    /// The segment that takes the next block of `rawBytes`, with room for it.
    private mutating func openLog(
        _ stream: StreamFiles,
        _ facts: BatchFacts,
        rawBytes: Int
    ) throws(JournalError) -> SegmentFile {
        if let log = stream.log {
            let isFull =
                log.staged.recordCount > 0
                && log.staged.end + UInt64(rawBytes / 4) > stream.segmentBytesMax
            if !isFull {
                try reserve(log, rawBytes)
                return log
            }
            try sealLog(stream)
        }
        let name = SegmentName(
            stream: stream.id,
            lane: .log,
            number: nextNumber(stream.id, .log),
            generation: 0
        )
        let log = try makeSegment(stream, name, firstSequence: facts.firstSequence)
        stream.log = log
        stream.logName = name
        note(
            .segmentAdded(
                stream.index,
                number: name.number,
                generation: 0,
                firstSequence: facts.firstSequence
            )
        )
        try reserve(log, rawBytes)
        return log
    }

    func reserve(_ segment: SegmentFile, _ rawBytes: Int) throws(JournalError) {
        do {
            try segment.reserve(rawBytes: rawBytes, zeros: zeros)
        } catch {
            throw .disk(error)
        }
    }

    /// One above the highest number that the lane ever had.
    func nextNumber(_ stream: UniqueId, _ lane: Lane) -> UInt64 {
        catalog.state.streams[stream]?.numbersUsed[lane].map { $0 + 1 } ?? 1
    }

    /// Makes the file of `name` and names it in the catalog.
    mutating func makeSegment(
        _ stream: StreamFiles,
        _ name: SegmentName,
        firstSequence: UInt64
    ) throws(JournalError) -> SegmentFile {
        try secureCatalog(0)
        if !stream.hasDirectory {
            do {
                try disk.makeDirectory(name.directory)
                try disk.syncDirectory("s")
            } catch {
                throw .disk(error)
            }
            stream.hasDirectory = true
        }
        let before = catalog.state.streams[stream.id]?.segments(in: name.lane).last?.sealed?.chain
        let file = try origin.makeSegment(
            name,
            directory: name.directory,
            file: name.file,
            firstSequence: firstSequence,
            previousChain: before ?? .start
        )
        catalog.append(
            .segmentAdded(
                name,
                keyVersion: file.header.identity.keyVersion,
                firstSequence: firstSequence
            )
        )
        return file
    }

    /// Ends the active log segment of `stream`: what is staged becomes durable, then the seal.
    mutating func sealLog(_ stream: StreamFiles) throws(JournalError) {
        guard let log = stream.log, let name = stream.logName else { return }
        do throws(DiskError) {
            try log.write()
            if log.isDirty { try sync(log) }
            let facts = try seal(log)
            stream.log = nil
            stream.logName = nil
            stream.unmarkedSince = nil
            catalog.append(.segmentSealed(name, facts))
            note(.sealed(stream.index, number: name.number, facts))
            orderHeads(of: name, firstSequence: log.header.firstSequence, facts)
        } catch {
            stopWriting(error)
            throw .disk(error)
        }
    }

    /// Has the heads of a segment written that takes no more blocks.
    func orderHeads(of name: SegmentName, firstSequence: UInt64, _ facts: SealedFacts) {
        guard let order = RewriteOrder(headsOf: name, firstSequence: firstSequence, facts) else {
            return
        }
        keyWork.keeper.writeHeads(order)
    }

    /// Writes the sparse index as the last block, unless the disk has no room for it.
    private mutating func seal(_ log: SegmentFile) throws(DiskError) -> SealedFacts {
        var index = RecordBuffer(capacity: 1_024)
        log.index.append(to: &index)
        do throws(DiskError) {
            try log.reserve(rawBytes: index.count, zeros: zeros)
        } catch {
            guard error.isDiskFull else { throw error }
            return log.sealedFacts(sealOffset: 0)
        }
        let place = log.stage(
            index.bytes,
            kind: .seal,
            records: .none(after: log.staged.lastSequence),
            sealer: &sealer
        )
        try log.write()
        try log.sync()
        log.finish()
        return log.sealedFacts(sealOffset: place.offset)
    }

    mutating func refuseAppend(
        _ ticket: JournalTicket,
        _ index: UInt32,
        _ refusal: JournalRefusal,
        _ loan: BufferLoan
    ) {
        if let stream = stream(index) {
            stream.refusals &+= 1
            stream.lastRefusal = refusal
        }
        pending.append(.appendRefused(ticket, stream: index, refusal, loan))
    }

    mutating func refuse(
        _ ticket: JournalTicket,
        _ stream: UInt32,
        _ refusal: JournalRefusal,
        _ loan: BufferLoan?
    ) {
        pending.append(.refused(ticket, stream: stream, refusal, loan))
    }

    /// What an error means for the order that met it; a failed write or sync stops everything.
    mutating func refusal(for error: JournalError) -> JournalRefusal {
        switch error {
        case .disk(let error):
            if error.isDiskFull { return .diskFull }
            stopWriting(error)
            return .writeStopped
        case .sealing: return .keysUnavailable
        case .storeInUse, .storeDamaged, .storeVersion, .ringMissing, .catalogDamaged,
            .notEmpty:
            return .writeStopped
        }
    }
}

extension JournalError {
    /// Whether room is lacking, which may come back.
    var isDiskFull: Bool {
        guard case .disk(let error) = self else { return false }
        return error.isDiskFull
    }
}

extension DiskError {
    /// Whether room is lacking, which may come back: ENOSPC, EDQUOT or EFBIG.
    public var isDiskFull: Bool {
        (call == .write || call == .open || call == .makeDirectory)
            && (number == 28 || number == 122 || number == 27)
    }
}
