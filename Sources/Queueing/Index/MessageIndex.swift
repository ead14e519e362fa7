// What a stream knows about every message without its bytes: alive or not, time, size, subject.

import Base

/// The messages of a stream by sequence: two to ten bytes a message, none of its content.
///
/// Everything a decision needs is here, so that none waits for the disk. Messages are added at the
/// end and removed anywhere; a page of sequences that are all gone costs nothing.
struct MessageIndex: ~Copyable {
    var pages = Table<IndexPage>(capacity: 2)
    /// Pages before this one are gone.
    var head = 0
    /// Columns of the newest page.
    var times = Table<UInt64>(capacity: 16)
    var sizes = Table<UInt32>(capacity: 16)
    var subjects = Table<UInt32>(capacity: 16)
    /// How many messages there are.
    private(set) var count: UInt64 = 0
    /// The page that was asked for last.
    private var hint = 0

    init() {}

    deinit {
        for at in head..<pages.count { pages[at].free() }
    }

    /// Bytes of memory, about.
    var byteCount: Int {
        var sum = pages.capacity * MemoryLayout<IndexPage>.stride + times.capacity * 8
        sum += (sizes.capacity + subjects.capacity) * 4
        for at in head..<pages.count {
            let page = pages[at]
            if page.isPacked {
                sum += Int(page.columnSlots) * (2 + Int(page.sizeWidth) + Int(page.subjectWidth))
            }
            if page.dead != 0 { sum += IndexPage.slotsMax / 8 }
        }
        return sum
    }

    /// The lowest sequence there is, or `nil`.
    var first: UInt64? {
        count == 0 ? nil : pages[head].first &+ UInt64(pages[head].skip)
    }

    /// The highest sequence that has a place; 0 if none has.
    var end: UInt64 { pages.count == head ? 0 : pages[pages.count - 1].end - 1 }

    /// When the first message came.
    var timeOfFirst: Instant {
        count == 0
            ? .never : Instant(nanoseconds: time(head, Int(pages[head].skip)))
    }

    // MARK: - Single messages

    /// Adds a message behind all others.
    mutating func append(sequence: UInt64, time: Instant, size: UInt32, subject: UInt32) {
        let last = pages.count - 1
        if last < head || pages[last].isPacked
            || sequence &- pages[last].first >= UInt64(IndexPage.slotsMax)
        {
            begin(sequence)
        } else if sequence > pages[last].end {
            skip(to: sequence)
        }
        let at = pages.count - 1
        precondition(sequence == pages[at].end, "sequences only rise")
        times.append(time.nanoseconds)
        sizes.append(size)
        subjects.append(subject)
        pages[at].span &+= 1
        pages[at].live &+= 1
        count &+= 1
    }

    /// Whether the message is there.
    @inline(__always)
    mutating func contains(_ sequence: UInt64) -> Bool {
        let at = page(of: sequence)
        return at >= 0 && pages[at].isAlive(Int(sequence &- pages[at].first))
    }

    /// Whether the message is there; remembers nothing about the question.
    func holds(_ sequence: UInt64) -> Bool {
        let at = firstPage(endingBehind: sequence)
        guard at < pages.count, sequence >= pages[at].first else { return false }
        return pages[at].isAlive(Int(sequence &- pages[at].first))
    }

    /// Subject of a message that is there.
    @inline(__always)
    mutating func subject(of sequence: UInt64) -> UInt32 {
        let at = page(of: sequence)
        return subject(at, Int(sequence &- pages[at].first))
    }

    /// Accounted bytes of a message that is there.
    mutating func size(of sequence: UInt64) -> UInt32 {
        let at = page(of: sequence)
        let slot = Int(sequence &- pages[at].first)
        return pages[at].isPacked ? pages[at].packedSize(slot) : sizes[slot]
    }

    /// When a message that is there came; up to 1/65,536 of its page's time late.
    mutating func time(of sequence: UInt64) -> Instant {
        let at = page(of: sequence)
        return Instant(nanoseconds: time(at, Int(sequence &- pages[at].first)))
    }

    /// Takes away a message that is there.
    mutating func remove(_ sequence: UInt64) {
        let at = page(of: sequence)
        pages[at].kill(Int(sequence &- pages[at].first))
        count &-= 1
        if pages[at].live == 0, at < pages.count - 1 { drop(at) }
    }

    /// Takes away everything behind `sequence`, which must not be below what is gone already.
    mutating func truncate(after sequence: UInt64) {
        while pages.count > head, let last = pages.count - 1 as Int?, pages[last].first > sequence {
            count &-= UInt64(pages[last].live)
            if pages[last].isPacked { pages[last].free() } else { clearTail(last) }
            _ = pages.popLast()
        }
        guard pages.count > head else { return }
        let last = pages.count - 1
        while pages[last].end > sequence &+ 1 {
            let slot = Int(pages[last].span) - 1
            if pages[last].isAlive(slot) {
                pages[last].live &-= 1
                count &-= 1
            } else if pages[last].dead != 0 {
                PageMemory.clearBit(pages[last].dead, slot)
            }
            pages[last].span &-= 1
            pages[last].skip = min(pages[last].skip, pages[last].span)
            guard !pages[last].isPacked else { continue }
            _ = times.popLast()
            _ = sizes.popLast()
            _ = subjects.popLast()
        }
    }

    // MARK: - Pages

    @inline(__always)
    func subject(_ at: Int, _ slot: Int) -> UInt32 {
        pages[at].isPacked ? pages[at].packedSubject(slot) : subjects[slot]
    }

    @inline(__always)
    func time(_ at: Int, _ slot: Int) -> UInt64 {
        pages[at].isPacked ? pages[at].packedTime(slot) : times[slot]
    }

    /// The page that holds `sequence`, or -1.
    @inline(__always)
    mutating func page(of sequence: UInt64) -> Int {
        if hint >= head, hint < pages.count,
            sequence &- pages[hint].first < UInt64(pages[hint].span)
        {
            return hint
        }
        let at = firstPage(endingBehind: sequence)
        guard at < pages.count, sequence >= pages[at].first else { return -1 }
        hint = at
        return at
    }

    /// The first page with a slot at or behind `sequence`, or the number of pages.
    func firstPage(endingBehind sequence: UInt64) -> Int {
        let last = pages.count - 1
        guard last >= head, pages[last].end > sequence else { return pages.count }
        if pages[last].first <= sequence { return last }
        // Without gaps the pages lie at equal distances.
        if sequence >= pages[head].first {
            let guess = head + Int((sequence &- pages[head].first) / UInt64(IndexPage.slotsMax))
            if guess <= last, pages[guess].first <= sequence, pages[guess].end > sequence {
                return guess
            }
        }
        var low = head
        var high = last
        while low < high {
            let middle = (low + high) / 2
            if pages[middle].end > sequence { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Adds a page of messages behind all others, whose columns are in `block`.
    ///
    /// `sizeBase` is what the smallest takes as it is accounted; `numbers` are the subjects' by
    /// their numbers in the page.
    mutating func append(
        _ page: HeadPage,
        _ block: RawSpan,
        sizeBase: UInt32,
        numbers: borrowing Table<UInt32>
    ) {
        precondition(page.firstSequence > end, "sequences only rise")
        closeNewest()
        var new = IndexPage(first: page.firstSequence)
        new.span = UInt16(page.slots)
        new.live = new.span
        new.columnSlots = new.span
        new.timeBase = page.firstTime
        new.timeShift = page.timeShift
        new.sizeBase = sizeBase
        new.sizeWidth = page.sizeWidth
        (new.subjectBase, new.subjectWidth) = Self.narrow(numbers)
        let taken = page.slots * (2 + Int(page.sizeWidth))
        let columns = PageMemory.allocate(taken + page.slots * Int(new.subjectWidth))
        PageMemory.copy(block.extracting(page.columns..<page.columns + taken), to: columns)
        if new.subjectWidth > 0 {
            for slot in 0..<page.slots {
                let number = numbers[page.subject(of: slot, block)] &- new.subjectBase
                PageMemory.store(number, columns, taken, width: new.subjectWidth, slot)
            }
        }
        new.columns = columns
        pages.append(new)
        count &+= UInt64(page.slots)
    }

    private mutating func begin(_ sequence: UInt64) {
        closeNewest()
        pages.append(IndexPage(first: sequence))
    }

    /// Packs the newest page, or takes it away if nothing in it is alive.
    private mutating func closeNewest() {
        let last = pages.count - 1
        if last >= head, pages[last].live == 0 {
            if pages[last].isPacked { pages[last].free() } else { clearTail(last) }
            _ = pages.popLast()
        } else if last >= head, !pages[last].isPacked {
            pack(last)
        }
        if pages.count == head {
            pages.removeAll()
            head = 0
        }
    }

    /// Fills the newest page with dead slots up to `sequence`.
    private mutating func skip(to sequence: UInt64) {
        let at = pages.count - 1
        while pages[at].end < sequence {
            let slot = Int(pages[at].span)
            times.append(times.isEmpty ? 0 : times[times.count - 1])
            sizes.append(sizes.isEmpty ? 0 : sizes[sizes.count - 1])
            subjects.append(subjects.isEmpty ? 0 : subjects[subjects.count - 1])
            pages[at].span &+= 1
            pages[at].live &+= 1
            pages[at].kill(slot)
        }
    }

    private mutating func clearTail(_ at: Int) {
        pages[at].free()
        times.removeAll()
        sizes.removeAll()
        subjects.removeAll()
    }

    /// Takes a page away whose messages are all gone.
    private mutating func drop(_ at: Int) {
        pages[at].free()
        if at == head {
            head += 1
            if head > 32, head * 2 > pages.count { compact() }
            return
        }
        for index in at..<(pages.count - 1) { pages[index] = pages[index + 1] }
        _ = pages.popLast()
    }

    private mutating func compact() {
        let kept = pages.count - head
        for index in 0..<kept { pages[index] = pages[head + index] }
        while pages.count > kept { _ = pages.popLast() }
        head = 0
    }
}
