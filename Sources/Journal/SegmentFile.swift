// The one segment of a lane that is being written.

import Base
import Sealing

/// How far a segment has come.
struct SegmentProgress: BitwiseCopyable, Equatable {
    /// Offset behind the last block.
    var end = UInt64(SegmentHeader.byteCount)
    /// The chain value after the last block.
    var chain = ChainValue.start
    /// Sequence of the last record; the header's first sequence minus one before there is any.
    var lastSequence: UInt64
    /// Time of the last record.
    var lastTime: UInt64 = 0
    /// How many records.
    var recordCount: UInt64 = 0
}

/// Writes blocks into one new file: stage, write, sync.
///
/// The file was made by this run and no other ever appends to it. Blocks of a log are only staged
/// where the file is already filled with zeros, so that a full disk is met before anything is
/// sealed; a file that nobody knows of yet is written without. The
/// block number rises with every seal and never goes back, also when a staged block is thrown away:
/// it is the counting half of the nonce.
final class SegmentFile {
    let path: String
    let header: SegmentHeader
    private let disk: any Disk
    /// What the disk knows it by.
    let file: DiskFile
    private let cipher: SegmentCipher
    private let digest: Digest
    private var nextNumber: UInt32 = 0
    private var group: UInt64 = 0
    private var stagedBytes = RecordBuffer(capacity: 0)
    private var written: UInt64
    private var zeroedEnd: UInt64
    private var zeroStep: UInt64 = 64 << 10
    /// As it will be when everything staged is written.
    private(set) var staged: SegmentProgress
    /// As it is after the last sync.
    private(set) var durable: SegmentProgress
    /// Where blocks begin, for readers and for the seal.
    private(set) var index = SparseIndex()

    /// The most zeros that are written ahead at once.
    static var zeroStepMax: UInt64 { 1 << 20 }
    static var firstBytes: Int { 64 << 10 }

    /// Makes the file of `header` at `path`, durable with its name.
    init(
        disk: any Disk,
        directory: String,
        name: String,
        header: SegmentHeader,
        cipher: consuming SegmentCipher
    ) throws(DiskError) {
        path = directory.isEmpty ? name : "\(directory)/\(name)"
        self.disk = disk
        self.header = header
        var bytes = header.encoded(by: cipher)
        digest = SegmentHeader.digest(bytes.bytes)
        self.cipher = cipher
        bytes.appendZeros(Self.firstBytes - bytes.count)
        staged = SegmentProgress(lastSequence: header.firstSequence &- 1)
        durable = staged
        zeroedEnd = UInt64(Self.firstBytes)
        written = staged.end
        file = try disk.open(path, .create)
        do throws(DiskError) {
            try disk.write(file, at: 0, bytes.bytes)
            try disk.sync(file)
            try disk.syncDirectory(directory)
        } catch {
            disk.close(file)
            try? disk.remove(path)
            throw error
        }
    }

    deinit { disk.close(file) }

    /// Whether something staged is not yet written or synced.
    var isDirty: Bool { staged.end != durable.end }

    /// Whether something staged is not yet written.
    var hasStagedBytes: Bool { stagedBytes.count > 0 }

    /// Makes sure that a block of `rawBytes` can be staged.
    /// - Throws: `DiskError` when the disk has no room; nothing is changed then.
    func reserve(rawBytes: Int, zeros: borrowing RecordBuffer) throws(DiskError) {
        let needed = blockStart + UInt64(BlockSealer.bound(rawBytes: rawBytes))
        while Self.pageEnd(needed) > zeroedEnd {
            zeroStep = min(zeroStep * 2, Self.zeroStepMax)
            let count = min(zeroStep, UInt64(zeros.count))
            try disk.write(file, at: zeroedEnd, zeros.bytes.part(0, Int(count)))
            zeroedEnd += count
        }
    }

    /// Lets a block of `rawBytes` be staged where nothing was written ahead.
    ///
    /// This is for a file that nobody knows of before it is complete: a full disk, met by `write`,
    /// costs nothing but that file.
    func allow(rawBytes: Int) {
        let needed = blockStart + UInt64(BlockSealer.bound(rawBytes: rawBytes))
        zeroedEnd = max(zeroedEnd, Self.pageEnd(needed))
    }

    /// Seals `raw` as the next block; room was reserved or allowed before.
    /// - Returns: where the block lies.
    @discardableResult
    func stage(
        _ raw: RawSpan,
        kind: BlockKind,
        records: RecordFacts,
        sealer: inout BlockSealer
    ) -> BlockPlace {
        let (start, facts) = begin(kind, records)
        stagedBytes.reserve(min(BlockSealer.bound(rawBytes: raw.byteCount) + 4_096, 8_192))
        staged.chain = sealer.seal(
            raw,
            facts,
            offset: start,
            segment: digest,
            cipher: cipher,
            into: &stagedBytes
        )
        return end(start, records)
    }

    /// Seals `frame`, the plaintext of a block of another file, as the next block.
    func stage(
        frame: RawSpan,
        of kind: BlockFrame,
        records: RecordFacts,
        sealer: inout BlockSealer
    ) {
        let (start, facts) = begin(.records, records)
        staged.chain = sealer.reseal(
            frame,
            of: kind,
            facts,
            BlockPosition(offset: start, segment: digest),
            cipher: cipher,
            into: &stagedBytes
        )
        _ = end(start, records)
    }

    /// Makes room for the next block among those staged, and says what it follows.
    private func begin(_ kind: BlockKind, _ records: RecordFacts) -> (UInt64, BlockFacts) {
        let start = blockStart
        if stagedBytes.count > 0 {
            stagedBytes.appendZeros(Int(start - staged.end))
        } else {
            written = start
        }
        if staged.end == durable.end { group += 1 }
        let facts = BlockFacts(
            kind: kind,
            number: nextNumber,
            recordCount: records.count,
            firstSequence: records.firstSequence,
            lastSequence: records.lastSequence,
            group: group,
            durableOffset: durable.end,
            durableSequence: durable.lastSequence,
            previousChain: staged.chain
        )
        nextNumber += 1
        return (start, facts)
    }

    /// Notes the block that was staged at `start`.
    private func end(_ start: UInt64, _ records: RecordFacts) -> BlockPlace {
        let length = written + UInt64(stagedBytes.count) - start
        precondition(start + length <= zeroedEnd, "a block is staged only where room was reserved")
        staged.end = start + length
        if records.count > 0 {
            staged.lastSequence = records.lastSequence
            staged.lastTime = max(staged.lastTime, records.lastTime.nanoseconds)
            staged.recordCount += UInt64(records.count)
            if records.firstTime != .never {
                index.note(
                    IndexEntry(
                        firstSequence: records.firstSequence,
                        firstTime: records.firstTime,
                        offset: start
                    )
                )
            }
        }
        return BlockPlace(offset: start, byteCount: UInt32(length))
    }

    /// How many bytes are staged and not yet written.
    var stagedByteCount: Int { stagedBytes.count }

    /// Writes what is staged, in whole pages.
    func write() throws(DiskError) {
        guard stagedBytes.count > 0 else { return }
        let end = written + UInt64(stagedBytes.count)
        stagedBytes.appendZeros(Int(Self.pageEnd(end) - end))
        try put(stagedBytes, at: written)
        written = staged.end
        stagedBytes.removeAll()
        // A page more for each of a thousand quiet segments is worth an allocation.
        if stagedBytes.capacity > 256 << 10 || stagedBytes.capacity <= 8_192 {
            stagedBytes = RecordBuffer(capacity: 0)
        }
    }

    private func put(_ buffer: borrowing RecordBuffer, at offset: UInt64) throws(DiskError) {
        try disk.write(file, at: offset, buffer.bytes)
    }

    /// Writes what is staged and waits until the device has it, which makes nothing durable.
    func writeOut() throws(DiskError) {
        let start = written
        try write()
        try disk.writeOut(file, at: start, count: Self.pageEnd(written) - start)
    }

    /// Makes what is written durable.
    func sync() throws(DiskError) {
        try disk.sync(file)
        noteSynced()
    }

    /// Notes that the disk has made durable what was written.
    func noteSynced() {
        precondition(stagedBytes.count == 0, "what is staged is written before it is synced")
        durable = staged
    }

    /// Cuts the zeros behind the last block off; the file takes no more blocks.
    func finish() {
        try? disk.truncate(file, to: durable.end)
    }

    /// Cuts the zeros behind what was written off, before the last sync.
    func truncateToStaged() throws(DiskError) {
        try disk.truncate(file, to: staged.end)
        zeroedEnd = staged.end
    }

    /// Where the next block begins: a commit group begins on a page of its own.
    private var blockStart: UInt64 {
        staged.end == durable.end ? Self.pageEnd(staged.end) : staged.end
    }

    static func pageEnd(_ offset: UInt64) -> UInt64 {
        (offset + 4_095) & ~4_095
    }
}

/// What a block's records cover.
struct RecordFacts: BitwiseCopyable {
    var count: UInt32
    var firstSequence: UInt64
    var lastSequence: UInt64
    var firstTime: Instant
    var lastTime: Instant

    /// Facts of a block without records, which follows `lastSequence`.
    static func none(after lastSequence: UInt64) -> RecordFacts {
        RecordFacts(
            count: 0,
            firstSequence: lastSequence &+ 1,
            lastSequence: lastSequence,
            firstTime: .never,
            lastTime: .never
        )
    }
}

/// Where a block lies in its segment.
struct BlockPlace: BitwiseCopyable, Equatable {
    let offset: UInt64
    let byteCount: UInt32
}
