// Open files, their indices and the bytes read ahead.

import Base
import Sealing

extension BlockWalker {
    mutating func openFile(_ segment: ReadSegment) throws(Stop) -> ReadFile {
        uses += 1
        if let file = segment.file {
            file.lastUse = uses
            return file
        }
        if open.count >= Self.openFilesMax,
            let oldest = open.indices.min(by: {
                open[$0].file?.lastUse ?? 0 < open[$1].file?.lastUse ?? 0
            })
        {
            chunkFile = nil
            open[oldest].file = nil
            open.remove(at: oldest)
        }
        do {
            let file = try ReadFile(disk: disk, name: segment.name, store: store, vault: vault)
            file.lastUse = uses
            segment.file = file
            open.append(segment)
            return file
        } catch let error as DiskError {
            if error.number == noSuchFile { throw .bad(.missing) }
            throw .failed(error.number)
        } catch let defect as Defect {
            throw .bad(defect)
        } catch {
            throw .bad(.keyMismatch)
        }
    }

    /// The segment's index: kept, read from its seal block, or made by walking.
    mutating func index(
        of segment: ReadSegment,
        _ file: ReadFile
    ) throws(Stop) -> SparseIndex {
        if let index = segment.index { return index }
        if let facts = segment.sealed, facts.sealOffset > 0 {
            let index = try sealedIndex(facts, file)
            segment.index = index
            return index
        }
        let index = try madeIndex(segment, file)
        segment.index = index
        return index
    }

    private mutating func sealedIndex(
        _ facts: SealedFacts,
        _ file: ReadFile
    ) throws(Stop) -> SparseIndex {
        let count = Int(facts.end - facts.sealOffset)
        try load(file, facts.sealOffset, count, facts.end)
        var plain = RecordBuffer(capacity: 1_024)
        guard let header = BlockHeader(rest(from: facts.sealOffset)), header.kind == .seal else {
            throw .bad(.blockHeader)
        }
        if let defect = openBlock(header, at: facts.sealOffset, file, into: &plain) {
            throw .bad(defect)
        }
        guard let index = SparseIndex(plain.bytes) else { throw .bad(.records) }
        return index
    }

    private mutating func madeIndex(
        _ segment: ReadSegment,
        _ file: ReadFile
    ) throws(Stop) -> SparseIndex {
        var index = SparseIndex()
        var plain = RecordBuffer(capacity: 64 << 10)
        var offset = UInt64(SegmentHeader.byteCount)
        while offset < segment.end {
            try load(file, offset, BlockHeader.byteCount, segment.end)
            guard let header = BlockHeader(rest(from: offset)) else {
                guard isBlank(at: offset) else { throw .bad(.blockHeader) }
                offset = SegmentFile.pageEnd(offset + 1)
                continue
            }
            if header.recordCount > 0, index.isDue(at: offset) {
                try load(file, offset, header.blockBytes, segment.end)
                if let defect = openBlock(header, at: offset, file, into: &plain) {
                    throw .bad(defect)
                }
                index.note(
                    IndexEntry(
                        firstSequence: header.firstSequence,
                        firstTime: Self.firstTime(plain),
                        offset: offset
                    )
                )
            }
            offset += UInt64(header.blockBytes)
        }
        return index
    }

    private static func firstTime(_ buffer: borrowing RecordBuffer) -> Instant {
        let batch = buffer.bytes
        var reader = BatchReader(batch)
        return reader.next(batch)?.time ?? .never
    }

    mutating func openBlock(
        _ header: BlockHeader,
        at offset: UInt64,
        _ file: ReadFile,
        into buffer: inout RecordBuffer
    ) -> Defect? {
        let start = Int(offset - chunkStart)
        return opener.open(chunk, start, header, offset: offset, file, into: &buffer)
    }

    /// Brings `count` bytes at `offset` into memory, and some behind them, but nothing from `end`
    /// on.
    mutating func load(
        _ file: ReadFile,
        _ offset: UInt64,
        _ count: Int,
        _ end: UInt64
    ) throws(Stop) {
        let wanted = min(UInt64(count), end - offset)
        if chunkFile == file.file, offset >= chunkStart,
            offset + wanted <= chunkStart + UInt64(chunk.count)
        {
            return
        }
        let ahead = min(max(wanted, Self.chunkBytes), end - offset)
        chunkFile = nil
        do {
            chunk = try disk.readBytes(file.file, at: offset, count: Int(ahead))
        } catch {
            throw .failed(error.number)
        }
        chunkStart = offset
        chunkFile = file.file
    }

    @_lifetime(borrow self)
    func rest(from offset: UInt64) -> RawSpan {
        let all = chunk.bytes
        return all.part(min(Int(offset - chunkStart), all.byteCount), all.byteCount)
    }

    func chunkBytes(from offset: UInt64) -> Int {
        chunk.count - Int(offset - chunkStart)
    }

    func isBlank(at offset: UInt64) -> Bool {
        rest(from: offset).number(UInt64.self, at: 0) == 0
    }

    func chainAfter(_ header: BlockHeader, at offset: UInt64) -> ChainValue {
        let block = rest(from: offset)
        return ChainValue.after(
            header: block.part(0, BlockHeader.byteCount),
            tag: block.part(header.blockBytes - SegmentCipher.tagBytes, header.blockBytes)
        )
    }
}
