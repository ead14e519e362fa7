// Publishing, delivering and acknowledging take no memory.

import Base
import CTally
@testable import Queueing
import Testing

@Suite(.serialized) struct QueueingHotPathTests {
    /// What is sent.
    struct Texts {
        let subject = Array("s.a.b".utf8)
        let payload = [UInt8](repeating: 1, count: 100)
        var headers: [UInt8] = []
        let reply = Array("_INBOX.abc.1".utf8)
        let request = Array(#"{"batch":500,"expires":30000000000}"#.utf8)
    }

    /// Things that happen to a stream, many times over, without making an array or a string.
    struct Mill: ~Copyable {
        var stream: Stream
        var effects = Effects(countMax: 2_000)
        var now = Instant(nanoseconds: 1_000_000_000_000)

        init(
            _ change: (inout StreamConfiguration) -> Void,
            consumer: (inout ConsumerConfiguration) -> Void
        ) throws {
            var wanted = StreamConfiguration()
            wanted.name = Array("S".utf8)
            wanted.subjects = [Array("s.>".utf8)]
            wanted.limits.messagesMax = 2_000
            change(&wanted)
            let configuration = try wanted.checked(in: StreamSurroundings())
            var stream = Stream(
                StreamState(configuration, created: .never, residentBytesMax: 1 << 20, seed: 7)
            )
            var member = ConsumerConfiguration()
            member.durableName = Array("c".utf8)
            member.ackPolicy = .explicit
            consumer(&member)
            var effects = Effects(countMax: 2_000)
            _ = try stream.addConsumer(
                member.checked(on: configuration, in: ConsumerSurroundings()),
                name: member.durableName,
                mayCreate: true,
                mayUpdate: true,
                isBound: true,
                at: Instant(nanoseconds: 1_000_000_000_000),
                into: &effects
            )
            self.stream = stream
        }

        mutating func publish(_ count: Int, _ texts: borrowing Texts) {
            let subject = texts.subject.raw
            let headers = texts.headers.raw
            let payload = texts.payload.raw
            for _ in 0..<count {
                now.nanoseconds += 1_000
                guard
                    let outcome = try? stream.publish(
                        subject: subject,
                        headers: headers,
                        payload: payload,
                        PublishContext(now: now)
                    ), case .stored(let stored) = outcome
                else { return }
                stream.announce(stored, into: &effects)
            }
            stream.setDurable(stream.state.lastSequence, into: &effects)
            stream.clearDeletions()
        }

        mutating func pull(_ texts: borrowing Texts) {
            stream.request(
                texts.request.raw,
                consumer: 0,
                reply: texts.reply.raw,
                at: now,
                into: &effects
            )
            stream.pump(at: now, isHeard: { _ in true }, into: &effects)
        }

        mutating func deliver() {
            stream.pump(at: now, isHeard: { _ in true }, into: &effects)
        }

        mutating func acknowledge(_ subjects: borrowing [AckSubject]) {
            for at in 0..<subjects.count {
                stream.acknowledge(
                    subjects[at],
                    consumer: 0,
                    payload: RawSpan(),
                    reply: RawSpan(),
                    at: now,
                    into: &effects
                )
            }
            stream.pump(at: now, isHeard: { _ in true }, into: &effects)
            stream.consumers[0].clearChanges()
            stream.clearDeletions()
        }

        /// The acknowledgements of what was delivered.
        func acknowledgements() -> [AckSubject] {
            var subjects: [AckSubject] = []
            for at in 0..<effects.list.count {
                guard case .deliver(let delivery) = effects.list[at] else { continue }
                let text = "$JS.ACK.S.c.1.\(delivery.sequence).\(delivery.consumerSequence).1.1"
                if let subject = AckSubject(text) { subjects.append(subject) }
            }
            return subjects
        }
    }

    /// Chunks of 64 KiB and pages of 1,024 messages are taken now and then: none of it per message.
    private static let chunksMax: UInt64 = 16

    @Test(arguments: [
        ("plain", ""), ("headers", "NATS/1.0\r\nA: b\r\nContent-Type: text\r\n\r\n"),
    ])
    func `publish, deliver and acknowledge take nothing`(name: String, headers: String) throws {
        for retention in [Retention.limits, .workQueue] {
            var mill = try Mill {
                $0.retention = retention
            } consumer: {
                $0.filter = Array("s.>".utf8)
            }
            let texts = Texts(headers: Array(headers.utf8))
            for _ in 0..<6 { round(&mill, texts, isCounted: false) }
            round(&mill, texts, isCounted: true)
            #expect(mill.stream.consumers[0].pendingCount == 0)
        }
    }

    private func round(_ mill: inout Mill, _ texts: Texts, isCounted: Bool) {
        ctally_begin_allocations()
        mill.publish(500, texts)
        let publishing = ctally_end()
        ctally_begin_allocations()
        mill.pull(texts)
        let pulling = ctally_end()
        let subjects = mill.acknowledgements()
        mill.effects.removeAll()
        ctally_begin_allocations()
        mill.acknowledge(subjects)
        let acknowledging = ctally_end()
        mill.effects.removeAll()
        guard isCounted else { return }
        // Values of their own: what the macro would take apart is spoilt in optimised code.
        let counts = [publishing.allocations, pulling.allocations, acknowledging.allocations]
        let isCheap = counts[0] <= Self.chunksMax && counts[1] <= 2 && counts[2] <= Self.chunksMax
        let taken = subjects.count
        #expect(taken == 500)
        #expect(isCheap, "\(counts)")
    }

    @Test func `pushing takes nothing`() throws {
        var mill = try Mill {
            $0.storage = .memory
        } consumer: {
            $0.deliverSubject = Array("out.x".utf8)
            $0.ackPolicy = .none
        }
        for turn in 0..<7 {
            mill.publish(500, Texts())
            ctally_begin_allocations()
            mill.deliver()
            let tally = ctally_end()
            let count = mill.effects.list.count
            mill.effects.removeAll()
            mill.stream.consumers[0].clearChanges()
            guard turn == 6 else { continue }
            #expect(count == 500)
            #expect(tally.allocations <= 2)
        }
    }
}
