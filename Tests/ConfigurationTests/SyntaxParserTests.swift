// The syntax of configuration files: values, separators, comments, includes and variables.

import Base
import Configuration
import Testing

/// The value of the key `a` in `text`.
private func value(
    _ text: String,
    environment: [String: String] = [:]
) throws(ConfigurationError) -> SyntaxValue? {
    try entries(text, environment: environment).last { $0.key == bytes("a") }?.node.value
}

private func text(_ value: String) -> SyntaxValue { .string(bytes(value)) }

@Suite struct SyntaxParserTests {
    @Test(
        arguments: [
            ("a: 1", .integer(1, isSize: false)), ("a = -5", .integer(-5, isSize: false)),
            ("a 1", .integer(1, isSize: false)), ("a\n  1", .integer(1, isSize: false)),
            ("a: 1k", .integer(1_000, isSize: true)), ("a: 1KB", .integer(1_024, isSize: true)),
            ("a: 2Mi", .integer(2 << 20, isSize: true)),
            ("a: 3g", .integer(3_000_000_000, isSize: true)),
            ("a: 1EiB", .integer(1 << 60, isSize: true)),
            ("a: 2m;", .integer(2_000_000, isSize: true)),
            ("a: 1.5", .float(1.5)), ("a: -0.25", .float(-0.25)),
            ("a: TRUE", .bool(true)), ("a: off", .bool(false)), ("a: Yes", .bool(true)),
            ("a: 10s", text("10s")), ("a: 100ms", text("100ms")), ("a: 1h30m", text("1h30m")),
            ("a: 127.0.0.1:4222", text("127.0.0.1:4222")), ("a: 5kx", text("5kx")),
            ("a: \"x y\"", text("x y")), ("a: 'x\\ny'", text("x\\ny")), ("a: \"\"", text("")),
            (#"a: "t\tq\"b\\x\x41""#, text("t\tq\"b\\xA")), (#"a: w\x2e\n"#, text("w.\n")),
            ("a: nats://h:1/p // c", text("nats://h:1/p")), ("a: w # c", text("w")),
            ("a: (\n two\n lines\n)\n", text("\n two\n lines\n")),
            ("a: (no ) end\n)\n", text("no ) end\n")), ("'a': 7", .integer(7, isSize: false)),
            ("\"a\" : x", text("x")), ("{ \"a\": \"b\" }", text("b")), ("{\na: b\n}\n", text("b")),
            ("# c\n// d\na: b, b: c; c: d", text("b")),
            ("a: $2a$11$abc.def", text("$2a$11$abc.def")),
            ("a: $2y$11$abc", text("$2y$11$abc")), ("a: [] ", .array([])), ("a {}", .map([])),
        ] as [(String, SyntaxValue)]
    )
    func `a value means what it looks like`(source: String, expected: SyntaxValue) throws {
        #expect(try value(source) == expected)
    }

    @Test func `arrays and maps keep order and lines`() throws {
        let found = try entries("a: [\n 1, 'x' # c\n  yes,\n]\nm { k: v, l = [w]\n n\n{ } }")
        let first = SourcePlace(file: "/etc/main.conf", line: 1)
        #expect(found[0].node.place == first)
        guard case .array(let nodes) = found[0].node.value, case .map(let map) = found[1].node.value
        else {
            Issue.record("neither an array nor a map")
            return
        }
        #expect(nodes.map(\.place.line) == [2, 2, 3])
        #expect(nodes.map(\.value) == [.integer(1, isSize: false), text("x"), .bool(true)])
        #expect(map.map { String(decoding: $0.key, as: UTF8.self) } == ["k", "l", "n"])
        #expect(map.map(\.node.place.line) == [5, 5, 6])
    }

    @Test(arguments: [
        ("a", "1: 'a' has no value"), ("a:", "1: 'a' has no value"),
        ("\na:\nb: 1", "2: 'a' has no value"), ("a: 1 2", "1: unexpected '2'"),
        ("a: [1", "1: nothing closes this '['"), ("a: {\nb: 1\n", "1: nothing closes this '{'"),
        ("a: \"x\ny", "1: nothing closes this '\"'"), ("a: 'x", "1: nothing closes this '''"),
        ("a: (x\n", "1: nothing closes this '('"), ("{\na: 1", "1: nothing closes this '{'"),
        ("a: [,1]", "1: unexpected ','"), ("a: [1 2]", "1: unexpected '2'"),
        ("a: [1}", "1: unexpected '}'"), ("a: {b: 1]}", "1: unexpected ']'"),
        ("= 5", "1: unexpected '='"), ("a: 1 }", "1: unexpected '}'"), ("[1]", "1: unexpected '['"),
        (
            #"a: "\q""#,
            #"1: invalid escape 'q'; known are \t \n \r \" \\ and \xHH"#
        ),
        ("a: it's", "1: a quote inside a word; put the whole value into double quotes"),
        ("a: 9223372036854775808", "1: the number '9223372036854775808' is too large"),
        ("a: 10e", "1: the number '10e' is too large"),
        ("a: $nobody", "1: nothing defines the variable 'nobody'"),
        ("include nothing.conf", "1: cannot read /etc/nothing.conf (error 2)"),
        ("include \"a\u{1B}[2J\"", "1: cannot read /etc/a\\x1b[2J (error 2)"),
        ("include main.conf", "1: /etc/main.conf includes itself"),
        ("a: \u{1}\n\u{2}", "2: '\\x02' has no value"),
    ])
    func `what cannot be read names its line`(source: String, message: String) {
        #expect(messages(source).first == message)
    }

    @Test func `nesting has a limit`() {
        let deep = "a: " + String(repeating: "[", count: 100_000)
        #expect(messages(deep) == ["1: nested too deep"])
        let maps = String(repeating: "a {", count: 100_000)
        #expect(messages(maps) == ["1: nested too deep"])
    }

    @Test func `variables come from the file, inner maps first, then the environment`() throws {
        let environment = ["E": "7", "F": "$E", "Q": "\"two words\"", "EMPTY": ""]
        #expect(try value("x: 5\na: $x") == .integer(5, isSize: false))
        #expect(
            try value("x: [1]\nm { x: 2, y: $x }\na: $x")
                == .array([
                    SyntaxNode(
                        .integer(1, isSize: false),
                        at: SourcePlace(file: "/etc/main.conf", line: 1)
                    )
                ])
        )
        #expect(try value("a: $F", environment: environment) == .integer(7, isSize: false))
        #expect(try value("a: $Q", environment: environment) == text("two words"))
        #expect(try value("a: $EMPTY", environment: environment) == text(""))
        #expect(
            messages("a: $X", environment: ["X": "$Y", "Y": "$X"])
                == ["$Y:1: the variable 'X' refers to itself"]
        )
        #expect(messages("a: $X", environment: ["X": "p}q"]) == ["$X:1: unexpected '}'"])
        #expect(try entries("x: 5\na: $x").map(\.isReferenced) == [true, false])
    }

    @Test func `included files are found beside the file that names them`() throws {
        let found = try entries(
            "a: 0\ninclude ./sub/one.conf\nm { include \"/opt/three.conf\" }",
            files: [
                "/etc/sub/one.conf": "b: 1\ninclude two.conf", "/etc/sub/two.conf": "c: 2",
                "/opt/three.conf": "d: 3",
            ]
        )
        #expect(found.map { String(decoding: $0.key, as: UTF8.self) } == ["a", "b", "c", "m"])
        #expect(found[2].node.place == SourcePlace(file: "/etc/sub/two.conf", line: 1))
        guard case .map(let inner) = found[3].node.value else {
            Issue.record("no map")
            return
        }
        #expect(inner.map(\.node.place.file) == ["/opt/three.conf"])
    }

    @Test func `random texts never trap`() {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = Random(seed: seed)
        let pieces = [
            "a", "port", "tls", "accounts", "authorization", "users", "jetstream", "exports",
            "{", "}", "[", "]", "(", ")", "\n)\n", "\n", " ", "\t", ":", "=", ",", ";", "\"", "'",
            "\\", "\\x4", "$a", "$E", "$", "#", "//", "/", "include b", "1", "-", "2m", "9e9",
            "1.5",
            "true", "\u{0}", "é", "\u{FEFF}", "user", "permissions", "allow", "nkey", "x.>", "%",
        ]
        for _ in 0..<1_000 {
            let count = Int(random.below(40))
            let source = (0..<count).map { _ in pieces[Int(random.below(UInt32(pieces.count)))] }
                .joined()
            _ = messages(source, files: ["/etc/b": source], environment: ["E": source])
        }
    }
}
