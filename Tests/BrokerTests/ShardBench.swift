// A shard without sockets: bytes in, bytes out, and a clock that the test moves.

import Base
import Configuration
import Reactor
import Wire

@testable import Broker

/// Drives one shard.
struct ShardBench: ~Copyable {
    var shard: Shard
    private(set) var now = Instant(nanoseconds: 1_000 * nanosecondsPerSecond)
    private var descriptor: Int32 = 1_000

    /// A shard with the usual settings, changed by `change`.
    init(_ change: (inout ShardSettings) -> Void = { _ in }) {
        var settings = ShardSettings()
        settings.seed = 7
        settings.access.accounts[0].jetStream = AccountStreamLimits()
        change(&settings)
        shard = Shard(settings)
        shard.begin(at: now)
    }

    /// A new connection, which has taken its INFO.
    mutating func connect() -> UInt32 {
        descriptor += 1
        let peer = PeerAddress(host: "127.0.0.1", port: UInt16(descriptor))
        let index = shard.accept(Accepted(descriptor: descriptor, peer: peer))
        _ = output(index)
        return index
    }

    /// A new connection that has introduced itself with `members` besides the quiet usual ones.
    mutating func client(_ members: String = "") -> UInt32 {
        let index = connect()
        let usual = ["\"verbose\":false", "\"pedantic\":false", "\"headers\":true"]
        let kept = members.contains("\"headers\"") ? Array(usual.dropLast()) : usual
        let all = (kept + (members.isEmpty ? [] : [members])).joined(separator: ",")
        say(index, "CONNECT {\(all)}\r\nPING\r\n")
        _ = output(index)
        return index
    }

    /// Hands `text` to the shard as one read.
    mutating func say(_ index: UInt32, _ text: String) {
        say(index, Array(text.utf8))
    }

    /// Hands `bytes`, behind what was left over, to the shard as one read.
    mutating func say(_ index: UInt32, _ bytes: [UInt8]) {
        let input = shard.leftover(of: index).array + bytes
        shard.freeLeftover(of: index)
        let used = shard.receive(index, input.raw)
        if used < input.count { shard.keep(input.raw.extracting(used..<input.count), of: index) }
    }

    /// What waits for the connection, which is thereby written.
    mutating func output(_ index: UInt32) -> String {
        var bytes: [UInt8] = []
        while !shard.connections[index].queue.isEmpty {
            let piece = shard.outbox.firstBytes(of: shard.connections[index].queue).array
            bytes += piece
            shard.outbox.consume(piece.count, of: &shard.connections[index].queue)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Why the connection ended; `nil` while it goes on.
    func end(_ index: UInt32) -> ClosedReason? {
        shard.details[Int(index)]?.closedReason
    }

    /// Lets time pass, in steps short enough to notice every deadline.
    mutating func wait(milliseconds: Int) {
        for _ in 0..<max(1, milliseconds / 25) {
            now = now.adding(nanoseconds: 25 * nanosecondsPerMillisecond)
            shard.begin(at: now)
            shard.advance()
        }
    }

    /// A picture with every row.
    mutating func picture() -> ShardPicture {
        var request = PictureRequest(number: 1)
        request.connectionsMax = .max
        request.closedMax = .max
        request.hasSubscriptions = true
        return shard.picture(request)
    }
}
