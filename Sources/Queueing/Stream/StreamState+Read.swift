// Looking things up in a stream.

public import Base
import Routing

extension StreamState {
    /// The last message on subjects that match `filter`, or 0.
    public func lastSequence(matching filter: RawSpan) -> UInt64 {
        var last: UInt64 = 0
        subjects.forEach(matching: filter) { last = max(last, subjects[$0].last) }
        return last
    }

    /// The first message at or behind `sequence` on subjects that match `filter`, or 0.
    public func nextSequence(from sequence: UInt64, matching filter: RawSpan) -> UInt64 {
        if filter.isEmpty { return index.next(from: sequence) }
        if !hasWildcard(filter) {
            let number = subjects.find(filter)
            guard number != noIndex, subjects[number].last >= sequence else { return 0 }
            return index.next(from: max(sequence, subjects[number].first), subject: number)
        }
        return index.next(from: sequence) { SubjectPattern.matches(filter, subjects.name($0)) }
    }

    /// The first message that came at `time` or later, or 0; may be a little early for old
    /// messages.
    public func firstSequence(since time: Instant) -> UInt64 {
        index.next(since: time)
    }

    /// How many messages at or behind `sequence` are on subjects that match `filter`.
    public func count(from sequence: UInt64, matching filter: RawSpan) -> UInt64 {
        if filter.isEmpty { return index.count(from: sequence) }
        return index.count(from: sequence) { SubjectPattern.matches(filter, subjects.name($0)) }
    }

    /// How many messages at or behind `sequence` a consumer selects.
    func count(from sequence: UInt64, selection: inout SubjectSelection) -> UInt64 {
        if selection.isEverything { return index.count(from: sequence) }
        return index.count(from: sequence) { selection.matches($0, subjects) }
    }

    /// The first message at or behind `sequence` that a consumer selects, or 0.
    func nextSequence(from sequence: UInt64, selection: inout SubjectSelection) -> UInt64 {
        if selection.isEverything { return index.next(from: sequence) }
        return index.next(from: sequence) { selection.matches($0, subjects) }
    }

    /// The last messages, not behind `upTo`, of each subject that matches one of `filters`, in
    /// order.
    ///
    /// - Returns: `nil` if there are more than `most`.
    public func lastSequences(
        matching filters: [[UInt8]],
        upTo: UInt64,
        most: Int
    ) -> [UInt64]? {
        var numbers: Set<UInt32> = []
        for filter in filters {
            subjects.forEach(matching: filter.raw) {
                if numbers.count <= most { numbers.insert($0) }
            }
        }
        guard numbers.count <= most else { return nil }
        var sequences: [UInt64] = []
        for number in numbers {
            var last = subjects[number].last
            if last > upTo { last = index.previous(from: upTo) { $0 == number } }
            if last > 0 { sequences.append(last) }
        }
        return sequences.sorted()
    }

    /// How many messages are on each subject that matches `filter`, by ascending name.
    public func subjectCounts(matching filter: RawSpan) -> [SubjectCount] {
        var counts: [SubjectCount] = []
        subjects.forEach(matching: filter) { number in
            counts.append(
                SubjectCount(
                    subject: subjects.name(number).array,
                    count: UInt64(subjects[number].count)
                )
            )
        }
        return counts.sorted { $0.subject.lexicographicallyPrecedes($1.subject) }
    }

    /// The subject of a message that is there.
    public mutating func subject(of sequence: UInt64) -> [UInt8] {
        subjects.name(index.subject(of: sequence)).array
    }

    /// Sequences between first and last that are gone, at most `most`.
    public func deletedSequences(most: Int) -> [UInt64] {
        var sequences: [UInt64] = []
        index.forEachGone(upTo: lastSequence, most: most) { sequences.append($0) }
        return sequences
    }

    /// The numbers of the stream.
    public mutating func report(consumerCount: Int) -> StreamStateReport {
        var report = StreamStateReport()
        report.messages = index.count
        report.bytes = bytes
        report.lastSequence = lastSequence
        report.lastTime = lastTime
        report.consumerCount = consumerCount
        report.subjectCount = subjects.count
        if let first = index.first {
            report.firstSequence = first
            report.firstTime = records.find(first)?.time ?? index.timeOfFirst
            report.deletedCount = lastSequence - first + 1 - index.count
        } else if lastSequence > 0 {
            report.firstSequence = lastSequence &+ 1
        }
        return report
    }
}
