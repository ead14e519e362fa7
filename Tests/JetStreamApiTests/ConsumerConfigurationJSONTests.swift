// What becomes of a consumer's configuration, compared with nats-server.

import JSON
@testable import Queueing
import Testing

@testable import JetStreamApi

@Suite struct ConsumerConfigurationJSONTests {
    private func stream(_ text: String) throws -> StreamConfiguration {
        try StreamRequest(Array(text.utf8), isStrict: true).configuration
            .checked(in: StreamSurroundings())
    }

    /// The configuration that `text` leads to on the stream `on`, as JSON.
    private func answer(_ text: String, on stream: StreamConfiguration) throws -> [UInt8] {
        let name = String(decoding: stream.name, as: UTF8.self)
        let bytes = Array("{\"stream_name\":\"\(name)\",\"config\":\(text)}".utf8)
        let request = try ConsumerRequest(bytes, isStrict: true)
        let subject = ApiSubject.consumerDurableCreate(stream: stream.name, consumer: [0x64])
        let (_, wanted) = try request.named(by: subject, unnamed: [])
        var configuration = try wanted.checked(on: stream, in: ConsumerSurroundings())
        if stream.retention == .workQueue {
            try configuration.checkWorkQueue(beside: [], isNew: true)
        }
        configuration.metadata = configuration.metadata.stored(
            requiredApiLevel: configuration.requiredApiLevel
        )
        var json = JSONWriter(.compact)
        configuration.write(to: &json)
        return json.bytes
    }

    private func check(_ test: Case, on stream: StreamConfiguration) throws {
        let limited = try self.stream(#"{"name":"L","subjects":["l.>"]}"#)
        let plain = try answer(#"{"durable_name":"d"}"#, on: limited)
        do {
            let got = try answer(test.request, on: stream)
            #expect(test.refusal == nil, "taken")
            let text = String(decoding: got, as: UTF8.self)
            #expect(try test.matches(got, plain: plain), "\(text)")
        } catch let error as QueueingError {
            #expect(Int(error.code.number) == test.refusal)
            let text = String(decoding: error.description, as: UTF8.self)
            #expect(text == test.text)
        }
    }

    @Test func `a durable with nothing but a name has every default in order`() throws {
        let expected = """
            {"durable_name":"d","name":"d","deliver_policy":"all","ack_policy":"none",\
            "max_deliver":-1,"replay_policy":"instant","max_waiting":512,"num_replicas":0,\
            "metadata":{"_nats.req.level":"0"}}
            """
        let limited = try stream(#"{"name":"L","subjects":["l.>"]}"#)
        #expect(try answer(#"{"durable_name":"d"}"#, on: limited) == Array(expected.utf8))
    }

    @Test(arguments: onL)
    func `a configuration is taken or refused as the server does`(_ test: Case) throws {
        try check(test, on: stream(#"{"name":"L","subjects":["l.>"]}"#))
    }

    @Test(arguments: onW)
    func `a work queue is as strict as the server's`(_ test: Case) throws {
        try check(test, on: stream(#"{"name":"W","subjects":["w.>"],"retention":"workqueue"}"#))
    }

    @Test(arguments: onM)
    func `limits of the stream bound its consumers`(_ test: Case) throws {
        let limits = #"{"max_ack_pending":10,"inactive_threshold":60000000000}"#
        try check(
            test,
            on: stream(#"{"name":"M","subjects":["m.>"],"consumer_limits":\#(limits)}"#)
        )
    }

    @Test func `subject and request must agree on the consumer`() throws {
        let text = Array(#"{"stream_name":"L","config":{"durable_name":"d"}}"#.utf8)
        let request = try ConsumerRequest(text, isStrict: true)
        let cases: [(ApiSubject, UInt16)] = [
            (.consumerCreate(stream: [0x4C], consumer: nil, filter: nil), 10_020),
            (.consumerCreate(stream: [0x4D], consumer: nil, filter: nil), 10_056),
            (.consumerCreate(stream: [0x4C], consumer: [0x65], filter: nil), 10_017),
            (.consumerCreate(stream: [0x4C], consumer: [0x64], filter: [0x78]), 10_131),
            (.consumerDurableCreate(stream: [0x4C], consumer: [0x65]), 10_017),
        ]
        for (subject, code) in cases {
            #expect(throws: QueueingError(ErrorCode(code))) {
                try request.named(by: subject, unnamed: [])
            }
        }
        let subject = ApiSubject.consumerCreate(stream: [0x4C], consumer: [0x64], filter: nil)
        #expect(try request.named(by: subject, unnamed: []).name == [0x64])
    }
}
