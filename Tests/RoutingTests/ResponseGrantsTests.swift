import Base
import Testing

@testable import Routing

/// Grants whose subjects are arrays.
private final class Grants {
    private var table: ResponseGrants

    init(grantsMax: UInt32 = 4_096) {
        table = ResponseGrants(seed: 1, grantsMax: grantsMax)
    }

    var count: Int { table.count }

    func grant(_ limits: ResponseLimits, to owner: UInt32, reply: [UInt8], at now: Instant) {
        table.grant(limits, to: owner, reply: reply.raw, at: now)
    }

    func use(_ owner: UInt32, _ subject: [UInt8], at now: Instant) -> Bool {
        table.use(owner, subject.raw, at: now)
    }

    func removeAll(of owner: UInt32) {
        table.removeAll(of: owner)
    }
}

@Suite struct ResponseGrantsTests {
    static let limits = ResponseLimits(repliesMax: 2, nanoseconds: 100)

    private func at(_ nanoseconds: UInt64) -> Instant { Instant(nanoseconds: nanoseconds) }

    @Test func `grants as many replies as allowed, to the owner alone`() {
        let grants = Grants()
        let reply = Array("_INBOX.a".utf8)
        grants.grant(Self.limits, to: 7, reply: reply, at: at(10))
        #expect(!grants.use(8, reply, at: at(11)))
        #expect(!grants.use(7, Array("_INBOX.b".utf8), at: at(11)))
        #expect(grants.use(7, reply, at: at(11)))
        #expect(grants.use(7, reply, at: at(12)))
        #expect(!grants.use(7, reply, at: at(13)))
        #expect(grants.count == 0)
    }

    @Test func `grants end in time`() {
        let grants = Grants()
        let reply = Array("_INBOX.a".utf8)
        grants.grant(Self.limits, to: 0, reply: reply, at: at(10))
        #expect(grants.use(0, reply, at: at(110)))
        #expect(!grants.use(0, reply, at: at(111)))
        #expect(grants.count == 0)
    }

    @Test func `asking again grants anew`() {
        let grants = Grants()
        let reply = Array("_INBOX.a".utf8)
        grants.grant(Self.limits, to: 0, reply: reply, at: at(10))
        #expect(grants.use(0, reply, at: at(10)))
        grants.grant(Self.limits, to: 0, reply: reply, at: at(20))
        #expect(grants.use(0, reply, at: at(120)))
        #expect(grants.use(0, reply, at: at(120)))
        #expect(!grants.use(0, reply, at: at(120)))
    }

    @Test func `unlimited grants never run out`() {
        let grants = Grants()
        let reply = Array("r".utf8)
        let endless = ResponseLimits(repliesMax: .max, nanoseconds: .max)
        grants.grant(endless, to: 0, reply: reply, at: at(10))
        for _ in 0..<100 { #expect(grants.use(0, reply, at: .distantFuture)) }
    }

    @Test func `the oldest grant of an owner makes room for the newest`() {
        let grants = Grants(grantsMax: 3)
        let replies = (0..<5).map { Array("r.\($0)".utf8) }
        for reply in replies { grants.grant(Self.limits, to: 2, reply: reply, at: at(10)) }
        grants.grant(Self.limits, to: 3, reply: replies[0], at: at(10))
        for (number, reply) in replies.enumerated() {
            #expect(grants.use(2, reply, at: at(10)) == (number >= 2))
        }
        #expect(grants.use(3, replies[0], at: at(10)))
    }

    @Test func `an owner that leaves takes its grants along`() {
        let grants = Grants()
        let reply = Array("r".utf8)
        grants.grant(Self.limits, to: 4, reply: reply, at: at(10))
        grants.removeAll(of: 4)
        #expect(!grants.use(4, reply, at: at(10)))
        grants.removeAll(of: 1_000)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `behaves like a plain list of grants`(seed: UInt64) {
        var random = Random(seed: seed)
        let grants = Grants(grantsMax: 4)
        var model: [(owner: UInt32, reply: [UInt8], left: Int, deadline: UInt64)] = []
        var now: UInt64 = 1
        for _ in 0..<20_000 {
            now += UInt64(random.below(20))
            let owner = random.below(3)
            let reply = Array("reply.\(random.below(7))".utf8)
            let found = model.firstIndex { $0.owner == owner && $0.reply == reply }
            switch random.below(5) {
            case 0:
                if let found { model.remove(at: found) }
                model.removeAll { $0.owner == owner && now > $0.deadline }
                let own = model.indices.filter { model[$0].owner == owner }
                if own.count >= 4, let oldest = own.first { model.remove(at: oldest) }
                model.append((owner, reply, 2, now + 100))
                grants.grant(Self.limits, to: owner, reply: reply, at: at(now))
            case 1 where random.below(20) == 0:
                model.removeAll { $0.owner == owner }
                grants.removeAll(of: owner)
            default:
                var isGranted = false
                if let found {
                    isGranted = now <= model[found].deadline
                    model[found].left -= 1
                    if !isGranted || model[found].left == 0 { model.remove(at: found) }
                }
                #expect(grants.use(owner, reply, at: at(now)) == isGranted)
            }
            #expect(grants.count == model.count)
        }
    }
}
