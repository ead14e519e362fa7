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
    /// The TLS session; `noIndex` without.
    var session = noIndex
    /// Whether TLS is not agreed yet.
    var isShakingHands = false
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
    private var plainDoor: HttpDoor
    private var secureDoor: HttpDoor
    /// Certificate and key for those who come through the secure door.
    var context: TlsContext?
    private var sessions = TlsSessions()
    private var connections: [UInt64: HttpConnection] = [:]
    private var nextToken = HttpServer.secureToken + 1

    /// What the plain listener is watched under.
    static let listenerToken: UInt64 = 1 << 32
    /// What the listener with TLS is watched under; connections have larger tokens.
    static let secureToken: UInt64 = listenerToken + 1
    /// Most connections; others wait in the listener's backlog.
    static let connectionsMax = 64
    /// How long a request may take to come, and an answer to be read.
    static let deadlineNanoseconds = 10 * nanosecondsPerSecond
    /// How long a connection may say nothing between requests.
    static let idleNanoseconds = 60 * nanosecondsPerSecond

    /// Serves who comes through the listeners of `doors`, watched by `poller`.
    /// - Throws: `SystemError` when a listener cannot be watched.
    init(_ doors: MonitoringDoors, _ poller: borrowing Poller) throws(SystemError) {
        let plain = try HttpDoor(doors.plain, token: Self.listenerToken, poller)
        let secure = try HttpDoor(doors.secure, token: Self.secureToken, poller)
        plainDoor = consume plain
        secureDoor = consume secure
        context = doors.context
    }

    deinit {
        for connection in connections.values { Socket.close(connection.descriptor) }
    }

    /// When `expire` has something to do.
    var nextDeadline: Instant {
        connections.values.map(\.deadline).min() ?? .distantFuture
    }

    /// Takes new connections, as many as there may be, of the listener watched under `token`.
    mutating func accept(_ token: UInt64, _ poller: borrowing Poller, at now: Instant) {
        let isSecure = token == Self.secureToken
        while connections.count < Self.connectionsMax {
            guard let accepted = isSecure ? secureDoor.accepted() : plainDoor.accepted() else {
                return
            }
            take(accepted, isSecure: isSecure, poller, at: now)
        }
        // Level-triggered: an open door would wake the thread of a full house again and again.
        setDoors(open: false, poller)
    }

    private mutating func take(
        _ accepted: Accepted,
        isSecure: Bool,
        _ poller: borrowing Poller,
        at now: Instant
    ) {
        var connection = HttpConnection(
            descriptor: accepted.descriptor,
            deadline: now.adding(nanoseconds: Self.deadlineNanoseconds)
        )
        if isSecure {
            guard let context,
                let session = try? TlsSession(
                    context,
                    descriptor: accepted.descriptor,
                    peerName: nil
                )
            else {
                Socket.close(accepted.descriptor)
                return
            }
            connection.session = sessions.insert(session)
            connection.isShakingHands = true
        }
        let token = nextToken
        nextToken += 1
        connections[token] = connection
        if (try? poller.add(accepted.descriptor, token: token)) == nil { close(token, poller) }
    }

    private mutating func setDoors(open isWanted: Bool, _ poller: borrowing Poller) {
        plainDoor.set(open: isWanted, poller)
        secureDoor.set(open: isWanted, poller)
    }

    /// Reads and writes what `ready` allows.
    /// - Returns: a request that is to be answered.
    mutating func serve(
        _ ready: Readiness,
        _ poller: borrowing Poller,
        at now: Instant
    ) -> HttpCall? {
        guard let connection = connections[ready.token] else { return nil }
        if connection.isShakingHands {
            guard shakeHands(ready.token, poller) else { return nil }
            return read(ready.token, poller, at: now)
        }
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

    /// Takes the handshake further.
    /// - Returns: whether TLS is agreed.
    private mutating func shakeHands(_ token: UInt64, _ poller: borrowing Poller) -> Bool {
        guard let connection = connections[token] else { return false }
        var wantsRoom = false
        switch sessions[connection.session].handshake() {
        case .done: connections[token]?.isShakingHands = false
        case .wantsRead: break
        case .wantsWrite: wantsRoom = true
        case .ended, .failed:
            close(token, poller)
            return false
        }
        try? poller.change(
            connection.descriptor,
            token: token,
            forReading: true,
            forWriting: wantsRoom
        )
        return connections[token]?.isShakingHands == false
    }

    private mutating func read(
        _ token: UInt64,
        _ poller: borrowing Poller,
        at now: Instant
    ) -> HttpCall? {
        guard let connection = connections[token] else { return nil }
        if connection.input.isEmpty {
            connections[token]?.deadline = now.adding(nanoseconds: Self.deadlineNanoseconds)
        }
        var piece = InlineArray<4_096, UInt8>(repeating: 0)
        // A TLS session is read until it has nothing left, but not beyond what a request may take.
        while (connections[token]?.input.count ?? .max) <= HttpRequestReader.byteCountMax {
            var span = piece.mutableSpan
            // SAFETY: the array outlives the call.
            let outcome = unsafe span.withUnsafeMutableBytes { region in
                connection.session == noIndex
                    ? unsafe Socket.read(connection.descriptor, into: region)
                    : unsafe sessions[connection.session].read(into: region)
            }
            guard case .bytes(let count) = outcome else {
                if outcome != .wouldBlock { close(token, poller) }
                break
            }
            for offset in 0..<count { connections[token]?.input.append(piece[offset]) }
            if connection.session == noIndex { break }
        }
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
            let outcome =
                connection.session == noIndex
                ? Socket.write(connection.descriptor, piece)
                : sessions[connection.session].write(piece.raw)
            switch outcome {
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
        if connection.session != noIndex { sessions.remove(connection.session) }
        Socket.closeGently(connection.descriptor)
        setDoors(open: true, poller)
    }
}
