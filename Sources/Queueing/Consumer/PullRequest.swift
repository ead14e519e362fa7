// What a pull request asks for.
// Source: NATS JetStream API, CONSUMER.MSG.NEXT; read without allocating.

public import Base

/// A pull request as it was sent.
public struct PullRequest: BitwiseCopyable, Equatable, Sendable {
    /// How many messages.
    public var batch: Int64 = 1
    /// How many bytes; 0 for any number.
    public var bytesMax: Int64 = 0
    /// How long it may wait, in nanoseconds; 0 for any time.
    public var expires: Int64 = 0
    /// How often something is sent at least, in nanoseconds; 0 for never.
    public var heartbeat: Int64 = 0
    /// Whether it does not wait for messages to come.
    public var isNoWait = false
    /// Served only if so many messages are pending; 0 for any number.
    public var minPending: Int64 = 0
    /// Served only if so many messages are unacknowledged; 0 for any number.
    public var minAckPending: Int64 = 0
    /// Who comes first: 0 before 9.
    public var priority: Int64 = 0
    /// Where the name of its priority group lies in the request.
    public var group = ByteSlice.empty
    /// Where the id of a pinned client lies in the request.
    public var pinId = ByteSlice.empty
    /// Whether it was written as JSON.
    public var isJson = false

    /// One message, at any time.
    public init() {}

    /// The request in `text`: nothing, a number, or a JSON object.
    ///
    /// - Returns: `nil` if it is broken JSON.
    public init?(_ text: RawSpan) {
        var start = 0
        var end = text.byteCount
        while start < end, text.byte(start) <= 0x20 { start += 1 }
        while end > start, text.byte(end - 1) <= 0x20 { end -= 1 }
        guard start < end else { return }
        if text.byte(start) == UInt8(ascii: "{") {
            isJson = true
            batch = 0
            var scanner = FlatScanner(at: start, end: end)
            guard scanner.read(text, into: &self) else { return nil }
        } else if let number = text.extracting(start..<end).decimal {
            batch = Int64(clamping: number)
        }
    }
}

/// Reads a JSON object of numbers, truth values and strings without escapes; skips anything else.
private struct FlatScanner {
    var at: Int
    let end: Int

    mutating func read(_ text: RawSpan, into request: inout PullRequest) -> Bool {
        at += 1
        skipBlanks(text)
        if take(UInt8(ascii: "}"), text) { return isDone(text) }
        while true {
            skipBlanks(text)
            guard let name = string(text) else { return false }
            skipBlanks(text)
            guard take(UInt8(ascii: ":"), text) else { return false }
            skipBlanks(text)
            guard member(text.part(name), text, &request) else { return false }
            skipBlanks(text)
            if take(UInt8(ascii: ","), text) { continue }
            guard take(UInt8(ascii: "}"), text) else { return false }
            return isDone(text)
        }
    }

    private mutating func member(
        _ name: RawSpan,
        _ text: RawSpan,
        _ request: inout PullRequest
    ) -> Bool {
        guard at < end else { return false }
        switch text.byte(at) {
        case UInt8(ascii: "\""):
            guard let value = string(text) else { return false }
            if name.equals("group") { request.group = value }
            if name.equals("id") { request.pinId = value }
            return true
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            let isTrue = text.byte(at) == UInt8(ascii: "t")
            guard word(text) else { return false }
            if name.equals("no_wait") { request.isNoWait = isTrue }
            return true
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            guard let value = number(text) else { return false }
            assign(name, value, &request)
            return true
        default: return false
        }
    }

    private func assign(_ name: RawSpan, _ value: Int64, _ request: inout PullRequest) {
        if name.equals("batch") { request.batch = value }
        if name.equals("expires") { request.expires = value }
        if name.equals("max_bytes") { request.bytesMax = value }
        if name.equals("idle_heartbeat") { request.heartbeat = value }
        if name.equals("min_pending") { request.minPending = value }
        if name.equals("min_ack_pending") { request.minAckPending = value }
        if name.equals("priority") { request.priority = value }
    }

    private mutating func number(_ text: RawSpan) -> Int64? {
        let isNegative = take(UInt8(ascii: "-"), text)
        let start = at
        while at < end, text.byte(at) >= UInt8(ascii: "0"), text.byte(at) <= UInt8(ascii: "9") {
            at += 1
        }
        guard let magnitude = text.extracting(start..<at).decimal else { return nil }
        let value = Int64(clamping: magnitude)
        return isNegative ? 0 &- value : value
    }

    private mutating func string(_ text: RawSpan) -> ByteSlice? {
        guard take(UInt8(ascii: "\""), text) else { return nil }
        let start = at
        while at < end, text.byte(at) != UInt8(ascii: "\"") {
            if text.byte(at) == UInt8(ascii: "\\") || text.byte(at) < 0x20 { return nil }
            at += 1
        }
        let slice = ByteSlice(start: start, count: at - start)
        return take(UInt8(ascii: "\""), text) ? slice : nil
    }

    private mutating func word(_ text: RawSpan) -> Bool {
        let start = at
        while at < end, text.byte(at) >= UInt8(ascii: "a"), text.byte(at) <= UInt8(ascii: "z") {
            at += 1
        }
        let word = text.extracting(start..<at)
        return word.equals("true") || word.equals("false") || word.equals("null")
    }

    private mutating func take(_ byte: UInt8, _ text: RawSpan) -> Bool {
        guard at < end, text.byte(at) == byte else { return false }
        at += 1
        return true
    }

    private mutating func skipBlanks(_ text: RawSpan) {
        while at < end, text.byte(at) == 0x20 || (0x09...0x0D).contains(text.byte(at)) { at += 1 }
    }

    private mutating func isDone(_ text: RawSpan) -> Bool { at == end }
}
