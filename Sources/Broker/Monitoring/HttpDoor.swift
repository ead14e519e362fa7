// Where connections of the monitoring endpoints come in.

import Reactor

/// A listener of the monitoring endpoints, or none.
struct HttpDoor: ~Copyable {
    private let listener: Listener?
    /// What it is watched under.
    let token: UInt64
    private var isOpen = true

    /// The door of the listener `handle`, watched by `poller` under `token`.
    /// - Throws: `SystemError` when it cannot be watched.
    init(
        _ handle: ListenerHandle?,
        token: UInt64,
        _ poller: borrowing Poller
    ) throws(SystemError) {
        self.token = token
        guard let handle else {
            listener = nil
            return
        }
        let listener = Listener(handle)
        try poller.add(listener.descriptor, token: token)
        self.listener = consume listener
    }

    /// The next connection that waits; `nil` if none does.
    func accepted() -> Accepted? {
        switch listener {
        case .some(let listener): try? listener.accept()
        case .none: nil
        }
    }

    /// Lets connections in or lets them wait outside.
    mutating func set(open isWanted: Bool, _ poller: borrowing Poller) {
        guard isWanted != isOpen else { return }
        isOpen = isWanted
        switch listener {
        case .some(let listener):
            try? poller.change(
                listener.descriptor,
                token: token,
                forReading: isWanted,
                forWriting: false
            )
        case .none: break
        }
    }
}
