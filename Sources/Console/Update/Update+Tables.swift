// Sorting, filtering, finding, marking and choosing.

import Base
import Canvas
import Engine

extension ConsoleModel {
    mutating func arrange(_ intent: Intent) -> [Effect] {
        let pane = focusedPane
        switch intent {
        case .pick(let picker): return pick(picker)
        case .sortBy(let right): stepSort(pane, by: right ? 1 : -1)
        case .invertSort:
            if let sort = currentSort(pane) {
                setSort(pane, name: sort.name, isDescending: !sort.isDescending)
            }
        case .mark: toggleMark(pane)
        case .invertMarks:
            let ids = rowIds(pane)
            var state = listState(pane)
            state.marks = Set(ids).subtracting(state.marks)
            screen.lists[pane] = state
        case .clearMarks: screen.lists[pane]?.marks = []
        case .filter: startFilter()
        case .find: screen.overlay = .find(TextField(screen.finding))
        case .findAgain(let forward): findAgain(forward: forward)
        case .units:
            let all = RateUnit.allCases
            let place = all.firstIndex(of: settings.units) ?? 0
            settings.units = all[(place + 1) % all.count]
        default: break
        }
        return []
    }

    // MARK: Sorting

    private func currentSort(_ pane: Pane) -> ListState.Sort? {
        listState(pane).sort ?? Lists.access(pane)?.sort
    }

    mutating func setSort(_ pane: Pane, name: String, isDescending: Bool) {
        var state = listState(pane)
        state.sort = ListState.Sort(name: name, isDescending: isDescending)
        screen.lists[pane] = state
    }

    private mutating func stepSort(_ pane: Pane, by step: Int) {
        guard let access = Lists.access(pane), let sort = currentSort(pane) else { return }
        let state = listState(pane)
        let shown = access.columns.filter { state.columnChoices[$0.name] ?? $0.isShown }
        guard !shown.isEmpty else { return }
        let place = shown.firstIndex { $0.name == sort.name } ?? 0
        let next = shown[min(max(0, place + step), shown.count - 1)]
        setSort(pane, name: next.name, isDescending: sort.isDescending)
    }

    /// Sorts by the column whose head was clicked; a second click turns the order around.
    mutating func sortByHead(_ pane: Pane, at column: Int, width: Int) {
        guard let access = Lists.access(pane), let sort = currentSort(pane) else { return }
        let state = listState(pane)
        let shown = access.columns.filter { state.columnChoices[$0.name] ?? $0.isShown }
        let spans = listWindow(pane).table.layout(in: width)
        for (place, span) in spans.enumerated() where span?.contains(column) == true {
            let name = shown[place].name
            let isDescending = name == sort.name ? !sort.isDescending : true
            setSort(pane, name: name, isDescending: isDescending)
        }
    }

    // MARK: Marks

    private mutating func toggleMark(_ pane: Pane) {
        guard let id = selectedId(pane) else { return }
        var state = listState(pane)
        if state.marks.remove(id) == nil { state.marks.insert(id) }
        screen.lists[pane] = state
        moveSelection(.down)
    }

    // MARK: Filtering and finding

    /// The table that filters apply to: the focused one, or the screen's main table.
    var filteredPane: Pane {
        let pane = focusedPane
        if pane.isTable { return pane }
        let panes = ScreenPlan(screen).panes
        return panes.first(where: \.isTable) ?? screen.current.mainPane
    }

    private mutating func startFilter() {
        let pane = filteredPane
        guard pane.isTable else { return }
        // Rows that are filtered are seen.
        if !ScreenPlan(screen).panes.contains(pane) { screen.zoomed = nil }
        screen.focus[screen.current] = pane
        let before = listState(pane).filter
        screen.overlay = .filter(TextField(before.text), before: before)
    }

    mutating func changeFilter(to text: String) {
        let pane = filteredPane
        var state = listState(pane)
        state.filter.change(to: text)
        screen.lists[pane] = state
    }

    mutating func press(_ key: Key, filter: TextField, before: Filter) -> [Effect] {
        var field = filter
        switch key.code {
        case .escape:
            var state = listState(filteredPane)
            state.filter = before
            screen.lists[filteredPane] = state
            screen.overlay = .none
        case .enter:
            let problem = listState(filteredPane).filter.problem
            if let problem { say(.warning, "filter: \(problem); the last good one holds") }
            screen.overlay = .none
        case .up, .down: moveSelection(key.code == .up ? .up : .down)
        default:
            if field.apply(key) {
                screen.overlay = .filter(field, before: before)
                changeFilter(to: field.text)
            }
        }
        return []
    }

    mutating func press(_ key: Key, find: TextField) -> [Effect] {
        var field = find
        switch key.code {
        case .escape: screen.overlay = .none
        case .enter:
            screen.overlay = .none
            screen.finding = field.text
            findAgain(forward: true)
        default:
            if field.apply(key) { screen.overlay = .find(field) }
        }
        return []
    }

    private mutating func findAgain(forward: Bool) {
        let pane = filteredPane
        guard !screen.finding.isEmpty, let access = Lists.access(pane) else { return }
        let state = listState(pane)
        let matches = access.find(plainPicture, state, Filter(screen.finding))
        let ids = rowIds(pane)
        let current = state.selected.flatMap { ids.firstIndex(of: $0) } ?? state.index
        let next =
            forward
            ? matches.first { $0 > current } ?? matches.first
            : matches.last { $0 < current } ?? matches.last
        guard let next, ids.indices.contains(next) else {
            say(.info, "not found: \(screen.finding)")
            return
        }
        setSelection(pane, id: ids[next], index: next)
    }
}
