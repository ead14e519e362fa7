// What becomes of a stream's configuration, compared with nats-server.

import JSON
@testable import Queueing
import Testing

@testable import JetStreamApi

/// A configuration and its answer.
struct Case: CustomStringConvertible, Sendable {
    let request: String
    let refusal: Int?
    let text: String

    /// A configuration that is refused.
    init(_ request: String, refused: Int, _ text: String) {
        self.request = request
        refusal = refused
        self.text = text.filter { $0 != "\n" }
    }

    /// A configuration that is taken; `changed` are members that differ from the plain one.
    init(_ request: String, changed: String) {
        self.request = request
        refusal = nil
        text = changed
    }

    var description: String { request }

    /// Whether `configuration` differs from `plain` exactly as it should.
    func matches(_ configuration: [UInt8], plain: [UInt8]) throws -> Bool {
        let reader = JSONReader(limits: .standard)
        let changes = try #require(try reader.read(Array(text.utf8)).asObject)
        let got = try #require(try reader.read(configuration).asObject)
        let base = try #require(try reader.read(plain).asObject)
        var names = Set(got.members.map(\.name))
        names.formUnion(base.members.map(\.name))
        var differences = 0
        for name in names {
            let key = String(decoding: name, as: UTF8.self)
            guard got[key] != base[key] else { continue }
            differences += 1
            guard changes[key] == got[key] ?? .null else { return false }
        }
        return differences == changes.members.count
    }
}

@Suite struct StreamConfigurationJSONTests {
    /// The configuration that `text` leads to, as JSON.
    private func answer(_ text: String) throws -> [UInt8] {
        var bytes = Array(#"{"name":"S""#.utf8)
        let members = text.utf8.dropFirst()
        if members.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(contentsOf: members)
        let request = try StreamRequest(bytes, isStrict: true)
        var place = StreamSurroundings()
        place.isPedantic = request.isPedantic
        var configuration = try request.configuration.checked(in: place)
        try configuration.checkCreation()
        configuration.metadata = configuration.metadata.stored(
            requiredApiLevel: configuration.requiredApiLevel
        )
        var json = JSONWriter(.compact)
        configuration.write(to: &json)
        return json.bytes
    }

    @Test func `a stream with nothing but a name has every default in order`() throws {
        let expected = """
            {"name":"S","subjects":["S"],"retention":"limits","max_consumers":-1,"max_msgs":-1,\
            "max_bytes":-1,"max_age":0,"max_msgs_per_subject":-1,"max_msg_size":-1,\
            "discard":"old","storage":"file","num_replicas":1,"duplicate_window":120000000000,\
            "compression":"none","allow_direct":false,"mirror_direct":false,"sealed":false,\
            "deny_delete":false,"deny_purge":false,"allow_rollup_hdrs":false,\
            "consumer_limits":{},"allow_msg_ttl":false,"metadata":{"_nats.req.level":"0"}}
            """
        #expect(try answer("{}") == Array(expected.utf8))
    }

    @Test(arguments: cases + casesWithSubjects)
    func `a configuration is taken or refused as the server does`(_ test: Case) throws {
        let plain = try answer("{}")
        do {
            let got = try answer(test.request)
            #expect(test.refusal == nil, "taken")
            let text = String(decoding: got, as: UTF8.self)
            #expect(try test.matches(got, plain: plain), "\(text)")
        } catch let error as QueueingError {
            #expect(Int(error.code.number) == test.refusal)
            let text = String(decoding: error.description, as: UTF8.self)
            guard !test.text.contains("json: cannot unmarshal") else { return }
            let isSame = text == test.text || test.text.hasSuffix(text)
            #expect(isSame, "\(text)")
        }
    }

    @Test func `a configuration survives writing and reading`() throws {
        for test in Self.cases + Self.casesWithSubjects where test.refusal == nil {
            let first = try answer(test.request)
            let again = try StreamRequest(first, isStrict: true).configuration
            var json = JSONWriter(.compact)
            again.write(to: &json)
            #expect(json.bytes == first)
        }
    }

    @Test func `unknown members are taken when nobody is strict`() throws {
        let text = Array(#"{"name":"S","bogus":[1,{"x":null}]}"#.utf8)
        #expect(try StreamRequest(text, isStrict: false).configuration.name == [0x53])
        #expect(throws: QueueingError.self) { try StreamRequest(text, isStrict: true) }
    }
}
