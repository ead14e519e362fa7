// The client's side of the protocol: bytes to what a server sends, at any split, not copied.

import Base

/// Reads what a server sends from a buffer of received bytes.
///
/// The reader keeps nothing but its offset, as `CommandReader` does: bytes behind the last whole
/// operation stay with the caller, who hands them in again in front of what arrives next.
public struct ServerOperationReader: BitwiseCopyable, Sendable {
    /// Offset of the first byte that is not part of an operation read so far.
    public private(set) var offset = 0
    /// Longest line, in bytes; an INFO of a large cluster is long.
    let lineBytesMax: Int
    /// Largest payload, headers included.
    let payloadBytesMax: Int

    /// A reader at the start of a buffer.
    public init(lineBytesMax: Int, payloadBytesMax: Int) {
        self.lineBytesMax = lineBytesMax
        self.payloadBytesMax = payloadBytesMax
    }

    /// Goes on at `offset` in a buffer whose bytes were moved.
    public mutating func move(to offset: Int) {
        precondition(offset >= 0, "no offset is negative")
        self.offset = offset
    }

    /// Reads the next operation of `bytes`, from `offset` on, into `operation`.
    public mutating func next(
        in bytes: RawSpan,
        into operation: inout ServerOperation
    ) -> CommandStep {
        var end = offset
        while end < bytes.byteCount, byte(bytes, end) != 0x0A { end &+= 1 }
        guard end < bytes.byteCount else {
            return end &- offset > lineBytesMax
                ? .refused(.controlLineTooLong) : .incomplete(total: end &- offset &+ 1)
        }
        let line = Line(start: offset, end: end, in: bytes)
        switch line.verb(in: bytes) {
        case .message: return message(line, 3, 1, in: bytes, into: &operation)
        case .messageWithHeaders: return message(line, 4, 2, in: bytes, into: &operation)
        case .other(let kind, let count):
            operation.kind = kind
            operation.payload = kind == .error ? line.quoted(count, bytes) : line.rest(count, bytes)
            offset = line.next
            return .command
        case .none: return .refused(.unknownOperation)
        }
    }

    /// `subject sid [reply] [headers] size`, then the payload.
    private mutating func message(
        _ line: Line,
        _ verbBytes: Int,
        _ numbers: Int,
        in bytes: RawSpan,
        into operation: inout ServerOperation
    ) -> CommandStep {
        var words: InlineArray<5, ByteSlice> = InlineArray(repeating: .empty)
        var count = 0
        var at = line.start &+ verbBytes
        while true {
            while at < line.end, isBlank(byte(bytes, at)) { at &+= 1 }
            guard at < line.end else { break }
            let start = at
            while at < line.end, !isBlank(byte(bytes, at)) { at &+= 1 }
            guard count < 5 else { return .refused(.malformedArguments) }
            words[count] = ByteSlice(start: start, count: at &- start)
            count &+= 1
        }
        guard count == numbers &+ 2 || count == numbers &+ 3,
            let size = number(words[count &- 1], in: bytes)
        else { return .refused(.malformedArguments) }
        var headers = 0
        if numbers == 2 {
            guard let found = number(words[count &- 2], in: bytes), found <= size else {
                return .refused(.malformedArguments)
            }
            headers = found
        }
        guard size <= payloadBytesMax else { return .refused(.payloadTooLarge) }
        let after = line.next &+ size
        guard after &+ 2 <= bytes.byteCount else {
            return .incomplete(total: after &+ 2 &- offset)
        }
        guard byte(bytes, after) == 0x0D, byte(bytes, after &+ 1) == 0x0A else {
            return .refused(.unknownOperation)
        }
        operation.kind = .message
        operation.subject = words[0]
        operation.sid = words[1]
        operation.reply = count == numbers &+ 3 ? words[2] : .empty
        operation.payload = ByteSlice(start: line.next, count: size)
        operation.headerBytes = UInt32(truncatingIfNeeded: headers)
        offset = after &+ 2
        return .command
    }
}

/// One line without its end.
private struct Line {
    let start: Int
    let end: Int
    /// Where the next line starts.
    let next: Int

    enum Verb {
        case message
        case messageWithHeaders
        case other(ServerOperationKind, verbBytes: Int)
        case none
    }

    init(start: Int, end: Int, in bytes: RawSpan) {
        self.start = start
        next = end &+ 1
        self.end = end > start && byte(bytes, end &- 1) == 0x0D ? end &- 1 : end
    }

    func verb(in bytes: RawSpan) -> Verb {
        if starts(with: "MSG", bytes) { return .message }
        if starts(with: "HMSG", bytes) { return .messageWithHeaders }
        if starts(with: "PING", bytes) { return .other(.ping, verbBytes: 4) }
        if starts(with: "PONG", bytes) { return .other(.pong, verbBytes: 4) }
        if starts(with: "+OK", bytes) { return .other(.ok, verbBytes: 3) }
        if starts(with: "INFO", bytes) { return .other(.info, verbBytes: 4) }
        if starts(with: "-ERR", bytes) { return .other(.error, verbBytes: 4) }
        return .none
    }

    /// Whether the line starts with `verb`, in any case, and a blank or the line's end.
    private func starts(with verb: StaticString, _ bytes: RawSpan) -> Bool {
        let count = verb.utf8CodeUnitCount
        guard start &+ count <= end else { return false }
        for index in 0..<count {
            let letter = byte(bytes, start &+ index)
            let isLetter = letter &- UInt8(ascii: "a") < 26
            // SAFETY: the index is below the count of the static text.
            let expected = unsafe verb.utf8Start[index]
            guard (isLetter ? letter & 0xDF : letter) == expected else { return false }
        }
        return start &+ count == end || isBlank(byte(bytes, start &+ count))
    }

    /// What stands behind the verb, without blanks around it.
    func rest(_ verbBytes: Int, _ bytes: RawSpan) -> ByteSlice {
        var (first, last) = (start &+ verbBytes, end)
        while first < last, isBlank(byte(bytes, first)) { first &+= 1 }
        while last > first, isBlank(byte(bytes, last &- 1)) { last &-= 1 }
        return ByteSlice(start: first, count: last &- first)
    }

    /// The same without the quotes around it.
    func quoted(_ verbBytes: Int, _ bytes: RawSpan) -> ByteSlice {
        let text = rest(verbBytes, bytes)
        let quote = UInt8(ascii: "'")
        guard text.count >= 2, byte(bytes, Int(text.start)) == quote,
            byte(bytes, text.end &- 1) == quote
        else { return text }
        return ByteSlice(start: text.start &+ 1, count: text.count &- 2)
    }
}

@inline(__always)
private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

@inline(__always)
private func byte(_ bytes: RawSpan, _ offset: Int) -> UInt8 {
    // SAFETY: every caller has compared `offset` with the byte count.
    unsafe bytes.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
}

/// A decimal number of at most nine digits and nothing else.
private func number(_ slice: ByteSlice, in bytes: RawSpan) -> Int? {
    guard slice.count > 0, slice.count < 10 else { return nil }
    var value = 0
    for offset in slice.range {
        let digit = byte(bytes, offset) &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        value = value &* 10 &+ Int(digit)
    }
    return value
}
