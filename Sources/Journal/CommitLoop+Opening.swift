// An opened store becomes a running commit loop.

import Base
import Sealing

extension CommitLoop {
    /// Starts this run's catalog; from here on the previous run's files are history.
    init(
        _ opened: OpenedStore,
        _ options: StoreOptions,
        _ keyWork: KeyWork,
        _ meter: JournalMeter,
        orders: consuming RingReceiver<JournalOrder>,
        reports: consuming RingSender<JournalReport>,
        notes: consuming RingSender<IndexNote>
    ) throws(JournalError) {
        var sealer = BlockSealer()
        var zeros = RecordBuffer(capacity: Int(SegmentFile.zeroStepMax))
        zeros.appendZeros(Int(SegmentFile.zeroStepMax))
        let catalog = try CatalogFile(
            opened.catalog,
            number: opened.catalogNumber + 1,
            origin: opened.origin,
            sealer: &sealer,
            zeros: zeros
        )
        let marks: Watermarks
        let ballast: Ballast
        let lockedNotes = try LockedNotes(opened.origin.disk, opened.origin.vault)
        let audit = try AuditLog(
            opened.origin.disk,
            opened.origin.vault,
            opened.file,
            fileBytesMax: options.auditFileBytesMax
        )
        do throws(DiskError) {
            marks = try opened.beginRun(catalogNumber: catalog.number)
            ballast = try Ballast(opened.origin.disk, byteCount: options.ballastBytes)
        } catch {
            throw .disk(error)
        }
        self.init(
            disk: opened.origin.disk,
            origin: opened.origin,
            store: opened.file,
            catalog: catalog,
            marks: marks,
            ballast: ballast,
            streams: opened.streamFiles,
            spares: opened.spares,
            sealer: sealer,
            zeros: zeros,
            orders: orders,
            reports: reports,
            notes: notes,
            keyWork: keyWork,
            audit: audit,
            lockedNotes: lockedNotes,
            meter: CommitMeter(meter)
        )
        resumeRotations()
        _ = takeLockedNotes()
        ballast.fill(self.zeros)
    }

    /// Whether orders wait.
    var hasOrders: Bool {
        mutating get {
            !orders.isEmpty || keyWork.desk.hasWork
                || !origin.vault.isLocked && keyWork.hasReports
        }
    }

    /// Whether half of the notes that can wait do.
    var hasManyNotes: Bool {
        mutating get { notes.room < Self.noteCountMax / 2 }
    }
}

extension ReadLoop {
    /// Whether orders wait.
    var hasOrders: Bool {
        mutating get { !orders.isEmpty && !vault.isLocked }
    }
}

extension OpenedStore {
    /// Lets the files of the run before go, now that catalog `catalogNumber` names all that counts.
    fileprivate func beginRun(catalogNumber: UInt64) throws(DiskError) -> Watermarks {
        try file.update { state in
            state.incarnation += 1
            state.catalogFloor = catalogNumber
            state.isClean = false
        }
        let marks = try Watermarks(origin.disk)
        for old in try CatalogFile.numbers(on: origin.disk) where old < catalogNumber {
            for copy in 0..<CatalogFile.copyCount {
                try? origin.disk.remove(CatalogFile.name(old, copy: copy))
            }
        }
        try sweep()
        return marks
    }

    /// Takes away what a run that was cut off had begun and nothing names: segments whose numbers
    /// come next, files that were being rewritten, or were replaced, and directories of streams
    /// that are gone.
    private func sweep() throws(DiskError) {
        let disk = origin.disk
        for name in try disk.list("") where name.hasSuffix(".tmp") { try? disk.remove(name) }
        for (id, entry) in catalog.ordered {
            let known = entry.fileNames
            let directory = "s/\(id.hex)"
            for name in (try? disk.list(directory)) ?? []
            where !known.contains(name) && (name.hasSuffix(".seg") || name.hasSuffix(".tmp")) {
                try? disk.remove("\(directory)/\(name)")
            }
        }
        let known = Set(catalog.streams.keys.map(\.hex) + spares.map(\.hex))
        for name in (try? disk.list("s")) ?? [] where !known.contains(name) {
            guard UniqueId(hex: Array(name.utf8)) != nil else { continue }
            for file in (try? disk.list("s/\(name)")) ?? [] where file.hasSuffix(".seg") {
                try? disk.remove("s/\(name)/\(file)")
            }
            try? disk.removeDirectory("s/\(name)")
        }
    }

    /// The streams as the commit loop keeps them.
    fileprivate var streamFiles: [StreamFiles?] {
        catalog.ordered.enumerated().map { index, stream in
            StreamFiles(
                index: UInt32(index),
                id: stream.id,
                segmentBytesMax: stream.entry.segmentBytesMax,
                fold: folds[stream.id] ?? StateFold(),
                hasDirectory: !stream.entry.numbersUsed.isEmpty
            )
        }
    }

    /// What the shard starts from.
    var recoveredStreams: [RecoveredStream] {
        catalog.ordered.enumerated().map { index, stream in
            let fold = folds[stream.id] ?? StateFold()
            let log = stream.entry.segments(in: .log).filter { $0.sealed != nil }
            // Deleted sequences were given out, also those of messages that were refused.
            let deletedLast = max(fold.deleted.ranges.last?.upperBound ?? 0, max(fold.floor, 1) - 1)
            let last = max(stream.entry.lastSequence, deletedLast)
            let first = max(fold.floor, log.first?.firstSequence ?? last + 1)
            return RecoveredStream(
                stream: UInt32(index),
                id: stream.id,
                configuration: stream.entry.configuration,
                firstSequence: first,
                lastSequence: last,
                lastTime: Instant(nanoseconds: log.compactMap { $0.sealed?.lastTime }.max() ?? 0),
                recordCount: log.reduce(0) { $0 + ($1.sealed?.recordCount ?? 0) },
                byteCount: log.reduce(0) { $0 + ($1.sealed?.end ?? 0) },
                deleted: deletions(fold, log, first: first, last: last),
                values: fold.ordered,
                lost: stream.entry.lost,
                isStateDamaged: damagedStates.contains(stream.id)
            )
        }
    }

    /// Deleted sequences, and the gaps between segments: numbers that were never acknowledged.
    private func deletions(
        _ fold: StateFold,
        _ log: [SegmentEntry],
        first: UInt64,
        last: UInt64
    ) -> SequenceSet {
        var deleted = fold.deleted
        deleted.removeBelow(first)
        var expected = first
        for entry in log {
            if entry.firstSequence > expected {
                deleted.insert(expected...(entry.firstSequence - 1))
            }
            expected = max(expected, (entry.sealed?.lastSequence ?? 0) + 1)
        }
        if expected <= last { deleted.insert(expected...last) }
        return deleted
    }
}
