// Connections of the monitoring endpoints: limits, deadlines, and bytes in and out.

import Base
import Reactor

/// One connection of somebody who monitors.
private struct HttpConnection {
    let descriptor: Int32
    var input: [UInt8] = []
    var output: ArraySlice<UInt8> = []
    /// The request whose answer is being made.
    var awaited: HttpRequest?
    /// Whether it ends once everything was written.
    var isClosing = false
    var deadline: Instant
}

/// A request and the connection that waits for its answer.
struct HttpCall {
    /// Names the connection.
    let token: UInt64
    /// The request.
    let request: HttpRequest
}

/// The connections of the monitoring endpoints.
///
/// Each has at most one request under way; what it sends meanwhile waits in its socket.
struct HttpServer: ~Copyable {
    private let listener: Listener?
    private var connections: [UInt64: HttpConnection] = [:]
    private var nextToken = HttpServer.listenerToken + 1

    /// What the listener is watched under; connections have larger tokens.
    static let listenerToken: UInt64 = 1 << 32
    /// Most connections; others wait in the listener's backlog.
    static let connectionsMax = 64
    /// How long a request may take to come, and an answer to be read.
    static let deadlineNanoseconds = 10 * nanosecondsPerSecond
    /// How long a connection may say nothing between requests.
    static let idleNanoseconds = 60 * nanosecondsPerSecond

    /// Serves the connections of the listener `handle`, watched by `poller`; nobody without one.
    /// - Throws: `SystemError` when the listener cannot be watched.
    init(_ handle: ListenerHandle?, _ poller: borrowing Poller) throws(SystemError) {
        guard let handle else {
            listener = nil
            return
        }
        let listener = Listener(handle)
        try poller.add(listener.descriptor, token: Self.listenerToken)
        self.listener = consume listener
    }

    deinit {
        for connection in connections.values { Socket.close(connection.descriptor) }
    }

    /// When `expire` has something to do.
    var nextDeadline: Instant {
        connections.values.map(\.deadline).min() ?? .distantFuture
    }

    /// Takes new connections, as many as there may be.
    mutating func accept(_ poller: borrowing Poller, at now: Instant) {
        while connections.count < Self.connectionsMax {
            guard let accepted = accepted() else { return }
            let token = nextToken
            nextToken += 1
            connections[token] = HttpConnection(
                descriptor: accepted.descriptor,
                deadline: now.adding(nanoseconds: Self.deadlineNanoseconds)
            )
            if (try? poller.add(accepted.descriptor, token: token)) == nil { close(token, poller) }
        }
        // Level-triggered: without this the full house would wake the thread again and again.
        watchListener(false, poller)
    }

    private func accepted() -> Accepted? {
        switch listener {
        case .some(let listener): try? listener.accept()
        case .none: nil
        }
    }

    private var listenerDescriptor: Int32? {
        switch listener {
        case .some(let listener): listener.descriptor
        case .none: nil
        }
    }

    /// Reads and writes what `ready` allows.
    /// - Returns: a request that is to be answered.
    mutating func serve(
        _ ready: Readiness,
        _ poller: borrowing Poller,
        at now: Instant
    ) -> HttpCall? {
        guard connections[ready.token] != nil else { return nil }
        if ready.isWritable { write(ready.token, poller, at: now) }
        guard connections[ready.token] != nil, ready.isReadable || ready.isHungUp else {
            return nil
        }
        return read(ready.token, poller, at: now)
    }

    /// Sends `reply` to the connection `token`, if it is still there.
    /// - Returns: its next request, if that has come already.
    mutating func answer(
        _ token: UInt64,
        _ reply: HttpReply,
        _ poller: borrowing Poller,
        at now: Instant
    ) -> HttpCall? {
        guard let request = connections[token]?.awaited else { return nil }
        connections[token]?.awaited = nil
        connections[token]?.output += reply.bytes(to: request, at: now)
        if !request.isKeptAlive { connections[token]?.isClosing = true }
        write(token, poller, at: now)
        return nextCall(token, poller, at: now)
    }

    /// Ends what took too long.
    mutating func expire(_ poller: borrowing Poller, at now: Instant) {
        for (token, connection) in connections where now >= connection.deadline {
            close(token, poller)
        }
    }

    // MARK: - Bytes

    private mutating func read(
        _ token: UInt64,
        _ poller: borrowing Poller,
        at now: Instant
    ) -> HttpCall? {
        guard let connection = connections[token] else { return nil }
        var piece = InlineArray<4_096, UInt8>(repeating: 0)
        var span = piece.mutableSpan
        // SAFETY: the array outlives the call.
        let outcome = unsafe span.withUnsafeMutableBytes { region in
            unsafe Socket.read(connection.descriptor, into: region)
        }
        guard case .bytes(let count) = outcome else {
            if outcome != .wouldBlock { close(token, poller) }
            return nil
        }
        if connection.input.isEmpty {
            connections[token]?.deadline = now.adding(nanoseconds: Self.deadlineNanoseconds)
        }
        for offset in 0..<count { connections[token]?.input.append(piece[offset]) }
        return nextCall(token, poller, at: now)
    }

    /// The next request among the bytes that came; refuses what is none.
    private mutating func nextCall(
        _ token: UInt64,
        _ poller: borrowing Poller,
        at now: Instant
    ) -> HttpCall? {
        guard let connection = connections[token], connection.awaited == nil,
            !connection.isClosing, !connection.input.isEmpty
        else { return nil }
        switch HttpRequestReader.read(connection.input) {
        case .incomplete: return nil
        case .refused(let status, let words):
            let reply = HttpReply.words("\(status.rawValue) \(status.text)\(words)", status)
            connections[token]?.output += reply.bytes(to: nil, at: now)
            connections[token]?.isClosing = true
            write(token, poller, at: now)
            return nil
        case .request(let request, let byteCount):
            connections[token]?.input.removeFirst(byteCount)
            connections[token]?.awaited = request
            watch(token, poller)
            return HttpCall(token: token, request: request)
        }
    }

    private mutating func write(_ token: UInt64, _ poller: borrowing Poller, at now: Instant) {
        while let connection = connections[token], !connection.output.isEmpty {
            let piece = Array(connection.output.prefix(65_536))
            switch Socket.write(connection.descriptor, piece) {
            case .bytes(let count): connections[token]?.output.removeFirst(count)
            case .wouldBlock:
                connections[token]?.deadline = now.adding(nanoseconds: Self.deadlineNanoseconds)
                watch(token, poller)
                return
            case .ended, .failed:
                close(token, poller)
                return
            }
        }
        guard let connection = connections[token] else { return }
        if connection.isClosing {
            close(token, poller)
            return
        }
        connections[token]?.output = []
        connections[token]?.deadline = now.adding(nanoseconds: Self.idleNanoseconds)
        watch(token, poller)
    }

    private func watch(_ token: UInt64, _ poller: borrowing Poller) {
        guard let connection = connections[token] else { return }
        let isBusy = connection.awaited != nil || connection.isClosing
        try? poller.change(
            connection.descriptor,
            token: token,
            forReading: !isBusy && connection.output.isEmpty,
            forWriting: !connection.output.isEmpty
        )
    }

    private mutating func close(_ token: UInt64, _ poller: borrowing Poller) {
        guard let connection = connections.removeValue(forKey: token) else { return }
        poller.remove(connection.descriptor)
        Socket.closeGently(connection.descriptor)
        watchListener(true, poller)
    }

    private func watchListener(_ isOpen: Bool, _ poller: borrowing Poller) {
        let isWanted = isOpen && connections.count < Self.connectionsMax
        guard let descriptor = listenerDescriptor,
            isOpen || connections.count >= Self.connectionsMax
        else { return }
        try? poller.change(
            descriptor,
            token: Self.listenerToken,
            forReading: isWanted,
            forWriting: false
        )
    }
}
