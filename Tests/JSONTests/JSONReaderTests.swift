// What the reader takes, what it refuses and where.

import JSON
import Testing

private func read(_ text: String) throws(JSONError) -> JSONValue {
    try JSONReader(limits: .standard).read(Array(text.utf8))
}

@Suite struct JSONReaderTests {
    static let accepted: [(String, JSONValue)] = [
        ("null", .null),
        (" \t\r\n true ", .bool(true)),
        ("false", .bool(false)),
        ("0", .integer(0)),
        ("-0", .integer(0)),
        ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .unsigned(9_223_372_036_854_775_808)),
        ("18446744073709551615", .unsigned(.max)),
        ("1e3", .double(1_000)),
        ("1.0", .double(1)),
        ("-2.5E-1", .double(-0.25)),
        (#""""#, .string([])),
        (#""a\"\\\/\b\f\n\r\t""#, .string(Array("a\"\\/\u{8}\u{c}\n\r\t".utf8))),
        (#""\u0000\u00e9\u20AC\uD83D\uDE00""#, .string(Array("\u{0}é€😀".utf8))),
        ("\"caf\u{e9} 😀\"", .string(Array("café 😀".utf8))),
        ("[]", .array([])),
        ("[ 1 , [ ] , {} ]", .array([.integer(1), .array([]), .object(JSONObject(members: []))])),
    ]

    @Test(arguments: accepted)
    func `means what the grammar says`(text: String, value: JSONValue) throws {
        #expect(try read(text) == value)
    }

    static let refused: [(String, JSONError.Reason, Int)] = [
        ("", .unexpectedEnd, 0),
        (" ", .unexpectedEnd, 1),
        ("\u{FEFF}{}", .byteOrderMark, 0),
        ("{} x", .trailingBytes, 3),
        ("nul", .unexpectedEnd, 3),
        ("nulL", .unexpectedByte, 3),
        ("NaN", .unexpectedByte, 0),
        ("+5", .unexpectedByte, 0),
        (".5", .unexpectedByte, 0),
        ("01", .invalidNumber, 0),
        ("-", .invalidNumber, 1),
        ("1.", .invalidNumber, 2),
        ("1e", .invalidNumber, 2),
        ("0x5", .trailingBytes, 1),
        ("٣", .unexpectedByte, 0),
        ("1e999", .numberOutOfRange, 0),
        ("18446744073709551616", .numberOutOfRange, 0),
        ("-9223372036854775809", .numberOutOfRange, 1),
        ("[1,]", .unexpectedByte, 3),
        ("[1 2]", .unexpectedByte, 3),
        ("[1", .unexpectedEnd, 2),
        ("{\"a\":1,}", .unexpectedByte, 7),
        ("{\"a\" 1}", .unexpectedByte, 5),
        ("{a:1}", .unexpectedByte, 1),
        ("{\"a\":1,\"\\u0061\":2}", .duplicateName, 7),
        ("\"abc", .unexpectedEnd, 4),
        ("\"a\u{1}\"", .controlByte, 2),
        (#""\x""#, .invalidEscape, 2),
        (#""\u12g4""#, .invalidEscape, 5),
        (#""\u12"#, .unexpectedEnd, 5),
        (#""\ud800""#, .loneSurrogate, 1),
        (#""\udc00""#, .loneSurrogate, 1),
        (#""\ud800\n""#, .loneSurrogate, 1),
        (#""\ud800A""#, .loneSurrogate, 1),
        (#""\ud800\ud800""#, .loneSurrogate, 1),
        ("// x", .unexpectedByte, 0),
        ("'a'", .unexpectedByte, 0),
    ]

    @Test(arguments: refused)
    func `refuses what the grammar does not allow`(
        text: String,
        reason: JSONError.Reason,
        offset: Int
    ) {
        #expect(throws: JSONError(reason, at: offset)) { try read(text) }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
            [0xE2, 0x82],
            [0xFF],
        ] as [[UInt8]]
    )
    func `refuses bytes that are not UTF-8`(bytes: [UInt8]) {
        let text = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
        #expect(throws: JSONError(.invalidUtf8, at: 1)) {
            try JSONReader(limits: .standard).read(text)
        }
    }

    @Test func `stops at the depth limit`() throws {
        let limits = JSONLimits.standard
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try read(nested(limits.depthMax))
        #expect(throws: JSONError(.tooDeep, at: 32)) { try read(nested(limits.depthMax + 1)) }
        #expect(throws: JSONError(.tooDeep, at: 32)) {
            try read(String(repeating: "[", count: 1_000_000))
        }
        #expect(throws: JSONError(.tooDeep, at: 160)) {
            try read(String(repeating: "{\"a\":", count: 200_000))
        }
    }

    @Test func `stops at the limits of members, strings and text`() throws {
        let limits = JSONLimits(depthMax: 2, membersMax: 2, stringBytesMax: 3, textBytesMax: 20)
        let reader = JSONReader(limits: limits)
        func refusal(_ text: String) -> JSONError.Reason? {
            do throws(JSONError) {
                _ = try reader.read(Array(text.utf8))
                return nil
            } catch { return error.reason }
        }
        #expect(refusal("[1,2]") == nil)
        #expect(refusal("[1,2,3]") == .tooManyMembers)
        #expect(refusal(#"{"a":1,"b":2,"c":3}"#) == .tooManyMembers)
        #expect(refusal(#""abc""#) == nil)
        #expect(refusal(#""abcd""#) == .stringTooLong)
        #expect(refusal(String(repeating: " ", count: 21)) == .textTooLong)
    }

    @Test func `never traps on damaged text`() throws {
        let text = Array(#"{"a":[1,-2.5e3,"x\u00e9😀",{"b":null}],"c":true}"#.utf8)
        let reader = JSONReader(limits: .standard)
        _ = try reader.read(text)
        var accepted = 0
        for index in text.indices {
            for byte in UInt8.min...UInt8.max {
                var damaged = text
                damaged[index] = byte
                if (try? reader.read(damaged)) != nil { accepted += 1 }
            }
            #expect((try? reader.read(Array(text[..<index]))) == nil)
        }
        #expect(accepted > text.count)
    }
}

@Suite struct JSONValueTests {
    @Test func `finds members by bytes and keeps their order`() throws {
        let value = try read("{\"z\":1,\"caf\u{e9}\":2,\"a\":null}")
        #expect(value.asObject?.members.map(\.value) == [.integer(1), .integer(2), .null])
        #expect(value["z"]?.asInt64 == 1)
        #expect(value["caf\u{e9}"]?.asInt64 == 2)
        #expect(value["cafe\u{301}"] == nil)
        #expect(value["a"]?.isNull == true)
        #expect(value.asObject?.present("a") == nil)
        #expect(JSONValue.null["z"] == nil)
    }

    @Test func `converts only what loses nothing`() {
        #expect(JSONValue.integer(-1).asUInt64 == nil)
        #expect(JSONValue.unsigned(.max).asUInt64 == .max)
        #expect(JSONValue.unsigned(.max).asInt64 == nil)
        #expect(JSONValue.double(1_000).asInt64 == nil)
        #expect(JSONValue.integer(3).asDouble == 3)
        #expect(JSONValue.string([0x61]).asText == "a")
        #expect(JSONValue.string([0x61]).asBytes == [0x61])
        #expect(JSONValue.bool(true).asBool == true)
        #expect(JSONValue.integer(1).asBool == nil)
        #expect(JSONValue.array([.null]).asArray == [.null])
        #expect(JSONValue.array([]).asObject == nil)
    }
}
