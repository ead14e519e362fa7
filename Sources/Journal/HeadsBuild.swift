// The heads of one sealed segment are written beside it, so that a start need not read it.

import Base
import Sealing

/// Reads a sealed segment and writes its heads, a piece at a time.
///
/// Nothing depends on the file: it is taken for what it is once its last block is there, and where
/// it is missing, cut off or damaged the segment itself is read.
struct HeadsBuild: ~Copyable {
    let order: RewriteOrder
    private let disk: any Disk
    private var source: SegmentStroll
    private let target: SegmentFile
    private var writer = HeadWriter()
    private var pages = HeadPageWriter()
    private var sealer = BlockSealer()
    private var records = RecordBuffer(capacity: 128 << 10)

    /// Bytes of a segment below which reading it is as cheap as reading its heads.
    static var segmentBytesMin: UInt64 { 128 << 10 }
    /// Bytes of the segment that one step reads.
    static var stepBytes: UInt64 { 128 << 10 }
    /// Bytes of heads that are written at once.
    static var pieceBytes: Int { 128 << 10 }

    init(_ order: RewriteOrder, _ origin: SegmentOrigin) throws(RewriteStop) {
        self.order = order
        disk = origin.disk
        let source = try SegmentStroll(order, origin, isUnpacking: true)
        target = try origin.makeAnew(
            order.segment.heads,
            firstSequence: order.firstSequence,
            previousChain: order.facts.chain
        )
        self.source = source
    }

    /// Does the next piece.
    /// - Returns: whether the file is complete.
    mutating func step() throws(RewriteStop) -> Bool {
        let limit = source.offset &+ Self.stepBytes
        while source.offset < limit {
            guard let block = try source.next(into: &records) else {
                try finish()
                return true
            }
            guard block.kind == .records else { continue }
            // One of both is empty, so that heads stay in sequence order.
            if HeadPageWriter.takes(records.bytes) {
                if writer.count > 0 { try stageHeads() }
                try Self.collect(records, into: &pages)
                if pages.isFull { try stagePages() }
            } else {
                try stagePages()
                try Self.collect(records, into: &writer)
                if writer.isFull { try stageHeads() }
            }
        }
        return false
    }

    /// Takes the unfinished file away.
    func abandon() {
        try? disk.remove(order.segment.heads.path)
    }

    private static func collect<Heads: HeadCollector & ~Copyable>(
        _ buffer: borrowing RecordBuffer,
        into heads: inout Heads
    ) throws(RewriteStop) {
        let batch = buffer.bytes
        var reader = BatchReader(batch)
        while let message = reader.next(batch) { heads.add(message, of: batch) }
        guard !reader.isMalformed else { throw .damaged(.records) }
    }

    private mutating func stageHeads() throws(RewriteStop) {
        let first = writer.firstSequence
        Self.stage(writer.buffer, writer.count, first...writer.lastSequence, in: target, &sealer)
        writer.removeAll()
        try writeOut()
    }

    private mutating func stagePages() throws(RewriteStop) {
        pages.closePage()
        guard pages.count > 0 else { return }
        let first = pages.firstSequence
        Self.stage(pages.buffer, pages.count, first...pages.lastSequence, in: target, &sealer)
        pages.removeAll()
        try writeOut()
    }

    private static func stage(
        _ heads: borrowing RecordBuffer,
        _ count: UInt32,
        _ sequences: ClosedRange<UInt64>,
        in target: SegmentFile,
        _ sealer: inout BlockSealer
    ) {
        let records = RecordFacts(
            count: count,
            firstSequence: sequences.lowerBound,
            lastSequence: sequences.upperBound,
            firstTime: .never,
            lastTime: .never
        )
        target.allow(rawBytes: heads.count)
        target.stage(heads.bytes, kind: .records, records: records, sealer: &sealer)
    }

    private mutating func writeOut() throws(RewriteStop) {
        guard target.stagedByteCount >= Self.pieceBytes else { return }
        do throws(DiskError) {
            try target.writeOut()
        } catch {
            throw .disk(error)
        }
    }

    private mutating func finish() throws(RewriteStop) {
        if writer.count > 0 { try stageHeads() }
        try stagePages()
        do throws(DiskError) {
            try target.write()
            try target.truncateToStaged()
            try target.sync()
        } catch {
            throw .disk(error)
        }
    }
}

extension RewriteOrder {
    /// Asks for the heads of a sealed segment; `nil` if it needs none.
    init?(headsOf segment: SegmentName, firstSequence: UInt64, _ facts: SealedFacts) {
        guard segment.lane == .log, facts.end >= HeadsBuild.segmentBytesMin,
            facts.recordCount > 0
        else { return nil }
        self.init(
            number: 0,
            segment: segment,
            firstSequence: firstSequence,
            facts: facts,
            deleted: SequenceSet(),
            isVerification: false
        )
    }
}
