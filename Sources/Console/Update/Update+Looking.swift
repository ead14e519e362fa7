// Screens, panes and selections.

import Base
import Canvas
import Engine

extension ConsoleModel {
    /// The pane with the keyboard.
    var focusedPane: Pane {
        let panes = ScreenPlan(screen).panes
        if let chosen = screen.focus[screen.current], panes.contains(chosen) { return chosen }
        let main = screen.current.mainPane
        return panes.contains(main) ? main : panes.first ?? main
    }

    mutating func look(_ intent: Intent) -> [Effect] {
        switch intent {
        case .show(let wanted): show(wanted)
        case .focus(let next): moveFocus(by: next ? 1 : -1)
        case .zoom: screen.zoomed = screen.zoomed == nil ? focusedPane : nil
        case .open: open()
        case .back: goBack()
        case .move(let move): moveSelection(move)
        case .redraw: return [.redraw]
        case .resync: return submit(.resample, label: "resync", action: nil, inverse: nil)
        case .panePrefix: screen.isPanePrefix = true
        case .again:
            if let intent = screen.repeatable { return update(&self, intent) }
        default: break
        }
        return []
    }

    mutating func show(_ wanted: Screen) {
        guard wanted != screen.current else {
            // What was opened or made large on it is put back.
            screen.zoomed = nil
            screen.focus[wanted] = nil
            return
        }
        screen.trail.append(screen.current)
        if screen.trail.count > 16 { screen.trail.removeFirst() }
        screen.current = wanted
        screen.zoomed = nil
    }

    private mutating func moveFocus(by step: Int) {
        let panes = ScreenPlan(screen).tabOrder
        guard !panes.isEmpty else { return }
        let place = panes.firstIndex(of: focusedPane) ?? 0
        let next = panes[(place + step + panes.count) % panes.count]
        screen.focus[screen.current] = next
        if screen.zoomed != nil { screen.zoomed = next }
    }

    private mutating func open() {
        switch (screen.current, focusedPane) {
        case (.overview, .queues): show(.queues)
        case (.overview, .clients): show(.clients)
        case (.overview, .heatMap), (.overview, .percentiles): show(.latency)
        case (.overview, .keySummary): show(.keys)
        case (.overview, .storage): show(.storage)
        case (.overview, .events): show(.events)
        case (.queues, .queues):
            screen.focus[.queues] = .consumers
            if !ScreenPlan(screen).panes.contains(.consumers) { screen.zoomed = .queueDetail }
        case (.clients, .clients):
            openDetail(of: .clientDetail)
        case (_, .queueLatency): show(.queues)
        case (_, .events), (_, .alerts), (_, .consumers), (_, .keys), (_, .damage), (_, .targets),
            (_, .queueDetail), (_, .clientDetail), (_, .keySafety), (_, .storage), (_, .server):
            openDetail(of: focusedPane)
        default: screen.zoomed = screen.zoomed == nil ? focusedPane : nil
        }
    }

    /// Closes, clears or goes back: the first of these that there is.
    private mutating func goBack() {
        let pane = focusedPane
        if screen.zoomed != nil {
            screen.zoomed = nil
        } else if let state = screen.lists[pane],
            !state.filter.isEmpty || !state.filter.text.isEmpty
        {
            screen.lists[pane]?.filter = Filter()
        } else if let state = screen.lists[pane], !state.marks.isEmpty {
            screen.lists[pane]?.marks = []
        } else if !data.time.isLive {
            _ = travel(.live)
        } else if pane != screen.current.mainPane {
            screen.focus[screen.current] = nil
        } else if let earlier = screen.trail.popLast() {
            screen.current = earlier
        }
    }

    mutating func movePane(_ key: Key) -> [Effect] {
        screen.isPanePrefix = false
        let plan = ScreenPlan(screen)
        let direction: (columns: Int, rows: Int)
        switch key.code {
        case .scalar("h"), .left: direction = (-1, 0)
        case .scalar("l"), .right: direction = (1, 0)
        case .scalar("k"), .up: direction = (0, -1)
        case .scalar("j"), .down: direction = (0, 1)
        case .scalar("o"): return look(.zoom)
        case .scalar("w"): return look(.focus(next: true))
        default: return []
        }
        if let pane = plan.neighbour(of: focusedPane, direction) {
            screen.focus[screen.current] = pane
        }
        return []
    }

    // MARK: Selections

    /// The state of the table in `pane`.
    func listState(_ pane: Pane) -> ListState { screen.lists[pane] ?? ListState() }

    /// The picture behind selections; glyphs do not matter for it.
    var plainPicture: Picture { Picture(self, glyphs: .ascii) }

    /// Every row of the table in `pane`, in order.
    func rowIds(_ pane: Pane) -> [RowId] {
        Lists.access(pane)?.ids(plainPicture, listState(pane)) ?? []
    }

    /// The row under the cursor of `pane`.
    func selectedId(_ pane: Pane) -> RowId? {
        selected(among: rowIds(pane), listState(pane))
    }

    /// The row of `ids` under the cursor of `state`.
    func selected(among ids: [RowId], _ state: ListState) -> RowId? {
        guard !ids.isEmpty else { return nil }
        if let selected = state.selected, ids.contains(selected) { return selected }
        return ids[min(max(0, state.index), ids.count - 1)]
    }

    /// The visible part of the table in `pane`.
    func listWindow(_ pane: Pane) -> ListWindow {
        let rows = visibleRows(pane)
        return Lists.access(pane)?.window(plainPicture, listState(pane), rows) ?? .empty
    }

    mutating func setSelection(_ pane: Pane, id: RowId, index: Int) {
        var state = listState(pane)
        state.selected = id
        state.index = index
        screen.lists[pane] = state
    }

    mutating func moveSelection(_ move: Move) {
        let pane = focusedPane
        let ids = rowIds(pane)
        guard !ids.isEmpty else { return }
        var state = listState(pane)
        let current = state.selected.flatMap { ids.firstIndex(of: $0) } ?? state.index
        let page = max(1, visibleRows(pane))
        let wanted =
            switch move {
            case .up: current - 1
            case .down: current + 1
            case .pageUp: current - page
            case .pageDown: current + page
            case .halfUp: current - max(1, page / 2)
            case .halfDown: current + max(1, page / 2)
            case .first: 0
            case .last: ids.count - 1
            }
        state.index = min(max(0, wanted), ids.count - 1)
        state.selected = ids[state.index]
        state.first = TextTable.first(state.first, showing: state.index, of: ids.count, rows: page)
        screen.lists[pane] = state
    }

    /// Rows that the table in `pane` shows at once.
    func visibleRows(_ pane: Pane) -> Int {
        ScreenPlan(screen).tableRows(pane)
    }
}

extension ListWindow {
    /// Nothing.
    static var empty: ListWindow {
        ListWindow(
            table: TextTable(columns: [], rows: [], isFocused: false),
            ids: [],
            first: 0,
            shown: 0,
            total: 0,
            sortName: "",
            isDescending: false
        )
    }
}

extension Screen {
    /// The pane that has the keyboard at first.
    var mainPane: Pane {
        switch self {
        case .overview, .queues: .queues
        case .clients: .clients
        case .latency: .heatMap
        case .keys: .keys
        case .storage: .storage
        case .targets: .targets
        case .events: .events
        }
    }
}
