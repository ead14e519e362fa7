// What a rotation does next, for facts of every kind.

import Base
import Sealing
import Testing

@Suite struct RotationPlanTests {
    private typealias File = RotationFacts.SealedFile

    private func facts(
        _ states: [UInt32: KeyState],
        open: [UInt32],
        _ sealed: [(UInt32, UInt64)]
    ) -> RotationFacts {
        RotationFacts(
            states: states,
            open: open,
            sealed: sealed.map { RotationFacts.SealedFile(version: $0.0, byteCount: $0.1) }
        )
    }

    @Test func `rests where everything is under the active version`() {
        let facts = facts([2: .active, 1: .decryptOnly], open: [2], [(2, 10), (2, 20)])
        #expect(RotationPlan.next(facts) == .rest)
        #expect(RotationPlan.left(facts).bytes == 0)
        #expect(RotationPlan.retired(facts) == [1])
    }

    @Test func `first moves what is being written, then rewrites from the oldest on`() {
        var facts = facts([2: .active, 1: .decryptOnly], open: [1], [(1, 10), (2, 20), (1, 5)])
        #expect(RotationPlan.next(facts) == .roll)
        #expect(RotationPlan.retired(facts) == [])
        facts.open = [2]
        #expect(RotationPlan.next(facts) == .rewrite(0))
        #expect(RotationPlan.left(facts).bytes == 15)
        #expect(RotationPlan.left(facts).files == 2)
        facts.sealed[0].version = 2
        #expect(RotationPlan.next(facts) == .rewrite(2))
    }

    @Test func `rewrites what is compromised before what is old`() {
        let facts = facts(
            [3: .active, 2: .compromised, 1: .decryptOnly],
            open: [3],
            [(1, 10), (2, 20), (3, 1)]
        )
        #expect(RotationPlan.next(facts) == .rewrite(1))
    }

    @Test func `does nothing without an active version, and never retires one that waits`() {
        let facts = facts([1: .preActive], open: [], [])
        #expect(RotationPlan.next(facts) == .rest)
        #expect(RotationPlan.retired(facts) == [])
    }

    @Test func `comes to rest from any facts, and each step leaves less`() {
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = Random(seed: seed)
            var facts = facts([4: .active], open: [], [])
            for version in 1...3 as ClosedRange<UInt32> {
                facts.states[version] = random.below(2) == 0 ? .decryptOnly : .compromised
            }
            for _ in 0..<random.below(6) { facts.open.append(1 + random.below(4)) }
            for _ in 0..<random.below(20) {
                facts.sealed.append(File(version: 1 + random.below(4), byteCount: 1))
            }
            var steps = 0
            while RotationPlan.next(facts) != .rest {
                steps += 1
                switch RotationPlan.next(facts) {
                case .roll: facts.open = facts.open.map { _ in 4 }
                case .rewrite(let at):
                    #expect(facts.sealed[at].version != 4, "seed \(seed)")
                    facts.sealed[at].version = 4
                case .rest: break
                }
                guard steps < 50 else { break }
            }
            #expect(steps < 50, "seed \(seed)")
            #expect(RotationPlan.retired(facts) == [1, 2, 3], "seed \(seed)")
        }
    }

    @Test func `a version gives way by age, bytes or messages, and never without a limit`() {
        let made = Instant(nanoseconds: 1_000)
        let now = Instant(nanoseconds: 2_000)
        let policy = RotationPolicy(ageMax: 1_001, bytesMax: 10, messagesMax: 5)
        #expect(!policy.isDue(created: made, bytes: 9, messages: 4, at: now))
        #expect(policy.isDue(created: made, bytes: 10, messages: 0, at: now))
        #expect(policy.isDue(created: made, bytes: 0, messages: 5, at: now))
        #expect(policy.isDue(created: made, bytes: 0, messages: 0, at: now.adding(nanoseconds: 1)))
        let never = RotationPolicy(ageMax: 0, bytesMax: 0, messagesMax: 0)
        #expect(!never.isDue(created: made, bytes: .max, messages: .max, at: .distantFuture))
    }
}
