// What changed from one picture to the next.

/// Cells of one row that changed.
public struct FrameRun: BitwiseCopyable, Equatable, Sendable {
    /// The row.
    public let row: Int
    /// The first column.
    public let column: Int
    /// How many cells.
    public let count: Int

    /// `count` cells of `row` from `column` on.
    public init(row: Int, column: Int, count: Int) {
        self.row = row
        self.column = column
        self.count = count
    }
}

/// The cells of a new picture that the old one does not show.
public struct FrameDiff: Equatable, Sendable {
    /// Changed stretches, from top to bottom and left to right; a wide character is never cut.
    public private(set) var runs: [FrameRun] = []

    /// What must be drawn on a screen that shows `old` so that it shows `new`.
    ///
    /// Pictures of different sizes have nothing in common.
    /// - Complexity: one comparison a cell.
    public init(from old: Frame?, to new: Frame) {
        guard let old, old.size == new.size else {
            for row in 0..<new.size.rows where new.size.columns > 0 {
                runs.append(FrameRun(row: row, column: 0, count: new.size.columns))
            }
            return
        }
        let columns = new.size.columns
        for row in 0..<new.size.rows {
            let cells = row * columns..<(row + 1) * columns
            compare(old.cells.span.extracting(cells), new.cells.span.extracting(cells), row: row)
        }
    }

    /// Whether both pictures show the same cells.
    public var isEmpty: Bool { runs.isEmpty }

    private mutating func compare(_ old: Span<Cell>, _ new: Span<Cell>, row: Int) {
        var column = old.firstDifference(from: 0, to: new)
        while column < new.count {
            let first = column
            repeat { column += 1 } while column < new.count && old[column] != new[column]
            // A wide character is never cut.
            let start = new[first].shape == .continuation ? first - 1 : first
            let isLastCut = column < new.count && new[column].shape == .continuation
            let end = isLastCut ? column + 1 : column
            runs.append(FrameRun(row: row, column: start, count: end - start))
            column = old.firstDifference(from: column, to: new)
        }
    }
}

extension Span<Cell> {
    /// The first place from `start` on where `other` holds something else.
    @inline(__always)
    fileprivate func firstDifference(from start: Int, to other: Span<Cell>) -> Int {
        let old = unsafe bytes
        let new = unsafe other.bytes
        let stride = MemoryLayout<Cell>.stride
        let end = Swift.min(count, other.count) &* stride
        var offset = start &* stride
        while offset < end {
            // SAFETY: a cell is two words without padding, and both rows reach to `end`.
            let first =
                unsafe old.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt64.self)
                ^ new.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt64.self)
            let second =
                unsafe old.unsafeLoad(fromUncheckedByteOffset: offset &+ 8, as: UInt64.self)
                ^ new.unsafeLoad(fromUncheckedByteOffset: offset &+ 8, as: UInt64.self)
            guard first | second == 0 else { break }
            offset &+= stride
        }
        return offset / stride
    }
}
