// `sluice pub`, `sub` and `request`, for whoever lends them input and output.

import Base
public import Configuration
import Reactor
import Wire

/// What the commands of a client may use of their process.
public struct ClientSurroundings {
    /// Reads a whole file.
    public let read: (String) throws(UnreadableFile) -> [UInt8]
    /// Everything that standard input holds.
    public let input: () throws(UnreadableFile) -> [UInt8]
    /// Writes to standard output; `false` when nobody takes it any more.
    public let write: ([UInt8]) -> Bool
    /// Starts the names of inboxes; random for each process.
    public let nameSeed: UInt64

    /// Files from `read`, payloads from `input`, results to `write`.
    public init(
        read: @escaping (String) throws(UnreadableFile) -> [UInt8],
        input: @escaping () throws(UnreadableFile) -> [UInt8],
        write: @escaping ([UInt8]) -> Bool,
        nameSeed: UInt64
    ) {
        self.read = read
        self.input = input
        self.write = write
        self.nameSeed = nameSeed
    }

    /// A connection as `options` want it.
    func connect(_ options: ClientOptions) throws(ClientError) -> ClientConnection {
        try ClientConnection.open(options, seed: try seed(options))
    }

    /// The seed in the file that `options` name; `nil` if they name none.
    func seed(_ options: ClientOptions) throws(ClientError) -> [UInt8]? {
        guard !options.seedFile.isEmpty else { return nil }
        let text: [UInt8]
        do {
            text = try read(options.seedFile)
        } catch {
            throw .unusableSeed(options.seedFile)
        }
        // The seed stands alone, or on a line of a credentials file.
        let lines = text.split { $0 == 0x0A || $0 == 0x0D }
        guard let line = lines.first(where: { $0.starts(with: "SU".utf8) }) else {
            throw .unusableSeed(options.seedFile)
        }
        return Array(line)
    }

    func payload(_ given: [UInt8]?) throws(ClientError) -> [UInt8] {
        if let given { return given }
        do {
            return try input()
        } catch {
            throw .system(SystemError("read", number: error.number))
        }
    }
}

/// The commands of the command line that are clients.
public enum ClientCommands {
    /// Publishes what `request` says, and comes back when the server has it.
    public static func publish(
        _ request: PublishRequest,
        _ surroundings: ClientSurroundings
    ) throws(ClientError) {
        let payload = try surroundings.payload(request.payload)
        var connection = try surroundings.connect(request.connection)
        let headers = block(request.headers)
        for _ in 0..<request.count {
            try connection.publish(request.subject, reply: request.reply, headers: headers, payload)
        }
        try connection.flush { _ in }
    }

    /// Shows messages until there were as many as `request` says, or nobody reads any more.
    public static func subscribe(
        _ request: SubscribeRequest,
        _ surroundings: ClientSurroundings
    ) throws(ClientError) {
        var connection = try surroundings.connect(request.connection)
        connection.subscribe(request.subject, queue: request.queue, sid: 1)
        var early: [Message] = []
        try connection.flush { early.append($0) }
        var number = 0
        while number < request.count ?? .max {
            let message: Message
            if number < early.count {
                message = early[number]
            } else if let next = try connection.next(until: .distantFuture) {
                message = next
            } else {
                continue
            }
            number += 1
            guard surroundings.write(message.text(request.style, number: number)) else { return }
        }
    }

    /// Publishes what `request` says and shows the answers.
    /// - Returns: whether all answers came in time, and somebody was there to give them.
    public static func request(
        _ request: PublishRequest,
        _ surroundings: ClientSurroundings
    ) throws(ClientError) -> Bool {
        let payload = try surroundings.payload(request.payload)
        var connection = try surroundings.connect(request.connection)
        var names = Nuid(seed: surroundings.nameSeed)
        let inbox = Array("_INBOX.".utf8) + names.next()
        connection.subscribe(inbox, queue: [], sid: 1)
        try connection.publish(
            request.subject,
            reply: inbox,
            headers: block(request.headers),
            payload
        )
        try connection.send()
        let deadline = SystemClock.monotonic().adding(
            nanoseconds: request.connection.timeoutNanoseconds
        )
        for number in 1...request.count {
            guard let message = try connection.next(until: deadline) else { return false }
            if message.status == 503, message.body.isEmpty { return false }
            _ = surroundings.write(message.text(request.style, number: number))
        }
        return true
    }

    /// Measures what `request` says and shows the result.
    public static func bench(
        _ request: BenchRequest,
        _ surroundings: ClientSurroundings
    ) throws(ClientError) {
        let seed = try surroundings.seed(request.connection)
        let result = try Bench.run(request, seed: seed)
        _ = surroundings.write(
            request.isJson ? result.json(request) : Array(result.table(request).utf8)
        )
    }

    /// The header block of `headers`; empty without any.
    private static func block(_ headers: [MessageHeader]) -> [UInt8] {
        guard !headers.isEmpty else { return [] }
        var writer = HeaderWriter()
        for header in headers {
            writer.append(String(decoding: header.name, as: UTF8.self), header.value)
        }
        return writer.finish()
    }
}
