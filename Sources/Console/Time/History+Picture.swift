// A picture of the past from what history keeps.

public import Base
public import Engine

extension History {
    /// `snapshot` as it was at `instant`: depths, rates and ages from the rings, events up to then.
    ///
    /// What history does not keep stays as it is in `snapshot`.
    public func picture(at instant: Instant, of snapshot: EngineSnapshot) -> EngineSnapshot {
        var past = snapshot
        past.takenAt = instant
        past.totals.ingress.messagesPerSecond = ingress.value(at: instant) ?? 0
        past.totals.egress.messagesPerSecond = egress.value(at: instant) ?? 0
        past.totals.acks.messagesPerSecond = acks.value(at: instant) ?? 0
        past.totals.ingress.bytesPerSecond = bytesIn.value(at: instant) ?? 0
        past.totals.egress.bytesPerSecond = bytesOut.value(at: instant) ?? 0
        past.totals.redeliveries.messagesPerSecond = redeliveries.value(at: instant) ?? 0
        past.streams = snapshot.streams.map { stream in
            guard let queue = queues[stream.name] else { return stream }
            return Self.past(of: stream, queue, at: instant)
        }
        past.targets = snapshot.targets.map { target in
            guard target.isCurrent else { return target }
            var earlier = target
            earlier.ingress = past.totals.ingress
            earlier.egress = past.totals.egress
            return earlier
        }
        past.events = snapshot.events.filter { $0.at <= instant }
        return past
    }

    private static func past(
        of stream: StreamStatus,
        _ queue: QueueHistory,
        at instant: Instant
    ) -> StreamStatus {
        var past = stream
        past.depth = UInt64(saturating: queue.depth.value(at: instant) ?? 0)
        past.ingress.messagesPerSecond = queue.ingress.value(at: instant) ?? 0
        past.egress.messagesPerSecond = queue.egress.value(at: instant) ?? 0
        past.acks.messagesPerSecond = past.egress.messagesPerSecond
        let age = queue.oldest.value(at: instant) ?? 0
        let nanoseconds = UInt64(saturating: age * Double(nanosecondsPerSecond))
        past.oldestPendingAt =
            nanoseconds == 0
            ? .never
            : Instant(nanoseconds: instant.nanoseconds - min(nanoseconds, instant.nanoseconds))
        return past
    }
}
