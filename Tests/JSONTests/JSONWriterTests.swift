// What the writer appends, and that the reader gets it back.

import JSON
import Testing

private func text(_ writer: JSONWriter) -> String {
    String(decoding: writer.bytes, as: UTF8.self)
}

@Suite struct JSONWriterTests {
    @Test func `puts commas between members and nowhere else`() {
        var writer = JSONWriter(.compact)
        writer.beginObject()
        writer.field("stream", "ORDERS")
        writer.field("seq", UInt64.max)
        writer.field("low", Int64.min)
        writer.field("ten", 10)
        writer.field("ratio", 0.5)
        writer.fieldIfTrue("duplicate", false)
        writer.fieldIfTrue("last", true)
        writer.fieldIfPresent("domain", [])
        writer.name("list")
        writer.beginArray()
        writer.integer(0)
        writer.null()
        writer.beginObject()
        writer.endObject()
        writer.beginArray()
        writer.endArray()
        writer.endArray()
        writer.name("raw")
        writer.raw(Array("[1]".utf8))
        writer.field("end", [UInt8(ascii: "x")])
        writer.endObject()
        #expect(
            text(writer) == #"{"stream":"ORDERS","seq":18446744073709551615,"#
                + #""low":-9223372036854775808,"ten":10,"ratio":0.5,"last":true,"#
                + #""list":[0,null,{},[]],"raw":[1],"end":"x"}"#
        )
    }

    @Test func `indents by two spaces when asked`() {
        var writer = JSONWriter(.indented)
        writer.beginObject()
        writer.field("a", 1)
        writer.name("b")
        writer.beginArray()
        writer.string("x")
        writer.bool(false)
        writer.endArray()
        writer.name("c")
        writer.beginObject()
        writer.endObject()
        writer.endObject()
        let expected = """
            {
              "a": 1,
              "b": [
                "x",
                false
              ],
              "c": {}
            }
            """
        #expect(text(writer) == expected)
    }

    @Test(
        arguments: [
            (Array("a\"b\\c".utf8), #""a\"b\\c""#),
            (Array("\r\n\t\u{1}\u{1b}\u{7f}".utf8), #""\r\n\t\u0001\u001b\u007f""#),
            (Array("é😀".utf8), "\"é😀\""),
            ([0x61, 0xFF, 0x62], "\"a\u{FFFD}b\""),
            ([0xED, 0xA0, 0x80], "\"\u{FFFD}\u{FFFD}\u{FFFD}\""),
            ([0xE2, 0x82], "\"\u{FFFD}\u{FFFD}\""),
        ] as [([UInt8], String)]
    )
    func `escapes what may not stand in a string`(bytes: [UInt8], expected: String) {
        var writer = JSONWriter(.compact)
        writer.string(bytes)
        #expect(text(writer) == expected)
    }

    @Test func `writes text and bytes alike`() {
        var texts = JSONWriter(.compact)
        texts.string("line\n\"é\"")
        var bytes = JSONWriter(.compact)
        bytes.string(Array("line\n\"é\"".utf8))
        #expect(texts.bytes == bytes.bytes)
    }

    @Test func `writes what is no number as null`() {
        var writer = JSONWriter(.compact)
        writer.beginArray()
        writer.double(.infinity)
        writer.double(.nan)
        writer.double(1e-5)
        writer.endArray()
        #expect(text(writer) == "[null,null,1e-05]")
    }

    @Test func `starts again after removing everything`() {
        var writer = JSONWriter(.compact, capacity: 64)
        writer.beginArray()
        writer.integer(1)
        writer.removeAll()
        writer.integer(2)
        #expect(text(writer) == "2")
    }

    @Test(arguments: [JSONWriter.Layout.compact, .indented], [1, 2, 3, 4, 5] as [UInt64])
    func `random values survive the way through text`(
        layout: JSONWriter.Layout,
        seed: UInt64
    ) throws {
        var state = seed
        func random(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        func value(_ depth: Int) -> JSONValue {
            switch random(depth > 5 ? 6 : 8) {
            case 0: .null
            case 1: .bool(random(2) == 0)
            case 2: .integer(Int64(bitPattern: state))
            case 3: .unsigned(state | 1 << 63)
            case 4: .double(Double(random(1 << 30)) / 1_024)
            case 5:
                .string(Array("é\u{1}\"\\😀".prefix(Int(random(6))).utf8))
            case 6: .array((0..<random(5)).map { _ in value(depth + 1) })
            default:
                .object(
                    JSONObject(
                        members: (0..<random(5)).map { index in
                            JSONMember(name: Array("k\(index)".utf8), value: value(depth + 1))
                        }
                    )
                )
            }
        }
        for _ in 0..<200 {
            let original = value(0)
            var writer = JSONWriter(layout)
            writer.value(original)
            let copy = try JSONReader(limits: .standard).read(writer.bytes)
            #expect(copy == original, "seed \(seed)")
        }
    }
}
