// A stream with consumers at a desk: things are done to it, and what it wants done is read as
// lines.

import Base
@testable import Queueing
import Testing

/// Drives a stream and writes its effects down.
struct Desk: ~Copyable {
    var stream: Stream
    var effects = Effects(countMax: 1_000)
    var now = Instant(nanoseconds: 1_000_000_000_000)
    /// Subjects that nobody listens on any more.
    var deaf: Set<String> = []

    init(_ change: (inout StreamConfiguration) -> Void) throws {
        var wanted = StreamConfiguration()
        wanted.name = Array("S".utf8)
        wanted.subjects = [Array("s.>".utf8)]
        wanted.storage = .memory
        change(&wanted)
        let configuration = try wanted.checked(in: StreamSurroundings())
        stream = Stream(
            StreamState(configuration, created: .never, residentBytesMax: 1 << 20, seed: 7)
        )
    }

    /// Publishes; the sequence, or the refusal in words.
    @discardableResult
    mutating func publish(
        _ subject: String,
        _ payload: String = "",
        headers: String = ""
    ) -> String {
        now.nanoseconds += 1_000
        let block = headers.isEmpty ? [] : Array("NATS/1.0\r\n\(headers)\r\n\r\n".utf8)
        do {
            let outcome = try stream.publish(
                subject: Array(subject.utf8).raw,
                headers: block.raw,
                payload: Array(payload.utf8).raw,
                PublishContext(now: now)
            )
            switch outcome {
            case .stored(let stored):
                stream.announce(stored, into: &effects)
                return "\(stored.sequence)"
            case .duplicate(let sequence): return "duplicate \(sequence)"
            }
        } catch {
            let error = stream.state.error(error)
            return "\(error.code.number) " + String(decoding: error.description, as: UTF8.self)
        }
    }

    /// Makes or changes a consumer.
    @discardableResult
    mutating func consumer(
        _ name: String,
        isBound: Bool = false,
        _ change: (inout ConsumerConfiguration) -> Void
    ) throws -> UInt32 {
        var wanted = ConsumerConfiguration()
        wanted.durableName = Array(name.utf8)
        wanted.name = wanted.durableName
        wanted.ackPolicy = .explicit
        change(&wanted)
        let checked = try wanted.checked(
            on: stream.state.configuration,
            in: ConsumerSurroundings()
        )
        return try stream.addConsumer(
            checked,
            name: wanted.name,
            mayCreate: true,
            mayUpdate: true,
            isBound: isBound,
            at: now,
            into: &effects
        ).index
    }

    mutating func pull(_ consumer: UInt32, _ request: String, _ reply: String = "in") {
        stream.request(
            Array(request.utf8).raw,
            consumer: consumer,
            reply: Array(reply.utf8).raw,
            at: now,
            into: &effects
        )
    }

    /// Acknowledges a delivery.
    mutating func ack(
        _ consumer: UInt32,
        _ sequence: UInt64,
        _ payload: String = "",
        delivery: UInt64 = 1,
        attempts: UInt64 = 1,
        reply: String = ""
    ) throws {
        let text = "$JS.ACK.S.c.\(attempts).\(sequence).\(delivery).1.0"
        let subject = try #require(AckSubject(text))
        stream.acknowledge(
            subject,
            consumer: consumer,
            payload: Array(payload.utf8).raw,
            reply: Array(reply.utf8).raw,
            at: now,
            into: &effects
        )
    }

    /// Lets time pass and does what is due on the way.
    mutating func wait(seconds: Double) {
        let end = now.adding(nanoseconds: UInt64(seconds * 1e9))
        while true {
            let next = stream.nextDeadline
            guard next <= end else { break }
            now = max(now, next)
            stream.tick(at: now, into: &effects)
            pump()
        }
        now = end
    }

    mutating func pump() {
        let deaf = deaf
        while stream.needsPump {
            stream.pump(
                at: now,
                isHeard: { !deaf.contains(String(decoding: $0.bytes, as: UTF8.self)) },
                into: &effects
            )
            if effects.isFull { return }
        }
    }

    /// What was to be done since the last look.
    mutating func take() -> [String] {
        pump()
        var lines: [String] = []
        for at in 0..<effects.list.count { lines.append(line(effects.list[at])) }
        effects.removeAll()
        return lines
    }

    private func text(_ slice: ByteSlice) -> String {
        let bytes = slice.range.map { effects.bytes[$0] }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func line(_ effect: QueueingEffect) -> String {
        switch effect {
        case .deliver(let delivery):
            var line = "\(delivery.sequence)"
            if delivery.attempts > 1 { line += " again \(delivery.attempts)" }
            return line + " #\(delivery.consumerSequence) left \(delivery.pending)"
                + " > \(text(delivery.destination))"
        case .status(let status):
            var block = Table<UInt8>()
            status.status.appendHeaders(stalled: RawSpan(), to: &block)
            let head = String(decoding: (0..<block.count).map { block[$0] }, as: UTF8.self)
            let lines = head.split(separator: "\r\n").dropFirst(0).joined(separator: " ")
            return lines.dropFirst(9) + " > \(text(status.destination))"
        case .answer(let destination): return "ok > \(text(destination))"
        case .load(let sequence): return "load \(sequence)"
        case .advise(let notice): return "\(notice.kind) \(notice.sequence) \(text(notice.text))"
        case .expired(let consumer): return "expired \(consumer)"
        case .deadLetter(_, let sequence, let deliveries):
            return "dead \(sequence) after \(deliveries)"
        }
    }

    mutating func report(_ consumer: UInt32) -> ConsumerReport {
        stream.consumers[consumer].report(stream: Array("S".utf8), at: now)
    }
}

extension RawSpan {
    /// A copy of the bytes.
    var bytes: [UInt8] {
        (0..<byteCount).map { offset in
            // SAFETY: `offset` is below the count.
            unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
        }
    }
}

extension AckSubject {
    init?(_ text: String) {
        self.init(Array(text.utf8).raw)
    }
}
