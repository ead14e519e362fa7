// Walks from block to block in a segment file, checking that none is left out.

import Base
import Sealing

/// Reads single blocks out of segments.
///
/// Where a block is bad, missing, or does not follow the one before it, the whole segment is walked
/// once; from then on it is read by what the walk found.
struct BlockWalker: ~Copyable {
    enum Outcome {
        case block(first: UInt64, last: UInt64)
        case nothing
        case damaged(LostRange)
        case failed(Int32)
    }

    enum Stop: Error {
        case bad(Defect)
        case failed(Int32)
    }

    let disk: any Disk
    let store: UniqueId
    let vault: KeyVault
    var opener = BlockOpener()
    var chunk = RecordBuffer(capacity: 128 << 10)
    var chunkFile: DiskFile?
    var chunkStart: UInt64 = 0
    var uses: UInt64 = 0
    var open: [ReadSegment] = []

    /// Bytes that are read ahead.
    static var chunkBytes: UInt64 { 128 << 10 }
    /// Most files that are open at once.
    static var openFilesMax: Int { 64 }

    init(disk: any Disk, store: UniqueId, vault: KeyVault) {
        self.disk = disk
        self.store = store
        self.vault = vault
    }

    /// Reads the first block of `segment` that holds a message of at least `sequence`.
    mutating func read(
        _ segment: ReadSegment,
        of stream: ReadStream,
        from sequence: UInt64,
        into buffer: inout RecordBuffer
    ) -> Outcome {
        do throws(Stop) {
            if segment.walked == nil {
                do throws(Stop) {
                    return try walk(segment, of: stream, from: sequence, into: &buffer)
                } catch .bad {
                    try walkWhole(segment)
                }
            }
            return try readWalked(segment, from: sequence, into: &buffer)
        } catch {
            switch error {
            case .failed(let number): return .failed(number)
            case .bad(let defect):
                return .damaged(
                    LostRange(
                        firstSequence: max(sequence, segment.firstSequence),
                        lastSequence: segment.lastSequence,
                        defect: defect
                    )
                )
            }
        }
    }

    /// Closes the file of `segment`, which is not read again.
    mutating func close(_ segment: ReadSegment) {
        if let heads = segment.heads { close(heads) }
        segment.heads = nil
        if segment.file?.file == chunkFile { chunkFile = nil }
        segment.file = nil
        open.removeAll { $0 === segment }
    }

    mutating func walk(
        _ segment: ReadSegment,
        of stream: ReadStream,
        from sequence: UInt64,
        into buffer: inout RecordBuffer
    ) throws(Stop) -> Outcome {
        let file = try openFile(segment)
        var offset = UInt64(SegmentHeader.byteCount)
        var chain: ChainValue? = .start
        var mustBegin = false
        if let hint = stream.hint, hint.segment == segment.name, hint.nextSequence == sequence {
            offset = hint.offset
            chain = hint.chain
        } else if let entry = try index(of: segment, file).entry(before: sequence) {
            offset = entry.offset
            chain = nil
            mustBegin = true
        }
        while offset < segment.end {
            try load(file, offset, BlockHeader.byteCount, segment.end)
            guard let header = BlockHeader(rest(from: offset)) else {
                guard !mustBegin, isBlank(at: offset) else { throw .bad(.blockHeader) }
                offset = SegmentFile.pageEnd(offset + 1)
                continue
            }
            if let chain, header.previousChain != chain { throw .bad(.chain) }
            try load(file, offset, header.blockBytes, segment.end)
            guard chunkBytes(from: offset) >= header.blockBytes else { throw .bad(.cutShort) }
            let after = chainAfter(header, at: offset)
            mustBegin = false
            if header.recordCount > 0, header.lastSequence >= sequence {
                if let defect = openBlock(header, at: offset, file, into: &buffer) {
                    throw .bad(defect)
                }
                stream.hint = ReadHint(
                    segment: segment.name,
                    nextSequence: header.lastSequence + 1,
                    offset: offset + UInt64(header.blockBytes),
                    chain: after
                )
                return .block(first: header.firstSequence, last: header.lastSequence)
            }
            chain = after
            offset += UInt64(header.blockBytes)
        }
        guard sequence > segment.lastSequence else { throw .bad(.cutShort) }
        return .nothing
    }

    /// Looks at every byte of `segment` and remembers what is intact and what is not.
    private func walkWhole(_ segment: ReadSegment) throws(Stop) {
        do {
            let bytes = try disk.readAll(
                segment.name.path,
                byteCountMax: SegmentImage.byteCountMax
            )
            let image = try SegmentImage(bytes, name: segment.name, store: store, vault: vault)
            var opener = BlockOpener()
            let scan = image.scan(
                &opener,
                watermark: .none,
                sealed: Watermark(offset: segment.end, sequence: segment.lastSequence)
            )
            segment.walked = (scan.blocks, scan.damages)
        } catch let error as DiskError {
            throw .failed(error.number)
        } catch let defect as Defect {
            throw .bad(defect)
        } catch {
            throw .bad(.segmentHeader)
        }
    }

    private mutating func readWalked(
        _ segment: ReadSegment,
        from sequence: UInt64,
        into buffer: inout RecordBuffer
    ) throws(Stop) -> Outcome {
        guard let (blocks, damages) = segment.walked else { return .nothing }
        let next = blocks.first {
            $0.header.recordCount > 0 && $0.header.lastSequence >= sequence
        }
        let damage = damages.first {
            $0.firstSequence <= $0.lastSequence && $0.lastSequence >= sequence
        }
        if let damage, damage.firstSequence <= next?.header.firstSequence ?? .max {
            return .damaged(
                LostRange(
                    firstSequence: max(sequence, damage.firstSequence),
                    lastSequence: damage.lastSequence,
                    defect: damage.defect
                )
            )
        }
        guard let next else { return .nothing }
        let file = try openFile(segment)
        try load(file, next.offset, next.header.blockBytes, segment.end)
        if let defect = openBlock(next.header, at: next.offset, file, into: &buffer) {
            throw .bad(defect)
        }
        return .block(first: next.header.firstSequence, last: next.header.lastSequence)
    }
}
