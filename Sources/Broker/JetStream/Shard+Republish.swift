// Stored messages are published again where the stream's configuration says.

import Base
import Queueing
import Routing

/// Where a stream publishes its messages again, and those that are not safe yet.
struct Republisher {
    /// A message that waits until it is safe.
    private struct Waiting {
        let sequence: UInt64
        let subject: [UInt8]
        let headers: [UInt8]
        let payload: [UInt8]
    }

    /// What this was made of.
    let configuration: Republish
    private let rule: SubjectTransform
    private var waiting: [Waiting] = []
    private var sent = 0

    /// `nil` if the subjects are wrong, which the check of the configuration keeps out.
    init?(_ configuration: Republish) {
        let mapping = configuration.mapping
        guard let rule = try? SubjectTransform(from: mapping.source, to: mapping.destination) else {
            return nil
        }
        self.configuration = configuration
        self.rule = rule
    }

    /// Takes a copy of a stored message, unless it is none of those that are published again.
    mutating func take(
        _ stored: Stored,
        _ record: Record,
        from stream: borrowing Queueing.Stream,
        name: [UInt8]
    ) {
        let original = stream.state.records.subject(of: record)
        let own = stream.state.records.headers(of: record)
        var subject = Table<UInt8>(capacity: 64)
        let chance = UInt32(truncatingIfNeeded: stored.sequence &* 0x9E37_79B9)
        guard rule.apply(to: original, chance: chance, into: &subject) else { return }
        var headers = Table<UInt8>(capacity: 256)
        MessageHeaders.appendRepublished(
            stored,
            stream: name.raw,
            subject: original,
            own: own,
            payloadBytes: configuration.isHeadersOnly ? Int(record.payloadBytes) : nil,
            to: &headers
        )
        let payload = stream.state.records.payload(of: record)
        waiting.append(
            Waiting(
                sequence: stored.sequence,
                subject: subject.bytes.array,
                headers: headers.bytes.array,
                payload: configuration.isHeadersOnly ? [] : payload.array
            )
        )
    }

    /// The next message that is safe, as everything up to `durable` is.
    mutating func next(
        durable: UInt64
    ) -> (subject: [UInt8], headers: [UInt8], payload: [UInt8])? {
        guard sent < waiting.count, waiting[sent].sequence <= durable else {
            if sent == waiting.count, sent > 0 {
                waiting.removeAll(keepingCapacity: true)
                sent = 0
            }
            return nil
        }
        let message = waiting[sent]
        sent += 1
        return (message.subject, message.headers, message.payload)
    }

    /// Forgets what is behind `durable` and has not been kept.
    mutating func rewind(durable: UInt64) {
        waiting.removeAll { $0.sequence > durable }
        sent = min(sent, waiting.count)
    }
}

extension Shard {
    /// Begins, changes or ends publishing again as the stream's configuration says.
    mutating func setRepublisher(_ index: UInt32) {
        guard let wanted = host.streams[index].stream.state.configuration.republish else {
            host.republishers[index] = nil
            return
        }
        if host.republishers[index]?.configuration == wanted { return }
        host.republishers[index] = Republisher(wanted)
    }

    /// A message was stored: it is published again, once it is safe.
    mutating func republish(_ stored: Stored, of index: UInt32) {
        guard !host.republishers.isEmpty, stored.isKept, var own = host.republishers[index],
            let record = host.streams[index].stream.find(stored.sequence)
        else { return }
        host.republishers[index] = nil
        own.take(stored, record, from: host.streams[index].stream, name: host.streams[index].name)
        host.republishers[index] = own
        sendRepublished(index)
    }

    /// Publishes again what is safe by now.
    mutating func sendRepublished(_ index: UInt32) {
        guard !host.republishers.isEmpty else { return }
        let durable = host.streams[index].stream.state.durableSequence
        while host.streams.contains(index),
            let message = host.republishers[index]?.next(durable: durable)
        {
            emit(
                root(of: index),
                to: message.subject.raw,
                subject: message.subject.raw,
                reply: RawSpan(),
                headers: message.headers.raw,
                payload: message.payload.raw
            )
        }
    }
}
