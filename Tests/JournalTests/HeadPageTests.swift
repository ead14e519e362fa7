// Pages of heads: what is laid out is read back, and no bytes trap the reader.

import Base
import Testing

@testable import Journal

@Suite struct HeadPageTests {
    /// Messages without headers, of whose sequences some are left out.
    private func messages(_ random: inout Random, _ count: Int) -> [Message] {
        let subjects = 1 + random.below(random.below(2) == 0 ? 1 : 400)
        let gaps = random.below(3) == 0
        var sequence = random.next() >> 8
        var time = random.next() >> 2
        return (0..<count).map { _ in
            sequence += gaps && random.below(50) == 0 ? 2 + UInt64(random.below(9)) : 1
            time += UInt64(random.below(random.below(99) == 0 ? .max : 1_000))
            let size = Int(random.below(random.below(20) == 0 ? 70_000 : 30))
            return Message(
                sequence: sequence,
                time: time,
                subject: Array("s.\(random.below(subjects))".utf8),
                headers: [],
                payload: [UInt8](repeating: 1, count: size)
            )
        }
    }

    private func block(_ messages: [Message]) -> [UInt8] {
        var pages = HeadPageWriter()
        for message in messages {
            var batch = BatchWriter()
            _ = batch.add(message)
            let records = batch.finish()
            var reader = BatchReader(records.buffer.bytes)
            guard let stored = reader.next(records.buffer.bytes) else { continue }
            pages.add(stored, of: records.buffer.bytes)
        }
        pages.closePage()
        #expect(pages.count == UInt32(messages.count))
        #expect(pages.firstSequence == messages.first?.sequence)
        #expect(pages.lastSequence == messages.last?.sequence)
        return pages.buffer.array
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `heads in pages are those that were added`(seed: UInt64) {
        var random = Random(seed: seed)
        let all = messages(&random, 1 + Int(random.below(3_000)))
        let bytes = block(all)
        let block = bytes.raw
        var reader = BatchReader(block)
        #expect(reader.isOfHeads)
        var found: [Message] = []
        var late: [UInt64] = []
        while let next = reader.next(block) {
            let wanted = all[found.count]
            #expect(next.headers.isEmpty && next.payloadByteCount == wanted.payload.count)
            late.append(next.time.nanoseconds &- wanted.time)
            found.append(
                Message(
                    sequence: next.sequence,
                    time: wanted.time,
                    subject: array(block, next.subject),
                    headers: [],
                    payload: wanted.payload
                )
            )
        }
        #expect(!reader.isMalformed)
        #expect(found == all, "seed \(seed)")
        let span = (all.last?.time ?? 0) - (all.first?.time ?? 0)
        #expect(late.allSatisfy { $0 <= span / 32_768 + 1 }, "seed \(seed)")
        #expect(late.last == 0)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `no bytes trap the reader`(seed: UInt64) {
        var random = Random(seed: seed)
        var bytes = block(messages(&random, 1 + Int(random.below(200))))
        for _ in 0..<200 {
            let place = Int(random.below(UInt32(bytes.count)))
            let before = bytes[place]
            bytes[place] = UInt8(truncatingIfNeeded: random.next())
            let cut = random.below(4) == 0 ? Int(random.below(UInt32(bytes.count))) : bytes.count
            let part = Array(bytes[..<cut])
            var reader = BatchReader(part.raw)
            var count = 0
            while let message = reader.next(part.raw) {
                count += 1
                #expect(message.subject.end <= part.count)
            }
            #expect(count <= 200 * HeadPage.slotsMax)
            bytes[place] = before
        }
    }
}
