// A bounded queue between exactly two threads: one sends, one receives.

public import Synchronization

/// A fixed ring of plain values with one sending and one receiving end.
///
/// Neither end ever waits: a full ring refuses, an empty one gives nothing. What was written before
/// a `send` is visible after the `receive` that gives the value.
@safe
public final class Ring<Element: BitwiseCopyable & Sendable>: Sendable {
    @usableFromInline nonisolated(unsafe) let places: UnsafeMutablePointer<Element>
    @usableFromInline let mask: Int
    @usableFromInline let sent = Atomic<Int>(0)
    @usableFromInline let received = Atomic<Int>(0)
    private let endsTaken = Atomic<Int>(0)

    /// A ring that holds `capacity` values, rounded up to a power of two.
    public init(capacity: Int) {
        var size = 2
        while size < capacity { size *= 2 }
        mask = size - 1
        unsafe places = .allocate(capacity: size)
    }

    deinit { unsafe places.deallocate() }

    /// How many values fit.
    public var capacity: Int { mask + 1 }

    /// The sending end; there is only one.
    public func makeSender() -> RingSender<Element> {
        let before = endsTaken.bitwiseOr(1, ordering: .relaxed).oldValue
        precondition(before & 1 == 0, "a ring has one sender")
        return RingSender(self)
    }

    /// The receiving end; there is only one.
    public func makeReceiver() -> RingReceiver<Element> {
        let before = endsTaken.bitwiseOr(2, ordering: .relaxed).oldValue
        precondition(before & 2 == 0, "a ring has one receiver")
        return RingReceiver(self)
    }
}

/// The end of a ring that values go in at.
@frozen
public struct RingSender<Element: BitwiseCopyable & Sendable>: ~Copyable, Sendable {
    @usableFromInline let ring: Ring<Element>
    @usableFromInline var next = 0
    @usableFromInline var knownReceived = 0

    @usableFromInline
    init(_ ring: Ring<Element>) { self.ring = ring }

    /// How many values can be sent now; more may be possible a moment later.
    @inlinable
    public var room: Int {
        mutating get {
            knownReceived = ring.received.load(ordering: .acquiring)
            return ring.mask &+ 1 &- (next &- knownReceived)
        }
    }

    /// Sends `element`.
    /// - Returns: `false` if the ring is full and nothing was sent.
    @inlinable
    public mutating func send(_ element: Element) -> Bool {
        if next &- knownReceived > ring.mask {
            guard room > 0 else { return false }
        }
        // SAFETY: the place is inside the ring and the receiver is done with it.
        unsafe (ring.places + (next & ring.mask)).initialize(to: element)
        next &+= 1
        ring.sent.store(next, ordering: .releasing)
        return true
    }
}

/// The end of a ring that values come out of.
@frozen
public struct RingReceiver<Element: BitwiseCopyable & Sendable>: ~Copyable, Sendable {
    @usableFromInline let ring: Ring<Element>
    @usableFromInline var next = 0
    @usableFromInline var knownSent = 0

    @usableFromInline
    init(_ ring: Ring<Element>) { self.ring = ring }

    /// Whether nothing waits.
    @inlinable
    public var isEmpty: Bool {
        mutating get {
            if next != knownSent { return false }
            knownSent = ring.sent.load(ordering: .sequentiallyConsistent)
            return next == knownSent
        }
    }

    /// The next value; `nil` if none waits.
    @inlinable
    public mutating func receive() -> Element? {
        guard !isEmpty else { return nil }
        // SAFETY: the sender has filled the place.
        let element = unsafe ring.places[next & ring.mask]
        next &+= 1
        ring.received.store(next, ordering: .releasing)
        return element
    }
}
