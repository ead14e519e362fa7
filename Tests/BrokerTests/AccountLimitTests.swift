// What the streams of an account may use is kept to, and shown.

import Base
import Configuration
import Testing

@testable import Broker

@Suite struct AccountLimitTests {
    private static func bench(
        _ client: inout UInt32,
        _ change: (inout AccountStreamLimits) -> Void
    ) -> ShardBench {
        var limits = AccountStreamLimits()
        change(&limits)
        var bench = ShardBench {
            $0.hasStreams = true
            $0.access.accounts[0].jetStream = limits
        }
        client = bench.client()
        bench.say(client, "SUB r.* 1\r\n")
        return bench
    }

    private static func make(
        _ bench: inout ShardBench,
        _ client: UInt32,
        _ name: String,
        _ members: String = ""
    ) -> String {
        StreamHostTests.request(
            &bench,
            client,
            "$JS.API.STREAM.CREATE.\(name)",
            #"{"name":"\#(name)","storage":"memory"\#(members)}"#
        )
    }

    @Test func `an account without streams is told so on every endpoint`() {
        var bench = ShardBench {
            $0.hasStreams = true
            $0.access.accounts[0].jetStream = nil
        }
        let client = bench.client()
        bench.say(client, "SUB r.* 1\r\n")
        for endpoint in ["INFO", "STREAM.NAMES", "STREAM.CREATE.S", "CONSUMER.LIST.S"] {
            let answer = StreamHostTests.request(&bench, client, "$JS.API.\(endpoint)", "")
            #expect(answer.contains("\"err_code\":10039"), "\(endpoint): \(answer)")
        }
    }

    @Test func `streams are refused beyond their number and their bytes`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client) {
            $0.streamsMax = 3
            $0.memoryBytesMax = 1_000
            $0.memoryStreamBytesMax = 500
        }
        let cases: [(String, String, Int?)] = [
            ("A", #","max_bytes":501"#, 10_122), ("A", #","max_bytes":500"#, nil),
            ("B", #","max_bytes":499"#, nil), ("C", #","max_bytes":100"#, 10_028),
            ("C", "", nil), ("D", "", 10_027),
        ]
        for (name, members, code) in cases {
            let answer = Self.make(&bench, client, name, members)
            let expected = code.map { "\"err_code\":\($0)," } ?? "\"did_create\":true"
            #expect(answer.contains(expected), "\(name) \(members): \(answer)")
        }
        let info = StreamHostTests.request(&bench, client, "$JS.API.INFO", "")
        #expect(info.contains(#""reserved_memory":999,"#), "\(info)")
        #expect(info.contains(#""max_memory":1000,"max_storage":-1,"max_streams":3,"#))
    }

    @Test func `a stream may have to say how many bytes it keeps`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client) { $0.requiresBytesLimit = true }
        #expect(Self.make(&bench, client, "A").contains("\"err_code\":10113"))
        #expect(Self.make(&bench, client, "A", #","max_bytes":9"#).contains("did_create"))
    }

    @Test func `messages are refused beyond what the account holds`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client) { $0.memoryBytesMax = 1_000 }
        _ = Self.make(&bench, client, "A")
        let body = String(repeating: "x", count: 400)
        #expect(StreamHostTests.request(&bench, client, "A", body).contains("\"seq\":1"))
        #expect(StreamHostTests.request(&bench, client, "A", body).contains("\"seq\":2"))
        let refused = StreamHostTests.request(&bench, client, "A", body)
        #expect(refused.contains("\"err_code\":10002"), "\(refused)")
        _ = StreamHostTests.request(&bench, client, "$JS.API.STREAM.PURGE.A", "")
        bench.wait(milliseconds: 1_000)
        #expect(StreamHostTests.request(&bench, client, "A", body).contains("\"seq\":3"))
    }

    @Test func `consumers are refused beyond their number and what they may leave open`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client) {
            $0.consumersMax = 1
            $0.ackPendingMax = 10
        }
        _ = Self.make(&bench, client, "A")
        func consumer(_ name: String, _ members: String = "") -> String {
            StreamHostTests.request(
                &bench,
                client,
                "$JS.API.CONSUMER.DURABLE.CREATE.A.\(name)",
                #"{"stream_name":"A","config":{"durable_name":"\#(name)","#
                    + #""ack_policy":"explicit"\#(members)}}"#
            )
        }
        #expect(consumer("C", #","max_ack_pending":20"#).contains("\"err_code\":10121"))
        #expect(consumer("C").contains("\"max_ack_pending\":10"))
        #expect(consumer("D").contains("\"err_code\":10026"))
        #expect(consumer("C").contains("\"name\":\"C\""))
    }
}
