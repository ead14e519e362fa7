// Keys, pasted text and the mouse.

import Base
import Canvas
import Engine

extension ConsoleModel {
    /// The contexts whose bindings apply, the most particular first.
    var contexts: [KeyContext] { contexts(of: focusedPane) }

    /// The same where `pane` has the keyboard.
    func contexts(of pane: Pane) -> [KeyContext] {
        var contexts = pane.contexts
        let showsQueues = screen.current == .overview || screen.current == .queues
        if showsQueues, !contexts.contains(.queues) {
            contexts.insert(.queues, at: contexts.count - 1)
        }
        return contexts
    }

    mutating func press(_ key: Key) -> [Effect] {
        if screen.isPanePrefix { return movePane(key) }
        switch screen.overlay {
        case .none: return pressPane(key)
        case .help(let help): return press(key, help)
        case .palette(let palette): return press(key, palette)
        case .filter(let field, let before): return press(key, filter: field, before: before)
        case .find(let field): return press(key, find: field)
        case .picker(let picker): return press(key, picker)
        case .confirm(let confirmation): return press(key, confirmation)
        case .peek(let peek): return press(key, peek)
        case .detail(let detail): return press(key, detail)
        case .drawer(let scroll): return press(key, drawer: scroll)
        case .quit: return pressQuit(key)
        }
    }

    /// Text that was pasted: taken by fields, dropped elsewhere, never read as keys.
    mutating func paste(_ text: String) -> [Effect] {
        switch screen.overlay {
        case .help(var help):
            help.field.insert(text)
            screen.overlay = .help(help)
        case .palette(var palette):
            palette.field.insert(text)
            palette.index = 0
            screen.overlay = .palette(palette)
        case .filter(var field, let before):
            field.insert(text)
            screen.overlay = .filter(field, before: before)
            changeFilter(to: field.text)
        case .find(var field):
            field.insert(text)
            screen.overlay = .find(field)
        case .confirm(var confirmation) where confirmation.level == .destructive:
            confirmation.field.insert(text)
            screen.overlay = .confirm(confirmation)
        case .none, .picker, .confirm, .peek, .detail, .drawer, .quit:
            say(.info, "pasted text dropped: no field is open")
        }
        return []
    }

    private mutating func pressPane(_ key: Key) -> [Effect] {
        guard let binding = keymap.binding(for: key, in: contexts) else {
            // Escape leaves the past even where no table or graph says so.
            return key == Key(.escape) ? look(.back) : []
        }
        if let reason = reasonAgainst(binding) {
            say(.warning, "\(binding.label.lowercased()): \(reason)")
            return []
        }
        if binding.effect == .view, binding.intent != .again { screen.repeatable = binding.intent }
        return update(&self, binding.intent)
    }

    mutating func point(_ action: MouseAction, column: Int, row: Int) -> [Effect] {
        guard screen.overlay == .none else { return pointOverlay(action) }
        let plan = ScreenPlan(screen)
        switch action {
        case .wheelUp: return wheel(.up, plan, column, row)
        case .wheelDown: return wheel(.down, plan, column, row)
        case .press: return click(plan, column, row)
        case .release, .drag: return []
        }
    }

    /// The wheel moves lists; the last step of a destructive dialog cannot be done with the mouse.
    private mutating func pointOverlay(_ action: MouseAction) -> [Effect] {
        switch action {
        case .wheelUp: return press(Key(.up))
        case .wheelDown: return press(Key(.down))
        case .press, .release, .drag: return []
        }
    }

    private mutating func wheel(
        _ move: Move,
        _ plan: ScreenPlan,
        _ column: Int,
        _ row: Int
    ) -> [Effect] {
        guard let place = plan.place(column: column, row: row) else { return [] }
        guard place.pane.isTable else {
            return travel(.timeZoom(closer: move == .up))
        }
        screen.focus[screen.current] = place.pane
        for _ in 0..<3 { moveSelection(move) }
        return []
    }

    private mutating func click(_ plan: ScreenPlan, _ column: Int, _ row: Int) -> [Effect] {
        if let tab = plan.screen(column: column, row: row, screen) { return look(.show(tab)) }
        if let key = KeyBar.key(column: column, row: row, plainPicture, plan) { return press(key) }
        guard let place = plan.place(column: column, row: row) else { return [] }
        let hadFocus = focusedPane == place.pane
        screen.focus[screen.current] = place.pane
        let inside = place.rect.inset(columns: 1, rows: 1)
        guard inside.contains(column: column, row: row) else { return [] }
        guard place.pane.isTable else {
            if hadFocus { clickGraph(place, column) }
            return []
        }
        if row == inside.row {
            sortByHead(place.pane, at: column - inside.column, width: inside.columns)
            return []
        }
        return select(line: row - inside.row - 1, in: place.pane, opens: hadFocus)
    }

    /// Puts the time cursor where a graph was clicked; labels at its side are seven cells wide.
    private mutating func clickGraph(_ place: PanePlace, _ column: Int) {
        switch place.pane {
        case .throughput, .heatMap, .queueGraph, .syncLatency: break
        default: return
        }
        let context = PaneContext(picture: plainPicture, isFocused: true, sizeClass: .large)
        let graph = TimeGraph(columns: place.rect.columns - 9, context)
        guard let moment = graph.instant(at: column - place.rect.column - 8) else { return }
        data.time.cursor =
            moment >= data.latest.takenAt ? .never : max(moment, data.history.beganAt)
    }

    /// Moves the cursor to a visible row; a second click on the same row opens it.
    private mutating func select(line: Int, in pane: Pane, opens: Bool) -> [Effect] {
        let window = listWindow(pane)
        guard window.ids.indices.contains(line) else { return [] }
        let wasSelected = window.table.selected == line
        setSelection(pane, id: window.ids[line], index: window.first + line)
        return wasSelected && opens ? look(.open) : []
    }
}
