// What is in a segment, and what should be: tells a torn tail from damage.

import Sealing

/// A stretch of a segment that held durable bytes and does not any more.
public struct Damage: BitwiseCopyable, Equatable, Sendable {
    /// Where the bad bytes begin.
    public let offset: UInt64
    /// Where intact bytes go on; the end of the file if none do.
    public let endOffset: UInt64
    /// First sequence that is lost.
    public let firstSequence: UInt64
    /// Last sequence that is lost; below `firstSequence` if no message is.
    public let lastSequence: UInt64
    /// What is wrong at `offset`.
    public let defect: Defect
}

/// An intact block and where it lies.
struct ScannedBlock: BitwiseCopyable {
    let offset: UInt64
    let header: BlockHeader
    /// The chain value behind it.
    let chainAfter: ChainValue

    var endOffset: UInt64 { offset + UInt64(header.blockBytes) }
}

/// What was durable when the process wrote last.
struct Watermark: BitwiseCopyable, Equatable, Sendable {
    /// Bytes of the segment that were durable.
    var offset: UInt64
    /// The last sequence that was durable.
    var sequence: UInt64

    static var none: Watermark { Watermark(offset: 0, sequence: 0) }
}

/// The result of walking one segment; pure over bytes, key and watermark.
struct RecoveryScan {
    /// The intact blocks before a torn tail, in order.
    private(set) var blocks: [ScannedBlock] = []
    /// Stretches that are lost although they were durable.
    private(set) var damages: [Damage] = []
    /// Where a torn tail begins: bytes that were never acknowledged.
    private(set) var tornOffset: UInt64?
    /// Offset behind the last intact block that counts.
    private(set) var endOffset = UInt64(SegmentHeader.byteCount)
    /// The chain value after the last intact block.
    private(set) var chain = ChainValue.start
    /// The highest sequence that any readable header names, intact or not: none up to here is given
    /// out again.
    private(set) var highestSequence: UInt64 = 0

    /// Whether the segment ends with a seal.
    var isSealed: Bool { blocks.last?.header.kind == .seal }

    /// Walks the segment in `bytes`, whose header is known to be good.
    ///
    /// `sealed` is where a sealed segment ends, and with which sequence: such a one has no torn
    /// tail.
    init(
        _ bytes: RawSpan,
        cipher: borrowing SegmentCipher,
        opener: inout BlockOpener,
        watermark: Watermark,
        sealed: Watermark? = nil
    ) {
        var walk = ScanWalk(bytes)
        let end = min(bytes.byteCount, Int(clamping: sealed?.offset ?? .max))
        walk.run(bytes.part(0, end), cipher: cipher, opener: &opener)
        let known = sealed ?? watermark
        highestSequence = max(walk.highestSequence, known.sequence)
        let durable = Watermark(
            offset: max(known.offset, walk.evidence.offset),
            sequence: max(known.sequence, walk.evidence.sequence)
        )
        for found in walk.found {
            if let gap = found.gap {
                guard durable.offset > gap.offset else {
                    tornOffset = gap.offset
                    return
                }
                note(gap, until: found.block.offset, before: found.block.header.firstSequence)
            }
            take(found.block)
        }
        if let gap = walk.tail {
            if durable.offset > gap.offset {
                let next = max(durable.sequence, walk.highestSequence) + 1
                note(gap, until: UInt64(bytes.byteCount), before: next)
            } else if gap.hasBytes {
                tornOffset = gap.offset
            }
        }
    }

    private mutating func take(_ block: ScannedBlock) {
        blocks.append(block)
        endOffset = block.endOffset
        chain = block.chainAfter
    }

    private var lastSequence: UInt64 {
        blocks.last { $0.header.recordCount > 0 }?.header.lastSequence ?? 0
    }

    private mutating func note(_ gap: ScanWalk.Gap, until end: UInt64, before next: UInt64) {
        let first = max(lastSequence + 1, gap.expectedSequence)
        damages.append(
            Damage(
                offset: gap.offset,
                endOffset: end,
                firstSequence: first,
                lastSequence: next == 0 ? 0 : next - 1,
                defect: gap.defect
            )
        )
    }
}
