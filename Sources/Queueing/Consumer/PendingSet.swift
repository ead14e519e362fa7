// Deliveries that wait for their acknowledgement.

import Base

/// A delivery that waits for its acknowledgement: 32 bytes.
struct PendingDelivery: BitwiseCopyable {
    /// The message.
    let sequence: UInt64
    /// The delivery that was the message's first.
    var consumerSequence: UInt64
    /// When the wait ends; meaningless while it is due.
    var deadline: Instant
    /// How often the message was delivered; at least 1.
    var attempts: UInt32 = 1
    var isAlive = true
    /// Whether the message is to be delivered again as soon as somebody takes it.
    var isDue = false
}

/// Deliveries in sequence order.
///
/// They come in at the end and leave anywhere; places of those that left are used again when they
/// are more than the others. No allocation at a steady number of deliveries.
struct PendingSet: ~Copyable {
    private var entries = Table<PendingDelivery>(capacity: 1)
    private var head = 0
    /// How many deliveries wait.
    private(set) var count = 0
    /// How many of them are to be delivered again.
    private(set) var dueCount = 0
    /// No delivery that is due lies before this place.
    private var dueHint = 0
    /// No wait ends before this.
    private(set) var earliestDeadline = Instant.distantFuture

    /// The place of the first delivery, or -1.
    var first: Int { count == 0 ? -1 : head }

    /// The place behind the last delivery.
    var end: Int { entries.count }

    subscript(place: Int) -> PendingDelivery { entries[place] }

    /// Bytes of memory.
    var byteCount: Int { entries.capacity * MemoryLayout<PendingDelivery>.stride }

    /// Adds a delivery; its message lies behind all others, as a rule.
    mutating func insert(_ delivery: PendingDelivery) {
        if head > 16, head + (entries.count - head - count) > count { compact() }
        entries.append(delivery)
        count += 1
        earliestDeadline = min(earliestDeadline, delivery.deadline)
        var at = entries.count - 1
        while at > head, entries[at - 1].sequence > delivery.sequence {
            entries[at] = entries[at - 1]
            at -= 1
        }
        entries[at] = delivery
    }

    /// The place of the delivery of `sequence`, or -1.
    func find(_ sequence: UInt64) -> Int {
        var low = head
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        guard low < entries.count, entries[low].sequence == sequence, entries[low].isAlive else {
            return -1
        }
        return low
    }

    /// The first place at or behind `place` with a delivery, or `end`.
    func next(from place: Int) -> Int {
        var at = max(place, head)
        while at < entries.count, !entries[at].isAlive { at += 1 }
        return at
    }

    /// Takes the delivery at `place` away.
    mutating func remove(_ place: Int) {
        if entries[place].isDue { dueCount -= 1 }
        entries[place].isAlive = false
        entries[place].isDue = false
        count -= 1
        guard count > 0 else { return removeAll() }
        while !entries[head].isAlive { head += 1 }
    }

    /// Takes all deliveries away.
    mutating func removeAll() {
        entries.removeAll()
        head = 0
        count = 0
        dueCount = 0
        dueHint = 0
        earliestDeadline = .distantFuture
    }

    /// Sets another end of the wait, or a new attempt; what was due is not any more.
    mutating func restart(_ place: Int, deadline: Instant, attempts: UInt32) {
        if entries[place].isDue { dueCount -= 1 }
        entries[place].isDue = false
        entries[place].deadline = deadline
        entries[place].attempts = attempts
        earliestDeadline = min(earliestDeadline, deadline)
    }

    /// Makes the delivery at `place` due.
    mutating func makeDue(_ place: Int) {
        guard !entries[place].isDue else { return }
        entries[place].isDue = true
        dueCount += 1
        dueHint = min(dueHint, place)
    }

    /// The place of the first delivery that is due, or -1.
    mutating func nextDue() -> Int {
        guard dueCount > 0 else { return -1 }
        var at = max(dueHint, head)
        while at < entries.count, !entries[at].isDue { at += 1 }
        dueHint = at
        return at < entries.count ? at : -1
    }

    /// Calls `body` with the place of each delivery whose wait ended at `now`, and finds the next
    /// end.
    ///
    /// `body` may make the delivery due; it removes nothing.
    mutating func forEachExpired(_ now: Instant, _ body: (inout PendingSet, Int) -> Void) {
        guard now >= earliestDeadline else { return }
        var next = Instant.distantFuture
        for at in head..<entries.count where entries[at].isAlive && !entries[at].isDue {
            if entries[at].deadline <= now {
                body(&self, at)
            } else {
                next = min(next, entries[at].deadline)
            }
        }
        earliestDeadline = next
    }

    private mutating func compact() {
        var kept = 0
        for at in head..<entries.count where entries[at].isAlive {
            entries[kept] = entries[at]
            kept += 1
        }
        while entries.count > kept { _ = entries.popLast() }
        head = 0
        dueHint = 0
    }
}
