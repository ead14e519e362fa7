// A value that one thread at a time may touch, in a way that the thread sanitizer understands.

public import Synchronization

/// A value behind a lock.
///
/// `Mutex` alone takes a contended lock inside the system's library, which the thread sanitizer
/// does not see into: it reports every hand-over as a race. Here each holder also takes up, in
/// compiled code that it does see, where the one before left off. The cost is a load and a store.
public struct Guarded<Value: ~Copyable>: ~Copyable, Sendable {
    @usableFromInline let mutex: Mutex<Value>
    @usableFromInline let handedOver = Atomic<Bool>(false)

    /// A guarded `value`.
    @inlinable
    public init(_ value: consuming sending Value) {
        mutex = Mutex(value)
    }

    /// Calls `body` with the value while no other thread has it.
    @inlinable
    public borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try mutex.withLock { value throws(Failure) -> sending Result in
            _ = handedOver.load(ordering: .acquiring)
            defer { handedOver.store(true, ordering: .releasing) }
            return try body(&value)
        }
    }
}
