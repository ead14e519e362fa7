// What the catalog says: which streams there are and which segments they have.
// Layout: sluice-journal(5), CATALOG RECORDS.

import Base
public import Sealing

/// Names one file of a stream.
public struct SegmentName: BitwiseCopyable, Hashable, Sendable {
    /// The stream.
    public let stream: UniqueId
    /// Which of its files.
    public let lane: Lane
    /// Number in the lane.
    public let number: UInt64
    /// How often it was rewritten.
    public let generation: UInt32

    /// The name of a segment.
    public init(stream: UniqueId, lane: Lane, number: UInt64, generation: UInt32) {
        self.stream = stream
        self.lane = lane
        self.number = number
        self.generation = generation
    }

    /// The directory the file is in.
    public var directory: String { "s/\(stream.hex)" }

    /// The file's name in its directory.
    public var file: String {
        let digits = String(number, radix: 16)
        let padding = String(repeating: "0", count: max(0, 12 - digits.count))
        return "\(lane.prefix)-\(padding)\(digits).\(generation).seg"
    }

    /// The file's path in the store.
    public var path: String { "\(directory)/\(file)" }

    /// The name of the file with the heads of a log segment.
    var heads: SegmentName {
        SegmentName(stream: stream, lane: .heads, number: number, generation: generation)
    }

    /// The name of what the segment is rewritten as.
    var rewritten: SegmentName {
        SegmentName(stream: stream, lane: lane, number: number, generation: generation &+ 1)
    }
}

/// What is known of a segment that takes no more blocks.
struct SealedFacts: BitwiseCopyable, Equatable {
    /// Offset behind the last block.
    var end: UInt64
    /// Where the seal block begins; 0 without one.
    var sealOffset: UInt64
    var lastSequence: UInt64
    var lastTime: UInt64
    var recordCount: UInt64
    var chain: ChainValue
}

/// One change of the catalog.
enum CatalogRecord {
    case streamPut(UniqueId, segmentBytesMax: UInt64, configuration: [UInt8])
    case streamGone(UniqueId)
    case segmentAdded(SegmentName, keyVersion: UInt32, firstSequence: UInt64)
    case segmentSealed(SegmentName, SealedFacts)
    case segmentGone(SegmentName, lastSequence: UInt64)
    case lost(UniqueId, LostRange)
    case lastSequence(UniqueId, UInt64)
    /// The lane has used the number; it is not used again.
    case number(SegmentName)
    /// The segment was rewritten as the next generation, under another key.
    case segmentRewritten(SegmentName, keyVersion: UInt32, SealedFacts)
    /// A rotation goes on as this says; what was said before under its number is void.
    case rotationPut(RotationWish)
    /// The rotation of this number is over.
    case rotationGone(UInt64)

    private enum Kind: UInt8 {
        case streamPut = 1
        case streamGone = 2
        case segmentAdded = 3
        case segmentSealed = 4
        case segmentGone = 5
        case lost = 6
        case lastSequence = 7
        case number = 8
        case segmentRewritten = 9
        case rotationPut = 10
        case rotationGone = 11
    }

    static var format: UInt8 { 4 }
    /// The oldest format that is read; it lacks rotations.
    static var oldestFormat: UInt8 { 3 }

    func append(to buffer: inout RecordBuffer) {
        switch self {
        case .streamPut(let stream, let segmentBytesMax, let configuration):
            buffer.append(Kind.streamPut.rawValue)
            buffer.append(stream)
            buffer.appendVarint(segmentBytesMax)
            buffer.appendVarint(UInt64(configuration.count))
            buffer.append(configuration)
        case .streamGone(let stream):
            buffer.append(Kind.streamGone.rawValue)
            buffer.append(stream)
        case .segmentAdded(let name, let keyVersion, let firstSequence):
            buffer.append(Kind.segmentAdded.rawValue)
            buffer.append(name)
            buffer.appendVarint(UInt64(keyVersion))
            buffer.appendVarint(firstSequence)
        case .segmentSealed(let name, let facts):
            buffer.append(Kind.segmentSealed.rawValue)
            buffer.append(name)
            buffer.append(facts)
        case .segmentGone(let name, let lastSequence):
            buffer.append(Kind.segmentGone.rawValue)
            buffer.append(name)
            buffer.appendVarint(lastSequence)
        case .lost(let stream, let range):
            buffer.append(Kind.lost.rawValue)
            buffer.append(stream)
            buffer.appendVarint(range.firstSequence)
            buffer.appendVarint(range.lastSequence)
            buffer.append(range.defect.rawValue)
        case .lastSequence(let stream, let sequence):
            buffer.append(Kind.lastSequence.rawValue)
            buffer.append(stream)
            buffer.appendVarint(sequence)
        case .number(let name):
            buffer.append(Kind.number.rawValue)
            buffer.append(name)
        case .segmentRewritten(let name, let keyVersion, let facts):
            buffer.append(Kind.segmentRewritten.rawValue)
            buffer.append(name)
            buffer.appendVarint(UInt64(keyVersion))
            buffer.append(facts)
        case .rotationPut(let wish):
            buffer.append(Kind.rotationPut.rawValue)
            wish.append(to: &buffer)
        case .rotationGone(let number):
            buffer.append(Kind.rotationGone.rawValue)
            buffer.appendVarint(number)
        }
    }

    /// Reads the record at `cursor`; `nil` if it breaks the format.
    static func read(_ bytes: RawSpan, _ cursor: inout ByteCursor) -> CatalogRecord? {
        guard let kind = cursor.byte(bytes).flatMap(Kind.init(rawValue:)) else { return nil }
        switch kind {
        case .streamPut:
            guard let stream = cursor.uniqueId(bytes), let most = cursor.varint(bytes),
                let range = cursor.counted(bytes)
            else { return nil }
            let configuration = range.map { bytes.number(UInt8.self, at: $0) }
            return .streamPut(stream, segmentBytesMax: most, configuration: configuration)
        case .streamGone:
            return cursor.uniqueId(bytes).map { .streamGone($0) }
        case .segmentAdded:
            guard let name = cursor.segmentName(bytes), let version = cursor.varint(bytes),
                let first = cursor.varint(bytes)
            else { return nil }
            let keyVersion = UInt32(truncatingIfNeeded: version)
            return .segmentAdded(name, keyVersion: keyVersion, firstSequence: first)
        case .segmentSealed:
            guard let name = cursor.segmentName(bytes), let facts = cursor.sealedFacts(bytes)
            else { return nil }
            return .segmentSealed(name, facts)
        case .segmentRewritten:
            guard let name = cursor.segmentName(bytes), let version = cursor.varint(bytes),
                let facts = cursor.sealedFacts(bytes)
            else { return nil }
            let keyVersion = UInt32(truncatingIfNeeded: version)
            return .segmentRewritten(name, keyVersion: keyVersion, facts)
        case .segmentGone:
            guard let name = cursor.segmentName(bytes), let last = cursor.varint(bytes) else {
                return nil
            }
            return .segmentGone(name, lastSequence: last)
        case .lost:
            guard let stream = cursor.uniqueId(bytes), let first = cursor.varint(bytes),
                let last = cursor.varint(bytes),
                let defect = cursor.byte(bytes).flatMap(Defect.init(rawValue:))
            else { return nil }
            let range = LostRange(firstSequence: first, lastSequence: last, defect: defect)
            return .lost(stream, range)
        case .lastSequence:
            guard let stream = cursor.uniqueId(bytes), let sequence = cursor.varint(bytes) else {
                return nil
            }
            return .lastSequence(stream, sequence)
        case .number:
            return cursor.segmentName(bytes).map { .number($0) }
        case .rotationPut: return RotationWish.read(bytes, &cursor).map { .rotationPut($0) }
        case .rotationGone: return cursor.varint(bytes).map { .rotationGone($0) }
        }
    }
}

/// Messages that were acknowledged and are gone.
public struct LostRange: BitwiseCopyable, Equatable, Sendable {
    /// The first lost sequence.
    public let firstSequence: UInt64
    /// The last lost sequence.
    public let lastSequence: UInt64
    /// What was wrong with their bytes.
    public let defect: Defect

    /// The range from `firstSequence` through `lastSequence`.
    public init(firstSequence: UInt64, lastSequence: UInt64, defect: Defect) {
        self.firstSequence = firstSequence
        self.lastSequence = lastSequence
        self.defect = defect
    }
}

extension RecordBuffer {
    /// Adds the 16 bytes of `id`.
    mutating func append(_ id: UniqueId) {
        append(id.low)
        append(id.high)
    }

    fileprivate mutating func append(_ name: SegmentName) {
        append(name.stream)
        append(name.lane.rawValue)
        appendVarint(name.number)
        appendVarint(UInt64(name.generation))
    }

    fileprivate mutating func append(_ facts: SealedFacts) {
        for number in [
            facts.end, facts.sealOffset, facts.lastSequence, facts.lastTime, facts.recordCount,
        ] {
            appendVarint(number)
        }
        append(facts.chain.low)
        append(facts.chain.high)
    }

    /// Adds `bytes` at the end.
    mutating func append(_ bytes: [UInt8]) {
        append(bytes.raw)
    }
}

extension ByteCursor {
    /// The 16 bytes of an identifier.
    mutating func uniqueId(_ bytes: RawSpan) -> UniqueId? {
        guard let low = fixed64(bytes), let high = fixed64(bytes) else { return nil }
        return UniqueId(low: low, high: high)
    }

    fileprivate mutating func sealedFacts(_ bytes: RawSpan) -> SealedFacts? {
        guard let end = varint(bytes), let seal = varint(bytes), let last = varint(bytes),
            let time = varint(bytes), let count = varint(bytes),
            let low = fixed64(bytes), let high = fixed64(bytes)
        else { return nil }
        return SealedFacts(
            end: end,
            sealOffset: seal,
            lastSequence: last,
            lastTime: time,
            recordCount: count,
            chain: ChainValue(low: low, high: high)
        )
    }

    fileprivate mutating func segmentName(_ bytes: RawSpan) -> SegmentName? {
        guard let stream = uniqueId(bytes), let lane = byte(bytes).flatMap(Lane.init(rawValue:)),
            let number = varint(bytes), let generation = varint(bytes)
        else { return nil }
        return SegmentName(
            stream: stream,
            lane: lane,
            number: number,
            generation: UInt32(truncatingIfNeeded: generation)
        )
    }
}
