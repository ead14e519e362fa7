// Remembers verdicts on subjects that were asked for lately.

import Base

/// A direct-mapped cache from (set, side, subject) to a verdict; the newest question takes the
/// place.
struct PermissionCache: ~Copyable {
    /// One remembered verdict; a cache line.
    struct Entry: BitwiseCopyable {
        /// The set and the side, plus one; 0 is an empty entry.
        var key: UInt32 = 0
        var count: UInt16 = 0
        var verdict = false
        /// The subject, zeroes behind its end.
        var words = InlineArray<7, UInt64>(repeating: 0)
    }

    private static let entryCount = 1_024
    /// Longer subjects are judged each time.
    static let subjectBytesMax = 56

    private let seed: UInt64
    /// Empty until something is kept.
    private var entries = Table<Entry>(capacity: 1)

    init(seed: UInt64) {
        self.seed = seed
    }

    /// The remembered verdict, or `nil`.
    func find(_ set: UInt32, _ side: PermissionSide, _ subject: RawSpan) -> Bool? {
        guard !entries.isEmpty, subject.byteCount <= Self.subjectBytesMax else { return nil }
        let wanted = Self.entry(set, side, subject)
        let entry = entries[place(wanted.key, subject)]
        guard entry.key == wanted.key, entry.count == wanted.count else { return nil }
        for index in 0..<7 where entry.words[index] != wanted.words[index] { return nil }
        return entry.verdict
    }

    /// Remembers `verdict`.
    mutating func keep(
        _ set: UInt32,
        _ side: PermissionSide,
        _ subject: RawSpan,
        _ verdict: Bool
    ) {
        guard subject.byteCount <= Self.subjectBytesMax else { return }
        if entries.isEmpty { entries = Table(repeating: Entry(), count: Self.entryCount) }
        var entry = Self.entry(set, side, subject)
        entry.verdict = verdict
        entries[place(entry.key, subject)] = entry
    }

    /// Forgets everything.
    mutating func removeAll() {
        entries.removeAll()
    }

    private func place(_ key: UInt32, _ subject: RawSpan) -> Int {
        Int(truncatingIfNeeded: hash(subject, seed: seed ^ UInt64(key))) & (Self.entryCount - 1)
    }

    private static func entry(
        _ set: UInt32,
        _ side: PermissionSide,
        _ subject: RawSpan
    ) -> Entry {
        var entry = Entry(key: set &* 2 &+ side.rawValue &+ 1)
        entry.count = UInt16(truncatingIfNeeded: subject.byteCount)
        for offset in 0..<subject.byteCount {
            entry.words[offset >> 3] |=
                UInt64(subject.unsafeByte(offset)) << UInt64((offset & 7) * 8)
        }
        return entry
    }
}
