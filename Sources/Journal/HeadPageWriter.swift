// Heads of messages without headers, page by page and column by column.
// Layout: sluice-journal(5), RECORDS.

public import Base

/// Collects the heads of messages without headers for one block, in sequence order.
///
/// A start takes a page of them at once, where it takes other heads one by one.
struct HeadPageWriter: HeadCollector, ~Copyable {
    private(set) var buffer = RecordBuffer(capacity: HeadWriter.byteCountMax + 16_384)
    private(set) var firstSequence: UInt64 = 0
    private(set) var lastSequence: UInt64 = 0
    private(set) var count: UInt32 = 0
    private var pageFirst: UInt64 = 0
    private var times: [UInt64] = []
    private var sizes: [UInt32] = []
    private var subjects: [UInt32] = []
    private var names: [[UInt8]] = []
    private var numbers: [[UInt8]: UInt32] = [:]

    static var format: UInt8 { 6 }

    var isFull: Bool { buffer.count >= HeadWriter.byteCountMax }

    /// Whether the messages of `batch` can stand in pages.
    static func takes(_ batch: RawSpan) -> Bool {
        var reader = BatchReader(batch)
        while let message = reader.next(batch) {
            guard message.headers.isEmpty, message.payloadByteCount <= UInt64(UInt32.max) else {
                return false
            }
        }
        return true
    }

    mutating func add(_ message: StoredMessage, of batch: RawSpan) {
        let next = pageFirst &+ UInt64(times.count)
        if times.count == HeadPage.slotsMax || message.sequence != next { closePage() }
        if times.isEmpty { pageFirst = message.sequence }
        times.append(message.time.nanoseconds)
        sizes.append(UInt32(truncatingIfNeeded: message.payloadByteCount))
        subjects.append(number(of: batch.extracting(message.subject.range)))
    }

    private mutating func number(of subject: RawSpan) -> UInt32 {
        if let last = subjects.last {
            let before = names[Int(last)]
            if equal(before.raw, subject) { return last }
        }
        let name = subject.array(0..<subject.byteCount)
        if let known = numbers[name] { return known }
        let number = UInt32(names.count)
        names.append(name)
        numbers[name] = number
        return number
    }

    /// Lays the open page out.
    mutating func closePage() {
        guard let firstTime = times.first, let lastTime = times.last else { return }
        if buffer.count == 0 {
            buffer.append(Self.format)
            firstSequence = pageFirst
        }
        let span = lastTime > firstTime ? lastTime - firstTime : 0
        var shift: UInt8 = 0
        while span >> UInt64(shift) >= 0xFFFF { shift += 1 }
        let sizeBase = sizes.min() ?? 0
        let sizeWidth = HeadPage.width((sizes.max() ?? 0) - sizeBase)
        let subjectWidth = HeadPage.width(UInt32(names.count - 1))
        buffer.append(pageFirst)
        buffer.append(firstTime)
        buffer.append(lastTime)
        buffer.append(UInt32(times.count))
        buffer.append(sizeBase)
        buffer.append(UInt32(names.count))
        buffer.append(shift)
        buffer.append(sizeWidth)
        buffer.append(subjectWidth)
        buffer.appendZeros(3)
        appendNames()
        for time in times {
            let passed = time > firstTime ? time - firstTime : 0
            let steps = (passed + (1 << UInt64(shift)) - 1) >> UInt64(shift)
            buffer.append(UInt16(truncatingIfNeeded: min(steps, 0xFFFF)))
        }
        for size in sizes { append(size - sizeBase, width: sizeWidth) }
        for subject in subjects { append(subject, width: subjectWidth) }
        lastSequence = pageFirst + UInt64(times.count - 1)
        count += UInt32(times.count)
        forgetPage()
    }

    private mutating func appendNames() {
        var end: UInt32 = 0
        for name in names {
            end += UInt32(name.count)
            buffer.append(end)
        }
        for name in names {
            let bytes = name.raw
            buffer.append(bytes)
        }
    }

    private mutating func append(_ number: UInt32, width: UInt8) {
        switch width {
        case 1: buffer.append(UInt8(truncatingIfNeeded: number))
        case 2: buffer.append(UInt16(truncatingIfNeeded: number))
        case 4: buffer.append(number)
        default: break
        }
    }

    private mutating func forgetPage() {
        times.removeAll(keepingCapacity: true)
        sizes.removeAll(keepingCapacity: true)
        subjects.removeAll(keepingCapacity: true)
        names.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
    }

    /// Forgets what was collected.
    mutating func removeAll() {
        forgetPage()
        buffer.removeAll()
        count = 0
    }
}

/// Walks through the pages of a block of heads.
public struct HeadPageReader: BitwiseCopyable {
    private var offset = 1
    /// Whether the bytes are no pages.
    public private(set) var isMalformed = false

    /// A walk from the first page of `block` on; `nil` if it holds no pages but messages.
    public init?(_ block: RawSpan) {
        guard block.byteCount > 0, block.number(UInt8.self, at: 0) == HeadPageWriter.format else {
            return nil
        }
    }

    /// The next page of `block`; `nil` at the end.
    public mutating func next(_ block: RawSpan) -> HeadPage? {
        guard !isMalformed, offset < block.byteCount else { return nil }
        guard let page = HeadPage(block, at: offset) else {
            isMalformed = true
            return nil
        }
        offset = page.end
        return page
    }
}
