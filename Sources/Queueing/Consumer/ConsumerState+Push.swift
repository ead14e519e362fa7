// Pushing: interest, heartbeats, flow control.
// Source: NATS JetStream API, push consumers.

public import Base

extension ConsumerState {
    /// Somebody listens on the deliver subject now, or nobody does any more.
    public mutating func setBound(_ isBound: Bool, at now: Instant) {
        guard rules.isPush, self.isBound != isBound else { return }
        self.isBound = isBound
        usedAt = now
        push.unansweredBytes = 0
        push.request = 0
        push.requestBytes = 0
    }

    /// The receiver answered the flow control request whose subject ends in `token`.
    public mutating func answerFlowControl(
        _ token: RawSpan,
        last: SequencePair?,
        at now: Instant,
        into effects: inout Effects
    ) {
        guard push.request != 0, equal(token, Self.token(push.request).raw) else { return }
        push.windowBytes = min(push.windowBytes * 2, PushState.windowBytesMax)
        push.unansweredBytes = max(0, push.unansweredBytes - push.requestBytes)
        push.request = 0
        push.requestBytes = 0
        guard rules.ackPolicy == .flowControl, let last, last.stream > 0 else { return }
        acknowledgeAll(upTo: last.stream, consumerSequence: last.consumer, at: now)
    }

    /// Asks the receiver to answer when it has caught up.
    mutating func askReceiver(into effects: inout Effects) {
        push.requestCount &+= 1
        push.request = push.requestCount == 0 ? 1 : push.requestCount
        push.requestBytes = push.unansweredBytes
        let destination = effects.keep(deliverSubject.bytes)
        effects.append(
            .status(
                StatusDelivery(
                    consumer: index,
                    status: ConsumerStatus(.flowControl),
                    destination: destination,
                    flowControl: keepFlowControl(in: &effects)
                )
            )
        )
    }

    /// Sends a heartbeat if one is due.
    mutating func beat(at now: Instant, into effects: inout Effects) {
        guard rules.isPush, rules.heartbeat > 0, now >= push.nextHeartbeat else { return }
        push.nextHeartbeat = now.adding(nanoseconds: rules.heartbeat)
        guard isBound else { return }
        let destination = effects.keep(deliverSubject.bytes)
        let isStalled = isFlowStalled && push.request != 0
        effects.append(
            .status(
                StatusDelivery(
                    consumer: index,
                    status: heartbeat,
                    destination: destination,
                    flowControl: isStalled ? keepFlowControl(in: &effects) : .empty
                )
            )
        )
        if rules.ackPolicy == .flowControl, pending.count > 0, push.request == 0 {
            askReceiver(into: &effects)
        }
    }

    /// A heartbeat with the counts of this moment.
    var heartbeat: ConsumerStatus {
        ConsumerStatus(
            .idleHeartbeat,
            Int64(bitPattern: delivered.consumer),
            Int64(bitPattern: delivered.stream)
        )
    }

    private func keepFlowControl(in effects: inout Effects) -> ByteSlice {
        let prefix = effects.keep(flowControlPrefix.raw)
        let token = effects.keep(Self.token(push.request).raw)
        return ByteSlice(start: prefix.start, count: prefix.count + token.count)
    }

    /// Four characters that stand for a number.
    static func token(_ number: UInt32) -> [UInt8] {
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        var rest = Int(number &* 2_654_435_761 & 0x00FF_FFFF) % (62 * 62 * 62 * 62)
        var token: [UInt8] = []
        for _ in 0..<4 {
            token.append(alphabet[rest % 62])
            rest /= 62
        }
        return token
    }
}
