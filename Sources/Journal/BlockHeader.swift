// The 112 bytes before every block's ciphertext.
// Layout: sluice-journal(5), BLOCK.

public import Sealing

/// What a block holds.
public enum BlockKind: UInt8, BitwiseCopyable, Sendable {
    /// A record batch.
    case records = 1
    /// Nothing: shows that everything before it was durable.
    case mark = 2
    /// The segment's sparse index; nothing follows it.
    case seal = 3
}

/// Describes one block; readable without a key, so that a damaged block can still be named.
public struct BlockHeader: BitwiseCopyable, Equatable, Sendable {
    /// What the block holds.
    public var kind: BlockKind
    /// Whether the plaintext is a zstd frame.
    public var isCompressed: Bool
    /// Number of the block in its file.
    public var number: UInt32
    /// Bytes behind the header, tag included.
    public var sealedBytes: UInt32
    /// Bytes of the records.
    public var rawBytes: UInt32
    /// How many records.
    public var recordCount: UInt32
    /// Sequence of the first record.
    public var firstSequence: UInt64
    /// Sequence of the last record.
    public var lastSequence: UInt64
    /// Counts what is synced together.
    public var group: UInt64
    /// What was durable when the block was built: evidence for the blocks before it.
    public var durableOffset: UInt64
    /// The last sequence that was durable when the block was built.
    public var durableSequence: UInt64
    /// Never the same twice under one key.
    public var nonce: BlockNonce
    /// The chain value of the block before.
    public var previousChain: ChainValue

    /// Bytes of a block header.
    public static var byteCount: Int { 112 }
    /// Bytes of the header that are authenticated; two checksums follow them.
    static var authenticatedBytes: Int { 104 }
    static var magic: UInt32 { 0x4B4C_4253 }
    /// Most bytes a block's records take: one message of the largest size.
    public static var rawBytesMax: Int { 65 << 20 }

    /// Bytes of the whole block.
    public var blockBytes: Int { Self.byteCount + Int(sealedBytes) }

    /// Appends everything but the two checksums.
    func append(to buffer: inout RecordBuffer) {
        buffer.append(Self.magic)
        buffer.append(UInt16(Self.byteCount))
        buffer.append(kind.rawValue)
        buffer.append(UInt8(isCompressed ? 1 : 0))
        buffer.append(number)
        buffer.append(sealedBytes)
        buffer.append(rawBytes)
        buffer.append(recordCount)
        buffer.append(firstSequence)
        buffer.append(lastSequence)
        buffer.append(group)
        buffer.append(durableOffset)
        buffer.append(durableSequence)
        buffer.append(nonce.counter)
        buffer.append(nonce.randomLow)
        buffer.append(nonce.randomHigh)
        buffer.append(previousChain.low)
        buffer.append(previousChain.high)
    }

}

extension BlockHeader {
    /// Reads the header at the start of `bytes`; `nil` if it fails its checksum or a limit.
    public init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= Self.byteCount,
            bytes.number(UInt32.self, at: 0) == Self.magic,
            bytes.number(UInt16.self, at: 4) == UInt16(Self.byteCount),
            let kind = BlockKind(rawValue: bytes.number(UInt8.self, at: 6)),
            bytes.number(UInt8.self, at: 7) <= 1,
            bytes.number(UInt32.self, at: 108) == Crc32c.of(bytes.part(0, 108))
        else { return nil }
        self.kind = kind
        isCompressed = bytes.number(UInt8.self, at: 7) == 1
        number = bytes.number(UInt32.self, at: 8)
        sealedBytes = bytes.number(UInt32.self, at: 12)
        rawBytes = bytes.number(UInt32.self, at: 16)
        recordCount = bytes.number(UInt32.self, at: 20)
        firstSequence = bytes.number(UInt64.self, at: 24)
        lastSequence = bytes.number(UInt64.self, at: 32)
        group = bytes.number(UInt64.self, at: 40)
        durableOffset = bytes.number(UInt64.self, at: 48)
        durableSequence = bytes.number(UInt64.self, at: 56)
        nonce = BlockNonce(
            counter: bytes.number(UInt64.self, at: 64),
            randomLow: bytes.number(UInt64.self, at: 72),
            randomHigh: bytes.number(UInt64.self, at: 80)
        )
        previousChain = ChainValue(
            low: bytes.number(UInt64.self, at: 88),
            high: bytes.number(UInt64.self, at: 96)
        )
        guard Int(rawBytes) <= Self.rawBytesMax,
            Int(sealedBytes) >= SegmentCipher.tagBytes,
            Int(sealedBytes) <= Int(rawBytes) + SegmentCipher.tagBytes,
            nonce.counter == UInt64(number)
        else { return nil }
    }

    /// The checksum over the block's ciphertext and tag.
    static func bodyChecksum(_ bytes: RawSpan) -> UInt32 {
        bytes.number(UInt32.self, at: authenticatedBytes)
    }
}
