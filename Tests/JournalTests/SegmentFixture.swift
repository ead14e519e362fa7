// A segment as the journal writes it, in memory, with its key.

import Base
import DiskSimulation
@testable import Journal
import Sealing
import Testing

/// One written segment: its bytes, its key and what was put in.
struct SegmentFixture {
    let vault: KeyVault
    let header: SegmentHeader
    /// The file after every sync, and how many messages were durable then.
    var versions: [(bytes: [UInt8], durableEnd: UInt64, messages: Int)] = []
    var messages: [Message] = []
    /// Where each block lies, with the messages in it.
    var blocks: [(place: BlockPlace, messages: Range<Int>)] = []

    /// A segment of `groups` commit groups; `seal` ends it.
    init(seed: UInt64, groups: Int, isSealed: Bool = false) throws {
        var random = Random(seed: seed)
        let now = Instant(nanoseconds: 1_700_000_000_000_000_000)
        let secret = SlotSecret(.keyFile, try SecretBytes(copying: [1, 2, 3].raw))
        let store = UniqueId.random()
        vault = try KeyVault.create(store: store, slot: .keyFile, secret: secret, at: now)
        let stream = try #require(try vault.addStreams(count: 1, at: now).first)
        header = SegmentHeader(
            identity: SegmentIdentity(
                store: store,
                stream: stream,
                lane: Lane.log.rawValue,
                number: 1,
                generation: 0,
                keyVersion: 1,
                salt: .random()
            ),
            ringGeneration: 1,
            incarnation: .random(),
            firstSequence: 1,
            created: now,
            previousChain: .start
        )
        let disk = SimulatedDisk(seed: seed)
        let file = try SegmentFile(
            disk: disk,
            directory: "s",
            name: "one.seg",
            header: header,
            cipher: vault.cipher(header.identity)
        )
        var sealer = BlockSealer()
        var zeros = RecordBuffer(capacity: 1 << 20)
        zeros.appendZeros(1 << 20)
        for _ in 0..<groups {
            for _ in 0...random.below(3) { try stage(file, &sealer, zeros, &random) }
            try file.write()
            try file.sync()
            let bytes = disk.bytes("s/one.seg")
            let end = SegmentFile.pageEnd(file.durable.end) + 4_096
            let kept = Array(bytes.prefix(Int(end)))
            versions.append((kept, file.durable.end, messages.count))
        }
        if isSealed {
            var index = RecordBuffer(capacity: 64)
            file.index.append(to: &index)
            try file.reserve(rawBytes: index.count, zeros: zeros)
            file.stage(
                index.bytes,
                kind: .seal,
                records: .none(after: file.staged.lastSequence),
                sealer: &sealer
            )
            try file.write()
            try file.sync()
            file.finish()
            versions.append((disk.bytes("s/one.seg"), file.durable.end, messages.count))
        }
    }

    private mutating func stage(
        _ file: SegmentFile,
        _ sealer: inout BlockSealer,
        _ zeros: borrowing RecordBuffer,
        _ random: inout Random
    ) throws {
        var writer = BatchWriter()
        let first = messages.count
        for _ in 0...random.below(9) {
            let message = Message.random(&random, sequence: UInt64(messages.count + 1))
            _ = writer.add(message)
            messages.append(message)
        }
        let batch = writer.finish()
        try file.reserve(rawBytes: batch.buffer.count, zeros: zeros)
        let facts = RecordFacts(
            count: UInt32(batch.messageCount),
            firstSequence: batch.firstSequence,
            lastSequence: batch.lastSequence,
            firstTime: Instant(nanoseconds: messages[first].time),
            lastTime: Instant(nanoseconds: messages[messages.count - 1].time)
        )
        let place = file.stage(batch.buffer.bytes, kind: .records, records: facts, sealer: &sealer)
        blocks.append((place, first..<messages.count))
    }

    /// The bytes after the last sync.
    var bytes: [UInt8] { versions.last?.bytes ?? [] }

    /// The watermark of the last sync.
    var watermark: Watermark {
        Watermark(offset: versions.last?.durableEnd ?? 0, sequence: UInt64(messages.count))
    }

    func scan(
        _ bytes: [UInt8],
        watermark: Watermark = .none,
        sealed: Watermark? = nil
    ) throws -> RecoveryScan {
        var opener = BlockOpener()
        return RecoveryScan(
            bytes.raw,
            cipher: try vault.cipher(header.identity),
            opener: &opener,
            watermark: watermark,
            sealed: sealed
        )
    }

    /// The messages of the blocks that `scan` found.
    func read(_ scan: RecoveryScan, in bytes: [UInt8]) throws -> [Message] {
        var opener = BlockOpener()
        let cipher = try vault.cipher(header.identity)
        var plain = RecordBuffer(capacity: 64)
        var found: [Message] = []
        for block in scan.blocks where block.header.kind == .records {
            let defect = opener.open(
                bytes.raw.part(Int(block.offset), bytes.count),
                block.header,
                offset: block.offset,
                segment: SegmentHeader.digest(bytes.raw),
                cipher: cipher,
                into: &plain
            )
            #expect(defect == nil)
            found += decoded(plain)
        }
        return found
    }
}
