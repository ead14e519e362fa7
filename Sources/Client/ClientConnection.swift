// A small client: one connection, and calls that wait.

public import Base
public import Configuration
import Identity
import Reactor
public import Wire

/// A connection of a client, used by one thread at a time.
public struct ClientConnection: ~Copyable {
    private var link: Link
    private var reader: ServerOperationReader
    private var output: [UInt8] = []
    /// What the server says about itself.
    public private(set) var greeting: ServerInfo.Greeting
    private let timeoutNanoseconds: UInt64
    private var pongsDue = 0

    /// Longest line of a server.
    private static let lineBytesMax = 1 << 20
    /// Bytes that are collected before they are sent.
    private static let outputBytesMax = 64 << 10

    /// Connects to the first server of `options` that answers.
    ///
    /// `seed` is the text of the user's seed where `options` name a file.
    /// - Throws: `ClientError` of the last server.
    public static func open(
        _ options: ClientOptions,
        seed: [UInt8]?
    ) throws(ClientError) -> ClientConnection {
        var refused = ClientError.timedOut
        for server in options.servers {
            let deadline = SystemClock.monotonic().adding(nanoseconds: options.timeoutNanoseconds)
            do throws(ClientError) {
                let descriptor = try dial(server, until: deadline)
                var connection = ClientConnection(descriptor, options)
                try connection.greet(options, server, until: deadline)
                try connection.logIn(options, server, seed)
                return connection
            } catch {
                refused = error
            }
        }
        throw refused
    }

    private init(_ descriptor: Int32, _ options: ClientOptions) {
        link = Link(descriptor: descriptor)
        timeoutNanoseconds = options.timeoutNanoseconds
        reader = ServerOperationReader(
            lineBytesMax: Self.lineBytesMax,
            payloadBytesMax: Int(Int32.max)
        )
        greeting = ServerInfo.Greeting(
            info: ServerInfo(),
            connection: ServerInfo.Connection(id: 0, ip: [])
        )
    }

    private static func dial(
        _ server: ServerAddress,
        until deadline: Instant
    ) throws(ClientError) -> Int32 {
        do {
            return try Dialer.connect(host: server.host, port: server.port, until: deadline)
        } catch {
            throw .system(error)
        }
    }

    /// Where the socket can be watched for input.
    public var descriptor: Int32 { link.descriptor }

    // MARK: - Sending

    /// Publishes `body` with a header `block`, which may be empty.
    ///
    /// Small messages wait in memory until `flush` or until enough have come together.
    public mutating func publish(
        _ subject: [UInt8],
        reply: [UInt8],
        headers block: [UInt8],
        _ body: [UInt8]
    ) throws(ClientError) {
        let bytes = block.count + body.count
        guard bytes <= greeting.info.payloadBytesMax else {
            throw .messageTooLong(bytes: bytes, max: greeting.info.payloadBytesMax)
        }
        if !block.isEmpty, !greeting.info.flags.contains(.headers) { throw .noHeaders }
        output.append(contentsOf: (block.isEmpty ? "PUB " : "HPUB ").utf8)
        output.append(contentsOf: subject)
        output.append(UInt8(ascii: " "))
        if !reply.isEmpty {
            output.append(contentsOf: reply)
            output.append(UInt8(ascii: " "))
        }
        if !block.isEmpty { output.append(contentsOf: "\(block.count) ".utf8) }
        output.append(contentsOf: "\(bytes)\r\n".utf8)
        output.append(contentsOf: block)
        output.append(contentsOf: body)
        output.append(contentsOf: [0x0D, 0x0A])
        if output.count >= Self.outputBytesMax { try send() }
    }

    /// Sends `bytes`, which are whole commands.
    public mutating func send(raw bytes: [UInt8]) throws(ClientError) {
        try link.send(bytes, until: deadline)
    }

    /// Subscribes to `subject` under `sid`, in the group `queue` unless that is empty.
    public mutating func subscribe(_ subject: [UInt8], queue: [UInt8], sid: Int) {
        output.append(contentsOf: "SUB ".utf8)
        output.append(contentsOf: subject)
        output.append(UInt8(ascii: " "))
        output.append(contentsOf: queue)
        output.append(contentsOf: " \(sid)\r\n".utf8)
    }

    /// Sends what waits.
    public mutating func send() throws(ClientError) {
        guard !output.isEmpty else { return }
        let bytes = output
        output.removeAll(keepingCapacity: true)
        try link.send(bytes, until: deadline)
    }

    /// Sends what waits and comes back when the server has dealt with all of it.
    ///
    /// Messages that arrive meanwhile go to `take`.
    public mutating func flush(_ take: (Message) -> Void) throws(ClientError) {
        output.append(contentsOf: "PING\r\n".utf8)
        pongsDue += 1
        try send()
        let deadline = deadline
        while pongsDue > 0 {
            guard let message = try next(until: deadline) else {
                guard pongsDue == 0 else { throw .timedOut }
                return
            }
            take(message)
        }
    }

    // MARK: - Receiving

    /// The next message; `nil` when none comes before `deadline`, or when a flush is answered.
    public mutating func next(until deadline: Instant) throws(ClientError) -> Message? {
        let isFlushing = pongsDue > 0
        while true {
            if isFlushing, pongsDue == 0 { return nil }
            if let operation = try operation() {
                guard operation.kind == .message else { continue }
                let message = Message(
                    subject: link.copy(operation.subject),
                    reply: link.copy(operation.reply),
                    headers: link.copy(operation.headers),
                    body: link.copy(operation.body)
                )
                settle()
                return message
            }
            // Pings were answered in memory only.
            try send()
            guard try link.receive(until: deadline) else { return nil }
        }
    }

    /// Receives what is there without waiting, and shows every message's body to `look`.
    ///
    /// The body is a place in the received bytes; `number` reads its first eight bytes.
    public mutating func drain(
        _ look: (_ operation: ServerOperation, _ number: UInt64) -> Void
    ) throws(ClientError) {
        repeat {
            guard try link.receive(until: .never) else { break }
            while let operation = try operation() {
                guard operation.kind == .message else { continue }
                let isLong = operation.body.count >= 8
                look(operation, isLong ? link.number(at: Int(operation.body.start)) : 0)
            }
        } while link.hasWaitingBytes
        try send()
    }

    /// Receives what is there without waiting, and adds every message's reply subject to `replies`.
    mutating func drain(replies: inout [[UInt8]]) throws(ClientError) {
        guard try link.receive(until: .never) else { return }
        while let operation = try operation() {
            if operation.kind == .message { replies.append(link.copy(operation.reply)) }
        }
    }

    private var deadline: Instant {
        SystemClock.monotonic().adding(nanoseconds: timeoutNanoseconds)
    }

    /// Moves what was read out of the way.
    private mutating func settle() {
        guard reader.offset >= Self.outputBytesMax else { return }
        link.drop(reader.offset)
        reader.move(to: 0)
    }

    /// The next operation in what was received; `nil` when more must be received for it.
    private mutating func operation() throws(ClientError) -> ServerOperation? {
        var operation = ServerOperation()
        var ahead = reader
        let step = ahead.next(in: link.received, into: &operation)
        reader = ahead
        switch step {
        case .command: break
        case .incomplete:
            link.drop(reader.offset)
            reader.move(to: 0)
            return nil
        case .refused: throw .notUnderstood
        }
        switch operation.kind {
        case .message, .ok: break
        case .info: try read(info: link.copy(operation.payload))
        case .ping: output.append(contentsOf: "PONG\r\n".utf8)
        case .pong: pongsDue = max(0, pongsDue - 1)
        case .error: throw .refused(link.copy(operation.payload))
        }
        return operation
    }

    private mutating func read(info json: [UInt8]) throws(ClientError) {
        do {
            greeting = try ServerInfo.read(json)
        } catch {
            throw .notUnderstood
        }
    }

    // MARK: - Opening

    private mutating func greet(
        _ options: ClientOptions,
        _ server: ServerAddress,
        until deadline: Instant
    ) throws(ClientError) {
        let isFirst = options.tls?.isFirst ?? false
        if isFirst { try encrypt(options, server, until: deadline) }
        while true {
            if let operation = try operation() {
                guard operation.kind == .info else { throw .notUnderstood }
                break
            }
            guard try link.receive(until: deadline) else { throw .timedOut }
        }
        guard !isFirst else { return }
        let isOffered = !greeting.info.flags.isDisjoint(with: [.tlsRequired, .tlsAvailable])
        let isWanted = options.tls != nil || server.isSecure
        if isWanted, !isOffered { throw .noTls }
        if isWanted || greeting.info.flags.contains(.tlsRequired) {
            try encrypt(options, server, until: deadline)
        }
    }

    private mutating func encrypt(
        _ options: ClientOptions,
        _ server: ServerAddress,
        until deadline: Instant
    ) throws(ClientError) {
        let asked = options.tls ?? ClientTls()
        var terms = TlsTerms.client(
            authorityFile: asked.authorityFile.isEmpty ? nil : asked.authorityFile
        )
        if !asked.certificateFile.isEmpty { terms.certificateFile = asked.certificateFile }
        if !asked.keyFile.isEmpty { terms.keyFile = asked.keyFile }
        let context: TlsContext
        do {
            context = try TlsContext(.client, terms)
        } catch {
            throw .tls(error)
        }
        try link.encrypt(context, peerName: server.host, until: deadline)
    }

    private mutating func logIn(
        _ options: ClientOptions,
        _ server: ServerAddress,
        _ seed: [UInt8]?
    ) throws(ClientError) {
        var connect = ConnectOptions()
        connect.flags = [.echo]
        if greeting.info.flags.contains(.headers) {
            connect.flags.formUnion([.headers, .noResponders])
        }
        connect.protocolVersion = 1
        connect.program.name = options.name
        connect.program.language = Array("swift".utf8)
        connect.program.version = Array("0.1.0".utf8)
        connect.credentials.user = options.user ?? (server.password == nil ? nil : server.user)
        connect.credentials.password = options.password ?? server.password
        connect.credentials.token = options.token ?? (server.password == nil ? server.user : nil)
        if let seed {
            guard let answer = Challenge.answer(greeting.connection.nonce, seed: seed) else {
                throw .unusableSeed(options.seedFile)
            }
            connect.credentials.nkey = answer.key
            connect.credentials.signature = answer.signature
        }
        connect.append(to: &output)
        try flush { _ in }
    }
}
