// Which sequences are deleted: sorted ranges.

/// A set of sequences kept as disjoint, sorted ranges that do not touch.
///
/// Adding at the end is O(1), elsewhere O(log n) to find and O(n) to make room; many ranges are
/// added in one pass.
public struct SequenceSet: Equatable, Sendable {
    /// The ranges, in order.
    public private(set) var ranges: [ClosedRange<UInt64>] = []

    /// An empty set.
    public init() {}

    /// How many sequences are in the set.
    public var count: UInt64 {
        ranges.reduce(0) { $0 + UInt64($1.count) }
    }

    /// Whether `sequence` is in the set.
    public func contains(_ sequence: UInt64) -> Bool {
        let index = firstRange(endingAtOrAfter: sequence)
        return index < ranges.count && ranges[index].lowerBound <= sequence
    }

    /// How many sequences of `range` are in the set.
    public func count(in range: ClosedRange<UInt64>) -> UInt64 {
        var count: UInt64 = 0
        var index = firstRange(endingAtOrAfter: range.lowerBound)
        while index < ranges.count, ranges[index].lowerBound <= range.upperBound {
            let common = ranges[index].clamped(to: range)
            count += common.upperBound - common.lowerBound + 1
            index += 1
        }
        return count
    }

    /// Adds all of `range`.
    public mutating func insert(_ range: ClosedRange<UInt64>) {
        let before = range.lowerBound == 0 ? 0 : range.lowerBound - 1
        let start = firstRange(endingAtOrAfter: before)
        var end = start
        var merged = range
        while end < ranges.count,
            ranges[end].lowerBound <= range.upperBound
                || ranges[end].lowerBound - 1 == range.upperBound
        {
            merged =
                min(
                    merged.lowerBound,
                    ranges[end].lowerBound
                )...max(
                    merged.upperBound,
                    ranges[end].upperBound
                )
            end += 1
        }
        ranges.replaceSubrange(start..<end, with: CollectionOfOne(merged))
    }

    /// Adds all of `others`, which may overlap.
    public mutating func insert(contentsOf others: [ClosedRange<UInt64>]) {
        guard others.count > Self.singleMax else {
            for range in others { insert(range) }
            return
        }
        let old = ranges
        let new = others.sorted { $0.lowerBound < $1.lowerBound }
        ranges = []
        ranges.reserveCapacity(old.count + new.count)
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            let isOld =
                right == new.count
                || left < old.count && old[left].lowerBound <= new[right].lowerBound
            append(isOld ? old[left] : new[right])
            if isOld { left += 1 } else { right += 1 }
        }
    }

    /// Ranges up to which one is added after the other.
    private static var singleMax: Int { 16 }

    /// Adds `range`, which begins behind where the last one begins.
    private mutating func append(_ range: ClosedRange<UInt64>) {
        guard let last = ranges.last,
            range.lowerBound == 0 || last.upperBound >= range.lowerBound - 1
        else { return ranges.append(range) }
        let end = max(last.upperBound, range.upperBound)
        ranges[ranges.count - 1] = last.lowerBound...end
    }

    /// Takes everything below `sequence` out.
    public mutating func removeBelow(_ sequence: UInt64) {
        let keep = firstRange(endingAtOrAfter: sequence)
        ranges.removeFirst(keep)
        if let first = ranges.first, first.lowerBound < sequence {
            ranges[0] = sequence...first.upperBound
        }
    }

    private func firstRange(endingAtOrAfter sequence: UInt64) -> Int {
        if let last = ranges.last, last.upperBound < sequence { return ranges.count }
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
