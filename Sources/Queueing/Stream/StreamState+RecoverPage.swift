// A start takes messages without headers a page at a time.

public import Base

extension StreamState {
    /// Takes a page of messages without headers that are on disk, as `recoverHead` takes each of
    /// them; those that were taken before are passed over.
    public mutating func recoverPage(_ page: HeadPage, _ block: RawSpan) {
        guard page.firstSequence > lastSequence, let base = sizeBase(page, block) else {
            return recoverSlots(page, block)
        }
        lastMessageId.removeAll()
        var numbers = Table<UInt32>(capacity: page.subjectCount)
        for number in 0..<page.subjectCount {
            numbers.append(self.number(of: block.part(page.name(number, block))))
        }
        if index.count == 0 { ageCursor = max(ageCursor, page.firstSequence) }
        index.append(page, block, sizeBase: base, numbers: numbers)
        count(page, block, numbers)
        for slot in 0..<page.slots {
            bytes += UInt64(base) - UInt64(page.sizeBase) + page.payloadByteCount(of: slot, block)
        }
        durableSequence = page.lastSequence
        lastSequence = page.lastSequence
        lastTime = Instant(nanoseconds: page.lastTime)
        records.leaveOut()
        for at in 0..<numbers.count where subjects.isUsed(numbers[at]) {
            enforce(.none, on: numbers[at], upTo: lastSequence)
        }
    }

    /// What the smallest message of a page takes as it is accounted; `nil` if that tells nothing of
    /// the others, since their subjects are of different lengths.
    private func sizeBase(_ page: HeadPage, _ block: RawSpan) -> UInt32? {
        let length = page.name(0, block).count
        for number in 1..<max(1, page.subjectCount) {
            guard page.name(number, block).count == length else { return nil }
        }
        let size = rules.size(subject: Int(length), headers: 0, payload: Int(page.sizeBase))
        return UInt32(exactly: size)
    }

    /// The number of `subject`, which it is given if it has none.
    mutating func number(of subject: RawSpan) -> UInt32 {
        let known = subjects.find(subject)
        return known == noIndex ? subjects.add(subject) : known
    }

    private mutating func count(
        _ page: HeadPage,
        _ block: RawSpan,
        _ numbers: borrowing Table<UInt32>
    ) {
        if numbers.count == 1 {
            subjects[numbers[0]].take(
                page.firstSequence,
                through: page.lastSequence,
                count: page.slots
            )
            return
        }
        for slot in 0..<page.slots {
            let sequence = page.firstSequence &+ UInt64(slot)
            let number = numbers[page.subject(of: slot, block)]
            subjects[number].take(sequence, through: sequence, count: 1)
        }
    }

    private mutating func recoverSlots(_ page: HeadPage, _ block: RawSpan) {
        for slot in 0..<page.slots {
            recoverHead(
                sequence: page.firstSequence &+ UInt64(slot),
                time: Instant(nanoseconds: page.time(of: slot, block)),
                subject: block.part(page.name(page.subject(of: slot, block), block)),
                headers: RawSpan(),
                payloadByteCount: Int(clamping: page.payloadByteCount(of: slot, block))
            )
        }
    }
}
