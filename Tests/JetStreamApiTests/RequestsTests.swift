// Requests that are taken and refused.

import Base
import JetStreamApi
@testable import Queueing
import Testing

@Suite struct RequestsTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test(arguments: ["", " ", "{}", "{ }\n"])
    func `nothing is empty in several ways`(text: String) throws {
        try EmptyRequest.check(bytes(text))
        #expect(try PageRequest(bytes(text), isStrict: true).offset == 0)
        #expect(try PurgeRequest(bytes(text), isStrict: true).purge == Purge())
        #expect(try PauseRequest(bytes(text), isStrict: true).until == nil)
    }

    @Test(arguments: ["x", "[]", "{\"a\":1}", "{", "1"])
    func `something is not empty`(text: String) {
        #expect(throws: QueueingError(.emptyRequestExpected)) {
            try EmptyRequest.check(bytes(text))
        }
    }

    @Test func `a purge keeps some or goes up to a sequence, not both`() throws {
        let purge = try PurgeRequest(bytes(#"{"filter":"a.>","keep":3}"#), isStrict: true).purge
        #expect(purge.filter == bytes("a.>"))
        #expect(purge.keep == 3)
        #expect(throws: QueueingError(.badRequest)) {
            try PurgeRequest(bytes(#"{"seq":2,"keep":3}"#), isStrict: true)
        }
    }

    @Test func `a pause ends at its time`() throws {
        let text = bytes(#"{"pause_until":"2026-01-02T03:04:05.5+01:00"}"#)
        let until = try #require(try PauseRequest(text, isStrict: true).until)
        #expect(String(decoding: until.text, as: UTF8.self) == "2026-01-02T02:04:05.5Z")
        let zero = bytes(#"{"pause_until":"0001-01-01T00:00:00Z"}"#)
        #expect(try PauseRequest(zero, isStrict: true).until == nil)
    }

    @Test(arguments: [
        (#"{}"#, true, true), (#"{"seq":1}"#, false, false),
        (#"{"last_by_subj":"a"}"#, false, false),
        (#"{"next_by_subj":"a"}"#, false, false), (#"{"seq":1,"last_by_subj":"a"}"#, true, true),
        (#"{"seq":1,"next_by_subj":"a"}"#, false, false),
        (#"{"multi_last":["a"]}"#, true, false), (#"{"multi_last":["a"],"seq":3}"#, true, false),
        (#"{"seq":1,"batch":4}"#, true, false), (#"{"last_by_subj":"a","batch":4}"#, true, true),
    ])
    func `a read must say one thing`(text: String, get: Bool, direct: Bool) throws {
        let request = try MessageGetRequest(bytes(text), isStrict: true)
        #expect(request.isConflictingForGet == get)
        #expect(request.isConflictingForDirectGet == direct)
    }

    @Test func `broken JSON is refused with its reason`() {
        #expect(throws: QueueingError(.invalidJson, "unexpected end of JSON input")) {
            try MessageDeleteRequest(bytes(#"{"seq":"#), isStrict: true)
        }
        #expect(throws: QueueingError(.invalidJson, "json: unknown field \"sequence\"")) {
            try MessageDeleteRequest(bytes(#"{"sequence":1}"#), isStrict: true)
        }
    }
}
