// A start that takes pages of heads stands where one stands that takes every head by itself.

import Base
import Queueing
import Testing

@testable import Journal

@Suite struct HeadPageRecoveryTests {
    private struct Head {
        let sequence: UInt64
        let time: UInt64
        let subject: [UInt8]
        let payloadByteCount: Int
    }

    private func heads(_ random: inout Random) -> [Head] {
        let subjects = 1 + random.below(random.below(2) == 0 ? 1 : 60)
        let isEven = random.below(2) == 0
        var sequence = 1 + UInt64(random.below(5))
        var time: UInt64 = 1_700_000_000_000_000_000
        return (0..<Int(1 + random.below(5_000))).map { _ in
            sequence += random.below(200) == 0 ? 7 : 1
            time += UInt64(random.below(2_000_000))
            let name = 10 + random.below(subjects) * (isEven ? 1 : 30)
            return Head(
                sequence: sequence,
                time: time,
                subject: Array("s.\(name)".utf8),
                payloadByteCount: Int(random.below(random.below(9) == 0 ? 70_000 : 200))
            )
        }
    }

    private func configuration(_ random: inout Random) -> StreamConfiguration {
        var configuration = StreamConfiguration()
        configuration.name = Array("S".utf8)
        configuration.subjects = [Array("s.>".utf8)]
        configuration.storage = .file
        if random.below(2) == 0 {
            configuration.limits.messagesMax = Int64(random.below(3_000)) + 1
        }
        if random.below(3) == 0 {
            configuration.limits.messagesPerSubjectMax = Int64(random.below(20)) + 1
        }
        if random.below(3) == 0 { configuration.limits.bytesMax = Int64(random.below(400_000)) + 1 }
        return configuration
    }

    private func state(_ configuration: StreamConfiguration) -> StreamState {
        StreamState(configuration, created: .never, residentBytesMax: 1 << 20, seed: 7)
    }

    private func block(_ heads: [Head]) -> [UInt8] {
        var pages = HeadPageWriter()
        for head in heads {
            let stored = StoredMessage(
                sequence: head.sequence,
                time: Instant(nanoseconds: head.time),
                subject: ByteSlice(start: 0, count: head.subject.count),
                headers: .empty,
                payload: .empty,
                payloadByteCount: UInt64(head.payloadByteCount)
            )
            pages.add(stored, of: head.subject.raw)
        }
        pages.closePage()
        return pages.buffer.array
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `pages leave what heads leave`(seed: UInt64) {
        var random = Random(seed: seed)
        let all = heads(&random)
        let wanted = configuration(&random)
        var one = state(wanted)
        for head in all {
            one.recoverHead(
                sequence: head.sequence,
                time: Instant(nanoseconds: head.time),
                subject: head.subject.raw,
                headers: RawSpan(),
                payloadByteCount: head.payloadByteCount
            )
        }
        var other = state(wanted)
        // What was taken before is passed over.
        let early = Int(random.below(UInt32(all.count)))
        let behind = random.below(4) == 0 ? early / 2 : early + 1
        for part in [all[...early], all[behind...]] {
            let bytes = block(Array(part))
            guard var pages = HeadPageReader(bytes.raw) else { continue }
            while let page = pages.next(bytes.raw) { other.recoverPage(page, bytes.raw) }
        }
        #expect(one.messages == other.messages, "seed \(seed)")
        #expect(one.bytes == other.bytes, "seed \(seed)")
        #expect(one.firstSequence == other.firstSequence, "seed \(seed)")
        #expect(one.lastSequence == other.lastSequence, "seed \(seed)")
        #expect(one.lastTime == other.lastTime, "seed \(seed)")
        #expect(one.subjectCount == other.subjectCount, "seed \(seed)")
        for name in Set(all.map(\.subject)) {
            let last = one.lastSequence(matching: name.raw)
            let found = other.lastSequence(matching: name.raw)
            #expect(found == last, "seed \(seed) \(name)")
        }
        for head in all {
            let isSame = one.contains(head.sequence) == other.contains(head.sequence)
            #expect(isSame, "seed \(seed), \(head.sequence)")
        }
    }
}
