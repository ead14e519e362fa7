// One sealed segment becomes its next generation under the active key: copied, sealed, read back.

import Base
import Sealing

/// Why a rewrite cannot go on.
enum RewriteStop: Error, Equatable {
    /// The disk refuses.
    case disk(DiskError)
    /// The old file is not what it should be.
    case damaged(Defect)
    /// The new file does not hold what the old one held.
    case notAlike
    /// The key side refuses.
    case sealing(SealingError)
}

/// What the thread that rewrites is asked for.
struct RewriteOrder: Sendable {
    /// Names the order in its answer.
    let number: UInt64
    /// The segment as it is now.
    let segment: SegmentName
    let firstSequence: UInt64
    let facts: SealedFacts
    /// Sequences that are deleted: blocks that hold nothing else are left out.
    let deleted: SequenceSet
    /// Only samples are read back; nothing is written.
    let isVerification: Bool
    /// Whether it is only worth it if at most a quarter of the bytes is left.
    var isCompaction = false

    /// Whether `block` is not the last one with messages, and none of its messages is left.
    func isDead(_ block: BlockHeader) -> Bool {
        guard block.kind == .records, block.lastSequence < facts.lastSequence,
            block.firstSequence <= block.lastSequence
        else { return false }
        let range = block.firstSequence...block.lastSequence
        return deleted.count(in: range) == UInt64(range.count)
    }
}

/// Rewrites one segment, a piece at a time.
///
/// Blocks keep their records and their compression; they get a new key, nonce, position and chain.
/// The new file is complete, synced and was read back block by block when `step` says it is done;
/// until then nobody knows of it.
struct SegmentRewrite: ~Copyable {
    let order: RewriteOrder
    /// Ranges that could not be read, so that they are not in the new file.
    private(set) var lost: [LostRange] = []
    /// Blocks that were read back from the new file.
    private(set) var checkedBlocks: UInt64 = 0
    /// Bytes of the old segment that are rewritten: half of it is done when all is copied, the
    /// other half when all was read back.
    private(set) var rewrittenBytes: UInt64 = 0
    /// Whether damaged blocks are left out.
    let isSalvage: Bool
    private let origin: SegmentOrigin
    private var source: SegmentStroll
    private let target: SegmentFile
    private var back: SegmentStroll?
    private var sealer = BlockSealer()
    private var frame = RecordBuffer(capacity: 128 << 10)
    /// Checksums of the plaintexts, to compare what is read back with.
    private var checksums: [UInt32] = []
    private var isCopied = false
    private var facts: SealedFacts?

    /// Bytes that one step handles: what publishers wait for if they come in between.
    static var stepBytes: UInt64 { 128 << 10 }

    /// Begins the rewrite of `order`; with `isSalvage` damaged blocks are left out instead of
    /// ending it.
    init(
        _ order: RewriteOrder,
        _ origin: SegmentOrigin,
        isSalvage: Bool
    ) throws(RewriteStop) {
        self.order = order
        self.origin = origin
        self.isSalvage = isSalvage
        var source = try SegmentStroll(order, origin)
        if isSalvage { lost = try source.findDamage() }
        target = try origin.makeAnew(
            order.segment.rewritten,
            firstSequence: order.firstSequence,
            previousChain: source.previousChain
        )
        self.source = source
    }

    /// Does the next piece.
    /// - Returns: the facts of the new segment when it is done, `nil` before.
    mutating func step() throws(RewriteStop) -> SealedFacts? {
        defer {
            rewrittenBytes = min((source.offset + (back?.offset ?? 0)) / 2, order.facts.end)
        }
        if !isCopied {
            isCopied = try copy()
            if isCopied { facts = try finish() }
            return nil
        }
        return try check() ? facts : nil
    }

    /// Version of the key that the new segment is under.
    var keyVersion: UInt32 { target.header.identity.keyVersion }

    /// Takes the unfinished file away.
    func abandon() {
        try? origin.disk.remove(order.segment.rewritten.path)
    }

    private mutating func copy() throws(RewriteStop) -> Bool {
        let limit = source.offset &+ Self.stepBytes
        while source.offset < limit {
            guard let block = try source.next(into: &frame) else { return true }
            guard block.kind == .records, !isDead(block) else { continue }
            checksums.append(Crc32c.of(frame.bytes))
            let due = target.index.isDue(at: target.staged.end)
            let records = RecordFacts(
                count: block.recordCount,
                firstSequence: block.firstSequence,
                lastSequence: block.lastSequence,
                firstTime: due ? source.firstTime(of: block) : .never,
                lastTime: .never
            )
            do {
                target.allow(rawBytes: frame.count)
                Self.stage(frame, block, records, in: target, &sealer)
                // Bit by bit: many bytes at once would hold up the syncs of publishers.
                if target.stagedByteCount >= Self.stepBytes { try target.writeOut() }
            } catch {
                throw .disk(error)
            }
        }
        return false
    }

    private static func stage(
        _ frame: borrowing RecordBuffer,
        _ block: BlockHeader,
        _ records: RecordFacts,
        in target: SegmentFile,
        _ sealer: inout BlockSealer
    ) {
        target.stage(
            frame: frame.bytes,
            of: BlockFrame(isCompressed: block.isCompressed, rawBytes: block.rawBytes),
            records: records,
            sealer: &sealer
        )
    }

    /// Whether `block` is left out; the segment's first and last block always stay.
    private func isDead(_ block: BlockHeader) -> Bool {
        !checksums.isEmpty && order.isDead(block)
    }

    private mutating func finish() throws(RewriteStop) -> SealedFacts {
        var index = RecordBuffer(capacity: 1_024)
        target.index.append(to: &index)
        do {
            target.allow(rawBytes: index.count)
            let place = target.stage(
                index.bytes,
                kind: .seal,
                records: .none(after: target.staged.lastSequence),
                sealer: &sealer
            )
            try target.write()
            try target.truncateToStaged()
            try target.sync()
            var facts = target.sealedFacts(sealOffset: place.offset)
            facts.lastSequence = order.facts.lastSequence
            facts.lastTime = order.facts.lastTime
            return facts
        } catch {
            throw .disk(error)
        }
    }

    /// Reads the new file from its head on, as any reader would, and compares.
    private mutating func check() throws(RewriteStop) -> Bool {
        guard let facts else { throw .notAlike }
        if back == nil {
            let written = RewriteOrder(
                number: order.number,
                segment: order.segment.rewritten,
                firstSequence: order.firstSequence,
                facts: facts,
                deleted: SequenceSet(),
                isVerification: true
            )
            do throws(RewriteStop) {
                back = try SegmentStroll(written, origin)
            } catch {
                if case .disk = error { throw error }
                throw .notAlike
            }
        }
        let limit = (back?.offset ?? 0) &+ Self.stepBytes
        while (back?.offset ?? limit) < limit {
            guard let block = try nextBack() else {
                guard checkedBlocks == UInt64(checksums.count) else { throw .notAlike }
                return true
            }
            guard block.kind == .records else { continue }
            guard checkedBlocks < UInt64(checksums.count),
                checksums[Int(checkedBlocks)] == Crc32c.of(frame.bytes)
            else { throw .notAlike }
            checkedBlocks += 1
        }
        return false
    }

    private mutating func nextBack() throws(RewriteStop) -> BlockHeader? {
        do throws(RewriteStop) {
            return try back?.next(into: &frame)
        } catch {
            if case .damaged = error { throw .notAlike }
            throw error
        }
    }
}

extension RewriteStop {
    fileprivate init(_ error: JournalError) {
        switch error {
        case .disk(let error): self = .disk(error)
        case .sealing(let error): self = .sealing(error)
        case .storeInUse, .storeDamaged, .notEmpty, .storeVersion, .ringMissing, .catalogDamaged:
            self = .sealing(.keyUnknown)
        }
    }
}

extension SegmentOrigin {
    /// Makes the file of `name`; what is left of an earlier attempt goes.
    func makeAnew(
        _ name: SegmentName,
        firstSequence: UInt64,
        previousChain: ChainValue
    ) throws(RewriteStop) -> SegmentFile {
        // One that stays is in the way, and then making it fails.
        try? disk.remove(name.path)
        do throws(JournalError) {
            return try makeSegment(
                name,
                directory: name.directory,
                file: name.file,
                firstSequence: firstSequence,
                previousChain: previousChain
            )
        } catch {
            throw RewriteStop(error)
        }
    }
}
