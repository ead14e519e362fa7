// Records: what a writer laid out a reader gives back, and no bytes trap it.

import Base
@testable import Journal
import Testing

struct Message: Equatable {
    var sequence: UInt64
    var time: UInt64
    var subject: [UInt8]
    var headers: [UInt8]
    var payload: [UInt8]

    static func random(_ random: inout Random, sequence: UInt64) -> Message {
        func bytes(_ bound: UInt32) -> [UInt8] {
            (0..<random.below(bound)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
        return Message(
            sequence: sequence,
            time: random.next() >> 1,
            subject: bytes(40),
            headers: bytes(60),
            payload: bytes(300)
        )
    }
}

extension BatchWriter {
    mutating func add(_ message: Message) -> Bool {
        add(
            sequence: message.sequence,
            time: Instant(nanoseconds: message.time),
            subject: message.subject.raw,
            headers: message.headers.raw,
            payload: message.payload.raw
        )
    }
}

func array(_ bytes: RawSpan, _ slice: ByteSlice) -> [UInt8] {
    slice.range.map { bytes.number(UInt8.self, at: $0) }
}

func messages(_ batch: RawSpan) -> [Message]? {
    var reader = BatchReader(batch)
    var messages: [Message] = []
    while let next = reader.next(batch) {
        messages.append(
            Message(
                sequence: next.sequence,
                time: next.time.nanoseconds,
                subject: array(batch, next.subject),
                headers: array(batch, next.headers),
                payload: array(batch, next.payload)
            )
        )
    }
    return reader.isMalformed ? nil : messages
}

@Suite struct BatchTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `messages come back as they were written`(seed: UInt64) throws {
        var random = Random(seed: seed)
        var writer = BatchWriter()
        var written: [Message] = []
        var sequence: UInt64 = random.next() >> 8
        for _ in 0..<50 {
            sequence += 1 + UInt64(random.below(5))
            let message = Message.random(&random, sequence: sequence)
            let isTaken = writer.add(message)
            #expect(isTaken)
            written.append(message)
        }
        let batch = writer.finish()
        let facts = (batch.firstSequence, batch.lastSequence, batch.messageCount)
        #expect(facts == (written[0].sequence, sequence, 50))
        let read = messages(batch.buffer.bytes)
        #expect(read == written)
    }

    @Test func `a full batch refuses, an empty one takes a message of any size`() {
        let small = Message(sequence: 1, time: 5, subject: [65], headers: [], payload: [1, 2])
        var large = small
        large.sequence = 2
        large.payload = [UInt8](repeating: 7, count: BatchWriter.byteCountMax * 2)
        var writer = BatchWriter()
        let taken = [writer.add(small), writer.add(large)]
        #expect(taken == [true, false])
        let count = writer.messageCount
        #expect(count == 1)
        var other = BatchWriter()
        let isTaken = other.add(large)
        #expect(isTaken)
        let batch = other.finish()
        let read = messages(batch.buffer.bytes)
        #expect(read == [large])
    }

    @Test func `cut and changed batches end the walk and never trap`() {
        var random = Random(seed: 99)
        var writer = BatchWriter()
        for sequence in 1...6 as ClosedRange<UInt64> {
            _ = writer.add(.random(&random, sequence: sequence))
        }
        let batch = writer.finish()
        let bytes = (0..<batch.buffer.count).map { batch.buffer.bytes.number(UInt8.self, at: $0) }
        var complete = 0
        for count in 0..<bytes.count {
            let cut = messages(Array(bytes[..<count]).raw)
            complete += cut == nil ? 0 : 1
        }
        #expect(complete == 6, "only cuts between two messages look complete")
        for offset in bytes.indices {
            var changed = bytes
            changed[offset] ^= UInt8(truncatingIfNeeded: 1 + random.below(255))
            _ = messages(changed.raw)
        }
    }
}

@Suite struct SequenceSetTests {
    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `agrees with a set of numbers`(seed: UInt64) {
        var random = Random(seed: seed)
        var set = SequenceSet()
        var model: Set<UInt64> = []
        for _ in 0..<60 {
            let first = UInt64(random.below(200))
            let last = first + UInt64(random.below(12))
            set.insert(first...last)
            model.formUnion(first...last)
            if random.below(10) == 0 {
                let others = (0..<10 + random.below(20)).map { _ in
                    let first = UInt64(random.below(200))
                    return first...(first + UInt64(random.below(3)))
                }
                set.insert(contentsOf: others)
                for other in others { model.formUnion(other) }
            }
            if random.below(10) == 0 {
                let floor = UInt64(random.below(100))
                set.removeBelow(floor)
                model = model.filter { $0 >= floor }
            }
        }
        #expect(set.count == UInt64(model.count), "seed \(seed)")
        for number in 0...220 as ClosedRange<UInt64> {
            #expect(set.contains(number) == model.contains(number), "seed \(seed), \(number)")
        }
        let part: ClosedRange<UInt64> = 37...121
        #expect(set.count(in: part) == UInt64(model.filter { part.contains($0) }.count))
        for (one, next) in zip(set.ranges, set.ranges.dropFirst()) {
            #expect(one.upperBound + 1 < next.lowerBound, "ranges neither touch nor overlap")
        }
    }
}
