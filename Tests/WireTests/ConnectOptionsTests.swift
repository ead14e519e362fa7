// CONNECT: defaults, every field, and what is refused.

import JSON
import Testing
import Wire

private func options(_ json: String) throws(ConnectOptions.Refusal) -> ConnectOptions {
    try ConnectOptions(json: Array(json.utf8))
}

@Suite struct ConnectOptionsTests {
    @Test func `silence means verbose, pedantic and echo`() throws {
        let silent = try options("{}")
        #expect(silent == ConnectOptions())
        #expect(silent.flags == [.verbose, .pedantic, .echo])
        #expect(silent.protocolVersion == 0)
        #expect(silent.credentials == ConnectOptions.Credentials())
        #expect(silent.refusal == nil)
        #expect(try options(#"{"verbose":null,"user":null,"protocol":null}"#) == silent)
    }

    @Test func `every field arrives where it belongs`() throws {
        let full = try options(
            """
            {"verbose":false,"pedantic":false,"echo":false,"headers":true,"no_responders":true,
            "tls_required":true,"protocol":1,"user":"u","pass":"p","auth_token":"t","nkey":"U1",
            "sig":"s","jwt":"j","name":"n","lang":"swift","version":"1.2","unknown":[{"a":1}]}
            """
        )
        #expect(full.flags == [.headers, .noResponders, .tlsRequired])
        #expect(full.protocolVersion == 1)
        var credentials = ConnectOptions.Credentials()
        credentials.user = Array("u".utf8)
        credentials.password = Array("p".utf8)
        credentials.token = Array("t".utf8)
        credentials.nkey = Array("U1".utf8)
        credentials.signature = Array("s".utf8)
        credentials.jwt = Array("j".utf8)
        #expect(full.credentials == credentials)
        #expect(full.program.name == Array("n".utf8))
        #expect(full.program.language == Array("swift".utf8))
        #expect(full.program.version == Array("1.2".utf8))
        #expect(full.refusal == nil)
    }

    @Test(arguments: [
        (#"{"verbose":1}"#, "verbose"), (#"{"echo":"no"}"#, "echo"), (#"{"user":7}"#, "user"),
        (#"{"protocol":"1"}"#, "protocol"), (#"{"protocol":1.0}"#, "protocol"),
        (#"{"protocol":1e0}"#, "protocol"), (#"{"protocol":18446744073709551615}"#, "protocol"),
        (#"{"name":{}}"#, "name"), (#"{"jwt":[]}"#, "jwt"), (#"{"account":1}"#, "account"),
    ])
    func `a value of another type is refused`(json: String, name: String) {
        #expect(throws: ConnectOptions.Refusal.wrongType(name: name)) { try options(json) }
    }

    @Test func `anything but an object is refused`() {
        #expect(throws: ConnectOptions.Refusal.notAnObject) { try options("[]") }
        #expect(throws: ConnectOptions.Refusal.notJson(JSONError(.unexpectedEnd, at: 0))) {
            try options("")
        }
        #expect(throws: ConnectOptions.Refusal.notJson(JSONError(.duplicateName, at: 12))) {
            try options(#"{"user":"a","user":"b"}"#)
        }
        #expect(throws: ConnectOptions.Refusal.notJson(JSONError(.textTooLong, at: 65_536))) {
            try options("{\"name\":\"" + String(repeating: "x", count: 65_536) + "\"}")
        }
        #expect(throws: ConnectOptions.Refusal.notJson(JSONError(.tooDeep, at: 36))) {
            try options("{\"a\":" + String(repeating: "[", count: 60_000))
        }
    }

    @Test(
        arguments: [
            (#"{"protocol":2}"#, .invalidProtocolVersion),
            (#"{"protocol":-1}"#, .invalidProtocolVersion),
            (#"{"no_responders":true}"#, .respondersNeedHeaders),
            (#"{"no_responders":true,"headers":true}"#, nil),
            (#"{"account":"A"}"#, .authorizationViolation),
            (#"{"account":""}"#, nil),
            (#"{"new_account":true}"#, .authorizationViolation),
            (#"{"new_account":false}"#, nil),
        ] as [(String, WireError?)]
    )
    func `options that cannot be served say why`(json: String, refusal: WireError?) throws {
        #expect(try options(json).refusal == refusal)
    }
}
