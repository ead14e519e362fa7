// Where everything goes: a pure function of size, screen and zoom.

import Canvas

/// How much room there is.
enum SizeClass: UInt8, Comparable, Sendable {
    /// The word of the state only.
    case dot
    /// Three lines of text.
    case lines
    /// One pane without a frame.
    case list
    /// One graph and a table.
    case small
    /// Graphs side by side, a table, the keys in one line.
    case medium
    /// Two columns.
    case large
    /// Three columns.
    case huge

    init(_ size: Size) {
        let (columns, rows) = (size.columns, size.rows)
        self =
            columns >= 180 && rows >= 50
            ? .huge
            : columns >= 100 && rows >= 30
                ? .large
                : columns >= 80 && rows >= 24
                    ? .medium
                    : columns >= 60 && rows >= 16
                        ? .small
                        : columns >= 40 && rows >= 10
                            ? .list : columns >= 20 && rows >= 3 ? .lines : .dot
    }

    static func < (left: SizeClass, right: SizeClass) -> Bool { left.rawValue < right.rawValue }
}

/// One pane and its place.
struct PanePlace: Equatable, Sendable {
    let pane: Pane
    let rect: Rect
}

/// Where everything goes.
struct ScreenPlan: Equatable, Sendable {
    /// How much room there is.
    let sizeClass: SizeClass
    /// The line with target, state and clock.
    let header: Rect
    /// The line with the screens.
    let tabs: Rect
    /// The line above the key bar: alerts, questions, filter.
    let status: Rect
    /// The line with the keys.
    let keyBar: Rect
    /// The panes, in the order that Tab visits them.
    let places: [PanePlace]
    /// Panes that Tab visits although they are not on the screen at once.
    let tabOrder: [Pane]

    /// The plan of `state`.
    init(_ state: ScreenState) {
        self.init(
            size: state.size,
            screen: state.current,
            zoomed: state.zoomed,
            focus: state.focus[state.current]
        )
    }

    /// The plan of `screen` in `size`.
    init(size: Size, screen: Screen, zoomed: Pane?, focus: Pane?) {
        let bounds = Rect(size)
        sizeClass = SizeClass(size)
        let hasFrames = sizeClass >= .small
        header = bounds.line(0)
        tabs = hasFrames ? bounds.line(1) : .nothing
        status = sizeClass >= .list ? bounds.line(size.rows - 2) : .nothing
        keyBar = sizeClass >= .list ? bounds.line(size.rows - 1) : .nothing
        let body =
            hasFrames
            ? bounds.lines(2, count: size.rows - 4) : bounds.lines(3, count: size.rows - 5)
        let order = screen.panes(sizeClass)
        if sizeClass < .list {
            tabOrder = []
            places = []
        } else if let zoomed {
            tabOrder = order.isEmpty ? [zoomed] : order
            places = screen.zoomedPlaces(zoomed, in: body)
        } else if sizeClass == .list {
            let tables = order.filter(\.isTable)
            tabOrder = tables
            let shown = focus.flatMap { tables.contains($0) ? $0 : nil } ?? tables.first
            places = shown.map { [PanePlace(pane: $0, rect: body)] } ?? []
        } else {
            let placed = screen.places(in: body, sizeClass, focus: focus)
                .filter { $0.rect.columns >= 4 && $0.rect.rows >= 3 }
            places = placed
            tabOrder = sizeClass == .small ? order : placed.map(\.pane)
        }
    }

    /// The panes on the screen.
    var panes: [Pane] {
        sizeClass == .small
            ? places.map(\.pane) + tabOrder.filter { !contains($0) } : places.map(\.pane)
    }

    /// Columns of the widest graph.
    var graphColumns: Int {
        let widest = places.map(\.rect.columns).max() ?? header.columns
        return max(1, widest - 10)
    }

    /// The pane at an absolute place.
    func place(column: Int, row: Int) -> PanePlace? {
        places.first { $0.rect.contains(column: column, row: row) }
    }

    /// The rectangle of `pane`.
    func rect(_ pane: Pane) -> Rect? { places.first { $0.pane == pane }?.rect }

    /// Rows that the table in `pane` shows at once.
    func tableRows(_ pane: Pane) -> Int {
        guard let rect = rect(pane) else { return 0 }
        let frame = sizeClass == .list ? 0 : 2
        let foot = pane.footRows(sizeClass)
        return max(0, rect.rows - frame - (sizeClass == .list ? 0 : 1) - foot)
    }

    /// The nearest pane in a direction.
    func neighbour(of pane: Pane, _ direction: (columns: Int, rows: Int)) -> Pane? {
        guard let from = rect(pane) else { return places.first?.pane }
        let column = from.column + from.columns / 2
        let row = from.row + from.rows / 2
        let candidates = places.filter { place in
            guard place.pane != pane else { return false }
            if direction.columns < 0 { return place.rect.endColumn <= from.column }
            if direction.columns > 0 { return place.rect.column >= from.endColumn }
            if direction.rows < 0 { return place.rect.endRow <= from.row }
            return place.rect.row >= from.endRow
        }
        return candidates.min { left, right in
            Self.distance(left.rect, column, row) < Self.distance(right.rect, column, row)
        }?.pane
    }

    private func contains(_ pane: Pane) -> Bool { places.contains { $0.pane == pane } }

    private static func distance(_ rect: Rect, _ column: Int, _ row: Int) -> Int {
        let columns = abs(rect.column + rect.columns / 2 - column)
        let rows = abs(rect.row + rect.rows / 2 - row)
        return columns + 2 * rows
    }
}

extension Rect {
    /// No room.
    static var nothing: Rect { Rect(column: 0, row: 0, columns: 0, rows: 0) }
}

extension Pane {
    /// Lines below the rows of a table that belong to the pane.
    func footRows(_ sizeClass: SizeClass) -> Int {
        self == .queues && sizeClass == .huge ? 4 : 0
    }
}
