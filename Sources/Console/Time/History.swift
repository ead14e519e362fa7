// The past of everything that panes show over time.

public import Base
public import Engine

/// The past of one queue.
public struct QueueHistory: Hashable, Sendable {
    /// Messages that its slowest consumer still had to take.
    public var depth = Series(.last)
    /// Messages a second in.
    public var ingress = Series(.mean)
    /// Messages a second out.
    public var egress = Series(.mean)
    /// Seconds that the oldest message had waited.
    public var oldest = Series(.last)
    /// Messages and bytes stored, messages unacknowledged, acknowledgements a second.
    var amounts = Moments()
    /// Of each consumer: messages pending and unacknowledged, deliveries and acknowledgements a
    /// second.
    var consumers: [[UInt8]: Moments] = [:]
    /// Publish latencies in buckets of ten seconds, ten minutes long.
    private var latency = BucketRing(capacity: 60, empty: LatencyHistogram())

    /// Nothing yet.
    public init() {}

    /// Publish latencies of the minute that ends at `instant`.
    public func latency(at instant: Instant) -> LatencyHistogram {
        let number = Int(clamping: instant.nanoseconds / nanosecondsPerSecond) / 10
        return latency.merged(number - 5..<number + 1)
    }

    /// Messages a second by which its depth grew in the ten seconds before `instant`; negative
    /// while it shrinks, nil before there are two moments to compare.
    public func growth(at instant: Instant) -> Double? {
        let end = Int(clamping: instant.nanoseconds / nanosecondsPerSecond)
        let depths = depth.columns(11, seconds: 1, endingAt: end)
        let known = depths.enumerated().compactMap { place, depth in depth.map { (place, $0) } }
        guard let first = known.first, let last = known.last, last.0 > first.0 else { return nil }
        return (last.1 - first.1) / Double(last.0 - first.0)
    }

    /// Takes in `stream`, whose publish latencies were `earlier` in the picture before; without
    /// samples if it was not there.
    mutating func record(
        _ stream: StreamStatus,
        since earlier: LatencyHistogram,
        at instant: Instant
    ) {
        depth.record(Double(stream.depth), at: instant)
        ingress.record(stream.ingress.messagesPerSecond, at: instant)
        egress.record(stream.egress.messagesPerSecond, at: instant)
        let age = instant.nanoseconds(since: stream.oldestPendingAt)
        let waits = stream.oldestPendingAt != .never && stream.depth > 0
        let seconds = waits ? Double(age) / Double(nanosecondsPerSecond) : 0
        oldest.record(seconds, at: instant)
        recordAmounts(stream, at: instant)
        guard earlier.count > 0 else { return }
        recordLatency(stream.publishLatency.since(earlier), at: instant)
    }

    private mutating func recordAmounts(_ stream: StreamStatus, at instant: Instant) {
        amounts.record(
            SIMD4(
                Float(stream.storedMessages),
                Float(stream.storedBytes),
                Float(stream.unacked),
                Float(stream.acks.messagesPerSecond)
            ),
            at: instant
        )
        let kept = stream.consumers.prefix(History.consumersMax)
        for consumer in kept {
            consumers[consumer.name, default: Moments()].record(
                SIMD4(
                    Float(consumer.pending),
                    Float(consumer.unacked),
                    Float(consumer.egress.messagesPerSecond),
                    Float(consumer.acks.messagesPerSecond)
                ),
                at: instant
            )
        }
        guard consumers.count > kept.count else { return }
        let names = Set(kept.map(\.name))
        consumers = consumers.filter { names.contains($0.key) }
    }

    private mutating func recordLatency(_ interval: LatencyHistogram, at instant: Instant) {
        guard interval.count > 0 else { return }
        let number = Int(clamping: instant.nanoseconds / nanosecondsPerSecond) / 10
        latency.update(number) { $0.merge(interval) }
    }
}

/// The past of everything that panes show over time: what an operator can go back to.
public struct History: Hashable, Sendable {
    /// Queues whose past is kept; the hottest when there are more.
    public static let queuesMax = 200
    /// Clients whose past is kept; the first, which are the busiest, when there are more.
    public static let clientsMax = 200
    /// Consumers of one queue whose past is kept.
    static let consumersMax = 8

    /// Messages a second from publishers.
    public private(set) var ingress = Series(.mean)
    /// Messages a second to consumers.
    public private(set) var egress = Series(.mean)
    /// Acknowledgements a second.
    public private(set) var acks = Series(.mean)
    /// Bytes a second from publishers.
    public private(set) var bytesIn = Series(.mean)
    /// Bytes a second to consumers.
    public private(set) var bytesOut = Series(.mean)
    /// Repeated deliveries a second.
    public private(set) var redeliveries = Series(.mean)
    /// Publish to acknowledgement.
    public private(set) var publish = LatencySeries()
    /// Indexed by stage.
    public private(set) var stages = LatencyStage.allCases.map { _ in LatencySeries() }
    /// The disk's syncs.
    public private(set) var syncs = LatencySeries()
    /// By name.
    public private(set) var queues: [[UInt8]: QueueHistory] = [:]
    /// By number: messages a second in and out, messages that wait, messages unacknowledged.
    private(set) var clients: [UInt64: Moments] = [:]
    /// In the order of `KeptFigure.all`.
    private(set) var figures = KeptFigure.all.map { Series($0.folding) }
    /// When the first sample came.
    public private(set) var beganAt: Instant = .never
    private var last: EngineSnapshot?
    /// The ten seconds in which the queues to remember were chosen.
    private var chosenAt = UInt64.max

    /// Nothing yet.
    public init() {}

    /// The latency of `stage`.
    public subscript(stage: LatencyStage) -> LatencySeries { stages[Int(stage.rawValue)] }

    /// Takes a picture in; one that is not newer than the last is ignored.
    public mutating func record(_ snapshot: EngineSnapshot) {
        let at = snapshot.takenAt
        guard at > last?.takenAt ?? .never else { return }
        if beganAt == .never { beganAt = at }
        ingress.record(snapshot.totals.ingress.messagesPerSecond, at: at)
        egress.record(snapshot.totals.egress.messagesPerSecond, at: at)
        acks.record(snapshot.totals.acks.messagesPerSecond, at: at)
        bytesIn.record(snapshot.totals.ingress.bytesPerSecond, at: at)
        bytesOut.record(snapshot.totals.egress.bytesPerSecond, at: at)
        redeliveries.record(snapshot.totals.redeliveries.messagesPerSecond, at: at)
        recordLatency(snapshot, at: at)
        recordQueues(snapshot, at: at)
        recordClients(snapshot.connections.prefix(Self.clientsMax), at: at)
        for (place, figure) in KeptFigure.all.enumerated() {
            figures[place].record(figure.read(snapshot), at: at)
        }
        last = snapshot
    }

    private mutating func recordClients(_ connections: ArraySlice<ConnectionStatus>, at: Instant) {
        for connection in connections {
            clients[connection.id, default: Moments()].record(
                SIMD4(
                    Float(connection.ingress.messagesPerSecond),
                    Float(connection.egress.messagesPerSecond),
                    Float(connection.lag),
                    Float(connection.unacked)
                ),
                at: at
            )
        }
        guard clients.count > connections.count else { return }
        let numbers = Set(connections.map(\.id))
        clients = clients.filter { numbers.contains($0.key) }
    }

    private mutating func recordLatency(_ snapshot: EngineSnapshot, at: Instant) {
        guard let last, last.server.startedAt == snapshot.server.startedAt else { return }
        publish.record(snapshot.latency.publish.since(last.latency.publish), at: at)
        for stage in LatencyStage.allCases {
            let interval = snapshot.latency[stage].since(last.latency[stage])
            stages[Int(stage.rawValue)].record(interval, at: at)
        }
        syncs.record(snapshot.storage.syncLatency.since(last.storage.syncLatency), at: at)
    }

    private mutating func recordQueues(_ snapshot: EngineSnapshot, at: Instant) {
        let kept = remembered(snapshot.streams, at: at)
        if queues.count > kept.count {
            let names = Set(kept.map(\.name))
            queues = queues.filter { names.contains($0.key) }
        }
        let isSameRun = last?.server.startedAt == snapshot.server.startedAt
        let earlier = isSameRun ? earlierLatencies(of: kept) : []
        for (place, stream) in kept.enumerated() {
            queues[stream.name, default: QueueHistory()]
                .record(stream, since: isSameRun ? earlier[place] : LatencyHistogram(), at: at)
        }
    }

    /// Publish latencies of `streams` in the picture before; without samples where they were not
    /// there.
    private func earlierLatencies(of streams: [StreamStatus]) -> [LatencyHistogram] {
        let before = last?.streams ?? []
        // Nearly always they are the same in the same order.
        guard before.count == streams.count,
            zip(before, streams).allSatisfy({ $0.name == $1.name })
        else {
            let byName = [[UInt8]: LatencyHistogram](
                before.map { ($0.name, $0.publishLatency) },
                uniquingKeysWith: { _, new in new }
            )
            return streams.map { byName[$0.name] ?? LatencyHistogram() }
        }
        return before.map { $0.publishLatency }
    }

    /// The queues to remember; when there are too many they are chosen anew every ten seconds.
    private mutating func remembered(_ streams: [StreamStatus], at: Instant) -> [StreamStatus] {
        guard streams.count > Self.queuesMax else { return streams }
        let tenth = at.nanoseconds / (10 * nanosecondsPerSecond)
        guard tenth == chosenAt else {
            chosenAt = tenth
            return Self.hottest(streams)
        }
        return streams.filter { queues[$0.name] != nil }
    }

    private static func hottest(_ streams: [StreamStatus]) -> [StreamStatus] {
        let heat = streams.map { stream in
            stream.ingress.messagesPerSecond + stream.egress.messagesPerSecond
                + Double(stream.depth) / 100
        }
        let order = streams.indices.sorted { heat[$0] > heat[$1] }
        return order.prefix(queuesMax).map { streams[$0] }
    }
}
