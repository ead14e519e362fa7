// The first 4,096 bytes of every segment: the header, twice.
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
    /// The messages of a log segment without their payloads; can be thrown away.
    case heads = 3

    /// What the file's name begins with.
    var prefix: String {
        switch self {
        case .log: "log"
        case .state: "state"
        case .catalog: "catalog"
        case .heads: "heads"
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
    /// Where the second copy of the header begins.
    static var copyOffset: Int { 2_048 }

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
        let header = buffer.array
        buffer.appendZeros(Self.copyOffset - buffer.count)
        buffer.append(header)
        buffer.appendZeros(Self.byteCount - buffer.count)
        return buffer
    }

    /// The first copy of the header at the start of `bytes` that passes its checksum.
    @_lifetime(copy bytes)
    private static func intactCopy(_ bytes: RawSpan) -> RawSpan? {
        guard bytes.byteCount >= byteCount else { return nil }
        for start in [0, copyOffset] {
            let copy = bytes.part(start, start + usedBytes)
            if copy.number(UInt64.self, at: 0) == magic,
                copy.number(UInt16.self, at: 8) == version,
                copy.number(UInt8.self, at: 10) == 1,
                copy.number(UInt32.self, at: checkedBytes)
                    == Crc32c.of(copy.part(0, checkedBytes))
            {
                return copy
            }
        }
        return nil
    }

    /// Reads the header at the start of `bytes`; `nil` if both copies are damaged or there is none.
    init?(_ segment: RawSpan) {
        guard let bytes = Self.intactCopy(segment) else { return nil }
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
        guard let header = intactCopy(bytes) else { return false }
        return cipher.commitment(of: header.part(0, committedBytes))
            == Digest(header.part(committedBytes, checkedBytes))
    }

    /// What every block's associated bytes begin with.
    static func digest(_ bytes: RawSpan) -> Digest {
        guard let header = intactCopy(bytes) else { return .zero }
        return Digest.of(header)
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
