// What is measured: a shard without sockets, fed with one kind of traffic.

import Base
import Broker
import Reactor

/// One kind of traffic.
enum Scenario: String, CaseIterable {
    /// 16-byte messages that nobody wants.
    case publish16 = "publish-16"
    /// 128-byte messages that nobody wants.
    case publish128 = "publish-128"
    /// 16-byte messages to one subscriber.
    case oneToOne16 = "one-to-one-16"
    /// 128-byte messages to one subscriber.
    case oneToOne128 = "one-to-one-128"
    /// 128-byte messages to four subscribers.
    case oneToFour128 = "one-to-four-128"
    /// 128-byte messages to one of four members of a queue group.
    case queueGroup128 = "queue-group-128"
    /// Messages with headers to one subscriber.
    case headers = "headers-128"
    /// Messages on 1,000 subjects to 100 filters with wildcards.
    case manySubjects = "many-subjects-128"
    /// Requests that nobody serves.
    case unserved = "unserved-request"
    /// A subscription and its end.
    case subscribe = "subscribe-unsubscribe"

    /// How many connections take part; the first one publishes.
    var connectionCount: Int {
        switch self {
        case .oneToFour128, .queueGroup128: 5
        case .manySubjects: 11
        case .publish16, .publish128, .oneToOne16, .oneToOne128, .headers, .unserved, .subscribe: 2
        }
    }

    /// What the connection `number` says at the beginning.
    func introduction(_ number: Int) -> String {
        switch self {
        case .publish16, .publish128, .subscribe: ""
        case .unserved: number == 0 ? "SUB _INBOX.me.* 1\r\n" : ""
        case .queueGroup128: number == 0 ? "" : "SUB trade.btc workers 1\r\n"
        case .manySubjects:
            number == 0
                ? ""
                : (0..<10).map { "SUB quote.*.\(number * 10 + $0 - 10) \($0)\r\n" }.joined()
        case .oneToOne16, .oneToOne128, .oneToFour128, .headers:
            number == 0 ? "" : "SUB trade.btc 1\r\n"
        }
    }

    /// The bytes of `count` operations.
    func traffic(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in 0..<count { bytes += Array(operation(number).utf8) }
        return bytes
    }

    private func operation(_ number: Int) -> String {
        let payload = String(repeating: "x", count: 128)
        return switch self {
        case .publish16, .oneToOne16: "PUB trade.btc 16\r\n\(payload.prefix(16))\r\n"
        case .publish128, .oneToOne128, .oneToFour128, .queueGroup128:
            "PUB trade.btc 128\r\n\(payload)\r\n"
        case .headers: "HPUB trade.btc 23 151\r\nNATS/1.0\r\nkey: val\r\n\r\n \(payload)\r\n"
        case .manySubjects: "PUB quote.\(number % 10).\(number % 100) 128\r\n\(payload)\r\n"
        case .unserved: "PUB nobody.there _INBOX.me.7 0\r\n\r\n"
        case .subscribe: "SUB reply.\(number % 1_000).* 77\r\nUNSUB 77\r\n"
        }
    }
}

/// Runs scenarios.
struct Bench: ~Copyable {
    private var shard: Shard
    private let traffic: [UInt8]
    private let connectionCount: Int
    /// Operations in one portion of traffic.
    static var portionCount: Int { 1_000 }

    init(_ scenario: Scenario) {
        var settings = ShardSettings()
        settings.seed = 1
        shard = Shard(settings)
        shard.begin(at: Instant(nanoseconds: 1))
        connectionCount = scenario.connectionCount
        traffic = scenario.traffic(Self.portionCount)
        for number in 0..<connectionCount {
            let peer = PeerAddress(host: "127.0.0.1", port: UInt16(number + 1))
            let index = shard.accept(Accepted(descriptor: Int32(1_000 + number), peer: peer))
            let connect = """
                CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true}\r\n
                """
            let hello = Array((connect + scenario.introduction(number)).utf8)
            _ = shard.receive(index, hello.raw)
        }
    }

    /// Feeds `portions` times the traffic of one portion.
    /// - Returns: how many messages were delivered.
    mutating func run(portions: Int) -> UInt64 {
        let before = shard.counters.traffic.messagesOut
        let traffic = self.traffic
        for _ in 0..<portions {
            _ = shard.receive(0, traffic.raw)
            for index in 0..<UInt32(connectionCount) {
                shard.dropOutput(of: index)
            }
        }
        return shard.counters.traffic.messagesOut - before
    }
}
