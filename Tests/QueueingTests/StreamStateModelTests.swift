// Random work on a stream, compared with the model after every step.

import Base
@testable import Queueing
import Routing
import Testing

@Suite struct StreamStateModelTests {
    /// A stream, its model and what drives both.
    struct Bench: ~Copyable {
        var state: StreamState
        var model: StreamModel
        var random: Random
        var now: UInt64 = 1_000_000_000_000
        let hasTtl: Bool

        init(seed: UInt64) throws {
            random = Random(seed: seed)
            var wanted = StreamConfiguration()
            wanted.name = Array("S".utf8)
            wanted.subjects = [Array("s.>".utf8)]
            wanted.storage = random.below(2) == 0 ? .file : .memory
            wanted.discard = random.below(3) == 0 ? .new : .old
            wanted.flags = [.allowRollup]
            if random.below(2) == 0 { wanted.limits.messagesMax = Int64(random.below(3_000)) + 1 }
            if random.below(3) == 0 { wanted.limits.bytesMax = Int64(random.below(60_000)) + 500 }
            if random.below(2) == 0 {
                wanted.limits.messagesPerSubjectMax = Int64(random.below(4)) + 1
            }
            if random.below(3) == 0 { wanted.limits.ageMax = 60_000_000_000 }
            hasTtl = random.below(2) == 0
            if hasTtl { wanted.flags.insert(.allowTtl) }
            if wanted.discard == .new, wanted.limits.messagesPerSubjectMax > 0, random.below(2) == 0
            {
                wanted.flags.insert(.discardNewPerSubject)
            }
            let configuration = try wanted.checked(in: StreamSurroundings())
            state = StreamState(
                configuration,
                created: .never,
                residentBytesMax: 1 << 30,
                seed: seed
            )
            model = StreamModel(
                limits: configuration.limits,
                discard: configuration.discard,
                isPerSubjectNew: configuration.flags.contains(.discardNewPerSubject)
            )
        }

        /// Header lines that ask for a rollup or a time to live.
        private mutating func lines(for message: inout ModelMessage) -> (String, rollup: String) {
            var lines = ""
            var rollup = ""
            if random.below(200) == 0 { rollup = random.below(2) == 0 ? "sub" : "all" }
            if !rollup.isEmpty { lines += "Nats-Rollup: \(rollup)\r\n" }
            guard hasTtl, random.below(4) == 0 else { return (lines, rollup) }
            let seconds = UInt64(random.below(100) + 1)
            if random.below(5) == 0 {
                message.neverExpires = true
                return (lines + "Nats-TTL: never\r\n", rollup)
            }
            message.expires = now + seconds * 1_000_000_000
            return (lines + "Nats-TTL: \(seconds)\r\n", rollup)
        }

        mutating func publish() throws {
            now += 1
            let tail = random.below(random.below(2) == 0 ? 4 : 400)
            let subject = Array("s.\(random.below(3)).\(tail)".utf8)
            let body = [UInt8](repeating: UInt8(random.below(256)), count: Int(random.below(60)))
            var message = ModelMessage(
                sequence: model.last + 1,
                time: now,
                subject: subject,
                size: 0,
                body: body
            )
            let (lines, rollup) = lines(for: &message)
            let headers = lines.isEmpty ? [] : Array("NATS/1.0\r\n\(lines)\r\n".utf8)
            message.headers = headers
            let bytes = subject.count + headers.count + body.count
            let isFile = state.configuration.storage == .file
            message.size = UInt64(isFile ? bytes + 30 + (headers.isEmpty ? 0 : 4) : bytes + 16)
            let isFull = model.isFull(subject, message.size, isRollup: !rollup.isEmpty)
            do {
                try store(message, headers)
                #expect(!isFull)
                model.store(message, rollup: rollup)
            } catch {
                #expect(isFull, "\(error)")
            }
        }

        private mutating func store(
            _ message: ModelMessage,
            _ headers: [UInt8]
        ) throws(PublishRefusal) {
            let context = PublishContext(now: Instant(nanoseconds: now))
            let decision = try state.decide(
                subject: message.subject.raw,
                headers: headers.raw,
                payloadBytes: message.body.count,
                context
            )
            guard case .store(let staged) = decision else { return }
            let stored = try state.commit(
                staged,
                subject: message.subject.raw,
                headers: headers.raw,
                payload: message.body.raw,
                isWanted: true,
                at: context.now
            )
            #expect(stored.sequence == message.sequence)
            state.setDurable(stored.sequence)
        }

        /// Makes the stream again from what is left of its messages: here and there whole ones,
        /// else their heads, whose payloads are read afterwards.
        mutating func reopen() {
            var again = StreamState(
                state.configuration,
                created: .never,
                residentBytesMax: 1 << 30,
                seed: random.next()
            )
            var isWhole = false
            var heads: [ModelMessage] = []
            for message in model.messages {
                if random.below(20) == 0 { isWhole.toggle() }
                if isWhole || state.configuration.storage == .memory {
                    recover(message, in: &again)
                } else {
                    recoverHead(message, in: &again)
                    heads.append(message)
                }
            }
            again.recoverBounds(first: model.messages.first?.sequence ?? 1, last: model.last)
            again.clearRemovals()
            for message in heads {
                again.load(
                    sequence: message.sequence,
                    time: Instant(nanoseconds: message.time),
                    subject: message.subject.raw,
                    headers: message.headers.raw,
                    payload: message.body.raw
                )
            }
            again.endLoad()
            state = again
        }

        private func recover(_ message: ModelMessage, in state: inout StreamState) {
            state.recover(
                sequence: message.sequence,
                time: Instant(nanoseconds: message.time),
                subject: message.subject.raw,
                headers: message.headers.raw,
                payload: message.body.raw
            )
        }

        private func recoverHead(_ message: ModelMessage, in state: inout StreamState) {
            state.recoverHead(
                sequence: message.sequence,
                time: Instant(nanoseconds: message.time),
                subject: message.subject.raw,
                headers: message.headers.raw,
                payloadByteCount: message.body.count
            )
        }

        mutating func disturb() throws {
            switch random.below(12) {
            case 0...3:
                let sequence = 1 + UInt64(random.below(UInt32(model.last) + 1))
                let isThere = model.messages.contains { $0.sequence == sequence }
                let isDeleted = (try? state.delete(sequence)) != nil
                #expect(isDeleted == isThere)
                model.messages.removeAll { $0.sequence == sequence }
            case 4: try purge()
            case 5...7:
                // Old times are kept coarsely; half a second between the two is far more than that.
                let second: UInt64 = 1_000_000_000
                now = (now / second + 1 + UInt64(random.below(20))) * second
                let moment = now - second / 2
                while state.expire(at: Instant(nanoseconds: moment), most: 7) {}
                model.expire(moment)
            default: now = (now / 1_000_000_000 + 1) * 1_000_000_000
            }
        }

        mutating func purge() throws {
            var purge = Purge()
            if random.below(3) > 0 { purge.filter = Array("s.\(random.below(3)).*".utf8) }
            if random.below(2) == 0 {
                purge.keep = UInt64(random.below(10))
            } else {
                purge.below = UInt64(random.below(UInt32(model.last) + 2))
            }
            let chosen = model.messages.filter {
                (purge.filter.isEmpty || SubjectPattern.matches(purge.filter, $0.subject))
                    && (purge.below == 0 || $0.sequence < purge.below)
            }.map(\.sequence)
            let gone = Set(chosen.dropLast(Int(purge.keep)))
            let purged = try state.purge(purge)
            #expect(purged == UInt64(gone.count))
            model.messages.removeAll { gone.contains($0.sequence) }
        }
    }

    @Test(arguments: 1...16 as ClosedRange<UInt64>)
    func `a stream is what its model is`(seed: UInt64) throws {
        var bench = try Bench(seed: seed)
        for step in 0..<2_500 {
            try bench.publish()
            if bench.random.below(25) == 0 { try bench.disturb() }
            if step % 700 == 699 { bench.reopen() }
            if step % 50 == 0 { try Self.compare(&bench, "seed \(seed) step \(step)") }
        }
        try Self.compare(&bench, "seed \(seed) end")
    }

    private static func compare(_ bench: inout Bench, _ place: String) throws {
        let model = bench.model
        let report = bench.state.report(consumerCount: 0)
        let first = model.messages.first?.sequence ?? model.last + 1
        #expect(report.messages == UInt64(model.messages.count), "\(place)")
        #expect(report.bytes == model.bytes, "\(place)")
        #expect(report.lastSequence == model.last, "\(place)")
        #expect(report.firstSequence == first, "\(place)")
        #expect(report.firstTime.nanoseconds == model.messages.first?.time ?? 0, "\(place)")
        #expect(report.subjectCount == Set(model.messages.map(\.subject)).count, "\(place)")
        let gone = model.last + 1 - first - UInt64(model.messages.count)
        #expect(report.deletedCount == gone, "\(place)")
        let filter = Array("s.1.>".utf8)
        let matching = model.messages.filter { SubjectPattern.matches(filter, $0.subject) }
        let last = bench.state.lastSequence(matching: filter.raw)
        #expect(last == matching.last?.sequence ?? 0, "\(place)")
        let from = UInt64(bench.random.below(UInt32(model.last) + 2))
        let behind = model.messages.filter { $0.sequence >= from }
        let count = bench.state.count(from: from, matching: filter.raw)
        let expected = behind.count { SubjectPattern.matches(filter, $0.subject) }
        #expect(count == UInt64(expected), "\(place)")
        let next = bench.state.nextSequence(from: from, matching: RawSpan())
        #expect(next == behind.first?.sequence ?? 0, "\(place)")
        guard let some = behind.first else { return }
        let onSubject = bench.state.nextSequence(from: from, matching: some.subject.raw)
        #expect(onSubject == some.sequence, "\(place)")
        let found = bench.state.records.find(some.sequence)
        let record = try #require(found)
        let isSameBody = equal(bench.state.records.payload(of: record), some.body.raw)
        let isSameSubject = equal(bench.state.records.subject(of: record), some.subject.raw)
        #expect(isSameBody && isSameSubject, "\(place)")
        let early = bench.state.firstSequence(since: Instant(nanoseconds: some.time))
        let exact = model.messages.first { $0.time >= some.time }?.sequence ?? 0
        #expect(early <= exact && early > 0, "\(place)")
    }
}
