// The catalog folded: streams with their segments.

import Sealing

/// A segment as the catalog knows it.
struct SegmentEntry: Equatable {
    let name: SegmentName
    let keyVersion: UInt32
    let firstSequence: UInt64
    /// What is known since it takes no more blocks.
    var sealed: SealedFacts?
}

/// A stream as the catalog knows it.
struct StreamEntry: Equatable {
    var configuration: [UInt8] = []
    var segmentBytesMax: UInt64 = 0
    /// Ordered by lane and number.
    var segments: [SegmentEntry] = []
    var lost: [LostRange] = []
    /// No sequence up to here is given out again.
    var lastSequence: UInt64 = 0
    /// The highest segment number each lane ever had.
    var numbersUsed: [Lane: UInt64] = [:]

    func segments(in lane: Lane) -> [SegmentEntry] {
        segments.filter { $0.name.lane == lane }
    }

    /// The names of the files that may be in the stream's directory.
    var fileNames: Set<String> {
        Set(segments.map(\.name.file) + segments(in: .log).map(\.name.heads.file))
    }
}

/// All streams, and rotations that go on; changed by records only, the same way live and at
/// recovery.
struct CatalogState: Equatable {
    private(set) var streams: [UniqueId: StreamEntry] = [:]
    /// Rotations that are not over, by number.
    private(set) var rotations: [UInt64: RotationWish] = [:]

    /// The streams, always in the same order.
    var ordered: [(id: UniqueId, entry: StreamEntry)] {
        streams.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }

    /// Takes one change; changes of unknown streams or segments say nothing.
    mutating func apply(_ record: CatalogRecord) {
        switch record {
        case .streamPut(let id, let segmentBytesMax, let configuration):
            streams[id, default: StreamEntry()].configuration = configuration
            streams[id]?.segmentBytesMax = segmentBytesMax
        case .streamGone(let id):
            streams[id] = nil
        case .segmentAdded(let name, let keyVersion, let firstSequence):
            use(name)
            streams[name.stream]?.segments.append(
                SegmentEntry(
                    name: name,
                    keyVersion: keyVersion,
                    firstSequence: firstSequence,
                    sealed: nil
                )
            )
        case .segmentSealed(let name, let facts):
            guard let index = index(of: name) else { return }
            streams[name.stream]?.segments[index].sealed = facts
            raise(name, facts.lastSequence)
        case .segmentGone(let name, let lastSequence):
            guard let index = index(of: name) else { return }
            streams[name.stream]?.segments.remove(at: index)
            raise(name, lastSequence)
        case .segmentRewritten(let name, let keyVersion, let facts):
            guard let index = index(of: name), let old = streams[name.stream]?.segments[index]
            else { return }
            streams[name.stream]?.segments[index] = SegmentEntry(
                name: name.rewritten,
                keyVersion: keyVersion,
                firstSequence: old.firstSequence,
                sealed: facts
            )
        case .number(let name):
            use(name)
        case .rotationPut(let wish): rotations[wish.number] = wish
        case .rotationGone(let number): rotations[number] = nil
        case .lost(let id, let range):
            if streams[id]?.lost.contains(range) == false { streams[id]?.lost.append(range) }
        case .lastSequence(let id, let sequence):
            let before = streams[id]?.lastSequence ?? 0
            streams[id]?.lastSequence = max(before, sequence)
        }
    }

    /// Records that make an empty catalog equal to this one.
    var records: [CatalogRecord] {
        let wishes = rotations.values.sorted { $0.number < $1.number }
        return streamRecords + wishes.map { .rotationPut($0) }
    }

    private var streamRecords: [CatalogRecord] {
        ordered.flatMap { id, entry -> [CatalogRecord] in
            let head = CatalogRecord.streamPut(
                id,
                segmentBytesMax: entry.segmentBytesMax,
                configuration: entry.configuration
            )
            let segments = entry.segments.flatMap { segment -> [CatalogRecord] in
                let added = CatalogRecord.segmentAdded(
                    segment.name,
                    keyVersion: segment.keyVersion,
                    firstSequence: segment.firstSequence
                )
                guard let facts = segment.sealed else { return [added] }
                return [added, .segmentSealed(segment.name, facts)]
            }
            let numbers = Lane.allCases.compactMap { lane in
                entry.numbersUsed[lane].map { number in
                    CatalogRecord.number(
                        SegmentName(stream: id, lane: lane, number: number, generation: 0)
                    )
                }
            }
            return [head] + segments + numbers + entry.lost.map { .lost(id, $0) }
                + [.lastSequence(id, entry.lastSequence)]
        }
    }

    private mutating func use(_ name: SegmentName) {
        let before = streams[name.stream]?.numbersUsed[name.lane] ?? 0
        streams[name.stream]?.numbersUsed[name.lane] = max(before, name.number)
    }

    private func index(of name: SegmentName) -> Int? {
        streams[name.stream]?.segments.firstIndex { $0.name == name }
    }

    private mutating func raise(_ name: SegmentName, _ lastSequence: UInt64) {
        guard name.lane == .log else { return }
        let before = streams[name.stream]?.lastSequence ?? 0
        streams[name.stream]?.lastSequence = max(before, lastSequence)
    }
}
