// Random work on a consumer, compared with a model of arrays after every step.

import Base
@testable import Queueing
import Routing
import Testing

/// A consumer with explicit acknowledgements, said with arrays.
struct ConsumerModel {
    struct Waiting {
        let sequence: UInt64
        let delivery: UInt64
        var attempts: UInt64
        var deadline: UInt64
        var isDue = false
    }

    var messages: [(sequence: UInt64, subject: String)] = []
    var waiting: [Waiting] = []
    var givenUp: Set<UInt64> = []
    var cursor: UInt64 = 1
    var deliveries: UInt64 = 0
    var lastDelivered: UInt64 = 0
    let isMatch: (String) -> Bool
    let ackWait: UInt64
    let deliverMax: UInt64
    let ackPendingMax: Int

    var pending: Int { messages.count { $0.sequence >= cursor && isMatch($0.subject) } }

    /// Moves when something leaves.
    var floor: UInt64 = 0

    /// Takes out what `isGone` and moves the floor if that was the first.
    mutating func drop(_ isGone: (Waiting) -> Bool) {
        let first = waiting.first?.sequence
        let count = waiting.count
        waiting.removeAll(where: isGone)
        guard waiting.count < count else { return }
        if let next = waiting.first?.sequence {
            if next != first { floor = next - 1 }
        } else {
            floor = lastDelivered
        }
    }

    /// What a pull for `count` messages without waiting brings.
    mutating func pull(_ count: Int, _ now: UInt64) -> [String] {
        var lines: [String] = []
        while lines.count < count {
            if let at = waiting.firstIndex(where: \.isDue) {
                deliveries += 1
                waiting[at].attempts += 1
                waiting[at].isDue = false
                waiting[at].deadline = now + ackWait
                let entry = waiting[at]
                lines.append(
                    "\(entry.sequence) again \(entry.attempts) #\(deliveries) left \(pending) > in"
                )
                continue
            }
            guard waiting.count < ackPendingMax,
                let next = messages.first(where: { $0.sequence >= cursor && isMatch($0.subject) })
            else { break }
            deliveries += 1
            cursor = next.sequence + 1
            lastDelivered = next.sequence
            waiting.append(
                Waiting(
                    sequence: next.sequence,
                    delivery: deliveries,
                    attempts: 1,
                    deadline: now + ackWait
                )
            )
            lines.append("\(next.sequence) #\(deliveries) left \(pending) > in")
        }
        return lines
    }

    mutating func expire(_ now: UInt64) {
        for entry in waiting where !entry.isDue && entry.deadline <= now {
            if entry.attempts >= deliverMax { givenUp.insert(entry.sequence) }
        }
        let gone = givenUp
        drop { gone.contains($0.sequence) }
        for at in waiting.indices where waiting[at].deadline <= now { waiting[at].isDue = true }
    }

    mutating func remove(_ sequence: UInt64) {
        messages.removeAll { $0.sequence == sequence }
        drop { $0.sequence == sequence }
        givenUp.remove(sequence)
    }
}

@Suite struct ConsumerModelTests {
    struct Bench: ~Copyable {
        var desk: Desk
        var model: ConsumerModel
        var random: Random

        init(seed: UInt64) throws {
            var random = Random(seed: seed)
            var desk = try Desk { _ in }
            let filters = [[], ["s.a"], ["s.*"], ["s.a", "s.b.>"]][Int(random.below(4))]
            let most = Int64(random.below(60)) + 1
            let tries = Int64(random.below(4)) + 1
            try desk.consumer("c") {
                $0.filters = filters.map { Array($0.utf8) }
                $0.ackWait = 30_000_000_000
                $0.limits.ackPendingMax = most
                $0.limits.deliverMax = tries == 4 ? -1 : tries
            }
            self.random = random
            self.desk = desk
            model = ConsumerModel(
                isMatch: { subject in
                    filters.isEmpty
                        || filters.contains {
                            SubjectPattern.matches(Array($0.utf8), Array(subject.utf8))
                        }
                },
                ackWait: 30_000_000_000,
                deliverMax: tries == 4 ? .max : UInt64(tries),
                ackPendingMax: Int(most)
            )
        }

        mutating func step() throws {
            switch random.below(10) {
            case 0...3:
                for _ in 0..<random.below(20) {
                    let subject = ["s.a", "s.b", "s.b.c", "s.c"][Int(random.below(4))]
                    let sequence = desk.publish(subject)
                    model.messages.append((try #require(UInt64(sequence)), subject))
                }
            case 4...5: pull(Int(random.below(30)) + 1)
            case 6...8: try acknowledge()
            default:
                if random.below(2) == 0 {
                    let last = model.messages.last?.sequence ?? 0
                    let sequence = 1 + UInt64(random.below(UInt32(last) + 1))
                    let isThere = model.messages.contains { $0.sequence == sequence }
                    if isThere { try desk.stream.delete(sequence, into: &desk.effects) }
                    model.remove(sequence)
                } else {
                    desk.wait(seconds: Double(random.below(20)))
                    model.expire(desk.now.nanoseconds)
                }
            }
            desk.pump()
            desk.effects.removeAll()
        }

        mutating func pull(_ count: Int) {
            desk.pump()
            desk.effects.removeAll()
            desk.pull(0, "{\"batch\":\(count),\"no_wait\":true}")
            let lines = desk.take().filter { !$0.hasPrefix("4") || $0.contains("#") }
            #expect(lines == model.pull(count, desk.now.nanoseconds))
            desk.stream.close(.timeout, into: &desk.effects)
            desk.effects.removeAll()
        }

        mutating func acknowledge() throws {
            guard !model.waiting.isEmpty else { return }
            let at = Int(random.below(UInt32(model.waiting.count)))
            let entry = model.waiting[at]
            let kind = random.below(8)
            let payload = kind == 0 ? "-NAK" : kind == 1 ? "+TERM" : kind == 2 ? "+WPI" : ""
            try desk.ack(0, entry.sequence, payload, delivery: entry.delivery)
            switch kind {
            case 0:
                guard entry.delivery > model.ackedDeliveries else { return }
                if entry.attempts >= model.deliverMax {
                    model.givenUp.insert(entry.sequence)
                    model.drop { $0.sequence == entry.sequence }
                } else {
                    model.waiting[at].isDue = true
                }
            case 2:
                model.waiting[at].deadline = desk.now.nanoseconds + model.ackWait
                model.waiting[at].isDue = false
            default: model.drop { $0.sequence == entry.sequence }
            }
        }

        mutating func compare(_ place: String) {
            let report = desk.report(0)
            #expect(report.pending == UInt64(model.pending), "\(place)")
            #expect(report.ackPending == model.waiting.count, "\(place)")
            #expect(report.delivered.consumer == model.deliveries, "\(place)")
            #expect(report.delivered.stream == model.lastDelivered, "\(place)")
            #expect(report.ackFloor.stream == model.floor, "\(place)")
            let again = model.waiting.count { $0.attempts > 1 } + model.givenUp.count
            #expect(report.redelivered == (model.deliverMax == 1 ? 0 : again), "\(place)")
        }
    }

    @Test(arguments: 1...24 as ClosedRange<UInt64>)
    func `a consumer is what its model is`(seed: UInt64) throws {
        var bench = try Bench(seed: seed)
        for step in 0..<600 {
            try bench.step()
            bench.compare("seed \(seed) step \(step)")
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `a restart with snapshot and log loses nothing`(seed: UInt64) throws {
        var bench = try Bench(seed: seed)
        var snapshot = Table<UInt8>()
        var log = Table<UInt8>()
        bench.desk.stream.consumers[0].appendSnapshot(to: &snapshot)
        for step in 0..<400 {
            try bench.step()
            let changes = bench.desk.stream.consumers[0].changes.bytes.bytes
            for byte in changes { log.append(byte) }
            bench.desk.stream.consumers[0].clearChanges()
            guard step % 40 == 39 else { continue }
            let before = bench.desk.report(0)
            let after = try bench.restarted(snapshot.bytes.bytes, log.bytes.bytes)
            let place: Comment = "seed \(seed) step \(step)"
            #expect(after.delivered == before.delivered, place)
            #expect(after.ackPending == before.ackPending, place)
            #expect(after.redelivered == before.redelivered, place)
            #expect(after.pending == before.pending, place)
            // A deletion is not in the log; it may move the floor further than it was.
            #expect(after.ackFloor.stream >= before.ackFloor.stream, place)
            guard step % 80 == 79 else { continue }
            snapshot.removeAll()
            log.removeAll()
            bench.desk.stream.consumers[0].appendSnapshot(to: &snapshot)
        }
    }

    @Test func `broken snapshots and logs are refused and change nothing`() throws {
        var bench = try Bench(seed: 3)
        for _ in 0..<50 { try bench.step() }
        var snapshot = Table<UInt8>()
        bench.desk.stream.consumers[0].appendSnapshot(to: &snapshot)
        let good = snapshot.bytes.bytes
        let before = bench.desk.report(0)
        for count in 0..<good.count {
            let isTaken = bench.desk.stream.consumers[0].restore(
                Array(good[..<count]).raw,
                in: &bench.desk.stream.state,
                at: bench.desk.now
            )
            #expect(!isTaken)
        }
        #expect(bench.desk.report(0) == before)
        let isReplayed = bench.desk.stream.consumers[0].replay(
            ([9, 9] as [UInt8]).raw,
            in: &bench.desk.stream.state,
            at: bench.desk.now
        )
        #expect(!isReplayed)
    }
}

extension ConsumerModel {
    /// Deliveries below the first one that waits.
    var ackedDeliveries: UInt64 { waiting.first.map { $0.delivery - 1 } ?? deliveries }
}

extension ConsumerModelTests.Bench {
    /// What a consumer says that was made again from what was kept.
    mutating func restarted(_ snapshot: [UInt8], _ log: [UInt8]) throws -> ConsumerReport {
        var wanted = desk.stream.consumers[0].configuration
        wanted.durableName = Array("copy".utf8)
        let copy = try desk.stream.addConsumer(
            wanted,
            name: wanted.durableName,
            mayCreate: true,
            mayUpdate: false,
            isBound: false,
            at: desk.now,
            into: &desk.effects
        ).index
        let isRestored = desk.stream.restoreConsumer(
            copy,
            snapshot: snapshot.raw,
            changes: log.raw,
            at: desk.now
        )
        #expect(isRestored)
        let report = desk.report(copy)
        desk.stream.removeConsumer(copy, into: &desk.effects)
        return report
    }
}
