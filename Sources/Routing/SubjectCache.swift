// Remembers who is interested in a subject, so that most publishes match nothing twice.

public import Base

/// The interests that match one subject.
@frozen
public struct InterestSet: BitwiseCopyable, Sendable {
    /// How many interests.
    public var count: UInt32 = 0
    /// The first four.
    @usableFromInline var short = InlineArray<4, UInt32>(repeating: noIndex)
    /// Where the others lie, as 32-bit indices, if there are more than four.
    @usableFromInline var rest = ByteSlice.empty

    @inlinable init() {}
}

/// A bounded, four-way set-associative cache from (account, subject) to `InterestSet`.
///
/// A filter without wildcards touches one subject and removes it. A filter with wildcards advances
/// one generation: of its first two tokens, of its first token, or of everything, depending on
/// where its first wildcard stands; entries that remember an older sum of their three generations
/// no longer count.
struct SubjectCache: ~Copyable {
    /// One remembered subject; a cache line.
    struct Entry: BitwiseCopyable {
        var hash: UInt64 = 0
        var subject = ByteSlice.empty
        var root: UInt32 = noIndex
        var generation: UInt32 = 0
        var firstBucket: UInt16 = 0
        var secondBucket: UInt16 = 0
        var set = InterestSet()
    }

    static let ways = 4
    static let bucketCount = 4_096
    /// Longer subjects are matched each time.
    static let subjectBytesMax = 512

    private var entries: Table<Entry>
    private var setMask: Int
    private let setCountMax: Int
    private var occupied = 0
    private var victim = 0
    private var bytes = ByteArena()
    private var generationOfAll: UInt32 = 0
    private var generations = Table<UInt32>(repeating: 0, count: bucketCount)
    /// Hashes of subjects seen once: only the second sight of a subject is worth an entry.
    private var seenOnce = Table<UInt32>(repeating: 0, count: 4_096)
    /// Lookups answered from the cache.
    private(set) var hits: UInt64 = 0
    /// Lookups that had to match.
    private(set) var misses: UInt64 = 0

    /// A cache that grows up to `subjectCountMax` subjects.
    init(subjectCountMax: Int = 1 << 18) {
        let sets = 256
        entries = Table(repeating: Entry(), count: sets * Self.ways)
        setMask = sets - 1
        var most = sets
        while most * 2 * Self.ways <= subjectCountMax { most *= 2 }
        setCountMax = most
    }

    /// How many subjects are remembered.
    var count: Int { occupied }

    /// The remembered interests in `subject`, or `nil`.
    @inline(__always)
    mutating func find(_ key: UInt64, root: UInt32, subject: RawSpan) -> InterestSet? {
        let first = (Int(truncatingIfNeeded: key) & setMask) &* Self.ways
        for at in first..<first &+ Self.ways where entries[at].hash == key {
            let entry = entries[at]
            guard entry.root == root, equal(bytes.bytes(of: entry.subject), subject) else {
                continue
            }
            let now =
                generationOfAll &+ generations[Int(entry.firstBucket)]
                &+ generations[Int(entry.secondBucket)]
            guard entry.generation == now else {
                misses &+= 1
                return nil
            }
            hits &+= 1
            return entry.set
        }
        misses &+= 1
        return nil
    }

    /// The `index`-th interest of a set with more than four.
    func interest(_ index: Int, of set: InterestSet) -> UInt32 {
        let span = bytes.bytes(of: set.rest)
        // SAFETY: `keep` stored four bytes for each interest beyond the fourth.
        return unsafe span.unsafeLoadUnaligned(
            fromUncheckedByteOffset: (index &- 4) &* 4,
            as: UInt32.self
        )
    }

    /// Whether `key` was asked for before, lately; remembers that it was now.
    mutating func isWorthKeeping(_ key: UInt64) -> Bool {
        let tag = UInt32(truncatingIfNeeded: key >> 32) | 1
        let at = Int(truncatingIfNeeded: key >> 16) & (seenOnce.count - 1)
        if seenOnce[at] == tag { return true }
        seenOnce[at] = tag
        return false
    }

    /// Remembers that `found` are interested in `subject`.
    mutating func keep(
        _ key: UInt64,
        root: UInt32,
        subject: RawSpan,
        found: borrowing Table<UInt32>
    )
        -> InterestSet?
    {
        guard subject.byteCount <= Self.subjectBytesMax else { return nil }
        if occupied * 4 >= entries.count * 3, setMask + 1 < setCountMax { grow() }
        let at = place(key, root: root, subject: subject)
        guard let place = bytes.store(subject) else { return nil }
        var entry = Entry(hash: key, subject: place, root: root)
        guard let set = pack(found) else {
            bytes.free(place)
            return nil
        }
        entry.set = set
        let (first, second) = Self.buckets(root: root, subject)
        entry.firstBucket = first
        entry.secondBucket = second
        entry.generation = generationOfAll &+ generations[Int(first)] &+ generations[Int(second)]
        entries[at] = entry
        occupied += 1
        return set
    }

    /// Forgets what the filter `filter` can touch.
    mutating func forget(_ key: UInt64, root: UInt32, filter: RawSpan) {
        switch Self.firstWildcard(filter) {
        case nil: forgetSubject(key, root: root, subject: filter)
        case 0: generationOfAll &+= 1
        case 1: generations[Int(Self.buckets(root: root, filter).0)] &+= 1
        default: generations[Int(Self.buckets(root: root, filter).1)] &+= 1
        }
    }

    private mutating func forgetSubject(_ key: UInt64, root: UInt32, subject: RawSpan) {
        let first = (Int(truncatingIfNeeded: key) & setMask) * Self.ways
        for at in first..<first + Self.ways where entries[at].hash == key {
            guard entries[at].root == root,
                equal(bytes.bytes(of: entries[at].subject), subject)
            else { continue }
            clear(at)
        }
    }

    /// A free place for `key`: its own old one, an empty one, or one in turn.
    private mutating func place(_ key: UInt64, root: UInt32, subject: RawSpan) -> Int {
        let first = (Int(truncatingIfNeeded: key) & setMask) * Self.ways
        var empty = -1
        for at in first..<first + Self.ways {
            if entries[at].root == noIndex {
                empty = at
            } else if entries[at].hash == key, entries[at].root == root,
                equal(bytes.bytes(of: entries[at].subject), subject)
            {
                clear(at)
                return at
            }
        }
        if empty >= 0 { return empty }
        victim = (victim + 1) & (Self.ways - 1)
        clear(first + victim)
        return first + victim
    }

    private mutating func clear(_ at: Int) {
        bytes.free(entries[at].subject)
        bytes.free(entries[at].set.rest)
        entries[at] = Entry()
        occupied -= 1
    }

    private mutating func pack(_ found: borrowing Table<UInt32>) -> InterestSet? {
        var set = InterestSet()
        set.count = UInt32(truncatingIfNeeded: found.count)
        for index in 0..<min(found.count, 4) { set.short[index] = found[index] }
        guard found.count > 4 else { return set }
        var rest = [UInt32](repeating: 0, count: found.count - 4)
        for index in 4..<found.count { rest[index - 4] = found[index] }
        // SAFETY: the integers are only read during the call.
        guard let place = unsafe bytes.store(rest.span.bytes) else { return nil }
        set.rest = place
        return set
    }

    private mutating func grow() {
        var old = Table<Entry>(repeating: Entry(), count: entries.count * 2)
        swap(&old, &entries)
        setMask = setMask * 2 + 1
        for at in 0..<old.count where old[at].root != noIndex {
            let first = (Int(truncatingIfNeeded: old[at].hash) & setMask) * Self.ways
            var target = -1
            for place in first..<first + Self.ways where entries[place].root == noIndex {
                target = place
            }
            if target >= 0 {
                entries[target] = old[at]
            } else {
                bytes.free(old[at].subject)
                bytes.free(old[at].set.rest)
                occupied -= 1
            }
        }
    }

    /// Which generations the first one and the first two tokens belong to.
    private static func buckets(root: UInt32, _ subject: RawSpan) -> (UInt16, UInt16) {
        let firstEnd = tokenEnd(subject, 0)
        let secondEnd = firstEnd < subject.byteCount ? tokenEnd(subject, firstEnd + 1) : firstEnd
        let mask = UInt64(bucketCount - 1)
        let one = hash(subject.extracting(0..<firstEnd), seed: UInt64(root)) & mask
        let two = hash(subject.extracting(0..<secondEnd), seed: UInt64(root) ^ 0xFFFF_0000) & mask
        return (UInt16(one), UInt16(two))
    }

    /// Number of the token that is the filter's first wildcard; `nil` if there is none.
    private static func firstWildcard(_ filter: RawSpan) -> Int? {
        var number = 0
        var start = 0
        while start <= filter.byteCount {
            let end = tokenEnd(filter, start)
            if end == start + 1 {
                let only = filter.unsafeByte(start)
                if only == UInt8(ascii: "*") || only == UInt8(ascii: ">") { return number }
            }
            number += 1
            start = end + 1
        }
        return nil
    }
}
