// The newest value of something, for whoever wants to look.

/// A place where one thread puts its newest value and others look at it.
///
/// Taking and putting hold a lock for the time of one copy. Values that are shown a few times a
/// second go through it, never messages.
public final class Latest<Value: Sendable>: Sendable {
    @usableFromInline let newest: Guarded<Value>

    /// A place that shows `value`.
    public init(_ value: Value) {
        newest = Guarded(value)
    }

    /// The newest value.
    @inlinable public var value: Value {
        newest.withLock { $0 }
    }

    /// Shows `value` from now on.
    public func publish(_ value: Value) {
        newest.withLock { $0 = value }
    }
}
