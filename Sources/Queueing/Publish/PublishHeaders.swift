// What the headers of a publish ask the stream for.
// Source: NATS JetStream API, publish headers; names are compared by bytes.

public import Base

/// The headers that mean something to a stream, as places in the block.
///
/// An absent header is an empty place; of several with one name the first counts.
public struct PublishHeaders: BitwiseCopyable, Sendable {
    /// `Nats-Msg-Id`.
    public var messageId = ByteSlice.empty
    /// `Nats-Expected-Stream`.
    var expectedStream = ByteSlice.empty
    /// `Nats-Expected-Last-Sequence`.
    var expectedLast = ByteSlice.empty
    /// `Nats-Expected-Last-Subject-Sequence`.
    var expectedLastOnSubject = ByteSlice.empty
    /// `Nats-Expected-Last-Subject-Sequence-Subject`.
    var expectedSubject = ByteSlice.empty
    /// `Nats-Expected-Last-Msg-Id`.
    var expectedMessageId = ByteSlice.empty
    /// `Nats-Rollup`.
    var rollup = ByteSlice.empty
    /// `Nats-TTL`.
    var ttl = ByteSlice.empty
    /// `Nats-Incr`.
    public var increment = ByteSlice.empty
    /// `Nats-Batch-Id`.
    public var batchId = ByteSlice.empty
    /// `Nats-Schedule`.
    public var schedule = ByteSlice.empty
    /// `Nats-Stream-Source`.
    var streamSource = ByteSlice.empty
    /// Line of `Nats-TTL` with its line end.
    var ttlLine = ByteSlice.empty
    /// Line of `Nats-Request-Info` with its line end.
    var requestInfoLine = ByteSlice.empty
    /// Where the first field begins.
    var firstField: UInt32 = 0
    /// Whether the first line says more than `NATS/1.0`.
    var hasStatus = false
    /// Whether the message marks the end of a subject.
    var isMarker = false
    /// Whether there is no field at all.
    var isBare = true

    /// Nothing asked.
    public init() {}

    /// What the block in `headers` asks for.
    ///
    /// - Complexity: O(bytes), allocates nothing.
    public init(_ headers: RawSpan) {
        guard !headers.isEmpty else { return }
        var start = Self.lineEnd(headers, 0)
        firstField = UInt32(truncatingIfNeeded: start.next)
        hasStatus = start.text > 8
        while start.next < headers.byteCount {
            let line = start.next
            start = Self.lineEnd(headers, line)
            guard start.text > line else { return }
            read(headers, line..<start.text, lineEnd: start.next)
        }
    }

    private mutating func read(_ headers: RawSpan, _ line: Range<Int>, lineEnd: Int) {
        isBare = false
        // All names that matter begin with `Nats-`.
        guard line.count > 9, headers.byte(line.lowerBound) == UInt8(ascii: "N"),
            headers.byte(line.lowerBound + 4) == UInt8(ascii: "-")
        else { return }
        var colon = line.lowerBound
        while colon < line.upperBound, headers.byte(colon) != UInt8(ascii: ":") { colon &+= 1 }
        guard colon < line.upperBound else { return }
        var begin = colon &+ 1
        var end = line.upperBound
        while begin < end, headers.byte(begin) == 0x20 || headers.byte(begin) == 0x09 {
            begin &+= 1
        }
        while end > begin, headers.byte(end &- 1) == 0x20 || headers.byte(end &- 1) == 0x09 {
            end &-= 1
        }
        let whole = ByteSlice(start: line.lowerBound, count: lineEnd &- line.lowerBound)
        take(
            headers.extracting(line.lowerBound..<colon),
            ByteSlice(start: begin, count: end &- begin),
            line: whole
        )
    }

    private mutating func take(_ name: RawSpan, _ value: ByteSlice, line: ByteSlice) {
        switch name.byteCount {
        case 8:
            if name.equals("Nats-TTL"), ttl.isEmpty {
                ttl = value
                ttlLine = line
            }
        case 9: if name.equals("Nats-Incr"), increment.isEmpty { increment = value }
        case 11:
            if name.equals("Nats-Msg-Id"), messageId.isEmpty { messageId = value }
            if name.equals("Nats-Rollup"), rollup.isEmpty { rollup = value }
        case 13:
            if name.equals("Nats-Batch-Id"), batchId.isEmpty { batchId = value }
            if name.equals("Nats-Schedule"), schedule.isEmpty { schedule = value }
        case 17: if name.equals("Nats-Request-Info") { requestInfoLine = line }
        case 18:
            if name.equals("Nats-Stream-Source") { streamSource = value }
            if name.equals("Nats-Marker-Reason") { isMarker = true }
        case 20:
            if name.equals("Nats-Expected-Stream"), expectedStream.isEmpty {
                expectedStream = value
            }
        case 25:
            if name.equals("Nats-Expected-Last-Msg-Id"), expectedMessageId.isEmpty {
                expectedMessageId = value
            }
        case 27:
            if name.equals("Nats-Expected-Last-Sequence"), expectedLast.isEmpty {
                expectedLast = value
            }
        case 35:
            if name.equals("Nats-Expected-Last-Subject-Sequence"), expectedLastOnSubject.isEmpty {
                expectedLastOnSubject = value
            }
        case 43:
            if name.equals("Nats-Expected-Last-Subject-Sequence-Subject"), expectedSubject.isEmpty {
                expectedSubject = value
            }
        default: break
        }
    }

    private static func lineEnd(_ headers: RawSpan, _ start: Int) -> (text: Int, next: Int) {
        var offset = start
        while offset < headers.byteCount, headers.byte(offset) != 0x0A { offset &+= 1 }
        var text = offset
        if text > start, offset < headers.byteCount, headers.byte(text &- 1) == 0x0D { text &-= 1 }
        return (text, min(offset &+ 1, headers.byteCount))
    }
}

/// What a message's own time to live says.
enum MessageTtl: BitwiseCopyable, Equatable {
    /// Nothing.
    case none
    /// The message never goes for its age.
    case never
    /// The message goes after so many nanoseconds.
    case after(UInt64)
    /// Not a time.
    case invalid

    /// What `text` says: whole seconds, a duration of a second or more, or `never`.
    init(_ text: RawSpan) {
        if text.isEmpty {
            self = .none
        } else if text.equals("never") {
            self = .never
        } else if let seconds = text.decimal {
            let (wait, overflow) = seconds.multipliedReportingOverflow(by: nanosecondsPerSecond)
            self = overflow || seconds == 0 ? .invalid : .after(wait)
        } else if let wait = nanoseconds(of: text), wait >= nanosecondsPerSecond {
            self = .after(wait)
        } else {
            self = .invalid
        }
    }
}

/// The nanoseconds of a duration such as `1h30m`, `1.5s` or `100ms`, or `nil`.
func nanoseconds(of text: RawSpan) -> UInt64? {
    var sum: UInt64 = 0
    var at = 0
    guard text.byteCount > 0, text.byteCount <= 64 else { return nil }
    while at < text.byteCount {
        let digits = at
        var value: UInt64 = 0
        var scale: UInt64 = 1
        var isFraction = false
        while at < text.byteCount {
            let byte = text.byte(at)
            if byte == UInt8(ascii: "."), !isFraction {
                isFraction = true
            } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                guard value < 1_000_000_000_000_000 else { return nil }
                value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
                if isFraction { scale *= 10 }
            } else {
                break
            }
            at += 1
        }
        guard at > digits, let unit = unitNanoseconds(text, &at) else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: unit)
        let (total, carry) = sum.addingReportingOverflow(product / scale)
        if overflow || carry { return nil }
        sum = total
    }
    return sum
}

private func unitNanoseconds(_ text: RawSpan, _ at: inout Int) -> UInt64? {
    let start = at
    while at < text.byteCount {
        let byte = text.byte(at)
        guard byte != UInt8(ascii: "."), byte < UInt8(ascii: "0") || byte > UInt8(ascii: "9") else {
            break
        }
        at += 1
    }
    let unit = text.extracting(start..<at)
    if unit.equals("ns") { return 1 }
    if unit.equals("us") || unit.equals("µs") { return 1_000 }
    if unit.equals("ms") { return 1_000_000 }
    if unit.equals("s") { return 1_000_000_000 }
    if unit.equals("m") { return 60_000_000_000 }
    return unit.equals("h") ? 3_600_000_000_000 : nil
}
