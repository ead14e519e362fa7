// What this server does not do is refused with a number that clients know, never taken silently.

import Engine
import Testing
import Wire

@testable import Broker

@Suite struct UnservedTests {
    private static func ask(
        _ bench: inout ShardBench,
        _ client: UInt32,
        _ subject: String,
        _ body: String,
        headers: String = ""
    ) -> String {
        guard !headers.isEmpty else {
            return StreamHostTests.request(&bench, client, subject, body)
        }
        let block = "NATS/1.0\r\n\(headers)\r\n\r\n"
        let sizes = "\(block.utf8.count) \(block.utf8.count + body.utf8.count)"
        bench.say(client, "HPUB \(subject) r.x \(sizes)\r\n\(block)\(body)\r\n")
        bench.shard.flushJournal()
        return bench.output(client)
    }

    @Test(arguments: [
        (#""allow_msg_counter":true"#, "allow_msg_counter"),
        (#""allow_atomic":true"#, "allow_atomic"), (#""allow_batched":true"#, "allow_batched"),
        (#""allow_msg_schedules":true"#, "allow_msg_schedules"),
        (#""persist_mode":"async""#, "persist_mode"),
        (#""sources":[{"name":"A","external":{"api":"x","deliver":"y"}}]"#, "external"),
        (#""sources":[{"name":"A","consumer":{"name":"c"}}]"#, "consumer"),
    ])
    func `a configuration with what is not served is refused, new or changed`(
        _ member: String,
        _ name: String
    ) {
        var client: UInt32 = 0
        var bench = StreamHostTests.bench(&client)
        let said =
            #""err_code":10025,"description":"invalid JSON: json: unknown field"#
            + #" \"\#(name)\"""#
        let made = Self.ask(
            &bench,
            client,
            "$JS.API.STREAM.CREATE.N",
            #"{"name":"N","storage":"memory",\#(member)}"#
        )
        #expect(made.contains(said), "\(made)")
        let changed = Self.ask(
            &bench,
            client,
            "$JS.API.STREAM.UPDATE.Q",
            #"{"name":"Q","subjects":["q.>"],"storage":"memory",\#(member)}"#
        )
        #expect(changed.contains(said), "\(changed)")
        #expect(bench.shard.streamStatuses().count == 1)
    }

    @Test(arguments: [
        ("Nats-Batch-Id: 1", 10_174), ("Nats-Incr: 1", 10_168),
        ("Nats-Schedule: @every 1s", 10_188),
    ])
    func `a message that asks for what is not served is refused`(_ header: String, _ code: Int) {
        var client: UInt32 = 0
        var bench = StreamHostTests.bench(&client)
        let answer = Self.ask(&bench, client, "q.a", "", headers: header)
        #expect(answer.contains("\"err_code\":\(code),"), "\(answer)")
        #expect(bench.shard.streamStatuses().first?.storedMessages == 0)
    }

    @Test(arguments: [
        ("STREAM.SNAPSHOT.Q", #"{"deliver_subject":"d"}"#, 10_064),
        ("STREAM.SNAPSHOT.Q", #"{"deliver_subject":"d.*"}"#, 10_015),
        ("STREAM.SNAPSHOT.Q", "", 10_003),
        ("STREAM.SNAPSHOT.N", #"{"deliver_subject":"d"}"#, 10_059),
        ("STREAM.SNAPSHOT.Q", #"{"deliver_subject":"d","x":1}"#, 10_025),
        ("STREAM.RESTORE.N", #"{"config":{"name":"N"},"state":{"messages":1}}"#, 10_062),
        ("STREAM.RESTORE.Q", #"{"config":{"name":"Q"},"state":{}}"#, 10_130),
        ("STREAM.RESTORE.N", #"{"config":{"name":"M"},"state":{}}"#, 10_056),
        ("STREAM.RESTORE.N", "", 10_003), ("STREAM.PEER.REMOVE.Q", #"{"peer":"p"}"#, 10_010),
        ("STREAM.PEER.EVACUATE.Q", "", 10_010), ("STREAM.CANCEL_MOVE.Q", "", 10_010),
        ("STREAM.LEADER.STEPDOWN.Q", "", 10_010), ("CONSUMER.LEADER.STEPDOWN.Q.C", "", 10_010),
    ])
    func `a request for what is not served is answered with its number`(
        _ endpoint: String,
        _ body: String,
        _ code: Int
    ) {
        var client: UInt32 = 0
        var bench = StreamHostTests.bench(&client)
        let answer = Self.ask(&bench, client, "$JS.API.\(endpoint)", body)
        #expect(answer.contains("\"err_code\":\(code),"), "\(answer)")
        #expect(answer.contains("\"type\":\"io.nats.jetstream.api.v1."), "\(answer)")
    }

    @Test(arguments: [("2", true), ("x", true), ("1", false), ("0", false)])
    func `a request that needs a newer server is refused`(_ level: String, _ isRefused: Bool) {
        var bench = ShardBench {
            $0.hasStreams = true
            $0.info.apiLevel = 1
        }
        let client = bench.client()
        bench.say(client, "SUB r.* 1\r\n")
        let answer = Self.ask(
            &bench,
            client,
            "$JS.API.STREAM.INFO.Q",
            "",
            headers: "Nats-Required-Api-Level: \(level)"
        )
        #expect(answer.contains("\"err_code\":10185") == isRefused, "\(answer)")
    }
}
