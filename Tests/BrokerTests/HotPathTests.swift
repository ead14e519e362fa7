// What a message may cost: no memory from the allocator, no reference count touched.

import Base
import CTally
import Reactor
import Testing

@testable import Broker

/// Whether the compiler optimises, without which a cost says nothing: closures and accessors
/// allocate.
private let isOptimised: Bool = {
    var isChecked = false
    assert(
        {
            isChecked = true; return isChecked
        }()
    )
    return !isChecked
}()

@Suite(.serialized, .enabled(if: isOptimised, "costs count in release builds"))
struct HotPathTests {
    /// A shard with `count` connections that have introduced themselves.
    static func makeShard(connections count: Int) -> Shard {
        var shard = Shard(ShardSettings())
        shard.begin(at: Instant(nanoseconds: 1))
        for number in 0..<count {
            let peer = PeerAddress(host: "127.0.0.1", port: UInt16(number + 1))
            let index = shard.accept(Accepted(descriptor: Int32(1_000 + number), peer: peer))
            say(
                "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"protocol\":1}\r\n",
                index,
                &shard
            )
        }
        return shard
    }

    static func say(_ text: String, _ index: UInt32, _ shard: inout Shard) {
        let bytes = Array(text.utf8)
        #expect(shard.receive(index, bytes.raw) == bytes.count)
    }

    static func empty(_ shard: inout Shard, _ count: Int) {
        for index in 0..<UInt32(count) { shard.dropOutput(of: index) }
    }

    /// What `text`, sent by the first of `count` connections, costs once the shard is warm.
    static func cost(
        of text: String,
        connections count: Int,
        subscribing lines: [String]
    ) -> (tally: ctally, delivered: UInt64) {
        var shard = makeShard(connections: count)
        for (number, line) in lines.enumerated() {
            say(line, UInt32(1 + number % (count - 1)), &shard)
        }
        let bytes = Array(text.utf8)
        for _ in 0..<3 {
            _ = shard.receive(0, bytes.raw)
            empty(&shard, count)
        }
        let before = shard.counters.traffic.messagesOut
        let span = bytes.raw
        ctally_begin()
        _ = shard.receive(0, span)
        let tally = ctally_end()
        return (tally, shard.counters.traffic.messagesOut - before)
    }

    @Test(arguments: [
        ("plain", "PUB foo.bar 5\r\nhello\r\n", ["SUB foo.bar 1\r\n"]),
        ("two blanks", "PUB foo.bar  5\r\nhello\r\n", ["SUB foo.bar 1\r\n"]),
        (
            "two blanks, headers", "HPUB foo.bar  12 14\r\nNATS/1.0\r\n\r\nhi\r\n",
            ["SUB foo.bar 1\r\n"]
        ),
        ("reply", "PUB foo.bar _INBOX.1 5\r\nhello\r\n", ["SUB foo.bar 1\r\n"]),
        (
            "wildcards", "PUB foo.bar 5\r\nhello\r\n",
            ["SUB foo.* 1\r\n", "SUB > 2\r\n", "SUB foo.bar 3\r\n"]
        ),
        ("queue group", "PUB foo.bar 5\r\nhello\r\n", ["SUB foo.* q 1\r\n", "SUB foo.* q 1\r\n"]),
        ("headers", "HPUB foo.bar 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", ["SUB foo.bar 1\r\n"]),
        ("nobody", "PUB foo.bar 5\r\nhello\r\n", ["SUB other 1\r\n"]),
    ])
    func `a message takes no memory and no reference`(
        name: String,
        message: String,
        lines: [String]
    ) {
        let result = Self.cost(
            of: String(repeating: message, count: 500),
            connections: 4,
            subscribing: lines
        )
        let expected = name == "nobody" ? 0 : name == "wildcards" ? 1_500 : 500
        #expect(result.delivered == UInt64(expected))
        #expect(result.tally.allocations == 0)
        #expect(result.tally.retains == 0)
        #expect(result.tally.releases == 0)
    }

    @Test func `the tally notices what is counted`() {
        var kept: [[UInt8]] = []
        ctally_begin()
        kept.append([1, 2, 3])
        let tally = ctally_end()
        #expect(kept.count == 1)
        #expect(tally.allocations > 0 || ctally_counts_allocations() == 0)
    }
}
