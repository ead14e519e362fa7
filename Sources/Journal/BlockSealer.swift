// A record batch becomes a block: zstd, then AEAD, then CRC32C.

import Base
import CZstd
import Sealing

/// Facts a block is built from; the sealer adds lengths, nonce and chain.
struct BlockFacts {
    var kind: BlockKind
    var number: UInt32
    var recordCount: UInt32
    var firstSequence: UInt64
    var lastSequence: UInt64
    var group: UInt64
    var durableOffset: UInt64
    var durableSequence: UInt64
    var previousChain: ChainValue
}

/// What a block's plaintext is.
struct BlockFrame: BitwiseCopyable {
    /// Whether it is a zstd frame.
    var isCompressed: Bool
    /// Bytes of the records.
    var rawBytes: UInt32
}

/// Where a block lies.
struct BlockPosition: BitwiseCopyable {
    /// Its offset in the file.
    var offset: UInt64
    /// The digest of the segment's header.
    var segment: Digest
}

/// Builds blocks, one at a time.
///
/// Owns the compressor's working memory. Every call of zstd starts from nothing, so the bytes of
/// one stream never influence the length of another's.
@safe
struct BlockSealer: ~Copyable {
    private let context: OpaquePointer?
    private var scratch = RecordBuffer(capacity: 256 << 10)
    private var associated = RecordBuffer(capacity: 256)

    /// Fewer bytes are not compressed: they fit a page as they are.
    private static var compressedBytesMin: Int { 1_024 }

    init() {
        // SAFETY: the library gives a context of its own, or nothing.
        unsafe context = ZSTD_createCCtx()
    }

    deinit { unsafe _ = ZSTD_freeCCtx(context) }

    /// Most bytes a block of `rawBytes` takes.
    static func bound(rawBytes: Int) -> Int {
        BlockHeader.byteCount + rawBytes + SegmentCipher.tagBytes
    }

    /// Appends the block of `raw` to `output`, where it will lie at `offset` of its file.
    /// - Returns: the chain value after the block.
    mutating func seal(
        _ raw: RawSpan,
        _ facts: BlockFacts,
        offset: UInt64,
        segment digest: Digest,
        cipher: borrowing SegmentCipher,
        into output: inout RecordBuffer
    ) -> ChainValue {
        precondition(raw.byteCount <= BlockHeader.rawBytesMax, "more bytes than a block may hold")
        if compress(raw) != nil {
            return Self.put(
                scratch,
                of: BlockFrame(isCompressed: true, rawBytes: UInt32(raw.byteCount)),
                facts,
                BlockPosition(offset: offset, segment: digest),
                cipher,
                &associated,
                into: &output
            )
        }
        return Self.put(
            raw,
            of: BlockFrame(isCompressed: false, rawBytes: UInt32(raw.byteCount)),
            facts,
            BlockPosition(offset: offset, segment: digest),
            cipher,
            &associated,
            into: &output
        )
    }

    /// Appends a block whose plaintext is `frame`, compressed or not, just as another block held
    /// it.
    /// - Returns: the chain value after the block.
    mutating func reseal(
        _ frame: RawSpan,
        of kind: BlockFrame,
        _ facts: BlockFacts,
        _ position: BlockPosition,
        cipher: borrowing SegmentCipher,
        into output: inout RecordBuffer
    ) -> ChainValue {
        Self.put(frame, of: kind, facts, position, cipher, &associated, into: &output)
    }

    private static func put(
        _ frame: borrowing RecordBuffer,
        of kind: BlockFrame,
        _ facts: BlockFacts,
        _ position: BlockPosition,
        _ cipher: borrowing SegmentCipher,
        _ associated: inout RecordBuffer,
        into output: inout RecordBuffer
    ) -> ChainValue {
        put(frame.bytes, of: kind, facts, position, cipher, &associated, into: &output)
    }

    private static func put(
        _ frame: RawSpan,
        of kind: BlockFrame,
        _ facts: BlockFacts,
        _ position: BlockPosition,
        _ cipher: borrowing SegmentCipher,
        _ associated: inout RecordBuffer,
        into output: inout RecordBuffer
    ) -> ChainValue {
        let header = BlockHeader(
            kind: facts.kind,
            isCompressed: kind.isCompressed,
            number: facts.number,
            sealedBytes: UInt32(frame.byteCount + SegmentCipher.tagBytes),
            rawBytes: kind.rawBytes,
            recordCount: facts.recordCount,
            firstSequence: facts.firstSequence,
            lastSequence: facts.lastSequence,
            group: facts.group,
            durableOffset: facts.durableOffset,
            durableSequence: facts.durableSequence,
            nonce: .fresh(counter: UInt64(facts.number)),
            previousChain: facts.previousChain
        )
        let start = output.count
        header.append(to: &output)
        associated.removeAll()
        BlockContext.append(
            segment: position.segment,
            header: output.bytes.part(start, start + BlockHeader.authenticatedBytes),
            offset: position.offset,
            to: &associated
        )
        output.extend(8 + Int(header.sealedBytes))
        let body = start + BlockHeader.byteCount
        let end = body + Int(header.sealedBytes)
        var target = output.mutableBytes(body..<end)
        cipher.seal(frame, associated: associated.bytes, nonce: header.nonce, into: &target)
        output.store(Crc32c.of(output.bytes.part(body, end)), at: start + 104)
        output.store(Crc32c.of(output.bytes.part(start, start + 108)), at: start + 108)
        return ChainValue.after(
            header: output.bytes.part(start, body),
            tag: output.bytes.part(end - SegmentCipher.tagBytes, end)
        )
    }

    /// Compresses `raw` into `scratch`; `nil` when that is not worth it.
    private mutating func compress(_ raw: RawSpan) -> Int? {
        guard raw.byteCount >= Self.compressedBytesMin, unsafe context != nil else { return nil }
        scratch.removeAll()
        let room = ZSTD_compressBound(raw.byteCount)
        scratch.extend(room)
        let context = unsafe context
        var target = scratch.mutableBytes(0..<room)
        let count = unsafe target.withUnsafeMutableBytes { output in
            unsafe raw.withUnsafeBytes { input in
                // SAFETY: the output has room for the worst case.
                unsafe ZSTD_compressCCtx(
                    context,
                    output.baseAddress,
                    output.count,
                    input.baseAddress,
                    input.count,
                    1
                )
            }
        }
        guard ZSTD_isError(count) == 0, count < raw.byteCount - raw.byteCount / 16 else {
            return nil
        }
        scratch.truncate(count)
        return count
    }
}

/// The bytes that are authenticated with a block but stand elsewhere.
enum BlockContext {
    /// Segment digest ‖ block header without its checksums ‖ file offset: a block opens only in
    /// this store, stream, segment, generation and position.
    static func append(
        segment: Digest,
        header: RawSpan,
        offset: UInt64,
        to buffer: inout RecordBuffer
    ) {
        buffer.append(segment.bytes.raw)
        buffer.append(header)
        buffer.append(offset)
    }
}
