// What files mean: keys, values, accounts, and every kind of refusal.

import Base
import Configuration
import Testing

@Suite struct ConfigurationFileTests {
    @Test func `an empty file changes nothing but its own name`() throws {
        var expected = ServerConfiguration()
        expected.traces.configurationFile = "/etc/main.conf"
        expected.access.accounts[0].jetStream = AccountStreamLimits()
        #expect(try reading("") == expected)
    }

    @Test func `simple keys arrive where they belong`() throws {
        let found = try reading(
            """
            server_name: trading
            listen: "[::1]:-1"
            http: 0.0.0.0:8080
            http_base_path: nats/
            max_payload: 2MB
            max_control_line = 512
            max_connections 0
            max_subs: 100
            ping_interval: "30s"
            ping_max: 5
            write_deadline: 3
            lame_duck_duration: "1m"
            lame_duck_grace_period: "5s"
            debug: true, trace: yes
            logtime_utc: true
            log_file: "/var/log/sluice.log"
            pid_file: /run/sluice.pid
            ports_file_dir: '/tmp'
            jetstream { store_dir: /data, max_mem: 1G, max_file: "10G", domain: hub }
            allow_open: true
            console { theme: night, frames_per_second: 10 }
            """
        )
        #expect(found.identity.name == bytes("trading"))
        #expect(found.clients.host == "::1" && found.clients.port == .anyFree)
        #expect(found.clients.allowsOpenAccess)
        #expect(found.monitoring.host == "0.0.0.0" && found.monitoring.port == .fixed(8_080))
        #expect(found.monitoring.basePath == "/nats" && found.monitoring.isRequired)
        #expect(found.limits.payloadBytesMax == 2 << 20)
        #expect(found.limits.controlLineBytesMax == 512)
        #expect(found.limits.connectionsMax == nil && found.limits.subscriptionsMax == 100)
        #expect(found.limits.pingIntervalNanoseconds == 30 * nanosecondsPerSecond)
        #expect(found.limits.pingsOutMax == 5)
        #expect(found.limits.writeNanoseconds == 3 * nanosecondsPerSecond)
        #expect(found.lameDuck.durationNanoseconds == 60 * nanosecondsPerSecond)
        #expect(found.lameDuck.graceNanoseconds == 5 * nanosecondsPerSecond)
        #expect(found.logging.topics == [.debug, .trace] && found.logging.clock == .universal)
        #expect(found.logging.file == "/var/log/sluice.log")
        #expect(found.traces.processFile == "/run/sluice.pid")
        #expect(found.traces.portsDirectory == "/tmp")
        #expect(found.jetStream.isEnabled && found.jetStream.storeDirectory == "/data")
        #expect(found.jetStream.memoryBytesMax == 1_000_000_000)
        #expect(found.jetStream.storeBytesMax == 10 << 30)
        #expect(found.jetStream.domain == bytes("hub"))
        #expect(found.console.theme == bytes("night") && found.console.framesPerSecond == 10)
        #expect(found.problems.isEmpty)
    }

    @Test func `one user, a token, and a list of users`() throws {
        let single = try reading("authorization { user: u, pass: $2a$11$x, timeout: 1.5 }")
        #expect(
            single.access.users
                == [User(name: bytes("u"), proof: .password(bytes("$2a$11$x")), account: 0)]
        )
        #expect(single.access.timeoutNanoseconds == 1_500_000_000)
        #expect(try reading("authorization: {token: \"s3\"}").access.token == bytes("s3"))
        let key = "UBW77FFBUQSQXZOQRZB2LV3C6D5J6OPQFRGHU6XU6OXYKNLPV7R2WGKY"
        let valid = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"
        #expect(messages("authorization { users: [{nkey: \(key)}] }").count == 1)
        let several = try reading(
            """
            authorization {
              default_permissions { publish: "out.>", subscribe: { allow: ["in.*", "q.> work"], deny: x } }
              users = [
                {user: a, password: pa}
                {username: b, pass: pb, permissions: { allow_responses: true }}
                {nkey: \(valid), permissions { pub { deny: "no.>" }, allow_responses { max: 5, expires: "1m" } }}
              ]
            }
            no_auth_user: a
            """
        )
        let access = several.access
        #expect(access.users.map(\.name) == [bytes("a"), bytes("b"), bytes(valid)])
        #expect(access.users[2].proof == .nkey && access.anonymousUser == 0)
        let first = try #require(access.users[0].permissions)
        #expect(first.publish.allow == [SubjectRule(subject: bytes("out.>"), queue: nil)])
        #expect(
            first.subscribe.allow?[1] == SubjectRule(subject: bytes("q.>"), queue: bytes("work"))
        )
        #expect(first.subscribe.deny == [SubjectRule(subject: bytes("x"), queue: nil)])
        let second = try #require(access.users[1].permissions)
        #expect(second.publish.allow == [] && second.responses == Permissions.Responses())
        let third = try #require(access.users[2].permissions)
        #expect(third.publish.allow == [] && third.publish.deny.count == 1)
        #expect(third.responses?.messagesMax == 5)
        #expect(third.responses?.expiryNanoseconds == 60 * nanosecondsPerSecond)
    }

    @Test func `accounts have users, limits and what they share`() throws {
        let found = try reading(
            """
            accounts {
              A {
                users: [{user: a, password: x}]
                limits { max_connections: 5, max_payload: 1KB }
                jetstream: enabled
                exports: [{stream: "md.>"}, {service: "rpc.*", accounts: [B], response: stream}]
              }
              B {
                users: [{user: b, password: y}]
                default_permissions { subscribe: "x" }
                imports: [
                  {stream: {account: A, subject: "md.btc"}, prefix: feed}
                  {service: {account: A, subject: "rpc.*"}, to: "call.*"}
                ]
                mappings { "old.*": "new.$1", w: [{dest: w1, weight: 20%}, {dest: w2, weight: 80}] }
              }
              SYS { }
            }
            system_account: SYS
            """
        )
        let accounts = found.access.accounts
        #expect(accounts.map(\.name) == ["$G", "A", "B", "SYS"].map(bytes))
        #expect(found.access.systemAccount == 3)
        #expect(found.access.users.map(\.account) == [1, 2])
        #expect(accounts[0].jetStream == nil && accounts[1].jetStream == AccountStreamLimits())
        #expect(
            accounts[1].limits.connectionsMax == 5 && accounts[1].limits.payloadBytesMax == 1_024
        )
        #expect(accounts[1].exports[1].kind == .service(.stream))
        #expect(accounts[1].exports[1].accounts == [2])
        #expect(accounts[2].imports[0].localSubject == bytes("feed.md.btc"))
        #expect(accounts[2].imports[1].kind == .service && accounts[2].imports[1].account == 1)
        #expect(accounts[2].mappings[0].destinations[0].percent == 100)
        #expect(accounts[2].mappings[1].destinations.map(\.percent) == [20, 80])
        #expect(found.access.users[1].permissions?.subscribe.allow?.count == 1)
    }

    @Test func `TLS settings arrive where they belong`() throws {
        let found = try reading(
            """
            tls {
              cert_file: c.pem, key_file: k.pem, ca_file: ca.pem
              verify_and_map: true, timeout: 5, handshake_first: "200ms", min_version: "1.3"
              cipher_suites: ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]
              curve_preferences: [X25519, CurveP256]
              pinned_certs: ["\(String(repeating: "aB", count: 32))"]
            }
            allow_non_tls: true
            """
        )
        let tls = try #require(found.tls)
        #expect(tls.clientCertificates == .mapped && tls.versionMin == .v13)
        #expect(tls.opening == .eitherWithin(nanoseconds: 200 * nanosecondsPerMillisecond))
        #expect(tls.allowsPlainClients && tls.curves.count == 2)
        #expect(tls.pinnedCertificates == [bytes(String(repeating: "ab", count: 32))])
        #expect(found.access.timeoutNanoseconds == 6 * nanosecondsPerSecond)
    }
}
