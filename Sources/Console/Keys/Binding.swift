// A key binding as a record: the source of help, hints, palette and manual.

import Canvas

/// Where a binding applies.
public enum KeyContext: UInt8, Hashable, Sendable, CaseIterable {
    /// Wherever no text is typed.
    case everywhere
    /// In tables.
    case tables
    /// In graphs over time.
    case graphs
    /// Where queues are selected.
    case queues
    /// Where connections are selected.
    case clients
    /// Where keys are selected.
    case keys

    /// The heading in help and manual.
    public var title: String {
        switch self {
        case .everywhere: "Everywhere"
        case .tables: "Tables"
        case .graphs: "Time and graphs"
        case .queues: "Queues"
        case .clients: "Clients"
        case .keys: "Encryption keys"
        }
    }
}

/// What a binding does to the world.
public enum KeyEffect: UInt8, Hashable, Sendable {
    /// Changes what is shown.
    case view
    /// Concerns the console itself: files, clipboard, leaving.
    case console
    /// Changes the broker.
    case mutates
}

/// One thing that keys can do.
public struct Binding: Hashable, Sendable {
    /// Its name in the configuration: `freeze`.
    public let name: String
    /// The keys that do it; the first is shown in hints.
    public var keys: [Key]
    /// Where it applies.
    public let context: KeyContext
    /// What it does to the world.
    public let effect: KeyEffect
    /// What it wants.
    public let intent: Intent
    /// A word or two for the key bar.
    public let label: String
    /// A sentence for help and manual.
    public let help: String

    /// The keys as text, the first ones first: `F5 f`.
    public var keyLabels: String { keys.map(\.label).joined(separator: " ") }

    /// The action it asks for; nil if it only looks.
    public var action: Action? {
        if case .ask(let action) = intent { action } else { nil }
    }
}
