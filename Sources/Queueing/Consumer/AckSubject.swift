// The subject that an acknowledgement is sent to.
// Source: NATS JetStream API, acknowledgements, forms with 9 and with 11 and more tokens.

public import Base

/// What the subject of an acknowledgement says.
public struct AckSubject: BitwiseCopyable, Equatable, Sendable {
    /// Where the stream's name lies in the subject.
    public let stream: ByteSlice
    /// Where the consumer's name lies in the subject.
    public let consumer: ByteSlice
    /// How often the message was delivered.
    public let deliveries: UInt64
    /// The message.
    public let sequence: UInt64
    /// The delivery.
    public let consumerSequence: UInt64

    /// Reads `subject`; `nil` if it is no subject of an acknowledgement.
    public init?(_ subject: RawSpan) {
        guard subject.byteCount > 8, subject.extracting(0..<8).equals("$JS.ACK.") else {
            return nil
        }
        var starts = InlineArray<12, UInt32>(repeating: 0)
        var count = 0
        var offset = 8
        starts[0] = 8
        while offset < subject.byteCount, count < 10 {
            if subject.byte(offset) == UInt8(ascii: ".") {
                count += 1
                starts[count] = UInt32(truncatingIfNeeded: offset + 1)
            }
            offset += 1
        }
        let tokens = count + 1
        if tokens < 11 { starts[tokens] = UInt32(truncatingIfNeeded: subject.byteCount + 1) }
        let first: Int
        if tokens == 7 { first = 0 } else if tokens >= 9 { first = 2 } else { return nil }
        func token(_ index: Int) -> ByteSlice {
            let start = Int(starts[first + index])
            return ByteSlice(start: start, count: Int(starts[first + index + 1]) - start - 1)
        }
        guard let deliveries = subject.part(token(2)).decimal,
            let sequence = subject.part(token(3)).decimal,
            let consumerSequence = subject.part(token(4)).decimal
        else { return nil }
        stream = token(0)
        consumer = token(1)
        self.deliveries = deliveries
        self.sequence = sequence
        self.consumerSequence = consumerSequence
    }

    /// Appends the subject that acknowledges `delivery`; `prefix` is the consumer's `ackPrefix`.
    public static func append(
        prefix: RawSpan,
        _ delivery: Delivery,
        time: Instant,
        to subject: inout Table<UInt8>
    ) {
        subject.append(prefix)
        subject.append(decimal: UInt64(delivery.attempts))
        subject.append(UInt8(ascii: "."))
        subject.append(decimal: delivery.sequence)
        subject.append(UInt8(ascii: "."))
        subject.append(decimal: delivery.consumerSequence)
        subject.append(UInt8(ascii: "."))
        subject.append(decimal: time.nanoseconds)
        subject.append(UInt8(ascii: "."))
        subject.append(decimal: delivery.pending)
    }

    /// How long the subject is that `append` would make.
    static func byteCount(prefix: Int, _ delivery: Delivery, time: Instant) -> Int {
        prefix + 4 + digits(UInt64(delivery.attempts)) + digits(delivery.sequence)
            + digits(delivery.consumerSequence) + digits(time.nanoseconds)
            + digits(delivery.pending)
    }

    private static func digits(_ number: UInt64) -> Int {
        var count = 1
        var rest = number
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        return count
    }
}

/// What an acknowledgement says.
public enum AckKind: BitwiseCopyable, Equatable, Sendable {
    /// The message was dealt with.
    case acknowledged
    /// The message is to be delivered again, at once or after so many nanoseconds.
    case negative(delay: UInt64?)
    /// The message is being dealt with.
    case inProgress
    /// The message was dealt with, and others are wanted.
    case next(request: ByteSlice)
    /// The message is not to be delivered again.
    case terminated(reason: ByteSlice)
    /// Nothing that anybody knows.
    case unknown

    /// Reads the payload of an acknowledgement.
    public init(_ payload: RawSpan) {
        if payload.isEmpty || payload.equals("+ACK") || payload.equals("+OK") {
            self = .acknowledged
            return
        }
        let count = payload.byteCount
        if count >= 4 {
            let head = payload.extracting(0..<4)
            if head.equals("+NXT") {
                self = .next(request: ByteSlice(start: 4, count: count - 4))
                return
            }
            if head.equals("-NAK") {
                self = .negative(delay: Self.delay(payload.extracting(4..<count)))
                return
            }
            if head.equals("+WPI"), count == 4 {
                self = .inProgress
                return
            }
        }
        if count >= 5, payload.extracting(0..<5).equals("+TERM") {
            self = .terminated(reason: Self.trimmed(payload, from: 5))
            return
        }
        self = .unknown
    }

    private static func delay(_ text: RawSpan) -> UInt64? {
        let place = trimmed(text, from: 0)
        guard !place.isEmpty else { return nil }
        let argument = text.part(place)
        guard argument.byte(0) == UInt8(ascii: "{") else { return nanoseconds(of: argument) }
        // `{"delay": 5000000000}`: the only number there is.
        var at = 0
        while at < argument.byteCount, argument.byte(at) != UInt8(ascii: ":") { at += 1 }
        let number = trimmed(argument, from: min(at + 1, argument.byteCount), upTo: 1)
        let wait = argument.part(number).decimal
        return wait == 0 ? nil : wait
    }

    /// Where the text from `start` on lies without blanks and without `upTo` closing bytes.
    private static func trimmed(
        _ text: RawSpan,
        from start: Int,
        upTo closing: Int = 0
    ) -> ByteSlice {
        var begin = start
        var end = max(begin, text.byteCount - closing)
        while begin < end, text.byte(begin) <= 0x20 { begin += 1 }
        while end > begin, text.byte(end - 1) <= 0x20 { end -= 1 }
        return ByteSlice(start: begin, count: end - begin)
    }
}
