// How big a screen is.

/// A number of columns and rows, each from 0 to 4,096.
public struct Size: BitwiseCopyable, Equatable, Hashable, Sendable {
    /// The most columns or rows that are drawn; a larger terminal shows an empty rest.
    public static let sideMax = 4_096

    /// Cells from left to right.
    public let columns: Int
    /// Cells from top to bottom.
    public let rows: Int

    /// `columns` by `rows`, each brought into 0...`sideMax`.
    public init(columns: Int, rows: Int) {
        self.columns = min(max(columns, 0), Size.sideMax)
        self.rows = min(max(rows, 0), Size.sideMax)
    }
}
