// A whole segment in memory, with its key: what recovery and checks look at.

import Sealing

/// A segment that was read as a whole.
struct SegmentImage: ~Copyable {
    let bytes: RecordBuffer
    let header: SegmentHeader
    let cipher: SegmentCipher

    /// Most bytes of a segment: one message of the largest size behind a full segment.
    static var byteCountMax: Int { 512 << 20 }

    /// Looks at `bytes`, which should be the segment `name` of `store`.
    /// - Throws: `Defect` when it is another segment, damaged at its head, or under another key.
    init(
        _ bytes: consuming RecordBuffer,
        name: SegmentName,
        store: UniqueId,
        vault: KeyVault
    ) throws(Defect) {
        guard let header = SegmentHeader(bytes.bytes) else { throw .segmentHeader }
        let identity = header.identity
        guard identity.store == store, identity.stream == name.stream,
            identity.lane == name.lane.rawValue, identity.number == name.number,
            identity.generation == name.generation
        else { throw .misplaced }
        let cipher: SegmentCipher
        do {
            cipher = try vault.cipher(identity)
        } catch {
            throw .keyMismatch
        }
        guard SegmentHeader.isCommitted(bytes.bytes, by: cipher) else { throw .keyMismatch }
        self.bytes = bytes
        self.header = header
        self.cipher = cipher
    }

    /// Walks the blocks.
    borrowing func scan(
        _ opener: inout BlockOpener,
        watermark: Watermark,
        sealed: Watermark? = nil
    ) -> RecoveryScan {
        RecoveryScan(
            bytes.bytes,
            cipher: cipher,
            opener: &opener,
            watermark: watermark,
            sealed: sealed
        )
    }

    /// Opens `block` into `output`; it was found intact before.
    borrowing func open(
        _ block: ScannedBlock,
        _ opener: inout BlockOpener,
        into output: inout RecordBuffer
    ) -> Defect? {
        let all = bytes.bytes
        return opener.open(
            all.part(Int(block.offset), all.byteCount),
            block.header,
            offset: block.offset,
            segment: SegmentHeader.digest(all),
            cipher: cipher,
            into: &output
        )
    }
}
