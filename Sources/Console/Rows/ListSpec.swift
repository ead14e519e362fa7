// A table as data: rows, columns, and how they are found, sorted and identified.

import Base
import Canvas
import Engine

/// Everything about one table.
final class ListSpec<Row: Sendable>: Sendable {
    /// What the rows are called: `queues`.
    let noun: String
    /// The columns in their order.
    let columns: [Column<Row>]
    /// The column rows are sorted by at first, and whether the largest comes first.
    let sort: (name: String, isDescending: Bool)
    /// What recognises a row.
    let id: @Sendable (Row) -> RowId
    /// The name that rows are in the order of where the sorted column is alike.
    let name: @Sendable (Row) -> [UInt8]
    /// What plain filter words are looked for in.
    let words: @Sendable (Row) -> [[UInt8]]
    /// The rows of a picture, in no order.
    let rows: @Sendable (Picture) -> [Row]
    /// What `arranged` gives for the state that the picture's own model has, if the picture knows.
    let prepared: @Sendable (Picture) -> [Row]?

    init(
        noun: String,
        columns: [Column<Row>],
        sort: (name: String, isDescending: Bool),
        id: @escaping @Sendable (Row) -> RowId,
        name: @escaping @Sendable (Row) -> [UInt8],
        words: @escaping @Sendable (Row) -> [[UInt8]],
        rows: @escaping @Sendable (Picture) -> [Row],
        prepared: @escaping @Sendable (Picture) -> [Row]? = { _ in nil }
    ) {
        self.noun = noun
        self.columns = columns
        self.sort = sort
        self.id = id
        self.name = name
        self.words = words
        self.rows = rows
        self.prepared = prepared
    }

    /// The rows that the state's filter keeps, in the state's order; rows that are alike in it are
    /// in the order of their names, whichever way the column is sorted.
    ///
    /// - Complexity: O(n log n); every sort value is computed once.
    func arranged(_ picture: Picture, _ state: ListState) -> [Row] {
        if let prepared = prepared(picture) { return prepared }
        let all = rows(picture)
        let kept = state.filter.isEmpty ? all : all.filter { matches($0, state.filter) }
        let wanted = state.sort?.name ?? sort.name
        guard let column = columns.first(where: { $0.name == wanted }) else { return kept }
        let isDescending = state.sort?.isDescending ?? sort.isDescending
        let keys = kept.map(column.value)
        let names = kept.map(name)
        let order = kept.indices.sorted { left, right in
            guard keys[left] != keys[right] else {
                if names[left] == names[right] { return left < right }
                return NaturalOrder.precedes(names[left], names[right])
            }
            return isDescending
                ? keys[right].precedes(keys[left]) : keys[left].precedes(keys[right])
        }
        return order.map { kept[$0] }
    }

    /// Whether `filter` keeps `row`.
    func matches(_ row: Row, _ filter: Filter) -> Bool {
        filter.matches(
            words: words(row),
            value: { name in columns.first { $0.name == name }?.value(row) }
        )
    }

    /// Everything about `row`: every column whatever is shown of it, texts uncut.
    func detail(_ row: Row, _ style: TextStyle) -> [DetailFact] {
        columns.compactMap { column in
            // Shapes say nothing that a word beside them does not.
            guard !column.title.isEmpty || column.width > 1 else { return nil }
            let shown = column.text(row, style)
            guard !shown.text.isEmpty else { return nil }
            guard case .text(let bytes) = column.value(row), !bytes.isEmpty else {
                return DetailFact(label: column.name, value: shown.text, role: shown.role)
            }
            let whole = style.name(bytes, cellsMax: 4_096)
            return DetailFact(label: column.name, value: whole, role: shown.role)
        }
    }

    /// The columns to show: those chosen, or those shown at first.
    func shownColumns(_ state: ListState) -> [Column<Row>] {
        columns.filter { column in
            state.columnChoices[column.name] ?? column.isShown
        }
    }

    /// The part of the table that fits into `rows` lines.
    func window(_ picture: Picture, _ state: ListState, rows count: Int) -> ListWindow {
        let all = arranged(picture, state)
        let shown = shownColumns(state)
        let selected = selectedIndex(in: all, state)
        let first = TextTable.first(state.first, showing: selected ?? 0, of: all.count, rows: count)
        let end = min(all.count, first + max(0, count))
        let sortName = state.sort?.name ?? sort.name
        let isDescending = state.sort?.isDescending ?? sort.isDescending
        return ListWindow(
            table: TextTable(
                columns: shown.map { Self.head($0, sortName, picture.style) },
                rows: all[first..<max(first, end)].map { row in
                    TableRow(
                        shown.map { $0.text(row, picture.style) },
                        isMarked: state.marks.contains(id(row))
                    )
                },
                selected: selected.map { $0 - first },
                sort: shown.firstIndex { $0.name == sortName }.map {
                    TableSort(column: $0, isDescending: isDescending)
                },
                isFocused: false
            ),
            ids: all[first..<max(first, end)].map(id),
            first: first,
            shown: all.count,
            total: state.filter.isEmpty ? all.count : rows(picture).count,
            sortName: sortName,
            isDescending: isDescending
        )
    }

    /// Where the selected row is: found by identity, else the row that took its place.
    func selectedIndex(in rows: [Row], _ state: ListState) -> Int? {
        guard !rows.isEmpty else { return nil }
        if let wanted = state.selected, let index = rows.firstIndex(where: { id($0) == wanted }) {
            return index
        }
        return min(max(0, state.index), rows.count - 1)
    }

    private static func head(
        _ column: Column<Row>,
        _ sortName: String,
        _ style: TextStyle
    ) -> TableColumn {
        // An arrow that is a letter stands apart from the title.
        let isSorted = style.glyphs.isAscii && column.name == sortName
        return TableColumn(
            column.title,
            columnsMin: column.width,
            columnsWished: isSorted ? TextWidth.cells(of: column.title) + 2 : 0,
            weight: column.weight,
            alignment: column.alignment,
            dropRank: column.dropRank
        )
    }
}

/// The visible part of a table.
struct ListWindow: Sendable {
    /// The rows to draw.
    var table: TextTable
    /// Their identities.
    let ids: [RowId]
    /// Index of the first one among all that the filter keeps.
    let first: Int
    /// Rows that the filter keeps.
    let shown: Int
    /// Rows in all.
    let total: Int
    /// The column that sorts.
    let sortName: String
    /// Whether the largest comes first.
    let isDescending: Bool
}
