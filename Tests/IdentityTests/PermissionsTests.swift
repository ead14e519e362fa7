import Base
import Configuration
import Routing
import Testing

@testable import Identity

/// The compiled permissions of one user.
private final class Compiled {
    var table: PermissionTable

    init(_ permissions: Permissions) throws {
        var access = Access()
        access.users = [
            User(name: Array("free".utf8), proof: .password([1]), account: 0),
            User(name: Array("bound".utf8), proof: .password([1]), account: 0),
        ]
        access.users[1].permissions = permissions
        table = try Authenticator(access, mapsCertificates: false).permissions(seed: 3)
    }

    func publish(_ subject: String) -> Bool {
        table.mayPublish(0, to: Array(subject.utf8).raw)
    }

    func subscribe(_ filter: String, _ queue: String = "") -> SubscribeVerdict {
        table.maySubscribe(0, to: Array(filter.utf8).raw, in: Array(queue.utf8).raw)
    }
}

@Suite struct PermissionsTests {
    private func rule(_ subject: String, _ queue: String? = nil) -> SubjectRule {
        SubjectRule(subject: Array(subject.utf8), queue: queue.map { Array($0.utf8) })
    }

    @Test func `an absent list allows everything and an empty one nothing`() throws {
        var permissions = Permissions()
        permissions.publish.allow = []
        let compiled = try Compiled(permissions)
        #expect(!compiled.publish("a"))
        #expect(compiled.subscribe(">") == .allowed)
    }

    @Test func `lists and groups come through`() throws {
        var permissions = Permissions()
        permissions.publish.allow = [rule("ord.>")]
        permissions.publish.deny = [rule("ord.secret")]
        permissions.subscribe.allow = [rule("md.>"), rule("work", "team")]
        permissions.subscribe.deny = [rule("md.*.raw")]
        let compiled = try Compiled(permissions)
        #expect(compiled.publish("ord.new"))
        #expect(!compiled.publish("ord.secret"))
        #expect(compiled.subscribe("md.x") == .allowed)
        #expect(compiled.subscribe("md.*.raw") == .refused)
        #expect(compiled.subscribe("md.>") == .allowedInPart)
        #expect(compiled.subscribe("work") == .refused)
        #expect(compiled.subscribe("work", "team") == .allowed)
        #expect(compiled.table.responses(0) == nil)
    }

    @Test func `whoever may answer may publish nothing else unless a rule says so`() throws {
        var permissions = Permissions()
        permissions.responses = Permissions.Responses()
        let compiled = try Compiled(permissions)
        #expect(!compiled.publish("a"))
        let limits = ResponseLimits(repliesMax: 1, nanoseconds: 120 * nanosecondsPerSecond)
        #expect(compiled.table.responses(0) == limits)
        permissions.publish.allow = [rule("a")]
        permissions.responses?.messagesMax = nil
        permissions.responses?.expiryNanoseconds = nil
        let wider = try Compiled(permissions)
        #expect(wider.publish("a"))
        #expect(wider.table.responses(0) == ResponseLimits(repliesMax: .max, nanoseconds: .max))
    }
}
