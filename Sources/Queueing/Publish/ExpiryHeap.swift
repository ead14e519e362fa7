// Which message's time to live ends first.

import Base

/// When the time to live of a message ends.
struct Expiry: BitwiseCopyable {
    let time: Instant
    let sequence: UInt64
}

/// Messages with a time to live of their own, the next to end on top: 16 bytes each.
///
/// Messages that go otherwise stay in the heap until their time; whoever pops checks that they are
/// there.
struct ExpiryHeap: ~Copyable {
    private var heap = Table<Expiry>(capacity: 1)

    /// How many entries there are.
    var count: Int { heap.count }

    /// The entry at `place`, in no order.
    subscript(place: Int) -> Expiry { heap[place] }

    /// The entry that ends first.
    var first: Expiry? { heap.isEmpty ? nil : heap[0] }

    /// Adds an entry.
    mutating func insert(_ expiry: Expiry) {
        heap.append(expiry)
        var at = heap.count - 1
        while at > 0 {
            let parent = (at - 1) / 2
            guard heap[at].time < heap[parent].time else { return }
            exchange(at, parent)
            at = parent
        }
    }

    /// Takes the first entry away.
    mutating func removeFirst() {
        guard let last = heap.popLast(), !heap.isEmpty else { return }
        heap[0] = last
        var at = 0
        while true {
            var least = at
            for child in (at * 2 + 1)...(at * 2 + 2)
            where child < heap.count && heap[child].time < heap[least].time {
                least = child
            }
            guard least != at else { return }
            exchange(at, least)
            at = least
        }
    }

    private mutating func exchange(_ one: Int, _ other: Int) {
        let kept = heap[one]
        heap[one] = heap[other]
        heap[other] = kept
    }
}
