// Brings one segment that nobody sealed into a state that can be trusted.

import Base
import Sealing

/// What recovery made of a segment.
struct RecoveredSegment {
    /// Facts of the segment as it is now; `nil` if nothing of it is left.
    var facts: SealedFacts?
    var lost: [LostRange] = []
    /// No sequence up to here is given out again.
    var highestSequence: UInt64 = 0
}

/// Recovers the segments of one store, one after the other.
struct SegmentRecovery: ~Copyable {
    let disk: any Disk
    let vault: KeyVault
    let store: UniqueId
    private var opener = BlockOpener()
    private var plain = RecordBuffer(capacity: 64 << 10)

    init(disk: any Disk, vault: KeyVault, store: UniqueId) {
        self.disk = disk
        self.vault = vault
        self.store = store
    }

    /// Reads the segment of `entry` as a whole.
    /// - Throws: what is wrong with its head, or `DiskError`.
    func image(of name: SegmentName) throws -> SegmentImage {
        let bytes = try disk.readAll(name.path, byteCountMax: SegmentImage.byteCountMax)
        return try SegmentImage(bytes, name: name, store: store, vault: vault)
    }

    /// Recovers the unsealed segment of `entry`.
    ///
    /// The intact part is copied to a new file, which is synced and takes the old one's name: what
    /// was verified is then what is durable, also if an earlier sync had failed and lied.
    /// - Throws: `DiskError` when the disk refuses; nothing is lost then.
    mutating func recover(
        _ entry: SegmentEntry,
        watermark: Watermark
    ) throws(DiskError) -> RecoveredSegment {
        let image: SegmentImage
        do {
            image = try self.image(of: entry.name)
        } catch let error as DiskError {
            guard error.number == noSuchFile else { throw error }
            return unreadable(entry, watermark, .missing)
        } catch let defect as Defect {
            try setAside(entry.name, from: 0)
            return unreadable(entry, watermark, defect)
        } catch {
            return unreadable(entry, watermark, .segmentHeader)
        }
        let scan = image.scan(&opener, watermark: watermark)
        var recovered = RecoveredSegment(highestSequence: scan.highestSequence)
        recovered.lost = scan.damages.filter { $0.firstSequence <= $0.lastSequence }.map {
            LostRange(
                firstSequence: $0.firstSequence,
                lastSequence: $0.lastSequence,
                defect: $0.defect
            )
        }
        if let torn = scan.tornOffset { try setAside(entry.name, from: torn) }
        if !scan.damages.isEmpty { try setAside(entry.name, from: 0) }
        guard let last = scan.blocks.last(where: { $0.header.recordCount > 0 }) else {
            return recovered
        }
        try keep(image.bytes, until: scan.endOffset, as: entry.name)
        recovered.facts = SealedFacts(
            end: scan.endOffset,
            sealOffset: scan.isSealed ? scan.blocks.last?.offset ?? 0 : 0,
            lastSequence: last.header.lastSequence,
            lastTime: lastTime(in: last, of: image),
            recordCount: scan.blocks.reduce(0) { $0 + UInt64($1.header.recordCount) },
            chain: scan.chain
        )
        return recovered
    }

    private func unreadable(
        _ entry: SegmentEntry,
        _ watermark: Watermark,
        _ defect: Defect
    ) -> RecoveredSegment {
        var recovered = RecoveredSegment(highestSequence: watermark.sequence)
        if watermark.sequence >= entry.firstSequence {
            recovered.lost = [
                LostRange(
                    firstSequence: entry.firstSequence,
                    lastSequence: watermark.sequence,
                    defect: defect
                )
            ]
        }
        return recovered
    }

    private mutating func lastTime(
        in block: ScannedBlock,
        of image: borrowing SegmentImage
    ) -> UInt64 {
        guard image.header.identity.lane == Lane.log.rawValue,
            image.open(block, &opener, into: &plain) == nil
        else { return 0 }
        let batch = plain.bytes
        var reader = BatchReader(batch)
        var time: UInt64 = 0
        while let message = reader.next(batch) { time = message.time.nanoseconds }
        return time
    }

    private func keep(
        _ buffer: borrowing RecordBuffer,
        until end: UInt64,
        as name: SegmentName
    ) throws(DiskError) {
        let bytes = buffer.bytes
        try disk.replace(name.path, in: name.directory, with: bytes.part(0, Int(end)))
    }

    /// Copies the bytes from `start` on to the stream's quarantine, which is never emptied by
    /// itself.
    private func setAside(_ name: SegmentName, from start: UInt64) throws(DiskError) {
        let directory = "\(name.directory)/quarantine"
        try disk.makeDirectory(directory)
        let buffer = try disk.readAll(name.path, byteCountMax: SegmentImage.byteCountMax)
        let bytes = buffer.bytes
        guard start < UInt64(bytes.byteCount) else { return }
        let path = "\(directory)/\(name.file)-\(start)"
        try disk.replace(path, in: directory, with: bytes.part(Int(start), bytes.byteCount))
    }
}

/// The system's number for a file that is not there, ENOENT.
public let noSuchFile: Int32 = 2
