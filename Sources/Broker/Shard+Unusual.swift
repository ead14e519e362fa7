// What rarely happens to a published message: odd forms, refusals, headers taken off, nobody to
// serve it.

import Base
import Reactor
import Routing
import Wire

extension Shard {
    /// The same for a publish in any other form: its tail is written anew.
    @inline(never)
    mutating func routeUnusual(
        _ set: InterestSet,
        _ command: Command,
        _ bytes: RawSpan,
        from index: UInt32
    ) -> Int {
        // Without a single byte of headers there are none.
        let hasHeaders = command.hasHeaders && command.headerBytes > 0
        let tail = Self.tail(
            reply: bytes.slice(command.reply),
            headerBytes: hasHeaders ? Int(command.headerBytes) : nil,
            payload: bytes.slice(command.payload)
        )
        let frame = MessageFrame(
            subject: command.subject,
            hasHeaders: hasHeaders,
            payloadBytes: command.payload.count
        )
        return route(
            set,
            frame,
            subject: bytes.slice(command.subject),
            tail: tail.raw,
            from: index
        )
    }

    /// Everything behind the subscription id of a message.
    static func tail(reply: RawSpan, headerBytes: Int?, payload: RawSpan) -> [UInt8] {
        var tail: [UInt8] = []
        tail.reserveCapacity(payload.byteCount + reply.byteCount + 32)
        tail.append(0x20)
        if !reply.isEmpty {
            tail.append(contentsOf: reply.array)
            tail.append(0x20)
        }
        if let headerBytes {
            tail.append(contentsOf: String(headerBytes).utf8)
            tail.append(0x20)
        }
        tail.append(contentsOf: String(payload.byteCount).utf8)
        tail.append(contentsOf: [0x0D, 0x0A])
        tail.append(contentsOf: payload.array)
        tail.append(contentsOf: [0x0D, 0x0A])
        return tail
    }

    /// Delivers the body alone to a client that does not understand headers.
    @inline(never)
    mutating func deliverBody(
        _ frame: MessageFrame,
        subject: RawSpan,
        tail: RawSpan,
        to subscription: UInt32,
        _ owner: UInt32
    ) -> Bool {
        guard let plain = Self.withoutHeaders(tail, payloadBytes: Int(frame.payloadBytes)) else {
            return false
        }
        let sid = interests.subscriptions[subscription].sid
        let longSid = interests.longBytes(of: sid).array
        let wasTaken = outbox.appendInPieces(
            hasHeaders: false,
            subject: subject,
            sid: sid,
            longSid: longSid.raw,
            tail: plain.raw,
            to: &connections[owner].queue
        )
        guard wasTaken else {
            overrun(owner)
            return false
        }
        count(frame.payloadBytes, delivered: subscription, to: owner)
        return true
    }

    /// The tail of a message with headers as it reads without them.
    private static func withoutHeaders(_ tail: RawSpan, payloadBytes: Int) -> [UInt8]? {
        let payloadStart = tail.byteCount - 2 - payloadBytes
        let line = tail.extracting(0..<payloadStart - 2).array
        let words = line.split(separator: 0x20)
        guard words.count >= 2,
            let headers = Int(String(decoding: words[words.count - 2], as: UTF8.self)),
            headers <= payloadBytes
        else { return nil }
        let reply = words.count == 3 ? Array(words[0]) : []
        let body = tail.extracting(payloadStart + headers..<payloadStart + payloadBytes)
        return Self.tail(reply: reply.raw, headerBytes: nil, payload: body)
    }

    // MARK: - Refusals and answers

    /// What is checked before a publish that is not plain.
    /// - Returns: whether the message goes on.
    @inline(never)
    mutating func accept(
        _ command: Command,
        in bytes: RawSpan,
        from index: UInt32
    ) -> Bool {
        let flags = connections[index].flags
        if command.hasHeaders, !flags.contains(.headers) {
            refuse(index, .malformedArguments)
            return false
        }
        let reply = bytes.slice(command.reply)
        if !reply.isEmpty, Self.isReserved(reply: reply) {
            violate(index, .reply(subject: reply.array))
            return false
        }
        if flags.contains(.hasPermissions) {
            let subject = bytes.slice(command.subject)
            guard mayPublish(index, to: subject) else {
                violate(index, .publish(subject: subject.array))
                return false
            }
        }
        if flags.contains(.pedantic),
            !SubjectSyntax.isValidSubject(bytes.slice(command.subject))
        {
            refuse(index, .invalidPublishSubject)
        }
        if flags.contains(.verbose) { send(Self.ok, to: index) }
        tick.isServed =
            !reply.isEmpty && SystemSubject.isLikely(bytes.slice(command.subject))
            && takeSystemRequest(command, in: bytes, from: index)
        return true
    }

    /// Reply subjects that only a server may use.
    private static func isReserved(reply: RawSpan) -> Bool {
        switch reply.byte(0) {
        case UInt8(ascii: "_"): reply.starts(with: "_R_") || reply.starts(with: "_GR_.")
        case UInt8(ascii: "$"): reply.starts(with: "$JS.ACK.")
        default: false
        }
    }

    /// Tells a requester that nobody serves `subject`.
    @inline(never)
    mutating func answerUnserved(subject: RawSpan, reply: RawSpan, to index: UInt32) {
        guard !tick.isServed else { return }
        let set = interests.lookUp(root: connections[index].root, subject: reply)
        var own = noIndex
        for at in 0..<Int(set.count) where own == noIndex {
            var subscription = interests.interests[interests.interest(at, of: set)].firstPlain
            while subscription != noIndex {
                if interests.subscriptions[subscription].owner == index { own = subscription }
                subscription = interests.subscriptions[subscription].nextFree
            }
        }
        guard own != noIndex else { return }
        var block = HeaderWriter(status: 503, text: "")
        block.append("Nats-Subject", subject.array)
        let headers = block.finish()
        let tail = Self.tail(
            reply: RawSpan(),
            headerBytes: headers.count,
            payload: headers.raw
        )
        // Not a delivery: it neither counts nor uses up the subscription.
        let sid = interests.subscriptions[own].sid
        let longSid = interests.longBytes(of: sid).array
        let wasTaken = outbox.appendInPieces(
            hasHeaders: true,
            subject: reply,
            sid: sid,
            longSid: longSid.raw,
            tail: tail.raw,
            to: &connections[index].queue
        )
        markDirty(index)
        if !wasTaken { end(index, .slowConsumerPendingBytes) }
    }

    /// Tells a client that its permissions do not allow what it asked for.
    mutating func violate(_ index: UInt32, _ violation: PermissionViolation) {
        scratch.removeAll(keepingCapacity: true)
        violation.append(to: &scratch)
        send(scratch, to: index)
    }

    static var ok: [UInt8] { Array("+OK\r\n".utf8) }
}
