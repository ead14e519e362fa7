// A block becomes a record batch again: CRC32C, then AEAD, then zstd.

import CZstd
import Sealing

/// Opens blocks, one at a time; owns the decompressor's working memory.
@safe
struct BlockOpener: ~Copyable {
    private let context: OpaquePointer?
    private var scratch = RecordBuffer(capacity: 256 << 10)
    private var associated = RecordBuffer(capacity: 256)

    init() {
        // SAFETY: the library gives a context of its own, or nothing.
        unsafe context = ZSTD_createDCtx()
    }

    deinit { unsafe _ = ZSTD_freeDCtx(context) }

    /// Opens the block at the start of `bytes`, which lies at `offset` of its file, into `output`.
    ///
    /// `output` is overwritten; it holds the records when the result is `nil`.
    /// - Returns: what is wrong, or `nil`.
    mutating func open(
        _ bytes: RawSpan,
        _ header: BlockHeader,
        offset: UInt64,
        segment digest: Digest,
        cipher: borrowing SegmentCipher,
        into output: inout RecordBuffer
    ) -> Defect? {
        guard bytes.byteCount >= header.blockBytes else { return .cutShort }
        let body = bytes.part(BlockHeader.byteCount, header.blockBytes)
        guard Crc32c.of(body) == BlockHeader.bodyChecksum(bytes) else { return .blockBody }
        associated.removeAll()
        BlockContext.append(
            segment: digest,
            header: bytes.part(0, BlockHeader.authenticatedBytes),
            offset: offset,
            to: &associated
        )
        let plainBytes = Int(header.sealedBytes) - SegmentCipher.tagBytes
        if header.isCompressed {
            guard Self.unseal(body, header, cipher, associated, into: &scratch) else {
                return .notAuthentic
            }
            return decompress(to: &output, rawBytes: Int(header.rawBytes)) ? nil : .records
        }
        guard plainBytes == Int(header.rawBytes) else { return .records }
        return Self.unseal(body, header, cipher, associated, into: &output) ? nil : .notAuthentic
    }

    /// Opens the block at `start` of `chunk`, which lies at `offset` of `file`, as above.
    /// - Returns: what is wrong, or `nil`.
    mutating func open(
        _ chunk: borrowing RecordBuffer,
        _ start: Int,
        _ header: BlockHeader,
        offset: UInt64,
        _ file: ReadFile,
        into output: inout RecordBuffer
    ) -> Defect? {
        let all = chunk.bytes
        return open(
            all.part(start, all.byteCount),
            header,
            offset: offset,
            segment: file.digest,
            cipher: file.cipher,
            into: &output
        )
    }

    /// Opens the block at the start of `bytes` as `open` does, but leaves a compressed plaintext as
    /// it is.
    /// - Returns: what is wrong, or `nil`.
    mutating func frame(
        _ bytes: RawSpan,
        _ header: BlockHeader,
        _ position: BlockPosition,
        cipher: borrowing SegmentCipher,
        into output: inout RecordBuffer
    ) -> Defect? {
        guard bytes.byteCount >= header.blockBytes else { return .cutShort }
        let body = bytes.part(BlockHeader.byteCount, header.blockBytes)
        guard Crc32c.of(body) == BlockHeader.bodyChecksum(bytes) else { return .blockBody }
        associated.removeAll()
        BlockContext.append(
            segment: position.segment,
            header: bytes.part(0, BlockHeader.authenticatedBytes),
            offset: position.offset,
            to: &associated
        )
        return Self.unseal(body, header, cipher, associated, into: &output) ? nil : .notAuthentic
    }

    private static func unseal(
        _ body: RawSpan,
        _ header: BlockHeader,
        _ cipher: borrowing SegmentCipher,
        _ associated: borrowing RecordBuffer,
        into output: inout RecordBuffer
    ) -> Bool {
        let plainBytes = body.byteCount - SegmentCipher.tagBytes
        output.removeAll()
        output.extend(plainBytes)
        var target = output.mutableBytes(0..<plainBytes)
        do {
            try cipher.open(
                body,
                associated: associated.bytes,
                nonce: header.nonce,
                into: &target
            )
            return true
        } catch {
            return false
        }
    }

    /// Bounded by the header's raw length and by the frame's own.
    private mutating func decompress(to output: inout RecordBuffer, rawBytes: Int) -> Bool {
        output.removeAll()
        output.extend(rawBytes)
        let context = unsafe context
        let frame = scratch.bytes
        var target = output.mutableBytes(0..<rawBytes)
        let count = unsafe target.withUnsafeMutableBytes { output in
            unsafe frame.withUnsafeBytes { input in
                let declared = unsafe ZSTD_getFrameContentSize(input.baseAddress, input.count)
                guard declared == UInt64(rawBytes) else { return -1 }
                // SAFETY: the output is as long as the call is told.
                let count = unsafe ZSTD_decompressDCtx(
                    context,
                    output.baseAddress,
                    output.count,
                    input.baseAddress,
                    input.count
                )
                return ZSTD_isError(count) == 0 ? count : -1
            }
        }
        return count == rawBytes
    }
}
