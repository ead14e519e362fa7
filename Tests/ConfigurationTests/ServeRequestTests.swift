// The command line of `sluice serve`: every spelling, order, and what is refused.

import Base
import Configuration
import Testing

private func request(_ words: [String]) throws(ArgumentError) -> ServeRequest {
    try ServeRequest(words.map { Array($0.utf8) }[...])
}

private func configuration(
    _ words: [String],
    file: String = "",
    environment: [String: String] = [:]
) throws -> ServerConfiguration {
    let surroundings = SyntaxSurroundings(environment: Environment(texts: environment)) {
        path throws(UnreadableFile) in
        guard path == "/c" else { throw UnreadableFile(number: 2) }
        return Array(file.utf8)
    }
    return try request(words).configuration(surroundings).configuration
}

@Suite struct ServeRequestTests {
    @Test(arguments: [
        ["-p", "5000"], ["--port", "5000"], ["-port=5000"], ["--p=5000"], ["-port", "5000"],
        ["-p", "1", "-p", "5000"], ["--port=5000", "--"],
    ])
    func `the port has many spellings`(words: [String]) throws {
        #expect(try configuration(words).clients.port == .fixed(5_000))
    }

    @Test func `every option arrives where it belongs`() throws {
        let found = try configuration([
            "-a", "127.0.0.2", "--port", "-1", "-n", "me", "-P", "/p", "--ports_file_dir=/d",
            "-m", "8080", "--client_advertise", "x:1", "-js", "-sd", "/s", "--key_dir", "/k",
            "-l", "/l", "-DV", "-T=false", "--log_size_limit", "1MB", "--max_traced_msg_len", "9",
            "--user", "u", "--pass", "p",
        ])
        #expect(found.clients.host == "127.0.0.2" && found.clients.port == .anyFree)
        #expect(found.identity.name == bytes("me") && found.clients.advertised == "x:1")
        #expect(found.traces.processFile == "/p" && found.traces.portsDirectory == "/d")
        #expect(found.monitoring.port == .fixed(8_080) && found.monitoring.isRequired)
        #expect(found.jetStream.isEnabled && found.jetStream.storeDirectory == "/s")
        #expect(found.jetStream.keyDirectory == "/k" && found.logging.file == "/l")
        #expect(found.logging.topics == [.debug, .trace] && found.logging.clock == .none)
        #expect(found.logging.fileBytesMax == 1 << 20 && found.logging.tracedBytesMax == 9)
        let user = User(name: bytes("u"), proof: .password(bytes("p")), account: 0)
        #expect(found.access.users == [user])
    }

    @Test(
        arguments: [
            (["-D"], .debug), (["--debug"], .debug), (["-V"], .trace), (["-DV"], [.debug, .trace]),
            (["-VV"], [.trace, .systemTrace]), (["-DVV"], [.debug, .trace, .systemTrace]),
            (["-DV", "-V=false"], .debug), (["--trace=T"], .trace), (["-D=0"], []),
        ] as [([String], Logging.Topics)]
    )
    func `log topics are switches`(words: [String], topics: Logging.Topics) throws {
        #expect(try configuration(words).logging.topics == topics)
    }

    @Test func `options win over the file, wherever they stand`() throws {
        let file = "port: 1\ndebug: true\nserver_name: file\njetstream: enabled\nhttp: 9"
        let found = try configuration(["-p", "2", "-c", "/c", "-D=false"], file: file)
        #expect(found.clients.port == .fixed(2) && found.logging.topics == [])
        #expect(found.identity.name == bytes("file") && found.jetStream.isEnabled)
        #expect(found.monitoring.port == .fixed(9) && found.traces.configurationFile == "/c")
    }

    @Test func `TLS by options replaces that of the file`() throws {
        let file = "tls { cert_file: a, key_file: b, verify: true }"
        let words = ["-c", "/c", "--tls", "--tlscert=c", "--tlskey", "k", "--tlsverify"]
        let tls = try #require(try configuration(words, file: file).tls)
        #expect(tls.certificateFile == "c" && tls.keyFile == "k")
        #expect(tls.clientCertificates == .required)
        #expect(try configuration(["-c", "/c", "--tls=false"], file: file).tls == nil)
        #expect(throws: ServeRefusal.problems([.tlsWithoutFiles])) {
            try configuration(["--tls", "--tlscert", "c"])
        }
    }

    @Test(
        arguments: [
            (["-t"], .checkConfiguration), (["--check-config"], .checkConfiguration),
            (["-v"], .showVersion), (["version"], .showVersion), (["-h"], .showHelp),
            (["help"], .showHelp), (["-h", "-v"], .showHelp), (["-v", "-p", "1"], .showVersion),
        ] as [([String], ServeRequest.Purpose)]
    )
    func `some options ask for something else`(
        words: [String],
        purpose: ServeRequest.Purpose
    ) throws {
        #expect(try request(words).purpose == purpose)
    }

    @Test func `signals name a word and maybe a process`() throws {
        guard case .signal(let order) = try request(["--signal", "ldm=/run/x=y"]).purpose,
            case .signal(let bare) = try request(["-sl", "reload"]).purpose
        else {
            Issue.record("no signal")
            return
        }
        #expect(order.word == .ldm && order.target == bytes("/run/x=y"))
        #expect(bare.word == .reload && bare.target == nil)
    }

    @Test(arguments: [
        (["--prot", "1"], "unknown option '--prot'; did you mean '--port'?"),
        (["-x"], "unknown option '-x'"), (["-p"], "'-p' needs a value"),
        (["-p", "x"], "'-p' needs a port, not 'x'"),
        (["-p=70000"], "'-p' needs a port, not '70000'"),
        (["-D=maybe"], "'-D' needs true or false, not 'maybe'"), (["run"], "unexpected 'run'"),
        (["--cluster", "nats://x"], "'--cluster' is not supported: one Sluice is one server"),
        (
            ["--signal", "jump"],
            "'--signal' needs one of stop, quit, term, reopen, reload, ldm, not 'jump'"
        ),
    ])
    func `what is not understood is said`(words: [String], text: String) {
        let error = #expect(throws: ArgumentError.self) { try request(words) }
        #expect(error?.text == text)
    }

    @Test func `strangers are let in only when asked for by name`() throws {
        let words = ["-a", "0.0.0.0"]
        #expect(throws: ServeRefusal.problems([.openAccess(host: "0.0.0.0")])) {
            try configuration(words)
        }
        #expect(try configuration(words + ["--allow_open"]).clients.allowsOpenAccess)
        #expect(
            try configuration(words, environment: ["SLUICE_ALLOW_OPEN": "1"]).clients.host
                == "0.0.0.0"
        )
        #expect(try configuration(words + ["--auth", "s"]).access.token == bytes("s"))
        #expect(throws: ServeRefusal.problems([.openAccess(host: "0.0.0.0")])) {
            try configuration(words, environment: ["SLUICE_ALLOW_OPEN": "0"])
        }
        #expect(throws: ServeRefusal.problems([.halfAUser])) { try configuration(["--user", "u"]) }
    }

    @Test func `everything has a place`() throws {
        let found = try configuration([], environment: ["HOME": "/home/u"])
        #expect(found.jetStream.storeDirectory == "/home/u/.local/state/sluice")
        #expect(found.jetStream.keyDirectory == "/home/u/.config/sluice/keys")
    }
}
