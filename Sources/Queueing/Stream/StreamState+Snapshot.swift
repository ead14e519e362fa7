// Everything a stream knows about its messages, written down so that a start need not read them.
// Layout: a version, then numbers of seven bits a byte, lowest first, and the columns as they are.

public import Base

extension StreamState {
    private static var version: UInt8 { 1 }

    /// Appends what the stream knows of its messages: two to ten bytes a message, none of its
    /// content.
    ///
    /// With the snapshot of sequence n a start only has to `recover` messages behind n, and to
    /// `recoverDeletion` what was deleted since.
    public func appendSnapshot(to bytes: inout Table<UInt8>) {
        bytes.append(Self.version)
        for number in [
            lastSequence, floor, lastTime.nanoseconds, self.bytes, ageCursor, index.count,
        ] {
            bytes.append(varint: number)
        }
        bytes.append(varint: UInt64(lastMessageId.count))
        bytes.append(lastMessageId.bytes)
        subjects.append(to: &bytes)
        index.append(to: &bytes)
        bytes.append(varint: UInt64(expiries.count))
        for at in 0..<expiries.count {
            bytes.append(varint: expiries[at].time.nanoseconds)
            bytes.append(varint: expiries[at].sequence)
        }
        immortals.append(to: &bytes)
        markers.append(to: &bytes)
        dedup.append(to: &bytes)
    }

    /// Takes a snapshot into this empty stream; everything in it counts as safe.
    ///
    /// - Returns: `false` if the bytes are no snapshot; the stream is then to be thrown away.
    public mutating func restore(_ snapshot: RawSpan) -> Bool {
        precondition(index.count == 0 && subjects.count == 0, "a snapshot needs an empty stream")
        var reader = VarintReader()
        guard reader.byte(snapshot) == Self.version, let last = reader.varint(snapshot),
            let floor = reader.varint(snapshot), let time = reader.varint(snapshot),
            let size = reader.varint(snapshot), let cursor = reader.varint(snapshot),
            let count = reader.varint(snapshot), let id = reader.counted(snapshot)
        else { return false }
        lastSequence = last
        self.floor = floor
        lastTime = Instant(nanoseconds: time)
        bytes = size
        ageCursor = cursor
        lastMessageId.append(snapshot.part(id))
        guard subjects.restore(snapshot, &reader), index.restore(snapshot, &reader),
            index.count == count, restoreExpiries(snapshot, &reader),
            immortals.restore(snapshot, &reader), markers.restore(snapshot, &reader),
            dedup.restore(snapshot, &reader), reader.isAtEnd(snapshot), holdsTogether()
        else { return false }
        if rules.storage == .file { durableSequence = last }
        return true
    }

    private mutating func restoreExpiries(
        _ snapshot: RawSpan,
        _ reader: inout VarintReader
    ) -> Bool {
        guard let count = reader.count(snapshot) else { return false }
        for _ in 0..<count {
            guard let time = reader.varint(snapshot), let sequence = reader.varint(snapshot) else {
                return false
            }
            expiries.insert(Expiry(time: Instant(nanoseconds: time), sequence: sequence))
        }
        return true
    }

    /// Whether messages and subjects agree in number, and every message has a subject.
    private func holdsTogether() -> Bool {
        var sum: UInt64 = 0
        for number in 0..<subjects.limit where subjects.isUsed(UInt32(number)) {
            sum += UInt64(subjects[UInt32(number)].count)
        }
        guard sum == index.count, index.end <= lastSequence, lastSequence < .max - 1 else {
            return false
        }
        let limit = subjects.limit
        return index.next(from: 0, where: { Int($0) >= limit }) == 0
    }
}

extension SubjectTable {
    fileprivate func append(to bytes: inout Table<UInt8>) {
        bytes.append(varint: UInt64(limit))
        for place in 0..<limit {
            let number = UInt32(place)
            guard isUsed(number) else {
                bytes.append(varint: 0)
                continue
            }
            let entry = self[number]
            bytes.append(varint: UInt64(entry.count))
            bytes.append(varint: entry.first)
            bytes.append(varint: entry.last)
            let name = name(number)
            bytes.append(varint: UInt64(name.byteCount))
            bytes.append(name)
        }
    }

    fileprivate mutating func restore(_ bytes: RawSpan, _ reader: inout VarintReader) -> Bool {
        guard let limit = reader.count(bytes) else { return false }
        var free: [UInt32] = []
        for _ in 0..<limit {
            guard let count = reader.varint(bytes) else { return false }
            guard count > 0 else {
                // A place without a subject is taken for now, so that the others keep their
                // numbers.
                free.append(add(RawSpan()))
                continue
            }
            guard let first = reader.varint(bytes), let last = reader.varint(bytes), last > 0,
                let name = reader.counted(bytes)
            else { return false }
            let number = add(bytes.part(name))
            guard number != noIndex else { return false }
            self[number].count = UInt32(clamping: count)
            self[number].first = first
            self[number].last = last
        }
        for number in free.reversed() { remove(number) }
        return true
    }
}

extension MessageIndex {
    fileprivate func append(to bytes: inout Table<UInt8>) {
        bytes.append(varint: UInt64(pages.count - head))
        for at in head..<pages.count {
            let page = pages[at]
            bytes.append(varint: page.first)
            for number in [page.span, page.skip, page.live, page.columnSlots] {
                bytes.append(varint: UInt64(number))
            }
            bytes.append(page.isPacked ? 1 : 0)
            bytes.append(page.dead == 0 ? 0 : 1)
            if page.dead != 0 { bytes.append(page.dead, IndexPage.slotsMax / 8) }
            guard page.isPacked else {
                appendTail(to: &bytes)
                continue
            }
            bytes.append(varint: page.timeBase)
            bytes.append(page.timeShift)
            bytes.append(page.sizeWidth)
            bytes.append(page.subjectWidth)
            bytes.append(varint: UInt64(page.sizeBase))
            bytes.append(varint: UInt64(page.subjectBase))
            bytes.append(page.columns, page.columnBytes)
        }
    }

    private func appendTail(to bytes: inout Table<UInt8>) {
        for slot in 0..<times.count {
            bytes.append(varint: times[slot])
            bytes.append(varint: UInt64(sizes[slot]))
            bytes.append(varint: UInt64(subjects[slot]))
        }
    }

    fileprivate mutating func restore(_ bytes: RawSpan, _ reader: inout VarintReader) -> Bool {
        guard let count = reader.count(bytes) else { return false }
        for _ in 0..<count {
            guard restorePage(bytes, &reader) else { return false }
        }
        return true
    }

    private mutating func restorePage(_ bytes: RawSpan, _ reader: inout VarintReader) -> Bool {
        guard let first = reader.varint(bytes), let span = reader.slots(bytes),
            let skip = reader.slots(bytes), let live = reader.slots(bytes),
            let slots = reader.slots(bytes), let packed = reader.byte(bytes),
            let hasDead = reader.byte(bytes), skip <= span, live <= span - skip,
            pages.isEmpty || pages[pages.count - 1].end <= first,
            pages.isEmpty || pages[pages.count - 1].isPacked
        else { return false }
        var page = IndexPage(first: first)
        page.span = span
        page.skip = skip
        page.live = live
        if hasDead == 1 {
            guard let bits = reader.take(IndexPage.slotsMax / 8, bytes) else { return false }
            page.dead = PageMemory.allocate(IndexPage.slotsMax / 8)
            PageMemory.fill(page.dead, bytes.part(bits))
        }
        pages.append(page)
        guard pages[pages.count - 1].countAlive == live else { return false }
        addRestored(UInt64(live))
        guard packed == 1 else { return restoreTail(Int(span), bytes, &reader) }
        guard slots >= span else { return false }
        return restoreColumns(slots, bytes, &reader)
    }

    private mutating func restoreColumns(
        _ slots: UInt16,
        _ bytes: RawSpan,
        _ reader: inout VarintReader
    ) -> Bool {
        let at = pages.count - 1
        guard let timeBase = reader.varint(bytes), let shift = reader.byte(bytes), shift < 64,
            let sizeWidth = reader.width(bytes), let subjectWidth = reader.width(bytes),
            let sizeBase = reader.varint(bytes), let subjectBase = reader.varint(bytes)
        else { return false }
        pages[at].columnSlots = slots
        pages[at].timeBase = timeBase
        pages[at].timeShift = shift
        pages[at].sizeWidth = sizeWidth
        pages[at].subjectWidth = subjectWidth
        pages[at].sizeBase = UInt32(truncatingIfNeeded: sizeBase)
        pages[at].subjectBase = UInt32(truncatingIfNeeded: subjectBase)
        let count = pages[at].columnBytes
        guard count > 0, let place = reader.take(count, bytes) else { return false }
        pages[at].columns = PageMemory.allocate(count)
        PageMemory.fill(pages[at].columns, bytes.part(place))
        return true
    }

    private mutating func restoreTail(
        _ span: Int,
        _ bytes: RawSpan,
        _ reader: inout VarintReader
    ) -> Bool {
        for _ in 0..<span {
            guard let time = reader.varint(bytes), let size = reader.varint(bytes),
                let subject = reader.varint(bytes)
            else { return false }
            times.append(time)
            sizes.append(UInt32(truncatingIfNeeded: size))
            subjects.append(UInt32(truncatingIfNeeded: subject))
        }
        return true
    }
}

extension IndexPage {
    /// Bytes of the packed columns.
    fileprivate var columnBytes: Int {
        Int(columnSlots) * (2 + Int(sizeWidth) + Int(subjectWidth))
    }

    /// How many slots are alive, counted.
    fileprivate var countAlive: UInt16 {
        var count: UInt16 = 0
        for slot in Int(skip)..<Int(span) where isAlive(slot) { count += 1 }
        return count
    }
}

extension SequenceList {
    fileprivate func append(to bytes: inout Table<UInt8>) {
        bytes.append(varint: UInt64(count))
        for at in 0..<count { bytes.append(varint: self[at]) }
    }

    fileprivate mutating func restore(_ bytes: RawSpan, _ reader: inout VarintReader) -> Bool {
        guard let count = reader.count(bytes) else { return false }
        for _ in 0..<count {
            guard let sequence = reader.varint(bytes) else { return false }
            append(sequence)
        }
        return true
    }
}

extension PageMemory {
    /// Overwrites the first bytes at `address`, which has room for them.
    fileprivate static func fill(_ address: UInt, _ bytes: RawSpan) {
        for offset in 0..<bytes.byteCount {
            store(UInt32(bytes.byte(offset)), address, offset, width: 1, 0)
        }
    }
}

extension Table<UInt8> {
    /// Adds `count` bytes of page memory.
    fileprivate mutating func append(_ address: UInt, _ count: Int) {
        for offset in 0..<count {
            append(UInt8(truncatingIfNeeded: PageMemory.number(address, offset, width: 1, 0)))
        }
    }
}

extension VarintReader {
    /// A number of things that each take at least a byte.
    mutating func count(_ bytes: RawSpan) -> Int? {
        guard let count = varint(bytes), count <= UInt64(bytes.byteCount) else { return nil }
        return Int(count)
    }

    /// Where bytes lie that follow their count.
    mutating func counted(_ bytes: RawSpan) -> ByteSlice? {
        count(bytes).flatMap { take($0, bytes) }
    }

    fileprivate mutating func slots(_ bytes: RawSpan) -> UInt16? {
        guard let count = varint(bytes), count <= UInt64(IndexPage.slotsMax) else { return nil }
        return UInt16(count)
    }

    fileprivate mutating func width(_ bytes: RawSpan) -> UInt8? {
        guard let width = byte(bytes), width <= 4, width != 3 else { return nil }
        return width
    }
}
