// The command line of the whole program and of its clients.

import Base
import Configuration
import Testing

private func request(_ words: String...) throws(ArgumentError) -> ProgramRequest {
    try ProgramRequest(words.map { Array($0.utf8) })
}

private func publish(_ words: String...) throws(ArgumentError) -> PublishRequest {
    try PublishRequest.publish(words.map { Array($0.utf8) }[...])
}

@Suite struct ProgramRequestTests {
    @Test func `the first word chooses the command`() throws {
        guard case .console = try request(), case .console = try request("-p", "1"),
            case .showHelp = try request("--help"),
            case .showVersion = try request("-v"), case .serve = try request("serve", "-p", "1"),
            case .publish = try request("pub", "a"), case .subscribe = try request("sub", "a.>"),
            case .request = try request("request", "a"), case .bench = try request("bench"),
            case .themes = try request("themes", "ls")
        else {
            Issue.record("another command")
            return
        }
        let error = #expect(throws: ArgumentError.self) { try request("serv") }
        #expect(error?.text == "unknown command 'serv'; did you mean 'serve'?")
    }

    @Test func `the console has options of its own, also with a demonstration`() throws {
        let found = try request("--plain", "-p", "1", "--alert-command", "echo x", "--record=f")
        guard case .console(let server) = found else {
            Issue.record("another command")
            return
        }
        #expect(server.console.isPlain && !server.console.isReadOnly)
        #expect(server.console.alertCommand == "echo x" && server.console.recording == "f")
        guard case .demo(let demo) = try request("--read-only", "--demo", "--seed", "3") else {
            Issue.record("another command")
            return
        }
        #expect(demo.seed == 3 && demo.server.console.isReadOnly)
        #expect(throws: ArgumentError.self) { try request("--record") }
        let error = #expect(throws: ArgumentError.self) { try request("--alert-notify", "osc8") }
        #expect(error?.text == "'--alert-notify' needs one of osc9, osc777, not 'osc8'")
        // Nobody reads a server without a screen.
        #expect(throws: ArgumentError.self) { try request("serve", "--plain") }
    }

    @Test func `top reports once, as lines or as JSON`() throws {
        guard case .top(let found) = try request("top", "--once", "--json", "--interval", "5")
        else {
            Issue.record("another command")
            return
        }
        #expect(found.count == 1 && found.isJson && found.intervalNanoseconds == 5_000_000_000)
    }

    @Test func `publishing takes a subject, a payload and headers`() throws {
        let found = try publish(
            "-H",
            "A: b c",
            "x.y",
            "--header=C:",
            "hello",
            "--reply",
            "r",
            "--count",
            "3",
            "-s",
            "tls://u%40x:p%3A@host:99",
            "--timeout",
            "500ms"
        )
        #expect(found.subject == bytes("x.y") && found.payload == bytes("hello"))
        #expect(found.headers.map(\.value) == [bytes("b c"), []] && found.count == 3)
        let server = try #require(found.connection.servers.first)
        #expect(server.host == "host" && server.port == 99 && server.isSecure)
        #expect(server.user == bytes("u@x") && server.password == bytes("p:"))
        #expect(found.connection.timeoutNanoseconds == 500 * nanosecondsPerMillisecond)
        #expect(try publish("x").payload == nil)
        #expect(try publish("x", "--", "-p").payload == bytes("-p"))
        #expect(try publish("--help").wantsHelp)
    }

    @Test(arguments: [
        [], ["a..b"], ["a.*"], ["a b"], ["a", "b", "c"], ["a", "-H", "no colon"],
        ["a", "-H", "x:\ny"], ["a", "--count", "0"], ["a", "-s", "http://x"], ["a", "-s", ""],
        ["a", "--queue", "x"],
    ])
    func `a message that cannot be sent is refused`(words: [String]) {
        #expect(throws: ArgumentError.self) {
            try PublishRequest.publish(words.map { Array($0.utf8) }[...])
        }
    }

    @Test func `measuring has scenarios and sizes`() throws {
        let words = ["request", "--pubs", "4", "--msgs", "2M", "--size", "1KB", "--rate", "10k"]
        let found = try BenchRequest(words.map { Array($0.utf8) }[...])
        #expect(found.scenario == .request && found.publisherCount == 4)
        #expect(found.messageCount == 2_000_000 && found.payloadBytes == 1_024)
        #expect(found.perSecond == 10_000)
        #expect(throws: ArgumentError.self) { try BenchRequest([Array("run".utf8)][...]) }
    }

    @Test(
        arguments: [
            ("localhost", "localhost", 4_222), ("h:1", "h", 1), ("nats://h", "h", 4_222),
            ("nats://[::1]:7/", "::1", 7), ("[fe80::1]", "fe80::1", 4_222),
            ("NATS://t@h:2", "h", 2),
            ("nats://", nil, 0), ("h:0", nil, 0), ("h:-1", nil, 0), ("::1", nil, 0),
            ("h:x", nil, 0),
            ("ftp://h", nil, 0), ("a%zz@h", nil, 0), ("h/x", nil, 0), ("", nil, 0), ("@", nil, 0),
        ] as [(String, String?, UInt16)]
    )
    func `an address is read in all its forms`(text: String, host: String?, port: UInt16) {
        let address = ServerAddress(bytes(text))
        #expect(address?.host == host)
        if host != nil { #expect(address?.port == port) }
    }

    @Test func `random command lines never trap`() {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = Random(seed: seed)
        let options = CommandManual.commands.flatMap { $0.options.flatMap(\.names) }
        let values = ["", "-", "--", "=", "1", "-1", "x", "é", "a:b", "9999999999999999999", "2m"]
        let commandCount = UInt32(CommandManual.commands.count)
        for _ in 0..<3_000 {
            let command = CommandManual.commands[Int(random.below(commandCount))].name
            var words = [Array(command.utf8)]
            for _ in 0..<random.below(8) {
                let value = values[Int(random.below(UInt32(values.count)))]
                let name = options[Int(random.below(UInt32(options.count)))]
                switch random.below(4) {
                case 0: words.append(Array("--\(name)=\(value)".utf8))
                case 1: words.append(Array("-\(name)".utf8))
                case 2: words.append([UInt8(truncatingIfNeeded: random.next()), 0xFF, 0])
                default: words.append(Array(value.utf8))
                }
            }
            _ = try? ProgramRequest(words)
        }
    }

    @Test func `help shows every option that is not refused`() throws {
        for command in CommandManual.commands {
            let help = try #require(CommandManual.help(command.name))
            for option in command.options {
                #expect(help.contains("\n    \(option.spelling)") == !option.isRefused)
            }
            #expect(CommandManual.overview.contains(command.name))
        }
        #expect(CommandManual.help("nothing") == nil)
    }
}
