// Goes through a sealed segment block by block with little memory, leaving out nothing.

import Base
import Sealing

/// Reads all blocks of one sealed segment in order.
///
/// Every block must follow the one before it and the last one must be the one the catalog names:
/// anything else is a defect. After `findDamage` only what is intact is given.
struct SegmentStroll: ~Copyable {
    private let disk: any Disk
    private let order: RewriteOrder
    private let file: ReadFile
    private let origin: SegmentOrigin
    private var opener = BlockOpener()
    private var chunk = RecordBuffer(capacity: 1 << 20)
    private var plain = RecordBuffer(capacity: 4_096)
    private var chunkStart: UInt64 = 0
    private var chain = ChainValue.start
    private var times: [UInt64: Instant]?
    /// The intact blocks, once the segment was found damaged.
    private var intact: [ScannedBlock]?
    private var nextIntact = 0
    /// Where the block given last begins.
    private var lastOffset: UInt64 = 0
    /// Behind the block given last.
    private(set) var offset = UInt64(SegmentHeader.byteCount)
    /// Whether `next` gives records rather than the plaintext as it was sealed.
    private let isUnpacking: Bool
    /// What the segment's header says of the one before it.
    var previousChain: ChainValue { file.header.previousChain }

    /// Bytes that are read at once.
    static var chunkBytes: UInt64 { 1 << 20 }

    init(
        _ order: RewriteOrder,
        _ origin: SegmentOrigin,
        isUnpacking: Bool = false
    ) throws(RewriteStop) {
        self.order = order
        self.origin = origin
        self.isUnpacking = isUnpacking
        disk = origin.disk
        file = try Self.open(order.segment, origin)
        if !isUnpacking { times = sealedTimes() }
    }

    private static func open(
        _ name: SegmentName,
        _ origin: SegmentOrigin
    ) throws(RewriteStop) -> ReadFile {
        do {
            return try ReadFile(
                disk: origin.disk,
                name: name,
                store: origin.store,
                vault: origin.vault
            )
        } catch let error as DiskError {
            throw .disk(error)
        } catch let defect as Defect {
            throw .damaged(defect)
        } catch {
            throw .damaged(.keyMismatch)
        }
    }

    /// Bytes of the segment of `order` once it is rewritten without what is deleted; nothing but
    /// the heads of its blocks is read.
    static func bytesLeft(
        of order: RewriteOrder,
        _ origin: SegmentOrigin
    ) throws(RewriteStop) -> UInt64 {
        let file = try open(order.segment, origin)
        var left = UInt64(SegmentHeader.byteCount)
        var offset = left
        var isFirst = true
        while offset < order.facts.end {
            let count = min(UInt64(BlockHeader.byteCount), order.facts.end - offset)
            let head: RecordBuffer
            do throws(DiskError) {
                head = try origin.disk.readBytes(file.file, at: offset, count: Int(count))
            } catch {
                throw .disk(error)
            }
            guard let block = BlockHeader(head.bytes) else {
                offset = SegmentFile.pageEnd(offset + 1)
                continue
            }
            if isFirst || !order.isDead(block) { left += UInt64(block.blockBytes) }
            if block.kind == .records { isFirst = false }
            offset += UInt64(block.blockBytes)
        }
        return left
    }

    /// The next block, its plaintext in `frame`; `nil` at the end.
    mutating func next(into frame: inout RecordBuffer) throws(RewriteStop) -> BlockHeader? {
        if let intact { return try nextIntact(intact, into: &frame) }
        while offset < order.facts.end {
            try load(offset, BlockHeader.byteCount)
            guard let header = BlockHeader(rest()) else {
                guard rest().number(UInt64.self, at: 0) == 0 else { throw .damaged(.blockHeader) }
                offset = SegmentFile.pageEnd(offset + 1)
                continue
            }
            guard header.previousChain == chain else { throw .damaged(.chain) }
            try take(header, into: &frame)
            return header
        }
        guard chain == order.facts.chain else { throw .damaged(.cutShort) }
        return nil
    }

    /// Looks at the whole segment once; from then on only intact blocks are given.
    /// - Returns: the sequences that are lost.
    mutating func findDamage() throws(RewriteStop) -> [LostRange] {
        do {
            let path = order.segment.path
            let bytes = try disk.readAll(path, byteCountMax: SegmentImage.byteCountMax)
            let image = try SegmentImage(
                bytes,
                name: order.segment,
                store: origin.store,
                vault: origin.vault
            )
            let facts = order.facts
            let scan = image.scan(
                &opener,
                watermark: .none,
                sealed: Watermark(offset: facts.end, sequence: facts.lastSequence)
            )
            intact = scan.blocks
            for damage in scan.damages {
                try setAside(image.bytes, damage)
            }
            return scan.damages.filter { $0.firstSequence <= $0.lastSequence }.map {
                LostRange(
                    firstSequence: $0.firstSequence,
                    lastSequence: $0.lastSequence,
                    defect: $0.defect
                )
            }
        } catch let error as DiskError {
            throw .disk(error)
        } catch let defect as Defect {
            throw .damaged(defect)
        } catch {
            throw .damaged(.segmentHeader)
        }
    }

    /// When the first message of `block`, the one given last, was taken in.
    mutating func firstTime(of block: BlockHeader) -> Instant {
        if let times { return times[block.firstSequence] ?? .never }
        let start = Int(lastOffset - chunkStart)
        let defect = opener.open(chunk, start, block, offset: lastOffset, file, into: &plain)
        guard defect == nil else { return .never }
        let batch = plain.bytes
        var reader = BatchReader(batch)
        return reader.next(batch)?.time ?? .never
    }

    /// Copies damaged bytes, which nobody can open, to the stream's quarantine.
    private func setAside(
        _ buffer: borrowing RecordBuffer,
        _ damage: Damage
    ) throws(DiskError) {
        let directory = "\(order.segment.directory)/quarantine"
        try disk.makeDirectory(directory)
        let bytes = buffer.bytes
        let end = min(Int(clamping: damage.endOffset), bytes.byteCount)
        let start = min(Int(clamping: damage.offset), end)
        let path = "\(directory)/\(order.segment.file)-\(damage.offset)"
        try disk.replace(path, in: directory, with: bytes.part(start, end))
    }

    private mutating func nextIntact(
        _ blocks: [ScannedBlock],
        into frame: inout RecordBuffer
    ) throws(RewriteStop) -> BlockHeader? {
        guard nextIntact < blocks.count else { return nil }
        let block = blocks[nextIntact]
        nextIntact += 1
        offset = block.offset
        try take(block.header, into: &frame)
        return block.header
    }

    private mutating func take(
        _ header: BlockHeader,
        into frame: inout RecordBuffer
    ) throws(RewriteStop) {
        try load(offset, header.blockBytes)
        guard rest().byteCount >= header.blockBytes else { throw .damaged(.cutShort) }
        let start = Int(offset - chunkStart)
        let defect =
            isUnpacking
            ? opener.open(chunk, start, header, offset: offset, file, into: &frame)
            : Self.open(&opener, chunk, start, header, offset, file, &frame)
        if let defect { throw .damaged(defect) }
        chain = ChainValue.after(
            header: rest().part(0, BlockHeader.byteCount),
            tag: rest().part(header.blockBytes - SegmentCipher.tagBytes, header.blockBytes)
        )
        lastOffset = offset
        offset += UInt64(header.blockBytes)
    }

    private static func open(
        _ opener: inout BlockOpener,
        _ chunk: borrowing RecordBuffer,
        _ start: Int,
        _ header: BlockHeader,
        _ offset: UInt64,
        _ file: ReadFile,
        _ frame: inout RecordBuffer
    ) -> Defect? {
        let all = chunk.bytes
        return opener.frame(
            all.part(start, all.byteCount),
            header,
            BlockPosition(offset: offset, segment: file.digest),
            cipher: file.cipher,
            into: &frame
        )
    }

    /// First times by first sequence, from the segment's own index; `nil` without one.
    private mutating func sealedTimes() -> [UInt64: Instant]? {
        let facts = order.facts
        guard facts.sealOffset > 0, facts.end > facts.sealOffset,
            let bytes = try? disk.readBytes(
                file.file,
                at: facts.sealOffset,
                count: Int(clamping: facts.end - facts.sealOffset)
            ),
            let header = BlockHeader(bytes.bytes), header.kind == .seal
        else { return nil }
        let defect = opener.open(
            bytes.bytes,
            header,
            offset: facts.sealOffset,
            segment: file.digest,
            cipher: file.cipher,
            into: &plain
        )
        guard defect == nil, let index = SparseIndex(plain.bytes) else { return nil }
        return Dictionary(
            index.entries.map { ($0.firstSequence, $0.firstTime) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Brings `count` bytes at `start` into memory, and some behind them.
    private mutating func load(_ start: UInt64, _ count: Int) throws(RewriteStop) {
        let wanted = min(UInt64(count), order.facts.end - start)
        if start >= chunkStart, start + wanted <= chunkStart + UInt64(chunk.count) { return }
        let ahead = min(max(wanted, Self.chunkBytes), order.facts.end - start)
        do {
            chunk = try disk.readBytes(file.file, at: start, count: Int(ahead))
        } catch {
            throw .disk(error)
        }
        chunkStart = start
    }

    /// The bytes in memory from `offset` on.
    @_lifetime(borrow self)
    private func rest() -> RawSpan {
        let all = chunk.bytes
        return all.part(min(Int(offset - chunkStart), all.byteCount), all.byteCount)
    }
}
