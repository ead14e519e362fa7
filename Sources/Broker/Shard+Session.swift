// The life of a connection: accept, CONNECT, pings, end.

import Base
import Configuration
import Identity
public import Reactor
public import Wire

extension Shard {
    /// Takes a new connection.
    /// - Returns: its index.
    public mutating func accept(_ accepted: Accepted) -> UInt32 {
        counters.connectionsTotal &+= 1
        var connection = Connection(
            descriptor: accepted.descriptor,
            generation: UInt32(truncatingIfNeeded: counters.connectionsTotal),
            id: counters.connectionsTotal
        )
        connection.root = accounts[0].root
        connection.lastHeard = tick.now
        let index = connections.insert(connection)
        while details.count <= Int(index) { details.append(nil) }
        details[Int(index)] = ConnectionDetails(peer: accepted.peer, startedAt: tick.now)
        open(index)
        if connections.used > settings.limits.connectionsMax { refuse(index, .tooManyConnections) }
        return index
    }

    /// Greets at once, or waits for TLS where it comes first.
    private mutating func open(_ index: UInt32) {
        guard let terms = settings.tls?.terms else {
            greet(index)
            return
        }
        connections[index].security = .awaitsOpening
        switch terms.opening {
        case .afterInfo:
            greet(index)
        case .atOnce:
            setDeadline(tick.now.adding(nanoseconds: terms.timeoutNanoseconds), of: index)
        case .eitherWithin(let nanoseconds):
            setDeadline(tick.now.adding(nanoseconds: nanoseconds), of: index)
        }
    }

    /// Tells the client who we are.
    mutating func greet(_ index: UInt32) {
        connections[index].flags.insert(.wasGreeted)
        if let authenticator = settings.authenticator {
            if authenticator.usesChallenges { details[Int(index)]?.nonce = Challenge.make() }
            if authenticator.isRequired { connections[index].flags.insert(.mustAuthenticate) }
        }
        var line: [UInt8] = []
        settings.info.append(for: infoConnection(index), to: &line)
        send(line, to: index)
        if connections[index].flags.contains(.mustAuthenticate) {
            setDeadline(
                tick.now.adding(nanoseconds: settings.limits.authenticationNanoseconds),
                of: index
            )
        }
        if connections[index].security == .awaitsOpening, let terms = settings.tls?.terms {
            setDeadline(tick.now.adding(nanoseconds: terms.timeoutNanoseconds), of: index)
        }
    }

    private func infoConnection(_ index: UInt32) -> ServerInfo.Connection {
        var connection = ServerInfo.Connection(id: connections[index].id, ip: [])
        guard let details = details[Int(index)] else { return connection }
        connection.ip = Array(details.peer.host.utf8)
        connection.nonce = details.nonce
        return connection
    }

    /// CONNECT.
    mutating func connect(_ index: UInt32, _ json: RawSpan) {
        let options: ConnectOptions
        do throws(ConnectOptions.Refusal) {
            options = try ConnectOptions(json: json.array, after: spoken(index))
        } catch {
            refuse(index, .malformedArguments)
            return
        }
        if let refusal = options.refusal {
            refuse(index, refusal)
            return
        }
        dropAll(of: index)
        leave(index)
        apply(options, to: index)
        identify(index, options.credentials)
        acknowledge(index)
    }

    /// What the client has said so far, its credentials aside.
    private mutating func spoken(_ index: UInt32) -> ConnectOptions {
        var options = ConnectOptions()
        let flags = connections[index].flags
        options.flags = []
        if flags.contains(.verbose) { options.flags.insert(.verbose) }
        if flags.contains(.pedantic) { options.flags.insert(.pedantic) }
        if flags.contains(.echo) { options.flags.insert(.echo) }
        if flags.contains(.headers) { options.flags.insert(.headers) }
        if flags.contains(.noResponders) { options.flags.insert(.noResponders) }
        options.protocolVersion = flags.contains(.takesInfo) ? 1 : 0
        options.program = details[Int(index)]?.program ?? ConnectOptions.Program()
        return options
    }

    private mutating func apply(_ options: ConnectOptions, to index: UInt32) {
        var flags = connections[index].flags
        flags.remove([.verbose, .pedantic, .echo, .headers, .noResponders])
        let wire = options.flags
        if wire.contains(.verbose) { flags.insert(.verbose) }
        if wire.contains(.pedantic) { flags.insert(.pedantic) }
        if wire.contains(.echo) { flags.insert(.echo) }
        if wire.contains(.headers) { flags.insert(.headers) }
        if wire.contains(.noResponders) { flags.insert(.noResponders) }
        if options.protocolVersion >= 1 { flags.insert(.takesInfo) }
        connections[index].flags = flags
        details[Int(index)]?.program = options.program
    }

    /// Notices the first command of a connection.
    mutating func begin(_ index: UInt32) {
        guard !connections[index].flags.contains(.isConnected) else { return }
        connections[index].flags.insert(.isConnected)
        if let startedAt = details[Int(index)]?.startedAt {
            details[Int(index)]?.firstRoundTripNanoseconds = tick.now.nanoseconds(since: startedAt)
        }
        let jitter = UInt64(random.below(400)) * nanosecondsPerMillisecond
        let first = min(2 * nanosecondsPerSecond + jitter, settings.limits.pingIntervalNanoseconds)
        setDeadline(tick.now.adding(nanoseconds: first), of: index)
    }

    /// Answers a PING.
    mutating func pong(_ index: UInt32) {
        send(Self.pongLine, to: index)
        guard !connections[index].flags.contains(.wasWelcomed) else { return }
        connections[index].flags.insert(.wasWelcomed)
        if connections[index].flags.contains(.takesInfo) { sendInfo(to: index, isWelcome: true) }
    }

    /// Tells a client that has introduced itself who we are, and its account if `isWelcome`.
    mutating func sendInfo(to index: UInt32, isWelcome: Bool) {
        var connection = infoConnection(index)
        if isWelcome {
            let account = accounts[Int(connections[index].account)]
            connection.account = account.name
            connection.isSystemAccount = account.isSystem
        }
        var info = settings.info
        info.payloadBytesMax = payloadBytesMax(of: index)
        if settings.access.isRequired { info.flags.insert(.authRequired) }
        var line: [UInt8] = []
        info.append(for: connection, to: &line)
        send(line, to: index)
    }

    /// Takes a PONG.
    mutating func heard(_ index: UInt32) {
        connections[index].pingsOut = 0
        let sent = connections[index].lastPing
        guard sent != .never else { return }
        connections[index].roundTripNanoseconds = max(1, tick.now.nanoseconds(since: sent))
    }

    static var pongLine: [UInt8] { Array("PONG\r\n".utf8) }
    static var pingLine: [UInt8] { Array("PING\r\n".utf8) }

    // MARK: - Time

    /// TLS is agreed: the connection goes on as others begin, with the INFO it did not get yet.
    ///
    /// `certificate` is what TLS has verified of the client, if anything.
    mutating func secured(_ index: UInt32, certificate: CertificateClaim?) {
        connections[index].security = .established
        details[Int(index)]?.certificate = certificate
        guard connections[index].flags.contains(.wasGreeted) else {
            greet(index)
            return
        }
        let isKnown = !connections[index].flags.contains(.mustAuthenticate)
        let wait = settings.limits.authenticationNanoseconds
        setDeadline(isKnown ? .distantFuture : tick.now.adding(nanoseconds: wait), of: index)
    }

    /// The client speaks in clear although TLS is offered.
    mutating func declinedTls(_ index: UInt32) {
        guard settings.tls?.terms.allowsPlainClients == true else {
            end(index, .handshakeFailure)
            return
        }
        connections[index].security = .none
        if !connections[index].flags.contains(.wasGreeted) { greet(index) }
    }

    /// Notes that something is due for the connection at `index`.
    mutating func setDeadline(_ deadline: Instant, of index: UInt32) {
        connections[index].deadline = deadline
        nextDeadline = min(nextDeadline, deadline)
    }

    /// Notes that a socket stopped taking bytes.
    mutating func noteBlocked() {
        nextDeadline = min(
            nextDeadline,
            tick.now.adding(nanoseconds: settings.limits.writeNanoseconds)
        )
    }

    /// Does what is due.
    ///
    /// Looks at every connection, at most fifty times a second.
    public mutating func advance() {
        guard tick.now >= nextDeadline else { return }
        var next = Instant.distantFuture
        for index in 0..<UInt32(connections.limit) where connections[index].descriptor >= 0 {
            if !connections[index].flags.contains(.isClosing) { check(index) }
            next = min(next, connections[index].deadline)
            guard connections[index].blockedSince != .never else { continue }
            let blocked = connections[index].blockedSince
            next = min(next, blocked.adding(nanoseconds: settings.limits.writeNanoseconds))
        }
        nextDeadline = max(next, tick.now.adding(nanoseconds: 20 * nanosecondsPerMillisecond))
    }

    private mutating func check(_ index: UInt32) {
        let blocked = connections[index].blockedSince
        if blocked != .never,
            tick.now.nanoseconds(since: blocked) >= settings.limits.writeNanoseconds
        {
            counters.slowConsumers &+= 1
            end(index, .slowConsumerWriteDeadline)
            return
        }
        guard tick.now >= connections[index].deadline else { return }
        if !connections[index].flags.contains(.wasGreeted),
            connections[index].security == .awaitsOpening,
            case .eitherWithin = settings.tls?.terms.opening
        {
            greet(index)
            return
        }
        switch connections[index].security {
        case .awaitsOpening, .handshaking:
            end(index, .handshakeFailure)
            return
        case .none, .established: break
        }
        if connections[index].flags.contains(.isRefused) {
            refuse(index, .authorizationViolation)
        } else if connections[index].flags.contains(.mustAuthenticate) {
            refuse(index, .authenticationTimeout)
        } else {
            ping(index)
        }
    }

    private mutating func ping(_ index: UInt32) {
        let interval = settings.limits.pingIntervalNanoseconds
        setDeadline(tick.now.adding(nanoseconds: interval), of: index)
        let quiet = tick.now.nanoseconds(since: connections[index].lastHeard)
        if connections[index].roundTripNanoseconds != 0, quiet < interval { return }
        if Int(connections[index].pingsOut) >= settings.limits.pingsOutMax {
            refuse(index, .staleConnection)
            return
        }
        connections[index].pingsOut &+= 1
        connections[index].lastPing = tick.now
        send(Self.pingLine, to: index)
    }

    // MARK: - End

    /// Ends the connection at `index` once what waits was written.
    public mutating func end(_ index: UInt32, _ reason: ClosedReason) {
        guard !connections[index].flags.contains(.isClosing) else { return }
        connections[index].flags.insert(.isClosing)
        connections[index].deadline = .distantFuture
        details[Int(index)]?.closedReason = reason
        remember(index)
        dropAll(of: index)
        leave(index)
        tick.ended.append(index)
    }

    /// Keeps what monitoring shows of a connection that ends.
    private mutating func remember(_ index: UInt32) {
        guard var row = row(index, hasSubscriptions: false) else { return }
        row.stoppedAt = tick.now
        row.subscriptions = subscriptions(of: index, most: ClosedConnections.subscriptionsMax)
        closed.add(row)
    }

    /// Forgets the connection at `index`, whose socket the runner has closed.
    public mutating func release(_ index: UInt32) {
        outbox.drop(&connections[index].queue)
        freeLeftover(of: index)
        details[Int(index)] = nil
        connections[index].descriptor = -1
        connections.remove(index)
    }
}
