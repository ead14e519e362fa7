// Messages leave a stream: one by one, by limits, by purge.

import Base
import Routing

extension StreamState {
    /// Takes away a message that is there and keeps its subject's ends right.
    mutating func remove(_ sequence: UInt64) {
        let number = index.subject(of: sequence)
        let size = index.size(of: sequence)
        bytes -= min(bytes, UInt64(size))
        if sequence >= unenforced.first { forgetUnenforced(sequence, number) }
        index.remove(sequence)
        records.remove(sequence)
        removals.append(Removal(sequence: sequence, subject: number, byteCount: size))
        subjects[number].count &-= 1
        let entry = subjects[number]
        if entry.count == 0 {
            subjects.remove(number)
        } else if entry.first == sequence {
            subjects[number].first =
                entry.count == 1
                ? entry.last : index.next(from: sequence &+ 1, subject: number)
        } else if entry.last == sequence {
            subjects[number].last =
                entry.count == 1
                ? entry.first : index.previous(from: sequence &- 1) { $0 == number }
        }
        floor = max(floor, firstSequence)
    }

    /// Takes away everything below `sequence`.
    mutating func removeAll(below sequence: UInt64) {
        while let first = index.first, first < sequence { remove(first) }
    }

    /// Takes away the oldest messages until the stream is within its limits.
    mutating func enforceLimits() {
        guard rules.discard == .old else { return }
        while index.count - unenforced.count > rules.messagesMax
            || bytes - unenforced.bytes > rules.bytesMax, let first = index.first
        {
            remove(first)
        }
    }

    /// Takes away the oldest messages of each subject until all are within their limit.
    mutating func enforceEverySubject() {
        guard rules.messagesPerSubjectMax != .max else { return }
        for number in 0..<UInt32(truncatingIfNeeded: subjects.limit) {
            while subjects.isUsed(number),
                UInt64(subjects[number].count &- subjects[number].pending)
                    > rules.messagesPerSubjectMax
            {
                remove(subjects[number].first)
            }
        }
    }

    /// Deletes one message.
    ///
    /// - Throws: why it cannot be deleted.
    public mutating func delete(_ sequence: UInt64) throws(QueueingError) {
        if rules.flags.contains(.sealed) { throw QueueingError(.sealed) }
        if rules.flags.contains(.denyDelete) {
            throw QueueingError(.messageDelete, "message delete not permitted")
        }
        guard index.contains(sequence) else {
            throw QueueingError(.sequenceNotFound, "\(sequence)")
        }
        remove(sequence)
    }

    /// Removes what `purge` selects.
    ///
    /// - Returns: how many messages that were.
    /// - Throws: why nothing is removed.
    public mutating func purge(_ purge: Purge) throws(QueueingError) -> UInt64 {
        if rules.flags.contains(.sealed) { throw QueueingError(.sealed) }
        if rules.flags.contains(.denyPurge) {
            throw QueueingError(.streamPurge, "stream purge not permitted")
        }
        let before = index.count
        if purge.filter.isEmpty || purge.filter == [UInt8(ascii: ">")] {
            purgeAll(purge)
        } else {
            purgeMatching(purge)
        }
        return before - index.count
    }

    private mutating func purgeAll(_ purge: Purge) {
        var below = lastSequence &+ 1
        if purge.below > 0 { below = purge.below }
        if purge.keep > 0 {
            guard purge.keep < index.count else { return }
            var last = lastSequence
            for _ in 0..<purge.keep { last = index.previous(from: last) { _ in true } &- 1 }
            below = last &+ 1
        }
        removeAll(below: below)
        if below > lastSequence &+ 1 {
            lastSequence = below - 1
            if rules.storage == .file { durableSequence = max(durableSequence, lastSequence) }
        }
        floor = max(floor, firstSequence)
    }

    private mutating func purgeMatching(_ purge: Purge) {
        var numbers: [UInt32] = []
        subjects.forEach(matching: purge.filter.raw) { numbers.append($0) }
        if purge.keep > 0 {
            keepNewest(purge.keep, on: numbers)
            return
        }
        let below = purge.below > 0 ? purge.below : .max
        for number in numbers {
            var left = subjects[number].count
            while left > 0, subjects[number].first < below {
                remove(subjects[number].first)
                left -= 1
            }
        }
    }

    /// Keeps the newest `keep` of all messages on the subjects `numbers`.
    private mutating func keepNewest(_ keep: UInt64, on numbers: [UInt32]) {
        let wanted = Set(numbers)
        var cursor = lastSequence &+ 1
        for _ in 0..<keep {
            cursor = index.previous(from: cursor &- 1) { wanted.contains($0) }
            guard cursor > 0 else { return }
        }
        while true {
            cursor = index.previous(from: cursor &- 1) { wanted.contains($0) }
            guard cursor > 0 else { return }
            remove(cursor)
        }
    }

    /// Forgets messages behind `sequence` that never became safe.
    ///
    /// Their sequences are given out again, but for those up to `named`, of which a log says
    /// already that they are gone.
    public mutating func rollBack(to sequence: UInt64, named: UInt64 = 0) {
        var last = lastSequence
        while last > sequence {
            if index.contains(last) { remove(last) }
            last -= 1
        }
        index.truncate(after: sequence)
        records.truncate(after: sequence)
        dedup.forget(behind: sequence)
        lastMessageId.removeAll()
        lastSequence = max(sequence, named)
        floor = min(floor, lastSequence &+ 1)
    }
}
