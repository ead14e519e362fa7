// The subjects of a stream and the messages at their ends.

import Base
import Routing

/// What a stream knows about one subject: 40 bytes, plus its name and a place in the hash table.
struct SubjectEntry: Slot {
    /// While free: the next free place; while used: how many messages are on the subject.
    var nextFree: UInt32
    /// How many messages on the subject have not yet made room for themselves.
    var pending: UInt32 = 0
    let name: ByteSlice
    let hash: UInt64
    /// The first message on the subject.
    var first: UInt64
    /// The last message on the subject.
    var last: UInt64

    var count: UInt32 {
        get { nextFree }
        set { nextFree = newValue }
    }

    /// Counts `more` messages on the subject, `first` to `last`, behind all others.
    @inline(__always)
    mutating func take(_ first: UInt64, through last: UInt64, count more: Int) {
        if count == 0 { self.first = first }
        self.last = last
        count &+= UInt32(truncatingIfNeeded: more)
    }
}

/// The subjects of a stream by number and by name.
///
/// A number is given to a subject while it has messages and may go to another one afterwards.
struct SubjectTable: ~Copyable {
    private(set) var entries = SlotTable<SubjectEntry>(capacity: 2)
    private var index = HashIndex(capacity: 16)
    private var names = ByteArena()
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
    }

    /// How many subjects there are.
    var count: Int { entries.used }

    /// One above the highest number ever given out.
    var limit: Int { entries.limit }

    /// Bytes of memory, about.
    var byteCount: Int {
        entries.limit * MemoryLayout<SubjectEntry>.stride + index.count * 12 + names.byteCount
    }

    /// The number of `subject`, or `noIndex`.
    @inline(__always)
    func find(_ subject: RawSpan) -> UInt32 {
        index.find(hash(subject, seed: seed)) { equal(names.bytes(of: entries[$0].name), subject) }
    }

    subscript(number: UInt32) -> SubjectEntry {
        @inline(__always)
        get { entries[number] }
        @inline(__always)
        set { entries[number] = newValue }
    }

    /// The name of the subject `number`.
    @_lifetime(borrow self)
    func name(_ number: UInt32) -> RawSpan {
        names.bytes(of: entries[number].name)
    }

    /// Gives `subject`, which has no number, one with no messages; `noIndex` if there is no room.
    mutating func add(_ subject: RawSpan) -> UInt32 {
        guard let place = names.store(subject) else { return noIndex }
        let key = hash(subject, seed: seed)
        let number = entries.insert(
            SubjectEntry(nextFree: 0, name: place, hash: key, first: 0, last: 0)
        )
        index.insert(key, number) { entries[$0].hash }
        return number
    }

    /// Takes the number back from a subject without messages.
    mutating func remove(_ number: UInt32) {
        index.remove(entries[number].hash, number) { entries[$0].hash }
        names.free(entries[number].name)
        entries[number].last = 0
        entries.remove(number)
    }

    /// Whether `number` is given to the subject `name`, which has messages.
    @inline(__always)
    func isName(of number: UInt32, _ name: RawSpan) -> Bool {
        number < UInt32(truncatingIfNeeded: entries.limit) && isUsed(number)
            && equal(names.bytes(of: entries[number].name), name)
    }

    /// Whether `number` is given to a subject that has messages.
    @inline(__always)
    func isUsed(_ number: UInt32) -> Bool {
        entries[number].last != 0
    }

    /// Calls `body` with the number of each subject that matches `filter`; an empty one matches
    /// all.
    ///
    /// - Complexity: O(1) for a literal filter, O(subjects) with wildcards
    func forEach(matching filter: RawSpan, _ body: (UInt32) -> Void) {
        if !filter.isEmpty, !hasWildcard(filter) {
            let number = find(filter)
            if number != noIndex { body(number) }
            return
        }
        for number in 0..<UInt32(truncatingIfNeeded: entries.limit) where isUsed(number) {
            if filter.isEmpty || SubjectPattern.matches(filter, name(number)) { body(number) }
        }
    }
}
