// Which pane shows which table.

import Base
import Canvas
import Engine

/// A table whose type of row does not matter to the caller.
final class ListAccess: Sendable {
    /// What the rows are called.
    let noun: String
    /// Names and heads of the columns, and whether they are shown at first.
    let columns: [(name: String, title: String, isShown: Bool)]
    /// The column rows are sorted by at first.
    let sort: ListState.Sort
    /// The identities of all rows that the filter keeps, in order.
    let ids: @Sendable (Picture, ListState) -> [RowId]
    /// The visible part.
    let window: @Sendable (Picture, ListState, Int) -> ListWindow
    /// All rows that the filter keeps, in order, as values.
    let values: @Sendable (Picture, ListState) -> [[ColumnValue]]
    /// Everything about one row; nil once it is gone.
    let detail: @Sendable (Picture, RowId) -> [DetailFact]?
    /// Index of the first row from `start` on that holds all of the words of a filter.
    let find: @Sendable (Picture, ListState, Filter) -> [Int]

    /// The table of `spec`.
    init<Row>(_ spec: ListSpec<Row>) {
        noun = spec.noun
        columns = spec.columns.map { ($0.name, $0.title, $0.isShown) }
        sort = ListState.Sort(name: spec.sort.name, isDescending: spec.sort.isDescending)
        ids = { picture, state in spec.arranged(picture, state).map(spec.id) }
        window = { picture, state, rows in spec.window(picture, state, rows: rows) }
        values = { picture, state in
            let shown = spec.columns
            return spec.arranged(picture, state).map { row in shown.map { $0.value(row) } }
        }
        detail = { picture, id in
            spec.rows(picture).first { spec.id($0) == id }.map { row in
                spec.detail(row, picture.style)
            }
        }
        find = { picture, state, filter in
            let rows = spec.arranged(picture, state)
            return rows.indices.filter { spec.matches(rows[$0], filter) }
        }
    }
}

/// Which pane shows which table.
enum Lists {
    private static let queues = ListAccess(QueueList.spec)
    private static let consumers = ListAccess(ConsumerList.spec)
    private static let clients = ListAccess(ClientList.spec)
    private static let keys = ListAccess(KeyList.spec)
    private static let queueLatency = ListAccess(QueueLatencyList.spec)
    private static let stages = ListAccess(StageList.spec)
    private static let damage = ListAccess(DamageList.spec)
    private static let targets = ListAccess(TargetList.spec)
    private static let events = ListAccess(EventList.spec)
    private static let alerts = ListAccess(AlertList.spec)

    /// The table of `pane`; nil for panes that are not tables.
    static func access(_ pane: Pane) -> ListAccess? {
        switch pane {
        case .queues: queues
        case .consumers: consumers
        case .clients: clients
        case .keys: keys
        case .queueLatency: queueLatency
        case .stages: stages
        case .damage: damage
        case .targets: targets
        case .events: events
        case .alerts: alerts
        case .throughput, .heatMap, .percentiles, .queueDetail, .queueGraph, .clientDetail,
            .keySummary, .rotation, .keySafety, .storage, .syncLatency, .server:
            nil
        }
    }
}

extension Pane {
    /// Whether the pane is a table.
    var isTable: Bool { Lists.access(self) != nil }

    /// Where its bindings come from, the most particular first.
    var contexts: [KeyContext] {
        switch self {
        case .queues, .consumers, .queueLatency: [.queues, .tables, .everywhere]
        case .queueDetail, .queueGraph: [.queues, .graphs, .everywhere]
        case .clients: [.clients, .tables, .everywhere]
        case .clientDetail: [.clients, .graphs, .everywhere]
        case .keys: [.keys, .tables, .everywhere]
        case .keySummary, .rotation, .keySafety: [.keys, .graphs, .everywhere]
        case .stages, .damage, .targets, .events, .alerts: [.tables, .everywhere]
        case .throughput, .heatMap, .percentiles, .storage, .syncLatency, .server:
            [.graphs, .everywhere]
        }
    }
}
