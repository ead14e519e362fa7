// Divides a rectangle into parts.

/// How much of a side a part wants.
public enum Extent: BitwiseCopyable, Equatable, Sendable {
    /// Exactly this many cells, as long as there are any.
    case fixed(Int)
    /// This many parts of what the fixed ones leave, but at least `min` cells.
    case share(Int, min: Int = 0)
}

/// Divides a rectangle; earlier parts win when there is too little room.
public struct Layout: Equatable, Sendable {
    /// What each part wants, in order.
    public let extents: [Extent]
    /// Empty cells between two parts.
    public let gap: Int

    /// A division into `extents` with `gap` cells between them.
    public init(_ extents: [Extent], gap: Int = 0) {
        self.extents = extents
        self.gap = max(gap, 0)
    }

    /// The parts side by side, one for each extent; together they fill `rect`.
    public func columns(of rect: Rect) -> [Rect] {
        var start = 0
        return lengths(of: rect.columns).map { length in
            defer { start += length + gap }
            return rect.slice(start, count: length)
        }
    }

    /// The parts on top of each other, one for each extent; together they fill `rect`.
    public func rows(of rect: Rect) -> [Rect] {
        var start = 0
        return lengths(of: rect.rows).map { length in
            defer { start += length + gap }
            return rect.lines(start, count: length)
        }
    }

    /// The length of each part when `total` cells are divided.
    public func lengths(of total: Int) -> [Int] {
        guard !extents.isEmpty else { return [] }
        var left = max(total - gap * (extents.count - 1), 0)
        var result = [Int](repeating: 0, count: extents.count)
        var weights = 0
        for (index, extent) in extents.enumerated() {
            switch extent {
            case .fixed(let cells): result[index] = min(max(cells, 0), left)
            case .share(let weight, let least):
                result[index] = min(max(least, 0), left)
                weights += max(weight, 0)
            }
            left -= result[index]
        }
        guard weights > 0, left > 0 else { return result }
        return distribute(left, over: weights, result)
    }

    /// Gives `left` cells to the shares so that each comes as near to its part as its minimum lets
    /// it.
    private func distribute(_ left: Int, over weights: Int, _ minima: [Int]) -> [Int] {
        var result = minima
        var pool = left
        var weightLeft = weights
        for (index, extent) in extents.enumerated() {
            guard case .share(let weight, _) = extent, weight > 0 else { continue }
            let part = pool * weight / weightLeft
            result[index] += part
            pool -= part
            weightLeft -= weight
        }
        return result
    }
}
