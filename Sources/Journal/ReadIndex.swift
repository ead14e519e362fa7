// Where the read loop finds messages: segments by sequence, blocks by sparse index.

import Base
import Sealing

/// A log segment as readers know it.
final class ReadSegment {
    let name: SegmentName
    let firstSequence: UInt64
    /// The last sequence that is durable.
    var lastSequence: UInt64
    /// Offset behind the last durable block.
    var end: UInt64
    var sealed: SealedFacts?
    /// Complete for the active segment; loaded when first needed for a sealed one.
    var index: SparseIndex?
    /// The open file, while it is among those used last.
    var file: ReadFile?
    /// What a full walk found, once a block turned out to be bad.
    var walked: (blocks: [ScannedBlock], damages: [Damage])?
    /// The file with its heads, while it is being read.
    var heads: ReadSegment?
    /// Whether its heads are not there, or are not to be used.
    var hasNoHeads = false

    init(
        name: SegmentName,
        firstSequence: UInt64,
        lastSequence: UInt64,
        end: UInt64,
        sealed: SealedFacts?,
        index: SparseIndex?
    ) {
        self.name = name
        self.firstSequence = firstSequence
        self.lastSequence = lastSequence
        self.end = end
        self.sealed = sealed
        self.index = index
    }
}

/// An open segment file with its key.
final class ReadFile {
    let file: DiskFile
    let header: SegmentHeader
    let cipher: SegmentCipher
    let digest: Digest
    private let disk: any Disk
    /// Grows with every use; the file with the lowest is closed first.
    var lastUse: UInt64 = 0

    init(
        disk: any Disk,
        name: SegmentName,
        store: UniqueId,
        vault: KeyVault
    ) throws {
        self.disk = disk
        file = try disk.open(name.path, .read)
        do {
            let head = try disk.readBytes(file, at: 0, count: SegmentHeader.byteCount)
            let image = try SegmentImage(head, name: name, store: store, vault: vault)
            header = image.header
            digest = SegmentHeader.digest(image.bytes.bytes)
            cipher = try vault.cipher(header.identity)
        } catch {
            disk.close(file)
            throw error
        }
    }

    deinit { disk.close(file) }
}

/// A stream as readers know it.
final class ReadStream {
    let id: UniqueId
    /// Ordered by sequence.
    var segments: [ReadSegment]
    /// Where the last read ended: sequential reading goes on there.
    var hint: ReadHint?

    init(id: UniqueId, segments: [ReadSegment]) {
        self.id = id
        self.segments = segments
    }

    /// The last sequence that is durable.
    var lastSequence: UInt64 { segments.last?.lastSequence ?? 0 }

    /// The first segment that holds a sequence of at least `sequence`.
    func segment(from sequence: UInt64) -> ReadSegment? {
        var low = 0
        var high = segments.count
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].lastSequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low < segments.count ? segments[low] : nil
    }

    func segment(number: UInt64) -> ReadSegment? {
        segments.last { $0.name.number == number }
    }
}

/// Behind a block that was just read.
struct ReadHint: BitwiseCopyable {
    let segment: SegmentName
    let nextSequence: UInt64
    let offset: UInt64
    let chain: ChainValue
}

extension CatalogState {
    /// All streams for readers.
    var readStreams: [ReadStream] {
        ordered.map { ReadStream(id: $0.id, segments: readSegments(of: $0.id)) }
    }

    /// The log segments of `id` for readers.
    func readSegments(of id: UniqueId) -> [ReadSegment] {
        (streams[id]?.segments(in: .log) ?? []).compactMap { entry in
            guard let facts = entry.sealed, facts.recordCount > 0 else { return nil }
            return ReadSegment(
                name: entry.name,
                firstSequence: entry.firstSequence,
                lastSequence: facts.lastSequence,
                end: facts.end,
                sealed: facts,
                index: nil
            )
        }
    }
}
