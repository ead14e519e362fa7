// The catalog on disk: one segment that names all others, kept twice.

import Base
import Sealing

/// Appends changes of the catalog; each run starts new files with all that still counts.
///
/// The two files hold the same blocks at the same places under different keys: what is damaged in
/// one is read from the other.
final class CatalogFile {
    let number: UInt64
    private let copies: [SegmentFile]
    private var pending = RecordBuffer(capacity: 4_096)
    private var pendingCount: UInt32 = 0
    private(set) var state: CatalogState

    /// How many files hold the same.
    static var copyCount: UInt32 { 2 }

    /// Bytes of changes for which there is room ahead while the disk is not full.
    static var headroomBytes: Int { 64 << 10 }

    static func name(_ number: UInt64, copy: UInt32) -> String { "catalog-\(number).\(copy)" }

    /// Numbers of the catalogs on `disk`, newest first.
    static func numbers(on disk: any Disk) throws(DiskError) -> [UInt64] {
        let numbers = try disk.list("").compactMap { name -> UInt64? in
            let parts = name.dropFirst(8).split(separator: ".", omittingEmptySubsequences: false)
            guard name.hasPrefix("catalog-"), parts.count == 2, UInt32(parts[1]) != nil else {
                return nil
            }
            return UInt64(parts[0])
        }
        return Set(numbers).sorted(by: >)
    }

    /// The identity under which a copy of catalog `number` is sealed.
    static func segmentName(_ number: UInt64, copy: UInt32) -> SegmentName {
        SegmentName(stream: .none, lane: .catalog, number: number, generation: copy)
    }

    /// Writes `state` as catalog `number`; durable under its names when it returns.
    init(
        _ state: CatalogState,
        number: UInt64,
        origin: SegmentOrigin,
        sealer: inout BlockSealer,
        zeros: borrowing RecordBuffer
    ) throws(JournalError) {
        self.state = state
        self.number = number
        var copies: [SegmentFile] = []
        for copy in 0..<Self.copyCount {
            let temporary = Self.name(number, copy: copy) + ".tmp"
            try? origin.disk.remove(temporary)
            copies.append(
                try origin.makeSegment(
                    Self.segmentName(number, copy: copy),
                    directory: "",
                    file: temporary,
                    firstSequence: 1,
                    previousChain: .start
                )
            )
        }
        self.copies = copies
        for record in state.records { stage(record) }
        do {
            try write(sealer: &sealer, zeros: zeros)
            try sync()
            // Both are complete before either gets its name.
            for copy in 0..<Self.copyCount {
                let name = Self.name(number, copy: copy)
                try origin.disk.rename(name + ".tmp", to: name)
            }
            try origin.disk.syncDirectory("")
        } catch {
            throw .disk(error)
        }
    }

    /// Version of the key that the files are sealed under.
    var keyVersion: UInt32 { copies[0].header.identity.keyVersion }

    /// Whether changes wait to be written or synced.
    var isDirty: Bool { pendingCount > 0 || copies.contains { $0.isDirty } }

    /// How far both files are durable.
    var watermark: Watermark {
        Watermark(offset: copies[0].durable.end, sequence: copies[0].durable.lastSequence)
    }

    /// Makes sure that changes of `byteCount` bytes can be written, so that none meets a full disk
    /// later.
    func secureRoom(
        _ byteCount: Int,
        zeros: borrowing RecordBuffer
    ) throws(DiskError) {
        for copy in copies {
            try copy.reserve(rawBytes: pending.count + byteCount + 4_096, zeros: zeros)
        }
    }

    /// Keeps room ahead, so that what frees space can be written down on a full disk.
    func keepHeadroom(zeros: borrowing RecordBuffer) {
        for copy in copies {
            // Without room now, the change that needs it is refused.
            try? copy.reserve(rawBytes: Self.headroomBytes, zeros: zeros)
        }
    }

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
            for copy in copies {
                try copy.reserve(rawBytes: pending.count, zeros: zeros)
                seal(pending, in: copy, &sealer)
            }
            pendingCount = 0
        }
        for copy in copies { try copy.write() }
    }

    private func seal(
        _ buffer: borrowing RecordBuffer,
        in copy: SegmentFile,
        _ sealer: inout BlockSealer
    ) {
        let next = copy.staged.lastSequence + 1
        let facts = RecordFacts(
            count: pendingCount,
            firstSequence: next,
            lastSequence: next + UInt64(pendingCount) - 1,
            firstTime: .never,
            lastTime: .never
        )
        copy.stage(buffer.bytes, kind: .records, records: facts, sealer: &sealer)
    }

    /// Makes all written changes durable.
    func sync() throws(DiskError) {
        for copy in copies { try copy.sync() }
    }
}

extension CommitLoop {
    /// Starts a new catalog, under the active key, with all that counts; the one before it goes.
    mutating func renewCatalog() throws(JournalError) {
        let old = catalog.number
        catalog = try CatalogFile(
            catalog.state,
            number: old + 1,
            origin: origin,
            sealer: &sealer,
            zeros: zeros
        )
        do throws(DiskError) {
            let number = catalog.number
            try store.update { $0.catalogFloor = number }
            try marks.note(
                CatalogFile.segmentName(number, copy: 0),
                catalog.watermark,
                index: 0
            )
            for copy in 0..<CatalogFile.copyCount {
                try disk.remove(CatalogFile.name(old, copy: copy))
            }
            try disk.syncDirectory("")
        } catch {
            stopWriting(error)
            throw .disk(error)
        }
    }
}

/// What every new segment of a run has in common.
struct SegmentOrigin: Sendable {
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
        let salt: Digest
        do throws(SealingError) {
            salt = try vault.freshSalt()
        } catch {
            throw .sealing(error)
        }
        let header = SegmentHeader(
            identity: SegmentIdentity(
                store: store,
                stream: name.stream,
                lane: name.lane.rawValue,
                number: name.number,
                generation: name.generation,
                keyVersion: version,
                salt: salt
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
