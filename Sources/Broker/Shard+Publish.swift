// What happens to a published message.

import Base
import Reactor
import Routing
import Wire

extension Shard {
    /// Routes one publish of the connection at `index`.
    mutating func publish(_ command: Command, in bytes: RawSpan, from index: UInt32) {
        let flags = connections[index].flags
        let size = UInt64(command.payload.count)
        connections[index].traffic.messagesIn &+= 1
        connections[index].traffic.bytesIn &+= size
        counters.traffic.messagesIn &+= 1
        counters.traffic.bytesIn &+= size
        if !flags.isDisjoint(with: [.verbose, .pedantic, .hasPermissions]) || command.hasHeaders
            || !command.reply.isEmpty
        {
            guard accept(command, in: bytes, from: index) else { return }
        }
        let root = connections[index].root
        let subject = bytes.slice(command.subject)
        let set = interests.lookUp(root: root, subject: subject)
        var deliveries = 0
        if set.count > 0 {
            if let frame = Self.frame(command, bytes) {
                let tail = bytes.slice(frame.tail)
                deliveries = route(set, frame, subject: subject, tail: tail, from: index)
            } else {
                deliveries = routeUnusual(set, command, bytes, from: index)
            }
        }
        if tick.isReceiverLagging { stall(index) }
        if deliveries == 0, !command.reply.isEmpty, flags.contains(.noResponders) {
            answerUnserved(subject: subject, reply: bytes.slice(command.reply), to: index)
        }
    }

    /// The frame of a publish in the usual form: single spaces, sizes without leading zeroes, CR
    /// and LF.
    @inline(__always)
    private static func frame(_ command: Command, _ bytes: RawSpan) -> MessageFrame? {
        let start = command.subject.end
        if command.isUsual {
            return MessageFrame(
                subject: command.subject,
                tail: ByteSlice(start: start, count: command.payload.end &+ 2 &- start),
                hasHeaders: false,
                payloadBytes: command.payload.count
            )
        }
        let end = command.reply.isEmpty ? command.subject.end : command.reply.end
        var digits = decimalDigits(command.payload.count)
        if command.hasHeaders { digits &+= decimalDigits(command.headerBytes) &+ 1 }
        let line = Int(command.payload.start)
        guard end &+ 1 &+ digits &+ 2 == line, bytes.byte(line &- 2) == 0x0D,
            bytes.byte(end) == 0x20, bytes.byte(start) == 0x20,
            command.reply.isEmpty || start &+ 1 == Int(command.reply.start)
        else { return nil }
        return MessageFrame(
            subject: command.subject,
            tail: ByteSlice(start: start, count: command.payload.end &+ 2 &- start),
            hasHeaders: command.hasHeaders,
            payloadBytes: command.payload.count
        )
    }

    /// The same for a publish in any other form: its tail is written anew.
    @inline(never)
    private mutating func routeUnusual(
        _ set: InterestSet,
        _ command: Command,
        _ bytes: RawSpan,
        from index: UInt32
    ) -> Int {
        let tail = Self.tail(
            reply: bytes.slice(command.reply),
            headerBytes: command.hasHeaders ? Int(command.headerBytes) : nil,
            payload: bytes.slice(command.payload)
        )
        let frame = MessageFrame(
            subject: command.subject,
            hasHeaders: command.hasHeaders,
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

    // MARK: - Delivery

    /// Delivers to every plain subscription of `set` and to one member of each queue group.
    /// - Returns: how many deliveries were made.
    mutating func route(
        _ set: InterestSet,
        _ frame: MessageFrame,
        subject: RawSpan,
        tail: RawSpan,
        from index: UInt32
    ) -> Int {
        var count = 0
        for at in 0..<Int(set.count) {
            let interest = interests.interests[interests.interest(at, of: set)]
            var subscription = interest.firstPlain
            while subscription != noIndex {
                let next = interests.subscriptions[subscription].nextFree
                if deliver(frame, subject: subject, tail: tail, to: subscription, from: index) {
                    count &+= 1
                }
                subscription = next
            }
            var group = interest.firstGroup
            while group != noIndex {
                if deliverToOne(frame, subject: subject, tail: tail, of: group, from: index) {
                    count &+= 1
                }
                group = interests.groups[group].nextFree
            }
        }
        if !tick.expired.isEmpty { unsubscribeExpired() }
        if !tick.overrun.isEmpty { endOverrun() }
        return count
    }

    /// Delivers to the member whose turn it is, or to the next one that takes the message.
    private mutating func deliverToOne(
        _ frame: MessageFrame,
        subject: RawSpan,
        tail: RawSpan,
        of group: UInt32,
        from index: UInt32
    ) -> Bool {
        let count = interests.groups[group].count
        var member = interests.groups[group].turn
        for _ in 0..<count {
            let next = interests.subscriptions[member].nextFree
            interests.groups[group].turn = next
            if deliver(frame, subject: subject, tail: tail, to: member, from: index) {
                return true
            }
            member = next
        }
        return false
    }

    /// Puts the message into the queue of the subscription's connection.
    @inline(__always)
    private mutating func deliver(
        _ frame: MessageFrame,
        subject: RawSpan,
        tail: RawSpan,
        to subscription: UInt32,
        from publisher: UInt32
    ) -> Bool {
        let owner = interests.subscriptions[subscription].owner
        let flags = connections[owner].flags
        if flags.contains(.isClosing) || owner == publisher && !flags.contains(.echo) {
            return false
        }
        if flags.contains(.hasPermissions),
            !permitDelivery(frame, subject: subject, tail: tail, to: subscription, owner)
        {
            return false
        }
        if frame.hasHeaders, !flags.contains(.headers) {
            return deliverBody(frame, subject: subject, tail: tail, to: subscription, owner)
        }
        let wasTaken = outbox.append(
            hasHeaders: frame.hasHeaders,
            subject: subject,
            sid: interests.subscriptions[subscription].sid,
            tail: tail,
            to: &connections[owner].queue
        )
        if !wasTaken {
            guard deliverInPieces(frame, subject: subject, tail: tail, to: subscription, owner)
            else { return false }
        }
        count(frame.payloadBytes, delivered: subscription, to: owner)
        return true
    }

    /// Counts a delivery and notices what it brings to an end.
    @inline(__always)
    private mutating func count(
        _ bytes: UInt32,
        delivered subscription: UInt32,
        to owner: UInt32
    ) {
        connections[owner].traffic.messagesOut &+= 1
        connections[owner].traffic.bytesOut &+= UInt64(bytes)
        counters.traffic.messagesOut &+= 1
        counters.traffic.bytesOut &+= UInt64(bytes)
        markDirty(owner)
        let waiting = connections[owner].queue.byteCount
        if waiting > settings.limits.pendingBytesMax / 4 {
            tick.isReceiverLagging = true
            if waiting > settings.limits.pendingBytesMax { overrun(owner) }
        }
        let delivered = interests.subscriptions[subscription].delivered &+ 1
        interests.subscriptions[subscription].delivered = delivered
        let most = interests.subscriptions[subscription].deliveriesMax
        if most != 0, delivered >= most { tick.expired.append(subscription) }
    }

    @inline(never)
    private mutating func overrun(_ owner: UInt32) {
        connections[owner].flags.insert(.isClosing)
        tick.overrun.append(owner)
    }

    @inline(never)
    private mutating func deliverInPieces(
        _ frame: MessageFrame,
        subject: RawSpan,
        tail: RawSpan,
        to subscription: UInt32,
        _ owner: UInt32
    ) -> Bool {
        let sid = interests.subscriptions[subscription].sid
        let longSid = interests.longBytes(of: sid).array
        let wasTaken = outbox.appendInPieces(
            hasHeaders: frame.hasHeaders,
            subject: subject,
            sid: sid,
            longSid: longSid.raw,
            tail: tail,
            to: &connections[owner].queue
        )
        if !wasTaken { overrun(owner) }
        return wasTaken
    }

    /// Delivers the body alone to a client that does not understand headers.
    @inline(never)
    private mutating func deliverBody(
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

    private mutating func unsubscribeExpired() {
        while let subscription = tick.expired.popLast() {
            drop(subscription, of: interests.subscriptions[subscription].owner)
        }
    }

    private mutating func endOverrun() {
        while let owner = tick.overrun.popLast() {
            connections[owner].flags.remove(.isClosing)
            counters.slowConsumers &+= 1
            end(owner, .slowConsumerPendingBytes)
        }
    }

    /// Holds the publisher back for a moment, so that its receivers can catch up.
    @inline(never)
    private mutating func stall(_ index: UInt32) {
        tick.isReceiverLagging = false
        guard !connections[index].flags.contains(.isStalled) else { return }
        connections[index].flags.insert(.isStalled)
        counters.stalls &+= 1
        tick.stalled.append(index)
    }

    // MARK: - The unusual

    /// What is checked before a publish that is not plain.
    /// - Returns: whether the message goes on.
    @inline(never)
    private mutating func accept(
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
        if flags.contains(.verbose) { send(Self.ok, to: index) }
        if flags.contains(.pedantic),
            !SubjectSyntax.isValidSubject(bytes.slice(command.subject))
        {
            refuse(index, .invalidPublishSubject)
        }
        return true
    }

    /// Reply subjects that only a server may use.
    private static func isReserved(reply: RawSpan) -> Bool {
        switch reply.byte(0) {
        case UInt8(ascii: "_"): reply.starts(with: "_R_") || reply.starts(with: "_GR_.")
        case UInt8(ascii: "$"): reply.starts(with: "$JS.ACK.") || reply.starts(with: "$GNR.")
        default: false
        }
    }

    /// Tells a requester that nobody serves `subject`.
    @inline(never)
    private mutating func answerUnserved(subject: RawSpan, reply: RawSpan, to index: UInt32) {
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
        let frame = MessageFrame(hasHeaders: true, payloadBytes: UInt32(headers.count))
        _ = deliver(frame, subject: reply, tail: tail.raw, to: own, from: noIndex)
        if !tick.expired.isEmpty { unsubscribeExpired() }
        if !tick.overrun.isEmpty { endOverrun() }
    }

    /// Tells a client that its permissions do not allow what it asked for.
    mutating func violate(_ index: UInt32, _ violation: PermissionViolation) {
        scratch.removeAll(keepingCapacity: true)
        violation.append(to: &scratch)
        send(scratch, to: index)
    }

    static var ok: [UInt8] { Array("+OK\r\n".utf8) }
}

/// How many decimal digits `value` has.
@inline(__always)
private func decimalDigits(_ value: UInt32) -> Int {
    if value < 10 { return 1 }
    if value < 100 { return 2 }
    if value < 1_000 { return 3 }
    if value < 10_000 { return 4 }
    if value < 100_000 { return 5 }
    if value < 1_000_000 { return 6 }
    return value < 10_000_000 ? 7 : value < 100_000_000 ? 8 : value < 1_000_000_000 ? 9 : 10
}

extension RawSpan {
    /// Whether the first bytes are those of `text`.
    func starts(with text: StaticString) -> Bool {
        guard byteCount >= text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount {
            // SAFETY: the offset is below the text's count.
            guard unsafe text.utf8Start[offset] == byte(offset) else { return false }
        }
        return true
    }
}
