// Values that own memory, at stable indices.

/// Owners at stable indices; freed places are used again, newest first.
///
/// What `SlotTable` is for plain values, for values with a `deinit`: each is destroyed when it is
/// removed, or with the table.
@safe
public struct OwnerTable<Element: ~Copyable>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>
    /// By place: `used` for those in use, else the next free place.
    private var links: Table<UInt32>
    private var room: Int
    private var firstFree = noIndex
    /// How many places are in use.
    public private(set) var count = 0
    private static var used: UInt32 { noIndex - 1 }

    /// An empty table.
    public init() {
        room = 1
        unsafe base = .allocate(capacity: 1)
        links = Table(capacity: 1)
    }

    deinit {
        for place in 0..<links.count where links[place] == Self.used {
            // SAFETY: a place that is in use is initialised.
            unsafe (base + place).deinitialize(count: 1)
        }
        unsafe base.deallocate()
    }

    /// One above the highest index ever given out.
    public var limit: UInt32 { UInt32(truncatingIfNeeded: links.count) }

    /// Whether the place is in use.
    public func contains(_ index: UInt32) -> Bool {
        index < limit && links[index] == Self.used
    }

    /// The first index in use at or behind `cursor`, which moves behind it; `nil` at the end.
    public func next(_ cursor: inout UInt32) -> UInt32? {
        while cursor < limit {
            let index = cursor
            cursor += 1
            if links[index] == Self.used { return index }
        }
        return nil
    }

    /// The value at `index`, which must be in use.
    public subscript(index: UInt32) -> Element {
        unsafeAddress {
            precondition(contains(index), "no value at this place")
            // SAFETY: checked above.
            return unsafe UnsafePointer(base + Int(index))
        }
        unsafeMutableAddress {
            precondition(contains(index), "no value at this place")
            // SAFETY: checked above.
            return unsafe base + Int(index)
        }
    }

    /// The index that the next `insert` gives out.
    public var nextIndex: UInt32 { firstFree == noIndex ? limit : firstFree }

    /// Puts `element` into a free place.
    /// - Returns: the index of the place.
    public mutating func insert(_ element: consuming Element) -> UInt32 {
        let index = nextIndex
        if firstFree == noIndex {
            if links.count == room { grow() }
            links.append(Self.used)
        } else {
            firstFree = links[index]
            links[index] = Self.used
        }
        // SAFETY: the place is within `room` and not in use.
        unsafe (base + Int(index)).initialize(to: element)
        count += 1
        return index
    }

    /// Destroys the value at `index`, which must be in use.
    public mutating func remove(_ index: UInt32) {
        precondition(contains(index), "no value at this place")
        // SAFETY: checked above.
        unsafe (base + Int(index)).deinitialize(count: 1)
        links[index] = firstFree
        firstFree = index
        count -= 1
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: room * 2)
        for place in 0..<links.count where links[place] == Self.used {
            // SAFETY: both blocks cover `place`; the old place is not used again.
            unsafe (larger + place).moveInitialize(from: base + place, count: 1)
        }
        unsafe base.deallocate()
        unsafe base = larger
        room *= 2
    }
}
