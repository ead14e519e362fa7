// Requests to the server by message.

import Base
import Configuration
import Testing

@testable import Broker

@Suite struct SystemSubjectTests {
    private let id = Array("NABC".utf8)

    private func named(_ subject: String) -> SystemSubject? {
        SystemSubject(Array(subject.utf8), serverId: id)
    }

    @Test(
        arguments: [
            ("$SYS.REQ.USER.INFO", .userInfo, .everybody),
            ("$SYS.REQ.SERVER.PING", .statistics, .system),
            ("$SYS.REQ.SERVER.PING.VARZ", .page(.varz), .system),
            ("$SYS.REQ.SERVER.NABC.VARZ", .page(.varz), .system),
            ("$SYS.REQ.SERVER.PING.CONNZ", .page(.connz), .scoped),
            ("$SYS.REQ.SERVER.NABC.CONNZ", .page(.connz), .system),
            ("$SYS.REQ.ACCOUNT.PING.STATZ", .accountStatistics, .scoped),
            ("$SYS.REQ.SERVER.NABC.KICK", .kick, .system),
        ] as [(String, SystemService, SystemAudience)]
    )
    func `names services and who may ask`(
        subject: String,
        service: SystemService,
        audience: SystemAudience
    ) {
        #expect(named(subject)?.service == service)
        #expect(named(subject)?.audience == audience)
    }

    @Test(arguments: [
        "$SYS.REQ.", "$SYS.REQ.USER", "$SYS.REQ.USER.INFO.x", "$SYS.REQ.SERVER.NX.VARZ",
        "$SYS.REQ.SERVER.PING.NO",
        "$SYS.REQ.SERVER.PING.KICK", "$SYS.REQ.ACCOUNT.PING.INFO", "$SYS.REQ.ACCOUNT.A.NO",
        "$SYS.REQ.X.PING", "foo",
        "$SYS.REQ..", "$SYS.ACCOUNT.A.CONNZ",
    ])
    func `names nothing`(subject: String) {
        #expect(named(subject) == nil)
    }

    @Test func `narrows what others than the system account may know`() throws {
        let account = Array("A".utf8)
        let all = try #require(named("$SYS.REQ.SERVER.PING.CONNZ"))
        #expect(all.scoped(to: account, isSystem: false)?.account == account)
        #expect(all.scoped(to: account, isSystem: true)?.account == nil)
        let varz = try #require(named("$SYS.REQ.SERVER.PING.VARZ"))
        #expect(varz.scoped(to: account, isSystem: false) == nil)
        let other = try #require(named("$SYS.REQ.ACCOUNT.B.CONNZ"))
        #expect(other.account == Array("B".utf8))
        #expect(other.scoped(to: account, isSystem: false) == nil)
    }
}

@Suite struct SystemOptionsTests {
    private func options(_ text: String) throws -> SystemOptions {
        try SystemOptions(Array(text.utf8))
    }

    private var facts: ServerFacts {
        var configuration = ServerConfiguration()
        configuration.identity.name = Array("desk-1".utf8)
        configuration.identity.tags = [Array("eu".utf8), Array("fast".utf8)]
        return ServerFacts(configuration, port: 1, monitoringPort: 0, startedAt: .never)
    }

    @Test(arguments: [
        ("", true), ("{}", true), (#"{"server_name":"desk"}"#, true),
        (#"{"server_name":"desk-2"}"#, false),
        (#"{"server_name":"desk","exact_match":true}"#, false),
        (#"{"server_name":"desk-1","exact_match":true}"#, true), (#"{"cluster":"x"}"#, false),
        (#"{"tags":["eu"]}"#, true), (#"{"tags":["eu","us"]}"#, false),
        (#"{"host":"127.0.0.1"}"#, true),
        (#"{"server_name":""}"#, true),
    ])
    func `means the server or stays silent`(text: String, isMeant: Bool) throws {
        #expect(try options(text).mean(facts) == isMeant)
    }

    @Test func `become the arguments of a page`() throws {
        let text = #"{"limit":2,"auth":true,"subscriptions":true,"state":1,"sort":"cid","acc":"B"}"#
        let request = HttpRequest.internal(try options(text).arguments(account: nil))
        let query = try ConnzQuery(request)
        #expect(query.limit == 2 && query.showsUsers && query.state == .closed)
        #expect(query.subscriptions == .listed && query.account == Array("B".utf8))
        let own = HttpRequest.internal(try options(text).arguments(account: Array("A".utf8)))
        #expect(try ConnzQuery(own).account == Array("A".utf8))
    }

    @Test func `refuse what is no JSON`() {
        #expect(throws: (any Error).self) { try options("garbage") }
    }
}
