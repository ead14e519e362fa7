// An open-addressed hash table from hashes to 32-bit indices; the values live elsewhere.

/// Finds indices by hash; whoever asks compares the values behind them.
///
/// Linear probing, at most three quarters full, deletion by moving later entries back, so that
/// neither tombstones nor rebuilds pile up.
@frozen
public struct HashIndex: ~Copyable {
    /// Hash in the upper half, index + 1 in the lower; 0 is an empty place.
    @usableFromInline var places: Table<UInt64>
    @usableFromInline var mask: Int
    @usableFromInline var taken = 0

    /// An empty table.
    @inlinable
    public init(capacity: Int = 64) {
        var size = 16
        while size < capacity { size *= 2 }
        places = Table(repeating: 0, count: size)
        mask = size &- 1
    }

    /// How many indices are kept.
    @inlinable
    public var count: Int { taken }

    /// The index under `hash` for which `isSame` holds, or `noIndex`.
    @inlinable
    @inline(__always)
    public func find(_ hash: UInt64, where isSame: (UInt32) -> Bool) -> UInt32 {
        var at = Int(truncatingIfNeeded: hash) & mask
        while true {
            let place = places[at]
            if place == 0 { return noIndex }
            if place >> 32 == hash >> 32 {
                let index = UInt32(truncatingIfNeeded: place) &- 1
                if isSame(index) { return index }
            }
            at = (at &+ 1) & mask
        }
    }

    /// Adds `index` under `hash`, whose lower bits are needed again by `grow`.
    @inlinable
    public mutating func insert(_ hash: UInt64, _ index: UInt32, rehash: (UInt32) -> UInt64) {
        if taken &* 4 >= (mask &+ 1) &* 3 { grow(rehash) }
        put(hash, index)
        taken &+= 1
    }

    /// Takes `index` out from under `hash`.
    @inlinable
    public mutating func remove(_ hash: UInt64, _ index: UInt32, rehash: (UInt32) -> UInt64) {
        var at = Int(truncatingIfNeeded: hash) & mask
        while UInt32(truncatingIfNeeded: places[at]) != index &+ 1 {
            if places[at] == 0 { return }
            at = (at &+ 1) & mask
        }
        taken &-= 1
        var hole = at
        var next = (at &+ 1) & mask
        while places[next] != 0 {
            let home =
                Int(truncatingIfNeeded: rehash(UInt32(truncatingIfNeeded: places[next]) &- 1))
                & mask
            if (next &- home) & mask >= (next &- hole) & mask {
                places[hole] = places[next]
                hole = next
            }
            next = (next &+ 1) & mask
        }
        places[hole] = 0
    }

    @inlinable
    mutating func put(_ hash: UInt64, _ index: UInt32) {
        var at = Int(truncatingIfNeeded: hash) & mask
        while places[at] != 0 { at = (at &+ 1) & mask }
        places[at] = (hash >> 32) << 32 | UInt64(index &+ 1)
    }

    @inlinable
    @inline(never)
    mutating func grow(_ rehash: (UInt32) -> UInt64) {
        var old = Table<UInt64>(repeating: 0, count: (mask &+ 1) &* 2)
        swap(&old, &places)
        mask = mask &* 2 &+ 1
        for at in 0..<old.count where old[at] != 0 {
            let index = UInt32(truncatingIfNeeded: old[at]) &- 1
            put(rehash(index), index)
        }
    }
}
