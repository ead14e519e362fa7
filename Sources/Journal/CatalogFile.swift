// The catalog on disk: one segment that names all others.

import Base
import Sealing

/// Appends changes of the catalog; each run starts a new file with all that still counts.
final class CatalogFile {
    let number: UInt64
    private let segment: SegmentFile
    private var pending = RecordBuffer(capacity: 4_096)
    private var pendingCount: UInt32 = 0
    private(set) var state: CatalogState

    static func name(_ number: UInt64) -> String { "catalog-\(number)" }

    /// Numbers of the catalogs on `disk`, newest first.
    static func numbers(on disk: any Disk) throws(DiskError) -> [UInt64] {
        try disk.list("").compactMap { name in
            name.hasPrefix("catalog-") ? UInt64(name.dropFirst(8)) : nil
        }.sorted(by: >)
    }

    /// The identity under which catalog `number` is sealed.
    static func segmentName(_ number: UInt64) -> SegmentName {
        SegmentName(stream: .none, lane: .catalog, number: number, generation: 0)
    }

    /// Writes `state` as catalog `number`; durable under its name when it returns.
    init(
        _ state: CatalogState,
        number: UInt64,
        origin: SegmentOrigin,
        sealer: inout BlockSealer,
        zeros: borrowing RecordBuffer
    ) throws(JournalError) {
        self.state = state
        self.number = number
        let name = Self.name(number)
        let temporary = name + ".tmp"
        try? origin.disk.remove(temporary)
        segment = try origin.makeSegment(
            Self.segmentName(number),
            directory: "",
            file: temporary,
            firstSequence: 1,
            previousChain: .start
        )
        for record in state.records { stage(record) }
        do {
            try write(sealer: &sealer, zeros: zeros)
            try sync()
            try origin.disk.rename(temporary, to: name)
            try origin.disk.syncDirectory("")
        } catch {
            throw .disk(error)
        }
    }

    /// Whether changes wait to be written or synced.
    var isDirty: Bool { pendingCount > 0 || segment.isDirty }

    /// How far the file is durable.
    var watermark: Watermark {
        Watermark(offset: segment.durable.end, sequence: segment.durable.lastSequence)
    }

    /// How many bytes the file has by now.
    var byteCount: UInt64 { segment.staged.end }

    /// Takes a change; it counts at once and is durable after `write` and `sync`.
    func append(_ record: CatalogRecord) {
        state.apply(record)
        stage(record)
    }

    private func stage(_ record: CatalogRecord) {
        if pendingCount == 0 {
            pending.removeAll()
            pending.append(CatalogRecord.format)
        }
        record.append(to: &pending)
        pendingCount += 1
    }

    /// Writes all changes that wait.
    func write(
        sealer: inout BlockSealer,
        zeros: borrowing RecordBuffer
    ) throws(DiskError) {
        if pendingCount > 0 {
            try segment.reserve(rawBytes: pending.count, zeros: zeros)
            let next = segment.staged.lastSequence + 1
            let facts = RecordFacts(
                count: pendingCount,
                firstSequence: next,
                lastSequence: next + UInt64(pendingCount) - 1,
                firstTime: .never,
                lastTime: .never
            )
            seal(pending, facts, &sealer)
            pendingCount = 0
        }
        try segment.write()
    }

    private func seal(
        _ buffer: borrowing RecordBuffer,
        _ facts: RecordFacts,
        _ sealer: inout BlockSealer
    ) {
        segment.stage(buffer.bytes, kind: .records, records: facts, sealer: &sealer)
    }

    /// Makes all written changes durable.
    func sync() throws(DiskError) {
        try segment.sync()
    }
}

/// What every new segment of a run has in common.
struct SegmentOrigin {
    let disk: any Disk
    let vault: KeyVault
    let store: UniqueId
    let incarnation: UniqueId
    let created: Instant

    /// Makes the file of `name` under the stream's active key.
    func makeSegment(
        _ name: SegmentName,
        directory: String,
        file: String,
        firstSequence: UInt64,
        previousChain: ChainValue
    ) throws(JournalError) -> SegmentFile {
        guard let version = vault.activeVersion(of: name.stream) else {
            throw .sealing(.keyUnknown)
        }
        let header = SegmentHeader(
            identity: SegmentIdentity(
                store: store,
                stream: name.stream,
                lane: name.lane.rawValue,
                number: name.number,
                generation: name.generation,
                keyVersion: version,
                salt: .random()
            ),
            ringGeneration: vault.generation,
            incarnation: incarnation,
            firstSequence: firstSequence,
            created: created,
            previousChain: previousChain
        )
        let cipher: SegmentCipher
        do {
            cipher = try vault.cipher(header.identity)
        } catch {
            throw .sealing(error)
        }
        do {
            return try SegmentFile(
                disk: disk,
                directory: directory,
                name: file,
                header: header,
                cipher: cipher
            )
        } catch {
            throw .disk(error)
        }
    }
}
