// What actions would be done to.

import Engine

/// What actions would be done to: rows marked, or those under the cursor.
struct ActionTargets: Hashable, Sendable {
    /// Queues.
    var queues: [RowId] = []
    /// The consumer, where consumers have the keyboard.
    var consumer: RowId?
    /// Connections.
    var clients: [RowId] = []
    /// Whether connections have the keyboard.
    var isAboutClients = false
    /// The key, on the screen of keys.
    var keys: [RowId] = []

    /// The rows that `action` is about.
    subscript(action: Action) -> [RowId] {
        switch action {
        case .pause, .resume, .delete: consumer.map { [$0] } ?? queues
        case .pauseIngress, .drain, .purge, .redrive: queues
        case .kick: clients
        case .throttle: isAboutClients ? clients : []
        case .compromise, .destroyKey, .retireKey, .rotate, .verify: keys
        case .holdRewrite, .addSlot, .removeSlot, .lock, .unlock, .resumeWriting, .lameDuck: []
        }
    }
}
