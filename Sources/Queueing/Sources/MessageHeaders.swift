// Headers that tell where a message comes from: republished, read directly, dead.
// Source: NATS JetStream API, republish and direct get.

public import Base

/// Writes headers in front of messages that leave a stream otherwise than to a consumer.
public enum MessageHeaders {
    /// The headers of a message that is published again: its own first, then where it comes from.
    ///
    /// `previous` is the sequence of the message before it on its subject, 0 without one;
    /// `payloadBytes` is told if the payload is left out.
    public static func appendRepublished(
        _ stored: Stored,
        stream: RawSpan,
        subject: RawSpan,
        own headers: RawSpan,
        payloadBytes: Int?,
        to block: inout Table<UInt8>
    ) {
        begin(headers, &block)
        field("Nats-Stream: ", stream, &block)
        field("Nats-Subject: ", subject, &block)
        field("Nats-Sequence: ", stored.sequence, &block)
        time(stored.time, &block)
        field("Nats-Last-Sequence: ", stored.previousOnSubject, &block)
        if let payloadBytes { field("Nats-Msg-Size: ", UInt64(payloadBytes), &block) }
        block.append("\r\n")
    }

    /// The headers of a message that is delivered without its payload.
    public static func appendHeadersOnly(
        own headers: RawSpan,
        payloadBytes: Int,
        to block: inout Table<UInt8>
    ) {
        begin(headers, &block)
        field("Nats-Msg-Size: ", UInt64(payloadBytes), &block)
        block.append("\r\n")
    }

    /// The headers of a dead letter: its own first, then where it died.
    public static func appendDeadLetter(
        stream: RawSpan,
        consumer: RawSpan,
        subject: RawSpan,
        sequence: UInt64,
        deliveries: UInt32,
        own headers: RawSpan,
        to block: inout Table<UInt8>
    ) {
        HeaderCopy.copy(headers, to: &block) { name in
            name.starts(with: "Nats-Expected-") || name.starts(with: "Nats-Batch-")
                || name.equals("Nats-Msg-Id") || name.equals("Nats-TTL")
                || name.equals("Nats-Rollup") || name.starts(with: "Sluice-Dead-")
        }
        if block.isEmpty { block.append("NATS/1.0\r\n") }
        field("Sluice-Dead-Stream: ", stream, &block)
        field("Sluice-Dead-Consumer: ", consumer, &block)
        field("Sluice-Dead-Subject: ", subject, &block)
        field("Sluice-Dead-Sequence: ", sequence, &block)
        field("Sluice-Dead-Deliveries: ", UInt64(deliveries), &block)
        // The same death is told twice if the server ends before it knows that it was told.
        block.append("Nats-Msg-Id: ")
        block.append(stream)
        block.append(".")
        block.append(consumer)
        block.append(".")
        block.append(decimal: sequence)
        block.append("\r\n\r\n")
    }

    /// The subject that a dead letter had when it lived, or `nil` if `headers` are of no dead
    /// letter.
    public static func deadSubject(_ headers: RawSpan) -> [UInt8]? {
        var found: [UInt8]?
        var start = 0
        for offset in 0..<headers.byteCount where headers.byte(offset) == 0x0A {
            let line = headers.extracting(start..<offset)
            start = offset + 1
            guard line.starts(with: "Sluice-Dead-Subject: ") else { continue }
            var end = line.byteCount
            if end > 21, line.byte(end - 1) == 0x0D { end -= 1 }
            found = line.extracting(21..<end).array
        }
        return found
    }

    /// The headers that a dead letter is put back with: its own, without those of its death.
    public static func appendRedriven(_ headers: RawSpan, to block: inout Table<UInt8>) {
        HeaderCopy.copy(headers, to: &block) { name in
            name.starts(with: "Sluice-Dead-") || name.equals("Nats-Msg-Id")
        }
        HeaderCopy.close(&block)
    }

    private static func begin(_ headers: RawSpan, _ block: inout Table<UInt8>) {
        HeaderCopy.copy(headers, to: &block) { _ in false }
        if block.isEmpty { block.append("NATS/1.0\r\n") }
    }

    private static func field(_ name: StaticString, _ value: RawSpan, _ block: inout Table<UInt8>) {
        block.append(name)
        block.append(value)
        block.append("\r\n")
    }

    private static func field(_ name: StaticString, _ value: UInt64, _ block: inout Table<UInt8>) {
        block.append(name)
        block.append(decimal: value)
        block.append("\r\n")
    }

    private static func time(_ time: Instant, _ block: inout Table<UInt8>) {
        block.append("Nats-Time-Stamp: ")
        for byte in time.text { block.append(byte) }
        block.append("\r\n")
    }
}
