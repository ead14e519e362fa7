// What is refused, and in which words.

import Configuration
import Testing

private let pin = String(repeating: "ab", count: 32)

@Suite struct ConfigurationRefusalTests {
    @Test(arguments: [
        ("\n\nprot: 4222", "3: unknown key 'prot' at the top level; did you mean 'port'?"),
        (
            "max_conections: 5",
            "1: unknown key 'max_conections' at the top level; did you mean 'max_connections'?"
        ),
        ("zzz: 5", "1: unknown key 'zzz' at the top level"),
        (
            "tls {\n cert_flie: x\n cert_file: a, key_file: b }",
            "2: unknown key 'cert_flie' in 'tls'; did you mean 'cert_file'?"
        ),
        ("verify: true", "1: 'verify' does not belong at the top level but in 'tls'"),
        (
            "authorization { max_payload: 5 }",
            "1: 'max_payload' does not belong in 'authorization' but at the top level or in 'limits'"
        ),
        ("port: 4222\nport: 4223", "2: 'port' is set again; first on line 1 of /etc/main.conf"),
        (
            "max_conn: 1\nMAX_CONNECTIONS: 2",
            "2: 'MAX_CONNECTIONS' is set again; first on line 1 of /etc/main.conf"
        ),
        ("listen: 1\nport: 2", "2: 'port' cannot stand beside 'listen'"),
        ("port: hello", "1: 'port' needs a port"),
        ("port: 70000", "1: 'port' must be from -1 to 65535"),
        ("debug: 1", "1: 'debug' needs true or false"),
        ("listen: \"x:y\"", "1: 'listen' must be a port or host:port"),
        ("max_payload: big", "1: 'max_payload' needs a whole number"),
        ("max_payload: 8GB", "1: 'max_payload' must be from 1 to 2147483647"),
        (
            "ping_interval: 2m",
            "1: 'ping_interval' is a size here (2m is 2000000); write a time in quotes, as in \"2m\""
        ),
        ("ping_interval: soon", "1: 'ping_interval' needs a time such as \"10s\""),
        ("lame_duck_duration: \"10s\"", "1: 'lame_duck_duration' must be at least 30 seconds"),
        ("server_name: \"a b\"", "1: 'server_name' must not contain blanks"),
        ("cluster { }", "1: 'cluster' is not supported: one Sluice is one server"),
        (
            "websocket: 1",
            "1: 'websocket' is not supported: clients speak NATS over TCP or TLS only"
        ),
        (
            "jetstream { cipher: aes }",
            "1: 'cipher' is not supported: every store is encrypted already, with keys of its own"
        ),
        ("jetstream: maybe", "1: 'jetstream' must be one of enabled, enable, disabled, disable"),
        ("store_dir: a\njetstream { store_dir: b }", "2: 'store_dir' is defined more than once"),
        ("authorization: secret", "1: 'authorization' needs a map, the block 'authorization'"),
        ("authorization { user: a, token: b }", "1: 'token' cannot stand beside 'user'"),
        ("authorization { users: [{password: x}] }", "1: 'users' needs 'user' too"),
        ("authorization { users: [{user: a}, {user: a}] }", "1: 'a' is defined more than once"),
        (
            "authorization { users: [{user: a, permissions {publish: \"a..b\"}}] }",
            "1: 'a..b' is not a valid subject"
        ),
        (
            "authorization { users: [{user: a, permissions {publish: \"a b\"}}] }",
            "1: 'a b' is not a valid subject"
        ),
        (
            "authorization { users: [{user: a, permissions {publish {deny: \"a b\"}}}] }",
            "1: 'publish' is not a valid subject"
        ),
        ("no_auth_user: nobody", "1: 'no_auth_user' needs 'users' too"),
        ("system_account: X", "1: 'system_account' names an account that is not defined"),
        ("accounts { $G {} }", "1: '$G' is an account of the server itself"),
        ("accounts [A, A]", "1: 'A' is defined more than once"),
        (
            "accounts { A { imports: [{stream: {account: B, subject: x}}] } }",
            "1: 'B' names an account that is not defined"
        ),
        (
            "accounts { B {}, A { imports: [{stream: {account: B, subject: x}}] } }",
            "1: 'x' is not exported to this account"
        ),
        (
            "accounts { A { mappings { x: [{dest: a, weight: 60}, {dest: b, weight: 50}] } } }",
            "1: 'x' has shares of more than 100 percent"
        ),
        ("tls { cert_file: a }", "1: 'tls' needs 'key_file' too"),
        (
            "tls { cert_file: a, key_file: b, min_version: \"1.1\" }",
            "1: 'min_version' must be one of 1.2, 1.3"
        ),
        ("max_payload: 2MB }", "1: unexpected '}'"),
    ])
    func `a refusal names the line and the way out`(source: String, message: String) {
        #expect(messages(source) == [message])
    }

    @Test func `everything that is wrong is said at once`() {
        let found = messages("prot: 1\ndebug: 5\nauthorization {\n usr: x\n}\ncluster {}")
        #expect(found.map { $0.prefix(2) } == ["1:", "2:", "4:", "6:"])
    }

    @Test func `keys that variables refer to may have any name`() throws {
        #expect(try reading("MY_PORT: 5000\nport: $MY_PORT").clients.port == .fixed(5_000))
        #expect(
            messages("MY_PORT: 5000\nport: 1")
                == ["1: unknown key 'MY_PORT' at the top level"]
        )
    }

    @Test func `refusals in included files name those files`() {
        let found = messages("include a.conf", files: ["/etc/a.conf": "\nprot: 1"])
        #expect(
            found == ["/etc/a.conf:2: unknown key 'prot' at the top level; did you mean 'port'?"]
        )
    }

    @Test(
        arguments: [
            ("host: 0.0.0.0", false), ("host: 127.0.0.1", true), ("host: localhost", true),
            ("host: \"::1\"", true), ("host: 127.9.9.9", true), ("host: 127.0.0.1.evil.org", false),
            ("host: 10.0.0.1, allow_open: true", true),
            ("host: 0.0.0.0, authorization { token: x }", true),
            ("host: 0.0.0.0, tls { cert_file: a, key_file: b }", false),
            ("host: 0.0.0.0, tls { cert_file: a, key_file: b, verify: true }", true),
            (
                "host: 0.0.0.0, allow_non_tls: true, tls {cert_file: a, key_file: b, verify: true}",
                false
            ),
        ]
    )
    func `nobody listens to strangers by accident`(source: String, isFine: Bool) throws {
        let problems = try reading(source).problems
        #expect(problems.isEmpty == isFine)
        #expect(problems.allSatisfy { $0.text.contains("SLUICE_ALLOW_OPEN") })
    }

    @Test(
        arguments: [
            ("accounts { A { exports: [{stream: x}] } }", .sharing),
            ("mappings { a: b }", .mappings),
            (
                "tls { cert_file: a, key_file: b, connection_rate_limit: 5 }",
                .handshakeRate
            ),
            (
                "tls { cert_file: a, key_file: b, pinned_certs: [\"\(pin)\"] }",
                .pinnedCertificates
            ),
        ] as [(String, UnservedPart)]
    )
    func `what is not done yet is not promised`(source: String, part: UnservedPart) throws {
        #expect(try reading(source).problems == [.unserved(part)])
        #expect(ConfigurationProblem.unserved(part).text.contains(part.rawValue))
    }

    @Test(
        arguments: [
            ("max_payload: 65MB", .payloadAbovePending(payload: 65 << 20, pending: 64 << 20)),
            ("lame_duck_grace_period: \"2m\"", .graceTooLong),
        ] as [(String, ConfigurationProblem)]
    )
    func `what does not fit together is a problem`(
        source: String,
        problem: ConfigurationProblem
    ) throws {
        #expect(try reading(source).problems == [problem])
    }
}
