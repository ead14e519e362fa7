// The first 4,096 bytes of every segment.
// Layout: sluice-journal(5), SEGMENT HEADER.

public import Base
public import Sealing

/// Which of a stream's files a segment belongs to.
public enum Lane: UInt8, BitwiseCopyable, CaseIterable, Sendable {
    /// Messages.
    case log = 0
    /// Consumer state, deletions, the purge floor.
    case state = 1
    /// Streams and segments of the whole store.
    case catalog = 2

    /// What the file's name begins with.
    var prefix: String {
        switch self {
        case .log: "log"
        case .state: "state"
        case .catalog: "catalog"
        }
    }
}

/// Says whose segment a file is and under which key it was written.
public struct SegmentHeader: BitwiseCopyable, Equatable, Sendable {
    /// Store, stream, lane, number, generation, key version and salt.
    public let identity: SegmentIdentity
    /// Generation of the key ring when the segment was made.
    public let ringGeneration: UInt64
    /// The run that wrote the segment.
    public let incarnation: UniqueId
    /// The first sequence the segment may hold.
    public let firstSequence: UInt64
    /// When it was made.
    public let created: Instant
    /// The last chain value of the segment before it.
    public let previousChain: ChainValue

    /// The header of a new segment.
    public init(
        identity: SegmentIdentity,
        ringGeneration: UInt64,
        incarnation: UniqueId,
        firstSequence: UInt64,
        created: Instant,
        previousChain: ChainValue
    ) {
        self.identity = identity
        self.ringGeneration = ringGeneration
        self.incarnation = incarnation
        self.firstSequence = firstSequence
        self.created = created
        self.previousChain = previousChain
    }

    /// Bytes of a header on disk; blocks begin behind it.
    public static var byteCount: Int { 4_096 }
    static var magic: UInt64 { 0x4745_5345_4349_554C }
    static var version: UInt16 { 1 }
    static var committedBytes: Int { 152 }
    static var checkedBytes: Int { 184 }
    static var usedBytes: Int { 188 }

    /// The header's bytes, with the commitment that `cipher` makes over them.
    func encoded(by cipher: borrowing SegmentCipher) -> RecordBuffer {
        var buffer = RecordBuffer(capacity: Self.byteCount)
        buffer.append(Self.magic)
        buffer.append(Self.version)
        buffer.append(UInt8(1))
        buffer.append(identity.lane)
        buffer.append(identity.keyVersion)
        buffer.append(identity.store.low)
        buffer.append(identity.store.high)
        buffer.append(identity.stream.low)
        buffer.append(identity.stream.high)
        buffer.append(identity.number)
        buffer.append(identity.generation)
        buffer.append(UInt32(0))
        buffer.append(ringGeneration)
        buffer.append(incarnation.low)
        buffer.append(incarnation.high)
        buffer.append(identity.salt.bytes.raw)
        buffer.append(firstSequence)
        buffer.append(created.nanoseconds)
        buffer.append(previousChain.low)
        buffer.append(previousChain.high)
        precondition(buffer.count == Self.committedBytes, "the header has another layout")
        buffer.append(cipher.commitment(of: buffer.bytes).bytes.raw)
        buffer.append(Crc32c.of(buffer.bytes))
        buffer.appendZeros(Self.byteCount - buffer.count)
        return buffer
    }

    /// Reads the header at the start of `bytes`; `nil` if it is damaged or no header at all.
    init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= Self.byteCount,
            bytes.number(UInt64.self, at: 0) == Self.magic,
            bytes.number(UInt16.self, at: 8) == Self.version,
            bytes.number(UInt8.self, at: 10) == 1,
            bytes.number(UInt32.self, at: Self.checkedBytes)
                == Crc32c.of(bytes.part(0, Self.checkedBytes))
        else { return nil }
        identity = SegmentIdentity(
            store: bytes.uniqueId(at: 16),
            stream: bytes.uniqueId(at: 32),
            lane: bytes.number(UInt8.self, at: 11),
            number: bytes.number(UInt64.self, at: 48),
            generation: bytes.number(UInt32.self, at: 56),
            keyVersion: bytes.number(UInt32.self, at: 12),
            salt: Digest(bytes.part(88, 120))
        )
        ringGeneration = bytes.number(UInt64.self, at: 64)
        incarnation = bytes.uniqueId(at: 72)
        firstSequence = bytes.number(UInt64.self, at: 120)
        created = Instant(nanoseconds: bytes.number(UInt64.self, at: 128))
        previousChain = ChainValue(
            low: bytes.number(UInt64.self, at: 136),
            high: bytes.number(UInt64.self, at: 144)
        )
    }

    /// Whether the header in `bytes` was written by somebody who knew the key of `cipher`.
    static func isCommitted(_ bytes: RawSpan, by cipher: borrowing SegmentCipher) -> Bool {
        cipher.commitment(of: bytes.part(0, committedBytes))
            == Digest(bytes.part(committedBytes, checkedBytes))
    }

    /// What every block's associated bytes begin with.
    static func digest(_ bytes: RawSpan) -> Digest {
        Digest.of(bytes.part(0, usedBytes))
    }
}

extension RawSpan {
    /// The sixteen bytes at `offset` as a name.
    func uniqueId(at offset: Int) -> UniqueId {
        UniqueId(
            low: number(UInt64.self, at: offset),
            high: number(UInt64.self, at: offset + 8)
        )
    }
}
