// Which subjects a consumer takes.

import Base
import Routing

/// The filters of a consumer, and what they said of each subject so far.
///
/// Asks each filter once for a subject, then remembers one byte a subject.
struct SubjectSelection: ~Copyable {
    private let filters: [[UInt8]]
    /// By number of the subject: 0 not asked yet, 1 not taken, 2 taken.
    private var known = Table<UInt8>(capacity: 1)

    init(_ filters: [[UInt8]]) {
        let all: [UInt8] = [UInt8(ascii: ">")]
        self.filters = filters.contains(all) ? [] : filters
        isEverything = self.filters.isEmpty
    }

    /// Whether every subject is taken.
    let isEverything: Bool

    /// Whether messages on `subject` are taken.
    func matches(_ subject: RawSpan) -> Bool {
        if isEverything { return true }
        for filter in filters where SubjectPattern.matches(filter.raw, subject) { return true }
        return false
    }

    /// Whether messages on the subject `number` are taken.
    @inline(__always)
    mutating func matches(_ number: UInt32, _ subjects: borrowing SubjectTable) -> Bool {
        if isEverything { return true }
        if Int(number) < known.count, known[number] != 0 { return known[number] == 2 }
        return ask(number, subjects)
    }

    /// What is known of the subject `number`, which may be gone; not taken if it was never asked
    /// for.
    func isKnownToMatch(_ number: UInt32) -> Bool {
        if isEverything { return true }
        return Int(number) < known.count && known[number] == 2
    }

    /// The number belongs to another subject now.
    mutating func forget(_ number: UInt32) {
        if Int(number) < known.count { known[number] = 0 }
    }

    private mutating func ask(_ number: UInt32, _ subjects: borrowing SubjectTable) -> Bool {
        while known.count <= Int(number) { known.append(0) }
        let isTaken = matches(subjects.name(number))
        known[number] = isTaken ? 2 : 1
        return isTaken
    }
}
