// What streams cost in memory, and what is read when it is not there.

import Base
@testable import Queueing
import Testing

@Suite struct StreamMemoryTests {
    private func stream(_ change: (inout StreamConfiguration) -> Void) throws -> StreamState {
        var wanted = StreamConfiguration()
        wanted.name = Array("S".utf8)
        wanted.subjects = [Array("s.>".utf8)]
        change(&wanted)
        return StreamState(
            try wanted.checked(in: StreamSurroundings()),
            created: .never,
            residentBytesMax: 1 << 16,
            seed: 3
        )
    }

    private func fill(_ state: inout StreamState, _ count: Int, subject: (Int) -> [UInt8]) {
        let payload = [UInt8](repeating: 7, count: 100)
        for number in 0..<count {
            let now = Instant(nanoseconds: 1_000_000 + UInt64(number) * 20_000)
            let name = subject(number)
            let context = PublishContext(now: now)
            guard
                let decision = try? state.decide(
                    subject: name.raw,
                    headers: RawSpan(),
                    payloadBytes: payload.count,
                    context
                ), case .store(let staged) = decision,
                let stored = try? state.commit(
                    staged,
                    subject: name.raw,
                    headers: RawSpan(),
                    payload: payload.raw,
                    isWanted: true,
                    at: now
                )
            else {
                Issue.record("message \(number) was not stored")
                return
            }
            state.setDurable(stored.sequence)
            state.clearRemovals()
        }
    }

    @Test func `a stream of few messages takes a few kilobytes`() throws {
        var state = try stream { _ in }
        fill(&state, 10) { Array("s.\($0)".utf8) }
        #expect(state.memoryBytes < 10_000)
    }

    @Test func `a message whose bytes are on disk takes two to seven bytes`() throws {
        var one = try stream { _ in }
        fill(&one, 40_000) { _ in Array("s.a".utf8) }
        #expect(one.memoryBytes - one.records.byteCount < 40_000 * 3)
        var many = try stream { _ in }
        fill(&many, 40_000) { Array("s.\($0 % 1_000)".utf8) }
        #expect(many.memoryBytes - many.records.byteCount < 40_000 * 7 + 150_000)
        #expect(many.records.byteCount <= 3 * 65_536)
    }

    @Test func `a subject takes about a hundred bytes`() throws {
        var state = try stream { $0.limits.messagesPerSubjectMax = 1 }
        let count = 30_000
        fill(&state, count) { Array("s.account.\($0).balance".utf8) }
        fill(&state, count) { Array("s.account.\($0).balance".utf8) }
        #expect(state.subjectCount == count)
        #expect(state.messages == UInt64(count))
        let perSubject = (state.memoryBytes - state.records.byteCount) / count
        #expect(perSubject < 160, "\(perSubject) bytes")
    }

    @Test func `messages that are not in memory are asked for, and come`() throws {
        var again = try Desk { $0.storage = .file }
        for sequence in 1...3 as ClosedRange<UInt64> {
            again.stream.recoverHead(
                sequence: sequence,
                time: again.now,
                subject: Array("s.a".utf8).raw,
                headers: RawSpan(),
                payloadByteCount: 5
            )
        }
        again.stream.endRecovery(first: 1, last: 3)
        let c = try again.consumer("c") { _ in }
        again.pull(c, "3")
        #expect(again.take() == ["load 1"])
        again.pump()
        #expect(again.take() == [])
        for sequence in 1...2 as ClosedRange<UInt64> {
            again.stream.state.load(
                sequence: sequence,
                time: again.now,
                subject: Array("s.a".utf8).raw,
                headers: RawSpan(),
                payload: Array("hello".utf8).raw
            )
        }
        again.stream.state.endLoad()
        #expect(again.take() == [])
        again.stream.endRead(of: 1)
        #expect(again.take() == ["1 #1 left 2 > in", "2 #2 left 1 > in", "load 3"])
        again.stream.lose(first: 3, through: 3, into: &again.effects)
        again.stream.endRead(of: 3)
        #expect(again.take() == [])
        #expect(again.report(c).pending == 0)
    }

    @Test func `what is not safe is not delivered, and can be forgotten`() throws {
        var desk = try Desk { $0.storage = .file }
        let c = try desk.consumer("c") { _ in }
        desk.pull(c, "5")
        desk.publish("s.a")
        desk.publish("s.b", headers: "Nats-Msg-Id: x")
        #expect(desk.take() == [])
        desk.stream.setDurable(1, into: &desk.effects)
        #expect(desk.take() == ["1 #1 left 1 > in"])
        desk.stream.rollBack(to: 1, into: &desk.effects)
        #expect(desk.stream.state.lastSequence == 1)
        #expect(desk.report(c).pending == 0)
        #expect(desk.publish("s.c", headers: "Nats-Msg-Id: x") == "2")
        desk.stream.setDurable(2, into: &desk.effects)
        #expect(desk.take() == ["2 #2 left 0 > in"])
    }
}
