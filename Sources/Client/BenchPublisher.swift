// The publishing side of a measurement.

import Base
import Configuration
import Reactor

/// Publishes all messages of a measurement, over all its connections in turn.
struct BenchPublisher {
    private let request: BenchRequest
    private var peers: [BenchPeer] = []
    /// One message as it goes over the wire, and where its time stands.
    private let message: [UInt8]
    private let timeOffset: Int?

    /// Bytes that are written at once.
    private static let batchBytes = 32 << 10
    /// Longest pause between two looks at the clock.
    private static let pauseNanoseconds = nanosecondsPerMillisecond
    private static let turnsBetweenReads = 256

    init(_ request: BenchRequest, _ seed: [UInt8]?) throws(ClientError) {
        self.request = request
        let line =
            "PUB \(String(decoding: request.subject, as: UTF8.self)) \(request.payloadBytes)\r\n"
        var message = Array(line.utf8)
        timeOffset = request.payloadBytes >= 8 ? message.count : nil
        message += [UInt8](repeating: UInt8(ascii: "x"), count: request.payloadBytes)
        self.message = message + [0x0D, 0x0A]
        for _ in 0..<request.publisherCount {
            peers.append(try BenchPeer(request.connection, seed))
        }
    }

    /// Publishes everything and waits until the server has it.
    func run() throws(ClientError) -> BenchResult.Flow {
        var flow = BenchResult.Flow()
        let batchMax = max(1, Self.batchBytes / message.count)
        let start = SystemClock.monotonic()
        var left = request.messageCount
        var turn = 0
        while left > 0 {
            let count = min(left, batchMax, try due(request.messageCount - left, since: start))
            try send(count, over: peers[turn % peers.count])
            left -= count
            turn += 1
            // Pings want an answer now and then, and refusals want to be heard.
            if turn % Self.turnsBetweenReads == 0 {
                for peer in peers { try peer.connection.drain { _, _ in } }
            }
        }
        for peer in peers { try peer.connection.flush { _ in } }
        flow.count = UInt64(request.messageCount)
        flow.bytes = flow.count * UInt64(request.payloadBytes)
        flow.nanoseconds = SystemClock.monotonic().nanoseconds(since: start)
        return flow
    }

    /// How many messages should go out now, at least one; waits until one is due.
    private func due(_ sent: Int, since start: Instant) throws(ClientError) -> Int {
        guard let perSecond = request.perSecond else { return .max }
        while true {
            let elapsed = SystemClock.monotonic().nanoseconds(since: start)
            let due = Int(Double(elapsed) * Double(perSecond) / 1e9) + 1
            if due > sent { return due - sent }
            let next = start.adding(
                nanoseconds: UInt64(Double(sent) * 1e9 / Double(perSecond)) + 1
            )
            // Nobody sends to a publisher, so that this only lets time pass.
            let first = peers[0].connection.descriptor
            let until = min(
                next,
                SystemClock.monotonic().adding(nanoseconds: Self.pauseNanoseconds)
            )
            if Dialer.wait(for: .toRead, first, until: until) {
                try peers[0].connection.drain { _, _ in }
            }
        }
    }

    /// Sends `count` messages at once, all with the time of this moment.
    private func send(_ count: Int, over peer: BenchPeer) throws(ClientError) {
        var batch: [UInt8] = []
        batch.reserveCapacity(count * message.count)
        var message = message
        if let timeOffset {
            var time = SystemClock.monotonic().nanoseconds
            for index in 0..<8 {
                message[timeOffset + index] = UInt8(truncatingIfNeeded: time)
                time >>= 8
            }
        }
        for _ in 0..<count { batch += message }
        try peer.connection.send(raw: batch)
    }
}

/// A connection of a measurement; a class because arrays hold no values that own something.
final class BenchPeer {
    var connection: ClientConnection
    /// When the request that is under way was sent.
    var sentAt = Instant.never

    init(_ options: ClientOptions, _ seed: [UInt8]?) throws(ClientError) {
        connection = try ClientConnection.open(options, seed: seed)
    }
}
