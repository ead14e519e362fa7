// Which message ids were seen lately.

import Base

/// One message id: 48 bytes, no text.
struct SeenId: Slot {
    /// While free: the next free place; while used: the next younger id.
    var nextFree: UInt32 = noIndex
    let key: UInt64
    let check: UInt64
    let sequence: UInt64
    let time: Instant
}

/// Message ids of the last minutes and the sequences they were given.
///
/// Ids are told apart by 128 bits of keyed hashes; two different ids meet with a chance below 2⁻¹⁰⁰
/// for any number that fits in memory.
struct DedupWindow: ~Copyable {
    private var ids = SlotTable<SeenId>(capacity: 2)
    private var index = HashIndex(capacity: 16)
    private var oldest = noIndex
    private var youngest = noIndex
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
    }

    /// How many ids are remembered.
    var count: Int { ids.used }

    /// The sequence that `id` was given, or `nil`.
    func find(_ id: RawSpan) -> UInt64? {
        guard ids.used > 0 else { return nil }
        let (key, check) = hashes(id)
        let found = index.find(key) { ids[$0].key == key && ids[$0].check == check }
        return found == noIndex ? nil : ids[found].sequence
    }

    /// Remembers that `id` was given `sequence` at `time`, which is not before any other.
    mutating func insert(_ id: RawSpan, sequence: UInt64, at time: Instant) {
        let (key, check) = hashes(id)
        add(SeenId(key: key, check: check, sequence: sequence, time: time))
    }

    private mutating func add(_ id: SeenId) {
        let entry = ids.insert(id)
        index.insert(id.key, entry) { ids[$0].key }
        if youngest == noIndex { oldest = entry } else { ids[youngest].nextFree = entry }
        ids[entry].nextFree = noIndex
        youngest = entry
    }

    /// Forgets every id that came at `time` or before.
    mutating func forget(upTo time: Instant) {
        while oldest != noIndex, ids[oldest].time <= time {
            let entry = oldest
            oldest = ids[entry].nextFree
            if oldest == noIndex { youngest = noIndex }
            index.remove(ids[entry].key, entry) { ids[$0].key }
            ids.remove(entry)
        }
    }

    /// Forgets every id that was given a sequence behind `sequence`.
    mutating func forget(behind sequence: UInt64) {
        var at = oldest
        var before = noIndex
        while at != noIndex {
            let next = ids[at].nextFree
            if ids[at].sequence > sequence {
                if before == noIndex { oldest = next } else { ids[before].nextFree = next }
                if at == youngest { youngest = before }
                index.remove(ids[at].key, at) { ids[$0].key }
                ids.remove(at)
            } else {
                before = at
            }
            at = next
        }
    }

    private func hashes(_ id: RawSpan) -> (UInt64, UInt64) {
        (hash(id, seed: seed), hash(id, seed: seed ^ 0x5851_F42D_4C95_7F2D))
    }
}
