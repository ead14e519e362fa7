// The last so many buckets of equal length in time.

/// A ring of buckets, numbered by time divided by the bucket's length.
///
/// A bucket that nothing was recorded in stays empty, so gaps in time stay gaps. The newest number
/// only grows; what falls behind `capacity` buckets is forgotten. Memory is taken late.
struct BucketRing<Element: Sendable & Hashable>: Sendable, Hashable {
    /// How many buckets are kept.
    let capacity: Int
    /// What a bucket holds that nothing was recorded in.
    let empty: Element
    private var slots: [Element] = []
    /// The number of the newest bucket, or -1 while there is none.
    private(set) var newest = -1
    private var first = 0

    init(capacity: Int, empty: Element) {
        self.capacity = max(1, capacity)
        self.empty = empty
    }

    /// The oldest number that may still be asked for.
    var oldest: Int { max(first, newest - capacity + 1) }

    /// What was recorded in bucket `number`; `empty` outside the ring.
    subscript(number: Int) -> Element {
        newest >= 0 && number >= oldest && number <= newest ? slots[number % capacity] : empty
    }

    /// Shows `body` what was recorded in each of `numbers` that the ring has, without copying it.
    @inline(__always)
    func visit(_ numbers: Range<Int>, _ body: (borrowing Element) -> Void) {
        guard newest >= 0 else { return }
        for number in numbers.clamped(to: oldest..<newest + 1) { body(slots[number % capacity]) }
    }

    /// Changes bucket `number`; a bucket older than the ring is left alone.
    mutating func update(_ number: Int, _ change: (inout Element) -> Void) {
        guard number >= 0 else { return }
        advance(to: number)
        guard number >= oldest else { return }
        change(&slots[number % capacity])
    }

    /// Makes `number` the newest bucket if it is newer, emptying those skipped.
    private mutating func advance(to number: Int) {
        guard number > newest else { return }
        if newest < 0 || number - newest >= capacity {
            slots = Array(repeating: empty, count: capacity)
            newest = number
            first = number
            return
        }
        for skipped in (newest + 1)...number { slots[skipped % capacity] = empty }
        newest = number
    }
}
