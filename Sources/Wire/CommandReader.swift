// The server's side of the client protocol: bytes to commands, at any split, without copying.

import Base

/// Reads commands one after the other from a buffer of received bytes.
///
/// The reader keeps nothing but its offset: bytes behind the last whole command stay with the
/// caller, who hands them in again in front of what arrives next. Verbs are matched without regard
/// to case; arguments are separated by runs of spaces or tabs; a line ends with LF, and one CR
/// before it is dropped.
public struct CommandReader: BitwiseCopyable, Sendable {
    /// Offset of the first byte that is not part of a command read so far.
    public private(set) var offset: Int
    /// Longest argument part of a control line.
    let controlLineBytesMax: Int
    /// Longest payload, headers included; may change between two commands.
    public var payloadBytesMax: Int

    /// A reader at the start of a buffer.
    public init(controlLineBytesMax: Int, payloadBytesMax: Int) {
        offset = 0
        self.controlLineBytesMax = controlLineBytesMax
        self.payloadBytesMax = payloadBytesMax
    }

    /// Reads the next command of `bytes`, from `offset` on, into `command`.
    public mutating func next(in bytes: RawSpan, into command: inout Command) -> CommandStep {
        let start = offset
        guard start &+ 4 <= bytes.byteCount else { return beginning(of: bytes) }
        // SAFETY: four bytes are there.
        let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: UInt32.self)
        let verb = word | 0x2020_2020
        command.hasHeaders = false
        switch verb & 0x00FF_FFFF {
        case Verb.pub where UInt8(truncatingIfNeeded: word >> 24) == Ascii.space:
            if let step = usualPublish(in: bytes, into: &command) { return step }
            return publish(in: bytes, from: start &+ 4, into: &command)
        case Verb.pub where isBlank(UInt8(truncatingIfNeeded: word >> 24)):
            return publish(in: bytes, from: start &+ 4, into: &command)
        case Verb.sub where isBlank(UInt8(truncatingIfNeeded: word >> 24)):
            return subscribe(in: bytes, from: start &+ 4, into: &command)
        default:
            return rare(verb: verb, in: bytes, into: &command)
        }
    }

    private mutating func rare(
        verb: UInt32,
        in bytes: RawSpan,
        into command: inout Command
    ) -> CommandStep {
        switch verb {
        case Verb.hpub:
            guard offset &+ 4 < bytes.byteCount else { return .incomplete(total: 5) }
            guard isBlank(byte(bytes, offset &+ 4)) else { return .refused(.unknownOperation) }
            command.hasHeaders = true
            return publish(in: bytes, from: offset &+ 5, into: &command)
        case Verb.ping: return line(.ping, verbBytes: 4, in: bytes, into: &command)
        case Verb.pong: return line(.pong, verbBytes: 4, in: bytes, into: &command)
        case Verb.info: return argument(.ignored, verbBytes: 4, in: bytes, into: &command)
        case Verb.minusErr: return argument(.peerError, verbBytes: 4, in: bytes, into: &command)
        case Verb.unsu: return unsubscribe(in: bytes, into: &command)
        case Verb.conn: return connect(in: bytes, into: &command)
        default:
            guard verb & 0x00FF_FFFF == Verb.plusOk else { return beginning(of: bytes) }
            return line(.ignored, verbBytes: 3, in: bytes, into: &command)
        }
    }

    /// `PUB subject [reply] size` as nearly every client writes it: single spaces, or two where
    /// nats-py leaves out the reply; no zero in front, CR LF.
    /// - Returns: `nil` for anything else, also when the payload is not whole.
    @inline(__always)
    private mutating func usualPublish(
        in bytes: RawSpan,
        into command: inout Command
    ) -> CommandStep? {
        let start = offset &+ 4
        // The longest line that is looked at, so that no byte needs to be checked against the end.
        guard start &+ Self.usualLineBytesMax <= bytes.byteCount else { return nil }
        let limit = start &+ Self.usualLineBytesMax &- 12
        var at = wordEnd(bytes, start, limit)
        guard at > start, at < limit, byte(bytes, at) == Ascii.space else { return nil }
        command.subject = ByteSlice(start: start, count: at &- start)
        command.reply = .empty
        if byte(bytes, at &+ 1) == Ascii.space { at &+= 1 }
        command.tailStart = UInt32(truncatingIfNeeded: at)
        at &+= 1
        if byte(bytes, at) > UInt8(ascii: "9") {
            let end = wordEnd(bytes, at, limit)
            guard end < limit, byte(bytes, end) == Ascii.space else { return nil }
            command.reply = ByteSlice(start: at, count: end &- at)
            at = end &+ 1
        }
        var size = 0
        let digits = at
        while at < digits &+ 8 {
            let digit = byte(bytes, at) &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            size = size &* 10 &+ Int(digit)
            at &+= 1
        }
        let after = at &+ 2 &+ size
        guard at > digits, byte(bytes, at) == Ascii.cr, byte(bytes, at &+ 1) == Ascii.lf,
            byte(bytes, digits) != UInt8(ascii: "0") || at == digits &+ 1,
            at &- start <= controlLineBytesMax, size <= payloadBytesMax,
            after &+ 2 <= bytes.byteCount, byte(bytes, after) == Ascii.cr,
            byte(bytes, after &+ 1) == Ascii.lf
        else { return nil }
        command.kind = .publish
        command.headerBytes = 0
        command.payload = ByteSlice(start: at &+ 2, count: size)
        command.isUsual = true
        offset = after &+ 2
        return .command
    }

    /// Bytes behind the verb that `usualPublish` looks at.
    private static let usualLineBytesMax = 160

    /// `PUB subject [reply] size` or `HPUB subject [reply] headers size`, then the payload.
    private mutating func publish(
        in bytes: RawSpan,
        from arguments: Int,
        into command: inout Command
    ) -> CommandStep {
        var words = Words()
        if let step = read(&words, in: bytes, from: arguments) { return step }
        let numbers = command.hasHeaders ? 2 : 1
        guard words.count == numbers &+ 1 || words.count == numbers &+ 2 else {
            return .refused(.malformedArguments)
        }
        guard let size = decimal(bytes, words.last), size <= UInt64(Int32.max) else {
            return .refused(.malformedArguments)
        }
        command.headerBytes = 0
        if command.hasHeaders {
            guard let headers = decimal(bytes, words.secondToLast), headers <= size else {
                return .refused(.malformedArguments)
            }
            command.headerBytes = UInt32(truncatingIfNeeded: headers)
        }
        guard size <= UInt64(payloadBytesMax) else { return .refused(.payloadTooLarge) }
        let body = words.end
        let after = body &+ Int(truncatingIfNeeded: size)
        guard after &+ 2 <= bytes.byteCount else {
            return .incomplete(total: after &+ 2 &- offset)
        }
        guard byte(bytes, after) == Ascii.cr, byte(bytes, after &+ 1) == Ascii.lf else {
            return .refused(.unknownOperation)
        }
        command.kind = .publish
        command.isUsual = false
        command.subject = words.first
        command.reply = words.count == numbers &+ 2 ? words.second : .empty
        command.tailStart = words.second.start &- 1
        command.payload = ByteSlice(start: body, count: Int(truncatingIfNeeded: size))
        offset = after &+ 2
        return .command
    }

    /// `SUB subject [queue] sid`.
    private mutating func subscribe(
        in bytes: RawSpan,
        from arguments: Int,
        into command: inout Command
    ) -> CommandStep {
        var words = Words()
        if let step = read(&words, in: bytes, from: arguments) { return step }
        guard words.count == 2 || words.count == 3 else { return .refused(.malformedArguments) }
        command.kind = .subscribe
        command.subject = words.first
        command.reply = words.count == 3 ? words.second : .empty
        command.sid = words.last
        offset = words.end
        return .command
    }

    /// `UNSUB sid [max]`.
    private mutating func unsubscribe(
        in bytes: RawSpan,
        into command: inout Command
    ) -> CommandStep {
        guard offset &+ 6 <= bytes.byteCount else { return beginning(of: bytes) }
        guard byte(bytes, offset &+ 4) | 0x20 == UInt8(ascii: "b"),
            isBlank(byte(bytes, offset &+ 5))
        else { return .refused(.unknownOperation) }
        var words = Words()
        if let step = read(&words, in: bytes, from: offset &+ 6) { return step }
        guard words.count == 1 || words.count == 2 else { return .refused(.malformedArguments) }
        command.deliveriesMax = 0
        // What is no number counts as none at all, as nats-server has it.
        if words.count == 2 { command.deliveriesMax = decimal(bytes, words.last) ?? 0 }
        command.kind = .unsubscribe
        command.sid = words.first
        offset = words.end
        return .command
    }

    /// `CONNECT {json}`.
    private mutating func connect(in bytes: RawSpan, into command: inout Command) -> CommandStep {
        guard offset &+ 8 <= bytes.byteCount else { return beginning(of: bytes) }
        // SAFETY: eight bytes are there.
        let word = unsafe bytes.unsafeLoadUnaligned(
            fromUncheckedByteOffset: offset,
            as: UInt64.self
        )
        let next = UInt8(truncatingIfNeeded: word >> 56)
        guard word | 0x0020_2020_2020_2020 == Verb.connect | (word >> 56) << 56,
            isBlank(next) || next == Ascii.cr || next == Ascii.lf
        else { return .refused(.unknownOperation) }
        return line(.connect, verbBytes: isBlank(next) ? 8 : 7, in: bytes, into: &command)
    }

    /// A verb whose line is one argument as a whole.
    private mutating func argument(
        _ kind: CommandKind,
        verbBytes: Int,
        in bytes: RawSpan,
        into command: inout Command
    ) -> CommandStep {
        guard offset &+ verbBytes < bytes.byteCount else {
            return .incomplete(total: verbBytes &+ 1)
        }
        guard isBlank(byte(bytes, offset &+ verbBytes)) else { return .refused(.unknownOperation) }
        return line(kind, verbBytes: verbBytes &+ 1, in: bytes, into: &command)
    }

    /// A verb after which everything up to the line end belongs to it.
    private mutating func line(
        _ kind: CommandKind,
        verbBytes: Int,
        in bytes: RawSpan,
        into command: inout Command
    ) -> CommandStep {
        let start = offset &+ verbBytes
        let most = min(bytes.byteCount, start &+ controlLineBytesMax &+ 2)
        var at = start
        while at < most, byte(bytes, at) != Ascii.lf { at &+= 1 }
        guard at < most else {
            guard most == bytes.byteCount else { return .refused(.controlLineTooLong) }
            return .incomplete(total: at &+ 1 &- offset)
        }
        var end = at
        if end > start, byte(bytes, end &- 1) == Ascii.cr { end &-= 1 }
        guard end &- start <= controlLineBytesMax else { return .refused(.controlLineTooLong) }
        command.kind = kind
        command.payload = ByteSlice(start: start, count: end &- start)
        offset = at &+ 1
        return .command
    }

    /// Splits the arguments from `start` on; answers a step if the line is not whole or too long.
    private func read(_ words: inout Words, in bytes: RawSpan, from start: Int) -> CommandStep? {
        let most = min(bytes.byteCount, start &+ controlLineBytesMax &+ 2)
        var at = start
        var wordStart = -1
        while at < most {
            let value = byte(bytes, at)
            if value > Ascii.space {
                if wordStart < 0 { wordStart = at }
            } else if value == Ascii.space || value == Ascii.tab || value == Ascii.lf
                || value == Ascii.cr && at &+ 1 < most && byte(bytes, at &+ 1) == Ascii.lf
            {
                if wordStart >= 0 {
                    words.add(ByteSlice(start: wordStart, count: at &- wordStart))
                    wordStart = -1
                }
                if value == Ascii.lf {
                    words.end = at &+ 1
                    return nil
                }
            } else if wordStart < 0 {
                wordStart = at
            }
            at &+= 1
        }
        if most == bytes.byteCount, at &- start <= controlLineBytesMax &+ 1 {
            return .incomplete(total: at &+ 1 &- offset)
        }
        return .refused(.controlLineTooLong)
    }

    /// Whether what is there can still become a command.
    private func beginning(of bytes: RawSpan) -> CommandStep {
        let present = min(bytes.byteCount &- offset, 8)
        var word: UInt64 = 0
        for index in 0..<max(present, 0) {
            word |= UInt64(byte(bytes, offset &+ index) | 0x20) << UInt64(index &* 8)
        }
        for (verb, count) in Verb.all {
            let compared = min(present, count)
            let mask = compared >= 8 ? UInt64.max : (1 << UInt64(compared &* 8)) &- 1
            if word & mask == verb & mask, present <= count {
                return .incomplete(total: count &+ 1)
            }
        }
        return .refused(.unknownOperation)
    }
}

/// The arguments of one line: the first two, the last two and how many.
private struct Words: BitwiseCopyable {
    var count = 0
    var first = ByteSlice.empty
    var second = ByteSlice.empty
    var secondToLast = ByteSlice.empty
    var last = ByteSlice.empty
    /// Offset behind the line end.
    var end = 0

    @inline(__always)
    mutating func add(_ word: ByteSlice) {
        if count == 0 { first = word }
        if count == 1 { second = word }
        secondToLast = last
        last = word
        count &+= 1
    }
}

/// The verbs in lower case, first byte lowest.
private enum Verb {
    static let pub: UInt32 = 0x62_7570
    static let sub: UInt32 = 0x62_7573
    static let hpub: UInt32 = 0x6275_7068
    static let ping: UInt32 = 0x676E_6970
    static let pong: UInt32 = 0x676E_6F70
    static let info: UInt32 = 0x6F66_6E69
    static let minusErr: UInt32 = 0x7272_652D
    static let unsu: UInt32 = 0x7573_6E75
    static let conn: UInt32 = 0x6E6E_6F63
    /// `+OK` with the bit that lower-cases letters set.
    static let plusOk: UInt32 = 0x6B_6F2B
    static let connect: UInt64 = 0x0074_6365_6E6E_6F63
    /// Every verb and its length.
    static let all: [(UInt64, Int)] = [
        (UInt64(pub), 3), (UInt64(sub), 3), (UInt64(hpub), 4), (UInt64(ping), 4),
        (UInt64(pong), 4), (UInt64(info), 4), (UInt64(minusErr), 4), (0x62_7573_6E75, 5),
        (connect, 7), (UInt64(plusOk), 3),
    ]
}

private enum Ascii {
    static let tab: UInt8 = 0x09
    static let lf: UInt8 = 0x0A
    static let cr: UInt8 = 0x0D
    static let space: UInt8 = 0x20
}

/// Offset of the first byte from `start` on that is not above a space, or at least `limit`.
///
/// Looks at eight bytes at a time; seven bytes behind `limit` must be there.
@inline(__always)
private func wordEnd(_ bytes: RawSpan, _ start: Int, _ limit: Int) -> Int {
    var at = start
    while at < limit {
        // SAFETY: the caller has seven bytes behind `limit`.
        let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
        // A byte below 0x21 without its top bit borrows from its own top bit and from no lower
        // byte's.
        let low = (word &- 0x2121_2121_2121_2121) & ~word & 0x8080_8080_8080_8080
        if low != 0 { return at &+ low.trailingZeroBitCount >> 3 }
        at &+= 8
    }
    return at
}

@inline(__always)
private func isBlank(_ byte: UInt8) -> Bool {
    byte == Ascii.space || byte == Ascii.tab
}

@inline(__always)
private func byte(_ bytes: RawSpan, _ offset: Int) -> UInt8 {
    // SAFETY: every caller has compared `offset` with the byte count.
    unsafe bytes.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
}

/// A decimal number of one to nineteen digits and nothing else.
@inline(__always)
private func decimal(_ bytes: RawSpan, _ slice: ByteSlice) -> UInt64? {
    guard slice.count > 0, slice.count < 20 else { return nil }
    var value: UInt64 = 0
    for offset in slice.range {
        let digit = byte(bytes, offset) &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        value = value &* 10 &+ UInt64(digit)
    }
    return value
}
