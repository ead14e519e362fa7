// Finding messages by place, subject and time.

import Base

extension MessageIndex {
    /// The first message at or behind `sequence`, or 0.
    func next(from sequence: UInt64) -> UInt64 {
        next(from: sequence) { _ in true }
    }

    /// The first message at or behind `sequence` whose subject `isWanted`, or 0.
    @inline(__always)
    func next(from sequence: UInt64, where isWanted: (UInt32) -> Bool) -> UInt64 {
        var at = firstPage(endingBehind: sequence)
        while at < pages.count {
            let page = pages[at]
            var slot = max(Int(page.skip), sequence > page.first ? Int(sequence &- page.first) : 0)
            if page.isPacked, page.subjectWidth == 0, !isWanted(page.subjectBase) {
                at &+= 1
                continue
            }
            while slot < Int(page.span) {
                if page.isAlive(slot), isWanted(subject(at, slot)) {
                    return page.first &+ UInt64(slot)
                }
                slot &+= 1
            }
            at &+= 1
        }
        return 0
    }

    /// The first message on `subject` at or behind `sequence`, or 0.
    func next(from sequence: UInt64, subject: UInt32) -> UInt64 {
        var at = firstPage(endingBehind: sequence)
        while at < pages.count {
            let page = pages[at]
            if page.isPacked, !page.mayHold(subject) {
                at &+= 1
                continue
            }
            var slot = max(Int(page.skip), sequence > page.first ? Int(sequence &- page.first) : 0)
            while slot < Int(page.span) {
                if self.subject(at, slot) == subject, page.isAlive(slot) {
                    return page.first &+ UInt64(slot)
                }
                slot &+= 1
            }
            at &+= 1
        }
        return 0
    }

    /// The last message at or before `sequence` whose subject `isWanted`, or 0.
    func previous(from sequence: UInt64, where isWanted: (UInt32) -> Bool) -> UInt64 {
        var at = min(firstPage(endingBehind: sequence), pages.count - 1)
        while at >= head {
            let page = pages[at]
            guard page.first <= sequence else {
                at -= 1
                continue
            }
            var slot = Int(min(UInt64(page.span) &- 1, sequence &- page.first))
            if page.span == 0 { slot = -1 }
            while slot >= Int(page.skip) {
                if page.isAlive(slot), isWanted(subject(at, slot)) {
                    return page.first &+ UInt64(slot)
                }
                slot -= 1
            }
            at -= 1
        }
        return 0
    }

    /// How many messages there are at or behind `sequence`.
    func count(from sequence: UInt64) -> UInt64 {
        count(from: sequence) { _ in true }
    }

    /// How many messages at or behind `sequence` have a subject that `isWanted`.
    ///
    /// - Complexity: O(pages), plus O(messages) of pages with several subjects
    func count(from sequence: UInt64, where isWanted: (UInt32) -> Bool) -> UInt64 {
        var at = firstPage(endingBehind: sequence)
        var sum: UInt64 = 0
        while at < pages.count {
            let page = pages[at]
            if page.first >= sequence, page.isPacked, page.subjectWidth == 0 {
                if isWanted(page.subjectBase) { sum &+= UInt64(page.live) }
                at &+= 1
                continue
            }
            var slot = max(Int(page.skip), sequence > page.first ? Int(sequence &- page.first) : 0)
            while slot < Int(page.span) {
                if page.isAlive(slot), isWanted(subject(at, slot)) { sum &+= 1 }
                slot &+= 1
            }
            at &+= 1
        }
        return sum
    }

    /// The first message that came at `time` or later, or 0; up to one page step early.
    ///
    /// - Complexity: O(log pages)
    func next(since time: Instant) -> UInt64 {
        let wanted = time.nanoseconds
        var low = head
        var high = pages.count
        while low < high {
            let middle = (low + high) / 2
            if self.time(middle, Int(pages[middle].span) - 1) >= wanted {
                high = middle
            } else {
                low = middle + 1
            }
        }
        guard low < pages.count else { return 0 }
        var from = 0
        var to = Int(pages[low].span)
        while from < to {
            let middle = (from + to) / 2
            if self.time(low, middle) >= wanted { to = middle } else { from = middle + 1 }
        }
        return next(from: pages[low].first &+ UInt64(from))
    }

    /// Calls `body` with each sequence from the first message up to `last` that is gone, at most
    /// `most`.
    func forEachGone(upTo last: UInt64, most: Int, _ body: (UInt64) -> Void) {
        guard let first else { return }
        var sequence = first
        var left = most
        while sequence <= last, left > 0 {
            let at = firstPage(endingBehind: sequence)
            if at >= pages.count || pages[at].first > sequence
                || !pages[at].isAlive(Int(sequence &- pages[at].first))
            {
                body(sequence)
                left -= 1
            }
            sequence &+= 1
        }
    }
}
