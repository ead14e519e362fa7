// Screens, panes and the rows in them.

public import Engine

/// One of the eight screens, in the order of their keys.
public enum Screen: UInt8, Hashable, Sendable, CaseIterable {
    /// Is it healthy, what is hot, what is about to hurt.
    case overview
    /// Which queue, since when, why.
    case queues
    /// Who is slow or noisy.
    case clients
    /// Where the time goes.
    case latency
    /// Is data encrypted with what I think, is rotation safe.
    case keys
    /// Will it fill, is the disk slow.
    case storage
    /// Which node.
    case targets
    /// What happened, who did it.
    case events

    /// Its name.
    public var title: String {
        switch self {
        case .overview: "Overview"
        case .queues: "Queues"
        case .clients: "Clients"
        case .latency: "Latency"
        case .keys: "Keys"
        case .storage: "Storage"
        case .targets: "Targets"
        case .events: "Events"
        }
    }

    /// Its name where room is scarce.
    public var shortTitle: String {
        switch self {
        case .overview: "Over"
        case .storage: "Store"
        case .queues, .clients, .latency, .keys, .targets, .events: title
        }
    }
}

/// One pane of some screen.
public enum Pane: UInt8, Hashable, Sendable, CaseIterable {
    /// Messages a second over time.
    case throughput
    /// Latencies over time.
    case heatMap
    /// Latency by share of messages.
    case percentiles
    /// Latency by stage.
    case stages
    /// Latency by queue.
    case queueLatency
    /// The table of queues.
    case queues
    /// What a queue is and does.
    case queueDetail
    /// A queue's depth and rates over time.
    case queueGraph
    /// A queue's consumers.
    case consumers
    /// Connections.
    case clients
    /// What a connection is and does.
    case clientDetail
    /// Key versions in short.
    case keySummary
    /// The table of key versions.
    case keys
    /// The steps of a rotation.
    case rotation
    /// Slots, memory protection and audit.
    case keySafety
    /// Journal and disk.
    case storage
    /// How long syncs take over time.
    case syncLatency
    /// Damage that was found.
    case damage
    /// Every server.
    case targets
    /// What the server is and does.
    case server
    /// Alerts, actions and log lines.
    case events
    /// Alert rules and what they do now.
    case alerts
}

/// A row of any table, recognised after sorting and sampling.
public enum RowId: Hashable, Sendable {
    /// A stream.
    case stream([UInt8])
    /// A consumer of a stream.
    case consumer(stream: [UInt8], name: [UInt8])
    /// A connection.
    case connection(UInt64)
    /// A version of a key.
    case key(KeyScope, UInt32)
    /// A way to open the store.
    case slot(UInt32)
    /// A damaged range.
    case damage([UInt8], UInt64)
    /// A server.
    case target([UInt8])
    /// An event.
    case event(UInt64)
    /// An alert rule's state for a subject.
    case alert(AlertId)
    /// A stage of the latency table; 0 is the whole way.
    case stage(UInt8)
}
