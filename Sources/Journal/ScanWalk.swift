// Finds every intact block of a segment, stepping over what is not.

import Sealing

/// One walk over a segment's bytes.
///
/// Behind a bad block the walk goes on wherever a block header could begin. A false beginning
/// cannot mislead it: a block is authentic at one position of one file only.
struct ScanWalk: ~Copyable {
    /// Bytes between two blocks that should follow one another.
    struct Gap {
        /// Behind the last intact block.
        let offset: UInt64
        let defect: Defect
        /// The sequence that should come next.
        let expectedSequence: UInt64
        /// Whether anything but zeros is there.
        let hasBytes: Bool
    }

    struct Found {
        let block: ScannedBlock
        /// What lies before the block, if it does not follow the one before.
        let gap: Gap?
    }

    private(set) var found: [Found] = []
    /// What lies behind the last intact block.
    private(set) var tail: Gap?
    /// The most that any intact block says was durable.
    private(set) var evidence = Watermark.none
    private(set) var highestSequence: UInt64 = 0
    private let digest: Digest
    private var expectedSequence: UInt64
    private var plain = RecordBuffer(capacity: 64 << 10)

    init(_ bytes: RawSpan) {
        digest = SegmentHeader.digest(bytes)
        expectedSequence = SegmentHeader(bytes)?.firstSequence ?? 0
    }

    mutating func run(
        _ bytes: RawSpan,
        cipher: borrowing SegmentCipher,
        opener: inout BlockOpener
    ) {
        var offset = SegmentHeader.byteCount
        var chain = ChainValue.start
        while offset < bytes.byteCount {
            var defect: Defect?
            var next: ScannedBlock?
            var at = offset
            while next == nil, at < bytes.byteCount {
                switch look(bytes, at, cipher, &opener) {
                case .intact(let block): next = block
                case .bad(let what): defect = defect ?? what
                case .blank: break
                }
                at = Self.candidate(bytes, from: at + 1)
            }
            guard let next else {
                tail = gap(bytes, offset, defect ?? .cutShort)
                return
            }
            let follows = next.header.previousChain == chain
            take(next, gap: follows ? nil : gap(bytes, offset, defect ?? .chain))
            chain = next.chainAfter
            offset = Int(next.endOffset)
        }
        tail = gap(bytes, offset, .cutShort)
    }

    private enum Sight {
        case intact(ScannedBlock)
        case bad(Defect)
        case blank
    }

    private mutating func look(
        _ bytes: RawSpan,
        _ offset: Int,
        _ cipher: borrowing SegmentCipher,
        _ opener: inout BlockOpener
    ) -> Sight {
        let rest = bytes.part(min(offset, bytes.byteCount), bytes.byteCount)
        guard let header = BlockHeader(rest) else {
            return rest.number(UInt64.self, at: 0) == 0 ? .blank : .bad(.blockHeader)
        }
        highestSequence = max(highestSequence, header.lastSequence)
        if let defect = opener.open(
            rest,
            header,
            offset: UInt64(offset),
            segment: digest,
            cipher: cipher,
            into: &plain
        ) {
            return .bad(defect)
        }
        let chain = ChainValue.after(
            header: rest.part(0, BlockHeader.byteCount),
            tag: rest.part(header.blockBytes - SegmentCipher.tagBytes, header.blockBytes)
        )
        return .intact(ScannedBlock(offset: UInt64(offset), header: header, chainAfter: chain))
    }

    private mutating func take(_ block: ScannedBlock, gap: Gap?) {
        found.append(Found(block: block, gap: gap))
        evidence.offset = max(evidence.offset, block.header.durableOffset)
        evidence.sequence = max(evidence.sequence, block.header.durableSequence)
        if block.header.recordCount > 0 { expectedSequence = block.header.lastSequence &+ 1 }
    }

    private func gap(_ bytes: RawSpan, _ offset: Int, _ defect: Defect) -> Gap {
        Gap(
            offset: UInt64(offset),
            defect: defect,
            expectedSequence: expectedSequence,
            hasBytes: Self.hasBytes(bytes, from: offset)
        )
    }

    /// The next offset from `start` on where a block header may begin; the end if there is none.
    private static func candidate(_ bytes: RawSpan, from start: Int) -> Int {
        let first = UInt8(truncatingIfNeeded: BlockHeader.magic)
        var offset = start
        while offset + 8 <= bytes.byteCount {
            let word = bytes.number(UInt64.self, at: offset)
            if word == 0 {
                offset += 8
            } else if UInt8(truncatingIfNeeded: word) == first,
                UInt32(truncatingIfNeeded: word) == BlockHeader.magic
            {
                return offset
            } else {
                offset += 1
            }
        }
        return bytes.byteCount
    }

    private static func hasBytes(_ bytes: RawSpan, from start: Int) -> Bool {
        var offset = start
        while offset < bytes.byteCount, !offset.isMultiple(of: 8) {
            if bytes.number(UInt8.self, at: offset) != 0 { return true }
            offset += 1
        }
        while offset + 8 <= bytes.byteCount {
            if bytes.number(UInt64.self, at: offset) != 0 { return true }
            offset += 8
        }
        while offset < bytes.byteCount {
            if bytes.number(UInt8.self, at: offset) != 0 { return true }
            offset += 1
        }
        return false
    }
}
