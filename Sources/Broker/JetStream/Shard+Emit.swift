// Messages that the shard itself sends.

import Base
import Routing

extension Shard {
    /// Sends a message to whoever is interested in `address` in the account at `root`.
    ///
    /// Receivers see `subject`, which differs from the address for what consumers deliver.
    /// - Returns: how many deliveries were made.
    @discardableResult
    mutating func emit(
        _ root: UInt32,
        to address: RawSpan,
        subject: RawSpan,
        reply: RawSpan,
        headers: RawSpan,
        payload: RawSpan
    ) -> Int {
        let set = interests.lookUp(root: root, subject: address)
        guard set.count > 0, var tail = emission.take() else { return 0 }
        tail.removeAll()
        Self.append(reply: reply, headers: headers, payload: payload, to: &tail)
        let frame = MessageFrame(
            hasHeaders: !headers.isEmpty,
            payloadBytes: UInt32(truncatingIfNeeded: headers.byteCount + payload.byteCount)
        )
        let first = tick.hits.count
        let count = route(set, frame, subject: subject, tail: tail.bytes, from: noIndex)
        emission = consume tail
        guard tick.hits.count > first else { return count }
        serve(
            from: first,
            subject: subject,
            reply: reply,
            headers: headers,
            payload: payload,
            root: root
        )
        return count
    }

    /// The same with `address` as the subject and without headers.
    @discardableResult
    mutating func emit(_ root: UInt32, to address: [UInt8], _ payload: [UInt8]) -> Int {
        emit(
            root,
            to: address.raw,
            subject: address.raw,
            reply: RawSpan(),
            headers: RawSpan(),
            payload: payload.raw
        )
    }

    /// Writes what stands behind the subscription id of a message.
    private static func append(
        reply: RawSpan,
        headers: RawSpan,
        payload: RawSpan,
        to tail: inout Table<UInt8>
    ) {
        tail.append(0x20)
        if !reply.isEmpty {
            tail.append(reply)
            tail.append(0x20)
        }
        if !headers.isEmpty {
            tail.append(decimal: UInt64(headers.byteCount))
            tail.append(0x20)
        }
        tail.append(decimal: UInt64(headers.byteCount + payload.byteCount))
        tail.append(0x0D)
        tail.append(0x0A)
        tail.append(headers)
        tail.append(payload)
        tail.append(0x0D)
        tail.append(0x0A)
    }
}
