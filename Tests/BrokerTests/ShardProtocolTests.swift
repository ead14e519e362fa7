// What clients see, byte for byte, as nats-server 2.15.1 does it.

import Base
import Configuration
import Testing
import Wire

@testable import Broker

@Suite struct ShardProtocolTests {
    // MARK: - Beginning

    @Test func `a client that skips CONNECT is verbose and hears its own messages`() {
        var bench = ShardBench()
        let client = bench.connect()
        bench.say(client, "SUB foo 1\r\n")
        #expect(bench.output(client) == "+OK\r\n")
        bench.say(client, "PUB foo 2\r\nhi\r\n")
        #expect(bench.output(client) == "+OK\r\nMSG foo 1 2\r\nhi\r\n")
        bench.say(client, "PING\r\n")
        #expect(bench.output(client) == "PONG\r\n")
    }

    @Test func `the second INFO follows the first PONG and comes once`() {
        var bench = ShardBench()
        let client = bench.connect()
        bench.say(client, "CONNECT {\"verbose\":true,\"protocol\":1}\r\nPING\r\n")
        let greeting = bench.output(client)
        #expect(greeting.hasPrefix("+OK\r\nPONG\r\nINFO {"))
        #expect(greeting.contains("\"connect_info\":true,\"remote_account\":\"$G\""))
        bench.say(client, "PING\r\n")
        #expect(bench.output(client) == "PONG\r\n")
    }

    @Test func `protocol 0 gets no second INFO`() {
        var bench = ShardBench()
        let client = bench.connect()
        bench.say(client, "CONNECT {\"verbose\":false}\r\nPING\r\n")
        #expect(bench.output(client) == "PONG\r\n")
    }

    @Test func `a second CONNECT drops the subscriptions`() {
        var bench = ShardBench()
        let client = bench.client()
        bench.say(client, "SUB foo 1\r\nCONNECT {\"verbose\":false}\r\nPUB foo 2\r\nhi\r\nPING\r\n")
        #expect(bench.output(client) == "PONG\r\n")
    }

    @Test func `a second CONNECT keeps what it does not name`() {
        var bench = ShardBench()
        let client = bench.client()
        bench.say(client, "CONNECT {\"no_responders\":true}\r\nPING\r\n")
        #expect(bench.output(client) == "PONG\r\n")
        #expect(bench.end(client) == nil)
    }

    @Test func `what follows CONNECT in the same read is that of a known client`() throws {
        var configuration = ServerConfiguration()
        configuration.access.token = Array("s3cret".utf8)
        let facts = ServerFacts(configuration, port: 1, monitoringPort: 0, startedAt: .never)
        let settings = try ShardSettings(facts, seed: 1)
        var bench = ShardBench { $0 = settings }
        let client = bench.connect()
        let hello = "CONNECT {\"verbose\":false,\"auth_token\":\"s3cret\"}\r\n"
        bench.say(client, hello + "SUB foo 1\r\nPUB foo 5\r\nhello\r\n")
        #expect(bench.output(client) == "MSG foo 1 5\r\nhello\r\n")
        let stranger = bench.connect()
        bench.say(stranger, "PUB foo 5\r\nhello\r\n")
        #expect(bench.output(stranger) == "-ERR 'Authorization Violation'\r\n")
        let noise = bench.connect()
        bench.say(noise, "garbage\r\n")
        #expect(bench.output(noise) == "-ERR 'Authorization Violation'\r\n")
    }

    // MARK: - Refusals

    @Test(arguments: [
        ("BAD\r\n", "-ERR 'Unknown Protocol Operation'\r\n"),
        ("\r\n", "-ERR 'Unknown Protocol Operation'\r\n"),
        ("MSG foo 1 2\r\n", "-ERR 'Unknown Protocol Operation'\r\n"),
        ("UNSUB\r\n", "-ERR 'Unknown Protocol Operation'\r\n"),
        ("PUB foo 2\r\nhi\n\r\n", "-ERR 'Unknown Protocol Operation'\r\n"),
        ("PUB foo 2\r\nhiho\r\n", "-ERR 'Unknown Protocol Operation'\r\n"),
        ("PUB foo 1048577\r\n", "-ERR 'Maximum Payload Violation'\r\n"),
        ("CONNECT {\"protocol\":2}\r\n", "-ERR 'invalid client protocol'\r\n"),
        ("CONNECT {\"account\":\"x\"}\r\n", "-ERR 'Authorization Violation'\r\n"),
        ("PUB foo\r\n", ""),
        ("PUB foo bar baz 2\r\n", ""),
        ("PUB foo -1\r\n", ""),
        ("PUB foo 99999999999999999999\r\n", ""),
        ("SUB foo\r\n", ""),
        ("HPUB foo 5 4\r\n", ""),
        ("CONNECT\r\n", ""),
        ("CONNECT x\r\n", ""),
        ("CONNECT {\"verbose\":1}\r\n", ""),
        ("-ERR 'x'\r\n", ""),
    ])
    func `closes with exactly these words`(line: String, answer: String) {
        var bench = ShardBench()
        let client = bench.client()
        bench.say(client, line + "PING\r\n")
        #expect(bench.output(client) == answer)
        #expect(bench.end(client) != nil)
    }

    @Test(arguments: [
        "UNSUB 9\r\n", "UNSUB 1 x\r\n", "+OK\r\n", "INFO {}\r\n", "PONG\r\n", "CONNECT null\r\n",
        "CONNECT {\"surprise\":{\"x\":[1]}}\r\n", "PING with words\r\n",
    ])
    func `goes on after`(line: String) {
        var bench = ShardBench()
        let client = bench.client()
        bench.say(client, line + "PING\r\n")
        #expect(bench.output(client).hasSuffix("PONG\r\n"))
        #expect(bench.end(client) == nil)
    }

    @Test(arguments: [
        ("PUB foo 2", "MSG foo 1 2"), ("PUB foo  2", "MSG foo 1 2"),
        ("PUB foo   2", "MSG foo 1 2"), ("PUB foo\t2", "MSG foo 1 2"),
        ("PUB foo \t2", "MSG foo 1 2"), ("PUB foo\t 2", "MSG foo 1 2"),
        ("PUB  foo 2", "MSG foo 1 2"), ("PUB foo 2 ", "MSG foo 1 2"),
        ("PUB foo 2  ", "MSG foo 1 2"), ("PUB foo 02", "MSG foo 1 2"),
        ("PUB foo  002", "MSG foo 1 2"), ("PUB foo re 2", "MSG foo 1 re 2"),
        ("PUB foo  re 2", "MSG foo 1 re 2"), ("PUB foo re  2", "MSG foo 1 re 2"),
        ("PUB foo re\t2", "MSG foo 1 re 2"), ("PUB foo\tre 02", "MSG foo 1 re 2"),
        ("PUB foo 1re 2", "MSG foo 1 1re 2"), ("PUB foo  1re 2", "MSG foo 1 1re 2"),
        ("HPUB foo 0 2", "MSG foo 1 2"), ("HPUB foo 1 2", "HMSG foo 1 1 2"),
        ("HPUB foo  1 2", "HMSG foo 1 1 2"), ("HPUB foo 1  2", "HMSG foo 1 1 2"),
        ("HPUB foo 1\t2", "HMSG foo 1 1 2"), ("HPUB foo 1   0002", "HMSG foo 1 1 2"),
        ("HPUB foo re 1 2", "HMSG foo 1 re 1 2"), ("HPUB foo  re 1 2", "HMSG foo 1 re 1 2"),
        ("HPUB foo re  01 2", "HMSG foo 1 re 1 2"),
    ])
    func `every spelling of a publish reaches the receiver in one`(line: String, heard: String) {
        // With bytes behind it the line is read at once, without them word by word.
        for padding in ["", String(repeating: "PONG\r\n", count: 40)] {
            for end in ["\r\n", "\n"] {
                var bench = ShardBench()
                let client = bench.connect()
                bench.say(client, "CONNECT {\"verbose\":false,\"headers\":true}\r\nSUB * 1\r\n")
                bench.say(client, line + end + "hi\r\n" + padding)
                #expect(bench.output(client) == heard + "\r\nhi\r\n", "\(line.debugDescription)")
            }
        }
    }

    @Test(arguments: [
        ("A: b\r\nNats-Request-Info: {}\r\nC: d\r\n", "A: b\r\nC: d\r\n"),
        ("nats-request-info:x\r\n", ""), ("A: b\r\nSLUICE-Origin: x\r\n", "A: b\r\n"),
        ("Sluice-A: x\r\nSluice-B: y\r\nA: b\r\n", "A: b\r\n"),
        ("Nats-Request-Infos: x\r\n", "Nats-Request-Infos: x\r\n"),
        ("Sluices: x\r\n", "Sluices: x\r\n"), ("S: Sluice-A: x\r\n", "S: Sluice-A: x\r\n"),
    ])
    func `headers that speak for the server are taken off`(sent: String, heard: String) {
        func block(_ lines: String) -> String { "NATS/1.0\r\n\(lines)\r\n" }
        var bench = ShardBench()
        let client = bench.client()
        bench.say(client, "SUB foo 1\r\n")
        let count = block(sent).utf8.count
        bench.say(client, "HPUB foo re \(count) \(count + 2)\r\n\(block(sent))hi\r\n")
        let left = block(heard).utf8.count
        let line = "HMSG foo 1 re \(left) \(left + 2)\r\n"
        #expect(bench.output(client) == line + block(heard) + "hi\r\n")
        #expect(bench.shard.counters.traffic.messagesIn == 1)
    }

    @Test func `no responders without headers is refused`() {
        var bench = ShardBench()
        let client = bench.connect()
        bench.say(client, "CONNECT {\"no_responders\":true}\r\n")
        #expect(bench.output(client) == "-ERR 'no responders requires headers support'\r\n")
    }

    @Test func `a control line may be as long as its limit and no longer`() {
        var bench = ShardBench { $0.limits.controlLineBytesMax = 128 }
        let client = bench.client()
        bench.say(client, "SUB " + String(repeating: "a", count: 126) + " 1\r\nPING\r\n")
        #expect(bench.output(client) == "PONG\r\n")
        bench.say(client, "SUB " + String(repeating: "a", count: 127) + " 1\r\n")
        #expect(bench.output(client) == "-ERR 'maximum control line exceeded'\r\n")
    }

    @Test func `one connection too many hears so`() {
        var bench = ShardBench { $0.limits.connectionsMax = 1 }
        _ = bench.client()
        let peer = bench.connect()
        #expect(bench.end(peer) == .connectionsExceeded)
    }

    @Test func `one subscription too many is dropped and nothing else`() {
        var bench = ShardBench { $0.limits.subscriptionsMax = 1 }
        let client = bench.client()
        bench.say(client, "SUB a 1\r\nSUB b 2\r\nUNSUB 1\r\nSUB b 2\r\nPUB b 1\r\nx\r\n")
        #expect(
            bench.output(client) == "-ERR 'maximum subscriptions exceeded'\r\nMSG b 2 1\r\nx\r\n"
        )
    }

    // MARK: - Subjects

    @Test(arguments: ["foo..bar", ".foo", "foo.", ".", ">.foo", "foo.>.bar"])
    func `refuses the filter and goes on`(filter: String) {
        var bench = ShardBench()
        let client = bench.client()
        bench.say(client, "SUB \(filter) 1\r\nPING\r\n")
        #expect(bench.output(client) == "-ERR 'Invalid Subject'\r\nPONG\r\n")
    }

    @Test(arguments: [
        ("*", "foo", true), ("*", "foo.bar", false), (">", "foo.bar", true),
        ("foo.*", "foo", false),
        ("foo.>", "foo", false), ("foo.>", "foo.a.b", true), ("a*b", "a*b", true),
        ("a*b", "axb", false),
        ("x.>", "x..b", false), ("x.>", "x.", false), ("x.*", "x.>", true), ("Foo", "foo", false),
    ])
    func `matches whole tokens`(filter: String, subject: String, isDelivered: Bool) {
        var bench = ShardBench()
        let client = bench.client()
        bench.say(client, "SUB \(filter) 1\r\nPUB \(subject) 1\r\nx\r\n")
        #expect(bench.output(client) == (isDelivered ? "MSG \(subject) 1 1\r\nx\r\n" : ""))
    }

    @Test func `a pedantic client is told of a wildcard before its OK and the message goes on`() {
        var bench = ShardBench()
        let client = bench.connect()
        bench.say(client, "SUB foo.* 1\r\n")
        _ = bench.output(client)
        bench.say(client, "PUB foo.* 1\r\nx\r\n")
        #expect(
            bench.output(client)
                == "-ERR 'Invalid Publish Subject'\r\n+OK\r\nMSG foo.* 1 1\r\nx\r\n"
        )
    }

    @Test func `without echo a client does not hear itself but others do`() {
        var bench = ShardBench()
        let (deaf, other) = (bench.client("\"echo\":false"), bench.client())
        bench.say(deaf, "SUB foo 1\r\n")
        bench.say(other, "SUB foo 1\r\n")
        bench.say(deaf, "PUB foo 1\r\nx\r\n")
        #expect(bench.output(deaf) == "")
        #expect(bench.output(other) == "MSG foo 1 1\r\nx\r\n")
    }

    // MARK: - Subscriptions

    @Test func `the first subscription of a sid stays`() {
        var bench = ShardBench()
        let client = bench.client()
        bench.say(client, "SUB foo 1\r\nSUB bar 1\r\nPUB foo 1\r\nx\r\nPUB bar 1\r\ny\r\n")
        #expect(bench.output(client) == "MSG foo 1 1\r\nx\r\n")
    }

    @Test func `UNSUB counts from SUB`() {
        var bench = ShardBench()
        let client = bench.client()
        bench.say(client, "SUB foo 1\r\nPUB foo 1\r\n1\r\nUNSUB 1 2\r\n")
        bench.say(client, "PUB foo 1\r\n2\r\nPUB foo 1\r\n3\r\n")
        #expect(bench.output(client) == "MSG foo 1 1\r\n1\r\nMSG foo 1 1\r\n2\r\n")
    }

    @Test(arguments: ["UNSUB 1", "UNSUB 1 0", "UNSUB 1 1"])
    func `UNSUB without anything left is now`(line: String) {
        var bench = ShardBench()
        let client = bench.client()
        bench.say(client, "SUB foo 1\r\nPUB foo 1\r\n1\r\n\(line)\r\nPUB foo 1\r\n2\r\n")
        #expect(bench.output(client) == "MSG foo 1 1\r\n1\r\n")
    }

    @Test func `a queue group takes each message once and shares them`() {
        var bench = ShardBench()
        let (one, two, all) = (bench.client(), bench.client(), bench.client())
        bench.say(one, "SUB foo q 1\r\n")
        bench.say(two, "SUB foo q 1\r\n")
        bench.say(all, "SUB foo 1\r\n")
        for _ in 0..<10 { bench.say(all, "PUB foo 1\r\nx\r\n") }
        let (first, second) = (bench.output(one), bench.output(two))
        #expect((first + second).utf8.count == 10 * "MSG foo 1 1\r\nx\r\n".utf8.count)
        #expect(!first.isEmpty && !second.isEmpty)
        #expect(bench.output(all).utf8.count == 10 * "MSG foo 1 1\r\nx\r\n".utf8.count)
    }

    @Test func `a queue group on several filters is one`() {
        var bench = ShardBench()
        let (one, two) = (bench.client(), bench.client())
        bench.say(one, "SUB foo.* q 1\r\n")
        bench.say(two, "SUB foo.> q 2\r\nSUB *.a r 3\r\n")
        for _ in 0..<40 { bench.say(one, "PUB foo.a 1\r\nx\r\n") }
        let (first, second) = (bench.output(one), bench.output(two))
        let ofFirst = first.split(separator: "MSG foo.a 1 1").count
        let ofSecond = second.split(separator: "MSG foo.a 2 1").count
        // The other group has all of them.
        #expect(second.split(separator: "MSG foo.a 3 1").count == 40)
        #expect(ofFirst > 4 && ofSecond > 4)
        #expect(
            first.split(separator: "\r\nx\r\n").count + second.split(separator: "\r\nx\r\n").count
                == 80
        )
    }

    // MARK: - Headers and requests

    @Test func `a client without headers gets the body alone`() {
        var bench = ShardBench()
        let (plain, sender) = (bench.client("\"headers\":false"), bench.client())
        bench.say(plain, "SUB foo 1\r\n")
        bench.say(sender, "HPUB foo re 12 14\r\nNATS/1.0\r\n\r\nhi\r\n")
        #expect(bench.output(plain) == "MSG foo 1 re 2\r\nhi\r\n")
    }

    @Test func `empty headers make a plain message`() {
        var bench = ShardBench()
        let client = bench.client()
        bench.say(client, "SUB foo 1\r\nHPUB foo 0 2\r\nhi\r\n")
        #expect(bench.output(client) == "MSG foo 1 2\r\nhi\r\n")
    }

    @Test func `a header block is relayed unread`() {
        var bench = ShardBench()
        let client = bench.client()
        bench.say(client, "SUB foo 1\r\nHPUB foo 3 5\r\n\u{1}xxhi\r\n")
        #expect(bench.output(client) == "HMSG foo 1 3 5\r\n\u{1}xxhi\r\n")
    }

    private static let unserved =
        "HMSG _INBOX.1 7 35 35\r\nNATS/1.0 503\r\nNats-Subject: svc\r\n\r\n\r\n"

    @Test func `an unserved request is answered with 503`() {
        var bench = ShardBench()
        let client = bench.client("\"no_responders\":true")
        bench.say(client, "SUB _INBOX.> 7\r\nPUB svc _INBOX.1 1\r\nx\r\n")
        #expect(bench.output(client) == Self.unserved)
    }

    @Test func `the answer 503 does not use up a subscription`() {
        var bench = ShardBench()
        let client = bench.client("\"no_responders\":true")
        bench.say(client, "SUB _INBOX.1 7\r\nUNSUB 7 1\r\n")
        for _ in 0..<2 { bench.say(client, "PUB svc _INBOX.1 1\r\nx\r\n") }
        #expect(bench.output(client) == Self.unserved + Self.unserved)
    }

    @Test(arguments: ["_R_.x", "$JS.ACK.x", "_GR_.x"])
    func `refuses the reply`(reply: String) {
        var bench = ShardBench()
        let client = bench.client()
        bench.say(client, "SUB foo 1\r\nPUB foo \(reply) 1\r\nx\r\n")
        let words = "Permissions Violation for Publish with Reply of \"\(reply)\""
        #expect(bench.output(client) == "-ERR '\(words)'\r\n")
    }

    // MARK: - Splits

    @Test func `any split of the bytes gives the same answers`() {
        let text =
            "SUB foo.* 1\r\nSUB foo.> q 2\r\nPUB foo.a re 5\r\nhello\r\n"
            + "HPUB foo.b 12 14\r\nNATS/1.0\r\n\r\nhi\r\nUNSUB 2 9\r\nPING\r\nPUB foo.c 0\r\n\r\n"
        var whole = ShardBench()
        let reference = whole.client()
        whole.say(reference, text)
        let wanted = whole.output(reference)
        #expect(wanted.contains("PONG"))
        let bytes = Array(text.utf8)
        for cut in 1..<bytes.count {
            var bench = ShardBench()
            let client = bench.client()
            bench.say(client, Array(bytes[..<cut]))
            bench.say(client, Array(bytes[cut...]))
            #expect(bench.output(client) == wanted, "cut at \(cut)")
        }
        var bench = ShardBench()
        let client = bench.client()
        for byte in bytes { bench.say(client, [byte]) }
        #expect(bench.output(client) == wanted)
    }
}
