// Growable flat storage for plain values: what the shards keep their state in.

/// A growable array of plain values with exactly one owner.
///
/// Unlike `Array` it is never copied, never reference-counted and never checked for uniqueness.
/// Elements are changed in place through the subscript. Growth doubles the storage, so appending is
/// O(1) amortised. Not for values that own anything: elements are not destroyed.
@safe
@frozen
public struct Table<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<Element>
    @usableFromInline var used: Int
    @usableFromInline var room: Int

    /// An empty table with room for `capacity` elements.
    @inlinable
    public init(capacity: Int = 16) {
        room = max(capacity, 1)
        unsafe base = .allocate(capacity: room)
        used = 0
    }

    /// A table of `count` copies of `value`.
    @inlinable
    public init(repeating value: Element, count: Int) {
        self.init(capacity: count)
        // SAFETY: the allocation has room for `count` elements.
        unsafe base.initialize(repeating: value, count: count)
        used = count
    }

    @inlinable
    deinit { unsafe base.deallocate() }

    /// How many elements there are.
    @inlinable
    public var count: Int { used }

    /// How many elements fit without growing.
    @inlinable
    public var capacity: Int { room }

    /// Whether there are no elements.
    @inlinable
    public var isEmpty: Bool { count == 0 }

    /// The element at `index`, readable and changeable in place.
    @inlinable
    public subscript(index: Int) -> Element {
        @inline(__always)
        unsafeAddress {
            precondition(index >= 0 && index < count, "index outside the table")
            // SAFETY: checked above; `base` covers `count` initialised elements.
            return unsafe UnsafePointer(base + index)
        }
        @inline(__always)
        unsafeMutableAddress {
            precondition(index >= 0 && index < count, "index outside the table")
            // SAFETY: checked above; `base` covers `count` initialised elements.
            return unsafe base + index
        }
    }

    /// The element at `index`, for the typed 32-bit indices of flat tables.
    @inlinable
    public subscript(index: UInt32) -> Element {
        @inline(__always)
        unsafeAddress {
            precondition(Int(index) < count, "index outside the table")
            // SAFETY: checked above; `base` covers `count` initialised elements.
            return unsafe UnsafePointer(base + Int(index))
        }
        @inline(__always)
        unsafeMutableAddress {
            precondition(Int(index) < count, "index outside the table")
            // SAFETY: checked above; `base` covers `count` initialised elements.
            return unsafe base + Int(index)
        }
    }

    /// Adds `element` at the end.
    @inlinable
    public mutating func append(_ element: Element) {
        if used == room { grow() }
        // SAFETY: `grow` made room for one more.
        unsafe (base + count).initialize(to: element)
        used &+= 1
    }

    /// Takes the last element away; `nil` if there is none.
    @inlinable
    public mutating func popLast() -> Element? {
        guard used > 0 else { return nil }
        used &-= 1
        // SAFETY: the element behind the new end is initialised.
        return unsafe base[used]
    }

    /// Forgets all elements and keeps the storage.
    @inlinable
    public mutating func removeAll() {
        used = 0
    }

    @inlinable
    @inline(never)
    mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: room * 2)
        // SAFETY: both blocks hold at least `count` elements and do not overlap.
        unsafe larger.moveInitialize(from: base, count: used)
        unsafe base.deallocate()
        unsafe base = larger
        room *= 2
    }
}
