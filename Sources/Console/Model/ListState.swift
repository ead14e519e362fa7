// What a person did to a table.

/// What a person did to a table: where they are and how they look at it.
public struct ListState: Hashable, Sendable {
    /// The order that was chosen.
    public struct Sort: Hashable, Sendable {
        /// The column's name.
        public var name: String
        /// Whether the largest comes first.
        public var isDescending: Bool

        /// An order by the column `name`.
        public init(name: String, isDescending: Bool) {
            self.name = name
            self.isDescending = isDescending
        }
    }

    /// The row under the cursor; nil before anybody moved.
    public var selected: RowId?
    /// Where that row was last seen.
    public var index = 0
    /// The first row on the screen when it was last looked at.
    public var first = 0
    /// The order, if one was chosen.
    public var sort: Sort?
    /// Which rows are shown.
    public var filter = Filter()
    /// Rows marked for an action on several.
    public var marks: Set<RowId> = []
    /// Columns switched on or off, by name.
    public var columnChoices: [String: Bool] = [:]

    /// A table nobody touched.
    public init() {}
}
