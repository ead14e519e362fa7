// Flat storage with stable 32-bit indices and reuse of freed places.

/// A value that can stand in a free list while its place is unused.
public protocol Slot: BitwiseCopyable {
    /// While free: index of the next free place. While used: whatever the value likes.
    var nextFree: UInt32 { get set }
}

/// No place: ends every list of indices.
@inlinable
public var noIndex: UInt32 { .max }

/// Plain values at stable indices; freed places are used again, newest first.
@frozen
public struct SlotTable<Element: Slot>: ~Copyable {
    @usableFromInline var table: Table<Element>
    @usableFromInline var firstFree: UInt32 = noIndex
    @usableFromInline var taken: Int = 0

    /// An empty table with room for `capacity` values.
    @inlinable
    public init(capacity: Int = 16) {
        table = Table(capacity: capacity)
    }

    /// How many places are in use.
    @inlinable
    public var used: Int { taken }

    /// One above the highest index ever given out.
    @inlinable
    public var limit: Int { table.count }

    /// The value at `index`; the caller knows that the place is in use.
    @inlinable
    public subscript(index: UInt32) -> Element {
        @inline(__always)
        _read { yield table[index] }
        @inline(__always)
        _modify { yield &table[index] }
    }

    /// Puts `element` into a free place.
    /// - Returns: the index of the place.
    @inlinable
    public mutating func insert(_ element: Element) -> UInt32 {
        taken &+= 1
        guard firstFree != noIndex else {
            table.append(element)
            return UInt32(truncatingIfNeeded: table.count - 1)
        }
        let index = firstFree
        firstFree = table[index].nextFree
        table[index] = element
        return index
    }

    /// Gives the place at `index` back.
    @inlinable
    public mutating func remove(_ index: UInt32) {
        table[index].nextFree = firstFree
        firstFree = index
        taken &-= 1
    }
}
