// Mirrors, sources and republishing between streams of one shard, in memory.

import Base
import Testing

@testable import Broker

@Suite struct StreamLinkTests {
    /// A shard with a stream A on `a.>` that holds `count` messages on `a.0` to `a.2` in turn.
    private static func bench(_ client: inout UInt32, messages count: Int = 0) -> ShardBench {
        var bench = StreamHostTests.listening(&client)
        _ = make(&bench, client, "A", #""subjects":["a.>"]"#)
        publish(&bench, client, count)
        return bench
    }

    private static func publish(_ bench: inout ShardBench, _ client: UInt32, _ count: Int) {
        for number in 0..<count { ask(&bench, client, "a.\(number % 3)", "m\(number)") }
    }

    @discardableResult
    private static func ask(
        _ bench: inout ShardBench,
        _ client: UInt32,
        _ subject: String,
        _ body: String = ""
    ) -> String {
        let answer = StreamHostTests.request(&bench, client, subject, body)
        bench.shard.flushJournal()
        return answer
    }

    @discardableResult
    private static func make(
        _ bench: inout ShardBench,
        _ client: UInt32,
        _ name: String,
        _ members: String
    ) -> String {
        ask(
            &bench,
            client,
            "$JS.API.STREAM.CREATE.\(name)",
            #"{"name":"\#(name)","storage":"memory",\#(members)}"#
        )
    }

    private static func info(
        _ bench: inout ShardBench,
        _ client: UInt32,
        _ name: String
    ) -> String {
        ask(&bench, client, "$JS.API.STREAM.INFO.\(name)")
    }

    @Test func `a mirror loads what is there and follows what comes`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client, messages: 5)
        let made = Self.make(&bench, client, "M", #""mirror":{"name":"A"}"#)
        #expect(made.contains(#""mirror":{"name":"A","lag":0,"active":-1}"#), "\(made)")
        #expect(Self.info(&bench, client, "M").contains(#""messages":5,"#))
        Self.publish(&bench, client, 2)
        let info = Self.info(&bench, client, "M")
        #expect(info.contains(#""messages":7,"#) && info.contains(#""lag":0,"active":0"#))
        Self.ask(&bench, client, "$JS.API.STREAM.DELETE.A")
        Self.make(&bench, client, "B", #""subjects":["b"]"#)
        let orphan = Self.info(&bench, client, "M")
        #expect(orphan.contains(#""err_code":10059"#) && orphan.contains(#""messages":7,"#))
    }

    @Test(arguments: [#""mirror":{"name":"O"}"#, #""sources":[{"name":"O"}]"#])
    func `a link empties a stream that keeps only what is wanted`(link: String) {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        for retention in ["workqueue", "interest"] {
            Self.make(
                &bench,
                client,
                "O",
                #""subjects":["o.>"],"retention":"\#(retention)""#
            )
            Self.ask(&bench, client, "o.1", "early")
            Self.make(&bench, client, "T", link)
            for number in 2...4 { Self.ask(&bench, client, "o.\(number)", "m") }
            let kept = retention == "workqueue" ? 4 : 3
            var info = Self.info(&bench, client, "T")
            #expect(info.contains("\"messages\":\(kept),"), "\(retention): \(info)")
            info = Self.info(&bench, client, "O")
            #expect(info.contains(#""messages":0,"#), "\(retention): \(info)")
            Self.ask(
                &bench,
                client,
                "$JS.API.CONSUMER.CREATE.O.c",
                #"{"stream_name":"O","config":{"durable_name":"c","ack_policy":"explicit"}}"#
            )
            Self.ask(&bench, client, "o.5", "both want it")
            info = Self.info(&bench, client, "T")
            #expect(info.contains("\"messages\":\(kept + 1),"), "\(retention): \(info)")
            info = Self.info(&bench, client, "O")
            #expect(info.contains(#""messages":1,"#), "\(retention): the consumer has not taken it")
            Self.ask(&bench, client, "$JS.API.STREAM.DELETE.T")
            Self.ask(&bench, client, "$JS.API.STREAM.DELETE.O")
        }
    }

    @Test func `a link lets go of what it takes alone`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        Self.make(&bench, client, "O", #""subjects":["o.>"],"retention":"workqueue""#)
        Self.make(&bench, client, "T", #""sources":[{"name":"O","filter_subject":"o.a"}]"#)
        for name in ["a", "b", "a", "b"] { Self.ask(&bench, client, "o.\(name)", "m") }
        var info = Self.info(&bench, client, "O")
        #expect(info.contains(#""messages":2,"#) && info.contains(#""first_seq":2,"#), "\(info)")
        Self.make(&bench, client, "U", #""sources":[{"name":"O"}]"#)
        Self.make(&bench, client, "B", #""subjects":["b"]"#)
        info = Self.info(&bench, client, "O")
        #expect(info.contains(#""messages":0,"#), "\(info)")
    }

    @Test func `a mirror answers direct requests for an origin that is gone`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        Self.make(&bench, client, "O", #""subjects":["o.>"],"allow_direct":true"#)
        Self.make(&bench, client, "M", #""mirror":{"name":"O"}"#)
        Self.ask(&bench, client, "o.a", "hello")
        let request = #"{"seq":1}"#
        var found = Self.ask(&bench, client, "$JS.API.DIRECT.GET.O", request)
        #expect(found.contains("hello") && found.contains("Nats-Stream: O"), "\(found)")
        Self.ask(&bench, client, "$JS.API.STREAM.DELETE.O")
        found = Self.ask(&bench, client, "$JS.API.DIRECT.GET.O", request)
        #expect(found.contains("hello") && found.contains("Nats-Stream: M"), "\(found)")
        found = Self.ask(&bench, client, "$JS.API.DIRECT.GET.M", request)
        #expect(found.contains("503"), "\(found)")
    }

    @Test func `sources are collected with filters and transforms and tell where from`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client, messages: 6)
        Self.make(
            &bench,
            client,
            "S",
            #""sources":[{"name":"A","filter_subject":"a.1"},{"name":"A","#
                + #""subject_transforms":[{"src":"a.0","dest":"zero"}]}]"#
        )
        let info = Self.info(&bench, client, "S")
        #expect(info.contains(#""messages":4,"#), "\(info)")
        #expect(info.contains(#"{"name":"A","lag":0,"seq":5,"active":0,"filter_subject":"a.1"}"#))
        let found = Self.ask(
            &bench,
            client,
            "$JS.API.STREAM.MSG.GET.S",
            #"{"last_by_subj":"zero"}"#
        )
        #expect(found.contains(#""subject":"zero","#) && found.contains(#""hdrs":"#))
    }

    @Test func `a stream takes nothing from itself, by whatever way`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        for (name, source) in [("X", "X"), ("Y", "Y")] {
            let answer = Self.make(&bench, client, name, #""sources":[{"name":"\#(source)"}]"#)
            #expect(answer.contains("detected cycle"))
        }
        Self.make(&bench, client, "P", #""subjects":["p"],"sources":[{"name":"R"}]"#)
        Self.make(&bench, client, "O", #""sources":[{"name":"P"}]"#)
        let answer = Self.make(&bench, client, "R", #""mirror":{"name":"O"}"#)
        #expect(answer.contains("detected cycle"), "\(answer)")
    }

    @Test func `a mirror that is promoted takes messages of its own`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client, messages: 2)
        Self.make(&bench, client, "M", #""mirror":{"name":"A"}"#)
        let changed = Self.ask(
            &bench,
            client,
            "$JS.API.STREAM.UPDATE.M",
            #"{"name":"M","storage":"memory","subjects":["m"]}"#
        )
        #expect(!changed.contains("\"error\""), "\(changed)")
        #expect(Self.ask(&bench, client, "m", "own").contains("\"seq\":3"))
        Self.publish(&bench, client, 1)
        #expect(Self.info(&bench, client, "M").contains(#""messages":3,"#))
    }

    @Test func `a target that refuses takes what it missed once it is open`() {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        Self.make(&bench, client, "S", #""sources":[{"name":"A"}]"#)
        Self.ask(&bench, client, "$SLUICE.API.QUEUE.PAUSE.S", #"{"what":"ingress"}"#)
        Self.publish(&bench, client, 4)
        #expect(Self.info(&bench, client, "S").contains(#""messages":0,"#))
        Self.ask(&bench, client, "$SLUICE.API.QUEUE.RESUME.S")
        bench.shard.flushJournal()
        #expect(Self.info(&bench, client, "S").contains(#""messages":4,"#))
    }

    @Test(arguments: [false, true])
    func `stored messages are published again with what is known about them`(_ isBare: Bool) {
        var client: UInt32 = 0
        var bench = Self.bench(&client)
        let bare = isBare ? #","headers_only":true"# : ""
        let republish = #"{"src":"k.*","dest":"out.{{wildcard(1)}}"\#(bare)}"#
        Self.make(&bench, client, "K", #""subjects":["k.>"],"republish":\#(republish)"#)
        bench.say(client, "SUB out.> 7\r\n")
        Self.ask(&bench, client, "k.a", "one")
        let told = Self.ask(&bench, client, "k.a", "two")
        #expect(told.contains("HMSG out.a 7 "), "\(told)")
        #expect(told.contains("Nats-Sequence: 2\r\n") && told.contains("Nats-Subject: k.a\r\n"))
        #expect(told.contains("Nats-Last-Sequence: 1\r\n"))
        #expect(told.contains("Nats-Msg-Size: 3") == isBare)
        #expect(told.contains("two") != isBare)
        #expect(!Self.ask(&bench, client, "k.a.b", "x").contains("HMSG out."))
    }
}
