// What panes are made from.

import Base
import Canvas
import Engine

/// One moment as panes see it.
struct Picture: Sendable {
    /// The engine at that moment.
    let snapshot: EngineSnapshot
    /// The console.
    let model: ConsoleModel
    /// How texts are written.
    let style: TextStyle
    /// Latencies of the window that graphs show, once they were needed for a whole screen.
    private var wholeWindow: LatencyHistogram?
    /// The rows of the table of queues, once they were needed for a whole screen.
    private(set) var wholeQueues: [QueueRow]?
    /// The queue that the cursor is on, once it was needed for a whole screen.
    private var wholeStream: StreamStatus??
    /// What actions would be done to, once it was needed for a whole screen.
    private var wholeTargets: ActionTargets?
    /// Where bindings come from, once it was needed for a whole screen.
    private var wholeContexts: [KeyContext]?

    /// The moment that `model` shows, written with `glyphs`.
    init(_ model: ConsoleModel, glyphs: GlyphSet) {
        let shown = model.shownSnapshot
        self.init(model, snapshot: shown, glyphs: glyphs)
    }

    private init(_ model: ConsoleModel, snapshot: EngineSnapshot, glyphs: GlyphSet) {
        self.snapshot = snapshot
        self.model = model
        style = TextStyle(
            glyphs: glyphs,
            now: snapshot.takenAt,
            offsetSeconds: model.session.offsetSeconds
        )
    }

    /// The same picture with what several panes need computed once.
    func prepared() -> Picture {
        var picture = self
        picture.wholeWindow = LatencyWindow(model).publish
        picture.wholeQueues = QueueList.spec.arranged(self, model.listState(.queues))
        picture.wholeStream = .some(picture.selectedStream)
        picture.wholeTargets = model.actionTargets(in: picture)
        picture.wholeContexts = model.contexts
        return picture
    }

    /// Latencies from publish to acknowledgement in the window that graphs show.
    var publishWindow: LatencyHistogram { wholeWindow ?? LatencyWindow(model).publish }

    /// Where bindings come from, the most particular first.
    var contexts: [KeyContext] { wholeContexts ?? model.contexts }

    /// What actions would be done to.
    var actionTargets: ActionTargets { wholeTargets ?? model.actionTargets }

    /// The stream called `name`.
    func stream(_ name: [UInt8]) -> StreamStatus? { snapshot.streams.first { $0.name == name } }

    /// The queue that the cursor is on.
    var selectedStream: StreamStatus? {
        if let wholeStream { return wholeStream }
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
