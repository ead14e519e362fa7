// From pictures of the shard to what the console sees.

import Base
import Configuration
import Engine
import Journal
import Reactor
import Telemetry
import Wire

/// Makes engine snapshots; keeps what rates are measured against.
///
/// Every part of a snapshot has a function of its own, so that streams, storage and keys join as
/// further ones.
struct EngineSampler {
    /// When the next sample is due.
    var nextSample = Instant.never
    /// The picture that was asked for.
    private(set) var awaitedPicture: UInt64 = 0
    /// The picture that was shown last.
    private(set) var shownPicture: UInt64 = 0
    private let facts: ServerFacts
    private var ingress = FlowMeter()
    private var egress = FlowMeter()
    private var meters: [UInt64: ConnectionMeter] = [:]
    private var streamMeters: [[UInt8]: StreamMeter] = [:]
    private var busy = Rate()
    private var acks = FlowMeter()
    private var redeliveries = FlowMeter()
    private var storage: StorageSampler?
    private var accepts: LatencyReader
    private var deliveries: LatencyReader
    private var acknowledgements: LatencyReader
    private var publishes: LatencyReader
    private var keySampler = KeySampler(hasNoSwap: Swap.isOff)
    private var version: UInt64 = 0

    /// Time between two samples.
    static let intervalNanoseconds = 250 * nanosecondsPerMillisecond
    /// Most connections in a snapshot.
    static let connectionsMax = 1_000

    /// Rates of one connection.
    private struct ConnectionMeter {
        var ingress = FlowMeter()
        var egress = FlowMeter()
    }

    /// Rates of one consumer.
    private struct ConsumerMeter {
        var egress = FlowMeter()
        var acks = FlowMeter()
    }

    /// Rates of one stream.
    private struct StreamMeter {
        var consumers: [[UInt8]: ConsumerMeter] = [:]
        var ingress = FlowMeter()
        var egress = FlowMeter()
        var acks = FlowMeter()
        var redeliveries = FlowMeter()
    }

    init(_ facts: ServerFacts, _ source: StorageSource?, _ times: ServerTimes) {
        self.facts = facts
        accepts = LatencyReader(times.ticks)
        deliveries = LatencyReader(times.deliveries)
        acknowledgements = LatencyReader(times.acknowledgements)
        publishes = LatencyReader(times.publishes.times)
        storage = source.map { StorageSampler($0) }
    }

    /// What to ask the shard for.
    mutating func request(_ number: UInt64, at now: Instant) -> PictureRequest {
        awaitedPicture = number
        schedule(at: now)
        return Self.request(number)
    }

    /// What a snapshot is made of.
    static func request(_ number: UInt64) -> PictureRequest {
        var request = PictureRequest(number: number)
        request.connectionsMax = connectionsMax
        request.hasStreams = true
        return request
    }

    /// A sample is taken now; the next one follows after the usual time.
    mutating func schedule(at now: Instant) {
        nextSample = now.adding(nanoseconds: Self.intervalNanoseconds)
    }

    /// The snapshot for `picture`.
    mutating func snapshot(
        _ picture: ShardPicture,
        process: ProcessSample,
        state: ServerState,
        lines: [LogBook.EventLine],
        keys: KeyPicture?
    ) -> EngineSnapshot {
        version &+= 1
        shownPicture = picture.number
        var snapshot = EngineSnapshot()
        snapshot.version = version
        snapshot.takenAt = picture.takenAt
        snapshot.server = server(picture, process, state)
        snapshot.totals = totals(picture)
        snapshot.connections = connections(picture)
        snapshot.streams = streams(picture)
        if let keys {
            var names: [UInt32: [UInt8]] = [:]
            for (name, number) in picture.streamNumbers { names[number] = name }
            snapshot.keys = keySampler.status(keys, names: names)
            nameKeys(in: &snapshot)
            if keys.isLocked, snapshot.server.state == .running { snapshot.server.state = .locked }
        }
        if let status = storage?.status(picture) { snapshot.storage = status }
        snapshot.latency = latency()
        snapshot.events = lines.map(Self.event)
        snapshot.targets = [target(snapshot)]
        return snapshot
    }

    /// Says which key new messages of every stream are sealed with.
    private func nameKeys(in snapshot: inout EngineSnapshot) {
        var versions: [[UInt8]: UInt32] = [:]
        for key in snapshot.keys.keys where key.state == .active {
            if case .stream(let name) = key.scope { versions[name] = key.version }
        }
        for at in snapshot.streams.indices where snapshot.streams[at].durability != .memory {
            snapshot.streams[at].keyVersion = versions[snapshot.streams[at].name] ?? 0
        }
    }

    /// How long messages took since the start, by stage.
    private mutating func latency() -> LatencyStatus {
        var latency = LatencyStatus()
        latency[.accept] = accepts.read()
        latency[.deliver] = deliveries.read()
        latency[.ack] = acknowledgements.read()
        latency.publish = publishes.read()
        storage?.addStages(to: &latency)
        return latency
    }

    private mutating func server(
        _ picture: ShardPicture,
        _ process: ProcessSample,
        _ state: ServerState
    ) -> ServerStatus {
        busy.take(picture.counters.busyNanoseconds, at: picture.takenAt)
        var status = ServerStatus()
        status.name = facts.name
        status.id = facts.id
        status.version = Array(ServerVersion.product.utf8)
        status.protocolVersion = Array(ServerVersion.nats.utf8)
        status.listen = Array(facts.clientAddress.utf8)
        status.state = state
        status.startedAt = facts.startedAt
        status.processId = ProcessUse.processId
        status.processorShare = process.processorPercent / 100
        status.cores = UInt32(process.cores)
        status.memoryBytes = process.memoryBytes
        status.shardLoad = min(1, busy.perSecond / Double(nanosecondsPerSecond))
        return status
    }

    private mutating func totals(_ picture: ShardPicture) -> EngineTotals {
        let traffic = picture.counters.traffic
        var totals = EngineTotals()
        totals.ingress = ingress.flow(traffic.messagesIn, traffic.bytesIn, at: picture.takenAt)
        totals.egress = egress.flow(traffic.messagesOut, traffic.bytesOut, at: picture.takenAt)
        let streams = picture.streamCounters
        totals.acks = acks.flow(streams.acknowledged, 0, at: picture.takenAt)
        totals.redeliveries = redeliveries.flow(streams.redelivered, 0, at: picture.takenAt)
        totals.refused = streams.refused
        totals.streams = UInt64(picture.streamCount)
        totals.consumers = picture.streams.reduce(0) { $0 + UInt64($1.consumerCount) }
        totals.connections = UInt64(picture.connectionCount)
        totals.connectionsEver = picture.counters.connectionsTotal
        totals.slowConsumers = picture.counters.slowConsumers
        totals.subscriptions = UInt64(picture.subscriptionCount)
        return totals
    }

    private mutating func connections(_ picture: ShardPicture) -> [ConnectionStatus] {
        var kept: [UInt64: ConnectionMeter] = [:]
        kept.reserveCapacity(picture.connections.count)
        let pendingMax = UInt64(facts.configuration.limits.pendingBytesMax)
        var list: [ConnectionStatus] = []
        list.reserveCapacity(picture.connections.count)
        for row in picture.connections {
            var meter = meters[row.id] ?? ConnectionMeter()
            var status = Self.status(row, pendingBytesMax: pendingMax)
            let traffic = row.traffic
            status.ingress = meter.ingress.flow(
                traffic.messagesIn,
                traffic.bytesIn,
                at: picture.takenAt
            )
            status.egress = meter.egress.flow(
                traffic.messagesOut,
                traffic.bytesOut,
                at: picture.takenAt
            )
            kept[row.id] = meter
            list.append(status)
        }
        meters = kept
        return list
    }

    /// The streams with their rates.
    private mutating func streams(_ picture: ShardPicture) -> [StreamStatus] {
        var kept: [[UInt8]: StreamMeter] = [:]
        var list = picture.streams
        let now = picture.takenAt
        for at in list.indices {
            let name = list[at].account + [UInt8(ascii: "/")] + list[at].name
            var meter = streamMeters[name] ?? StreamMeter()
            list[at].ingress = meter.ingress.flow(list[at].ingress, at: now)
            list[at].egress = meter.egress.flow(list[at].egress, at: now)
            list[at].acks = meter.acks.flow(list[at].acks, at: now)
            list[at].redeliveries = meter.redeliveries.flow(list[at].redeliveries, at: now)
            Self.addRates(to: &list[at].consumers, &meter, at: now)
            kept[name] = meter
        }
        streamMeters = kept
        return list
    }

    private static func addRates(
        to consumers: inout [ShownConsumer],
        _ meter: inout StreamMeter,
        at now: Instant
    ) {
        var kept: [[UInt8]: ConsumerMeter] = [:]
        for at in consumers.indices {
            var one = meter.consumers[consumers[at].name] ?? ConsumerMeter()
            consumers[at].egress = one.egress.flow(consumers[at].egress, at: now)
            consumers[at].acks = one.acks.flow(consumers[at].acks, at: now)
            kept[consumers[at].name] = one
        }
        meter.consumers = kept
    }

    private static func status(_ row: ConnectionRow, pendingBytesMax: UInt64) -> ConnectionStatus {
        var status = ConnectionStatus(id: row.id)
        status.name = row.program.name
        status.language = row.program.language
        status.version = row.program.version
        status.address = Array(hostPort(row.peer.host, row.peer.port).utf8)
        status.account = row.accountName
        status.user = row.user
        status.connectedAt = row.startedAt
        status.activeAt = row.activeAt
        status.pendingBytes = UInt64(row.pendingBytes)
        status.pendingBytesMax = pendingBytesMax
        status.subscriptions = UInt32(clamping: row.subscriptionCount)
        status.roundTripNanoseconds = row.roundTripNanoseconds
        status.throttleBytesPerSecond = row.throttleBytesPerSecond
        // Of equal ones always the same, so that the screen stands still.
        let most = row.work.max { one, other in
            guard one.open == other.open else { return one.open < other.open }
            return other.consumer.lexicographicallyPrecedes(one.consumer)
        }
        if let most {
            status.stream = most.stream
            status.consumer = most.consumer
            status.lag = most.pending
            status.unacked = most.unacked
        }
        if row.flags.contains(.isThrottled) { status.flags.insert(.throttled) }
        if row.flags.contains(.isStalled) { status.flags.insert(.stalled) }
        if !row.tlsVersion.isEmpty { status.flags.insert(.encrypted) }
        if status.pendingBytes > pendingBytesMax / 4 { status.flags.insert(.slow) }
        return status
    }

    private static func event(_ entry: LogBook.EventLine) -> EventRecord {
        let line = entry.line
        let severity: Severity =
            switch line.level {
            case .trace, .debug, .info: .info
            case .warning: .warning
            case .error, .fatal: .critical
            }
        return EventRecord(
            number: entry.number,
            at: line.at,
            kind: line.author.isEmpty ? .log : .action,
            severity: severity,
            subject: [],
            text: Array(line.text.utf8),
            author: line.author
        )
    }

    private func target(_ snapshot: EngineSnapshot) -> TargetStatus {
        // Who has no name of its own is known by its address.
        let isNamed = facts.name != facts.id
        var target = TargetStatus(name: isNamed ? facts.name : Array(facts.clientAddress.utf8))
        target.url = Array("nats://\(facts.clientAddress)".utf8)
        target.kind = Array("embedded".utf8)
        target.link = .embedded
        target.version = Array(ServerVersion.product.utf8)
        target.isCurrent = true
        target.ingress = snapshot.totals.ingress
        target.egress = snapshot.totals.egress
        return target
    }
}

/// Messages and bytes, and how fast they come.
struct FlowMeter {
    private var messages = Rate()
    private var bytes = Rate()

    /// The same flow with its rates at `now`.
    mutating func flow(_ flow: Flow, at now: Instant) -> Flow {
        self.flow(flow.messages, flow.bytes, at: now)
    }

    /// The flow with the totals of `now`.
    mutating func flow(_ messages: UInt64, _ bytes: UInt64, at now: Instant) -> Flow {
        self.messages.take(messages, at: now)
        self.bytes.take(bytes, at: now)
        var flow = Flow()
        flow.messages = messages
        flow.bytes = bytes
        flow.messagesPerSecond = self.messages.perSecond
        flow.bytesPerSecond = self.bytes.perSecond
        return flow
    }
}

extension ControlLoop {
    /// Asks for a picture if one is due and somebody looks, or somebody waits for what it shows.
    mutating func sample(at now: Instant) {
        let isDue = now >= sampler.nextSample && engine.isWatched(at: now)
        // What is on its way comes first; another one now would take its place again and again.
        let isOnItsWay = sampler.awaitedPicture != sampler.shownPicture
        guard isDue || !held.isEmpty && !isOnItsWay else { return }
        // Reports are held for a picture that is asked for after them.
        if held.isEmpty, !isOnItsWay, var picture = posts.stand.take(at: now) {
            sampler.schedule(at: now)
            picture.number = sampler.shownPicture
            show(picture)
        } else {
            let number = nextPictureNumber()
            ask(sampler.request(number, at: now))
        }
        posts.stand.want(for: sampler.nextSample)
    }

    private func state(_ picture: ShardPicture) -> ServerState {
        if picture.writeStoppedErrno != 0 { return .writeStopped }
        return lameDuck == nil ? .running : .lameDuck
    }

    /// Shows `picture` to the console.
    mutating func show(_ picture: ShardPicture) {
        let snapshot = sampler.snapshot(
            picture,
            process: process.sample(at: picture.takenAt),
            state: state(picture),
            lines: book.newest.suffix(LogBook.lineCountMax),
            keys: keys?.desk.picture
        )
        streamNumbers = picture.streamNumbers
        engine.publish(snapshot)
        tellHeld(shownBy: picture.number)
    }
}
