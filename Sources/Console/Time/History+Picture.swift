// A picture of the past from what history keeps.

public import Base
public import Engine

extension History {
    /// `snapshot` as it was at `instant`: numbers from the rings, events and clients up to then.
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
        past.connections = snapshot.connections.compactMap { pastClient($0, at: instant) }
        for (figure, series) in zip(KeptFigure.all, figures) {
            if let value = series.value(at: instant) { figure.write(&past, value) }
        }
        past.storage.damage = snapshot.storage.damage.filter { $0.foundAt <= instant }
        let second = Int(clamping: instant.nanoseconds / nanosecondsPerSecond)
        let first = Int(clamping: beganAt.nanoseconds / nanosecondsPerSecond)
        past.storage.syncLatency = syncs.merged(from: min(first, second), through: second)
        return past
    }

    /// A client that was there at `instant`, with what it did then.
    private func pastClient(
        _ connection: ConnectionStatus,
        at instant: Instant
    ) -> ConnectionStatus? {
        guard connection.connectedAt <= instant else { return nil }
        guard let numbers = clients[connection.id]?.value(at: instant) else { return connection }
        var past = connection
        past.ingress.messagesPerSecond = Double(numbers.x)
        past.egress.messagesPerSecond = Double(numbers.y)
        past.lag = UInt64(saturating: Double(numbers.z))
        past.unacked = UInt64(saturating: Double(numbers.w))
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
        if let numbers = queue.amounts.value(at: instant) {
            past.storedMessages = UInt64(saturating: Double(numbers.x))
            past.storedBytes = UInt64(saturating: Double(numbers.y))
            past.unacked = UInt64(saturating: Double(numbers.z))
            past.acks.messagesPerSecond = Double(numbers.w)
        }
        past.consumers = stream.consumers.map { consumer in
            guard let numbers = queue.consumers[consumer.name]?.value(at: instant) else {
                return consumer
            }
            var earlier = consumer
            earlier.pending = UInt64(saturating: Double(numbers.x))
            earlier.unacked = UInt64(saturating: Double(numbers.y))
            earlier.egress.messagesPerSecond = Double(numbers.z)
            earlier.acks.messagesPerSecond = Double(numbers.w)
            return earlier
        }
        let age = queue.oldest.value(at: instant) ?? 0
        let nanoseconds = UInt64(saturating: age * Double(nanosecondsPerSecond))
        past.oldestPendingAt =
            nanoseconds == 0
            ? .never
            : Instant(nanoseconds: instant.nanoseconds - min(nanoseconds, instant.nanoseconds))
        return past
    }
}
