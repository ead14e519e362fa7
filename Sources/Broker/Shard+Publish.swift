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
            if command.hasHeaders, ForgedHeaders.isIn(bytes.slice(command.headers)) {
                spreadWithoutForged(command, in: bytes, from: index)
                return
            }
        }
        spread(command, in: bytes, from: index)
    }

    /// Brings an accepted publish to whoever is interested.
    @inline(__always)
    mutating func spread(_ command: Command, in bytes: RawSpan, from index: UInt32) {
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
        } else if SubjectSyntax.isReserved(subject) {
            violate(index, .publish(subject: subject.array))
            return
        }
        if !tick.hits.isEmpty {
            tick.sender = index
            serve(from: 0, command, in: bytes, root: root)
            tick.sender = noIndex
        }
        if tick.isLagging { stall(index) }
        if deliveries == 0, !command.reply.isEmpty,
            connections[index].flags.contains(.noResponders)
        {
            answerUnserved(subject: subject, reply: bytes.slice(command.reply), to: index)
        }
    }

    /// The frame of a publish whose last bytes can be sent as they came: single spaces from the
    /// last one behind the subject on, sizes without leading zeroes, CR and LF.
    @inline(__always)
    private static func frame(_ command: Command, _ bytes: RawSpan) -> MessageFrame? {
        let start = Int(command.tailStart)
        if !command.isUsual {
            // A blank and the sizes take up the whole line behind the last name, or there is
            // something else in it.
            let blank = command.reply.isEmpty ? start : command.reply.end
            let line = Int(command.payload.start)
            let size = line &- 2 &- decimalDigits(command.payload.count)
            var sizes = size
            if command.hasHeaders { sizes &-= decimalDigits(command.headerBytes) &+ 1 }
            guard !command.hasHeaders || command.headerBytes > 0, blank &+ 1 == sizes,
                bytes.byte(line &- 2) == 0x0D, bytes.byte(blank) == 0x20,
                bytes.byte(start) == 0x20, bytes.byte(size &- 1) == 0x20
            else { return nil }
        }
        return MessageFrame(
            subject: command.subject,
            tail: ByteSlice(start: start, count: command.payload.end &+ 2 &- start),
            hasHeaders: command.hasHeaders,
            payloadBytes: command.payload.count
        )
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
        var groupedInterests = 0
        var firstGroup = noIndex
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
            if interest.firstGroup != noIndex {
                groupedInterests &+= 1
                firstGroup = interest.firstGroup
            }
        }
        if groupedInterests == 1 {
            while firstGroup != noIndex {
                if deliverToOne(frame, subject: subject, tail: tail, of: firstGroup, from: index) {
                    count &+= 1
                }
                firstGroup = interests.groups[firstGroup].nextFree
            }
        } else if groupedInterests > 1 {
            count &+= deliverToShared(set, frame, subject: subject, tail: tail, from: index)
        }
        if !tick.expired.isEmpty { unsubscribeExpired() }
        if !tick.overrun.isEmpty { endOverrun() }
        return count
    }

    /// Delivers to the member whose turn it is, or to the next one that takes the message.
    mutating func deliverToOne(
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
        if owner >= ServiceOwner.first {
            tick.hits.append(owner)
            return true
        }
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
    mutating func count(
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
            tick.isLagging = true
            if waiting > settings.limits.pendingBytesMax { overrun(owner) }
        }
        let delivered = interests.subscriptions[subscription].delivered &+ 1
        interests.subscriptions[subscription].delivered = delivered
        let most = interests.subscriptions[subscription].deliveriesMax
        if most != 0, delivered >= most { tick.expired.append(subscription) }
    }

    @inline(never)
    mutating func overrun(_ owner: UInt32) {
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

    private mutating func unsubscribeExpired() {
        while let subscription = tick.expired.popLast() {
            drop(subscription, of: interests.subscriptions[subscription].owner)
        }
    }

    mutating func endOverrun() {
        while let owner = tick.overrun.popLast() {
            connections[owner].flags.remove(.isClosing)
            counters.slowConsumers &+= 1
            end(owner, .slowConsumerPendingBytes)
        }
    }

    /// Holds the publisher back for a moment, so that its receivers or the disk can catch up.
    @inline(never)
    private mutating func stall(_ index: UInt32) {
        tick.isLagging = false
        guard !connections[index].flags.contains(.isStalled) else { return }
        connections[index].flags.insert(.isStalled)
        counters.stalls &+= 1
        tick.stalled.append(index)
    }
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
