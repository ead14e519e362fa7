// What panes are made from.

import Base
import Canvas
import Engine

/// One moment as panes see it.
///
/// A class, since every pane is handed it and a copy of all that it holds costs more than a pane.
final class Picture: Sendable {
    /// The engine at that moment.
    let snapshot: EngineSnapshot
    /// The console.
    let model: ConsoleModel
    /// How texts are written.
    let style: TextStyle
    /// What several panes of a whole screen need.
    private let whole: Whole

    /// What several panes of a whole screen need, as far as it is known.
    private struct Whole {
        var focused: Pane?
        var window: LatencyHistogram?
        var queues: [QueueRow]?
        var clients: [ConnectionStatus]?
        var stream: StreamStatus??
        var targets: ActionTargets?
        var contexts: [KeyContext]?
    }

    /// The moment that `model` shows, written with `glyphs`.
    convenience init(_ model: ConsoleModel, glyphs: GlyphSet) {
        let shown = model.shownSnapshot
        let style = TextStyle(
            glyphs: glyphs,
            now: shown.takenAt,
            offsetSeconds: model.session.offsetSeconds
        )
        self.init(model, shown, style, Whole())
    }

    private init(
        _ model: ConsoleModel,
        _ snapshot: EngineSnapshot,
        _ style: TextStyle,
        _ whole: Whole
    ) {
        self.model = model
        self.snapshot = snapshot
        self.style = style
        self.whole = whole
    }

    /// The same picture with what several panes need computed once.
    func prepared() -> Picture {
        var whole = Whole()
        let focused = model.focusedPane
        whole.focused = focused
        whole.window = LatencyWindow(model).publish
        whole.queues = QueueList.spec.arranged(self, model.listState(.queues))
        whole.clients = ClientList.spec.arranged(self, model.listState(.clients))
        let rows = Picture(model, snapshot, style, whole)
        whole.stream = .some(rows.selectedStream)
        whole.targets = model.actionTargets(in: rows)
        whole.contexts = model.contexts(of: focused)
        return Picture(model, snapshot, style, whole)
    }

    /// Latencies from publish to acknowledgement in the window that graphs show.
    var publishWindow: LatencyHistogram { whole.window ?? LatencyWindow(model).publish }

    /// The rows of the table of queues as the model arranges them, if they are known.
    var arrangedQueues: [QueueRow]? { whole.queues }

    /// The same of the table of clients.
    var arrangedClients: [ConnectionStatus]? { whole.clients }

    /// The pane with the keyboard.
    var focusedPane: Pane { whole.focused ?? model.focusedPane }

    /// Where bindings come from, the most particular first.
    var contexts: [KeyContext] { whole.contexts ?? model.contexts }

    /// What actions would be done to.
    var actionTargets: ActionTargets { whole.targets ?? model.actionTargets }

    /// The stream called `name`.
    func stream(_ name: [UInt8]) -> StreamStatus? { snapshot.streams.first { $0.name == name } }

    /// The queue that the cursor is on.
    var selectedStream: StreamStatus? {
        if let known = whole.stream { return known }
        let state = model.listState(.queues)
        let rows = QueueList.spec.arranged(self, state)
        return QueueList.spec.selectedIndex(in: rows, state).map { rows[$0].stream }
    }

    /// The connection that the cursor is on.
    var selectedConnection: ConnectionStatus? {
        let state = model.screen.lists[.clients] ?? ListState()
        let rows = ClientList.spec.arranged(self, state)
        return ClientList.spec.selectedIndex(in: rows, state).map { rows[$0] }
    }
}
