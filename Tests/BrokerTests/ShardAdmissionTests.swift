// Who is let in, and from when on it counts.

import Configuration
import Identity
import Testing
import Wire

@testable import Broker

@Suite struct ShardAdmissionTests {
    /// A shard that asks for the token `t0ken`.
    private static func bench() throws -> ShardBench {
        var access = Access()
        access.token = Array("t0ken".utf8)
        let authenticator = try Authenticator(access, mapsCertificates: false)
        return ShardBench { settings in
            settings.access = access
            settings.authenticator = authenticator
            settings.info.flags.insert(.authRequired)
        }
    }

    @Test func `commands behind CONNECT in the same bytes are those of a known client`() throws {
        var bench = try Self.bench()
        let client = bench.connect()
        bench.say(
            client,
            "CONNECT {\"verbose\":false,\"auth_token\":\"t0ken\"}\r\n"
                + "SUB a 1\r\nPUB a 5\r\nhello\r\nPING\r\n"
        )
        #expect(bench.output(client) == "MSG a 1 5\r\nhello\r\nPONG\r\n")
    }

    @Test(arguments: [
        "PUB a 5\r\nhello\r\n", "SUB a 1\r\n", "PING\r\n", "CONNECT {}\r\n",
        "CONNECT {\"auth_token\":\"T0ken\"}\r\nPUB a 5\r\nhello\r\n",
    ])
    func `an unknown client gets no further`(text: String) throws {
        var bench = try Self.bench()
        let client = bench.connect()
        bench.say(client, text)
        #expect(bench.output(client) == "-ERR 'Authorization Violation'\r\n")
        #expect(bench.end(client) == .authenticationFailure)
    }

    @Test func `a second CONNECT must prove itself anew`() throws {
        var bench = try Self.bench()
        let client = bench.connect()
        bench.say(
            client,
            "CONNECT {\"verbose\":false,\"auth_token\":\"t0ken\"}\r\nCONNECT {}\r\nPUB a 0\r\n\r\n"
        )
        #expect(bench.output(client) == "-ERR 'Authorization Violation'\r\n")
    }
}
