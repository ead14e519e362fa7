// The answer to a publish.
// Source: NATS JetStream API, PubAck.

public import Base
import JSON
public import Queueing

/// Writes answers to publishes into a buffer that is used again.
public enum PubAck {
    /// Appends the answer for the message that became `sequence`; allocates nothing.
    ///
    /// `stream` and `domain` are written as they are: see `escaped`.
    public static func append(
        stream: RawSpan,
        domain: RawSpan,
        sequence: UInt64,
        isDuplicate: Bool,
        to text: inout Table<UInt8>
    ) {
        append("{\"stream\":\"", to: &text)
        append(stream, to: &text)
        if !domain.isEmpty {
            append("\",\"domain\":\"", to: &text)
            append(domain, to: &text)
        }
        append("\",\"seq\":", to: &text)
        append(decimal: sequence, to: &text)
        append(isDuplicate ? ",\"duplicate\": true}" : "}", to: &text)
    }

    /// `name` as it stands between quotation marks.
    public static func escaped(_ name: [UInt8]) -> [UInt8] {
        var json = JSONWriter(.compact, capacity: name.count + 2)
        json.string(name)
        return Array(json.bytes.dropFirst().dropLast())
    }

    /// The answer to a publish that was refused.
    public static func refusal(_ error: QueueingError, stream: [UInt8]) -> [UInt8] {
        var json = JSONWriter(.compact, capacity: 128)
        json.beginObject()
        json.name("error")
        error.write(to: &json)
        json.field("stream", stream)
        json.field("seq", 0)
        json.endObject()
        return json.bytes
    }

    private static func append(_ literal: StaticString, to text: inout Table<UInt8>) {
        // SAFETY: a static string keeps its UTF-8 for ever.
        let bytes = unsafe UnsafeBufferPointer(
            start: literal.utf8Start,
            count: literal.utf8CodeUnitCount
        )
        for index in 0..<bytes.count { text.append(unsafe bytes[index]) }
    }

    private static func append(_ bytes: RawSpan, to text: inout Table<UInt8>) {
        for offset in 0..<bytes.byteCount {
            // SAFETY: `offset` is below the count.
            text.append(unsafe bytes.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self))
        }
    }

    private static func append(decimal number: UInt64, to text: inout Table<UInt8>) {
        var scale: UInt64 = 1
        while number / scale >= 10 { scale *= 10 }
        while scale > 0 {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / scale % 10))
            scale /= 10
        }
    }
}
