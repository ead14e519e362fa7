// A seeded options market as an engine would report it: every pane has something true to show.

public import Base
public import Engine

/// A market that is watched second by second.
public struct SampleMarket {
    /// The second that the market begins with: 2026-11-24T17:37:08Z.
    public static let start = Instant(nanoseconds: 1_795_541_828 * nanosecondsPerSecond)

    var random: Random
    /// Seconds since the start.
    public private(set) var second: UInt64 = 0
    private var snapshot = EngineSnapshot()
    private var queues: [SampleQueue]

    /// The market that `seed` gives.
    public init(seed: UInt64) {
        random = Random(seed: seed)
        queues = SampleQueue.all
        snapshot.server = Self.server()
        snapshot.streams = queues.map { $0.status(at: Self.start) }
        snapshot.keys = SampleKeys.ring(at: Self.start)
        snapshot.storage = SampleStorage.status(at: Self.start)
        snapshot.targets = [Self.target()]
        snapshot.connections = SampleClients.all(at: Self.start)
        snapshot.totals.connections = 212
        snapshot.totals.connectionsEver = 4_812
        snapshot.totals.subscriptions = 1_904
        snapshot.totals.slowConsumers = 3
        snapshot.takenAt = Self.start
        snapshot.version = 1
        snapshot.events = SampleEvents.all(before: Self.start)
    }

    /// The picture of now.
    public var current: EngineSnapshot { snapshot }

    /// Lets a second pass.
    public mutating func step() -> EngineSnapshot {
        second += 1
        let now = Self.start.adding(nanoseconds: second * nanosecondsPerSecond)
        snapshot.takenAt = now
        snapshot.version += 1
        var totals = EngineTotals()
        totals = snapshot.totals
        totals.ingress.messagesPerSecond = 0
        totals.egress.messagesPerSecond = 0
        totals.acks.messagesPerSecond = 0
        totals.ingress.bytesPerSecond = 0
        totals.egress.bytesPerSecond = 0
        for place in queues.indices {
            let load = Self.load(second)
            queues[place].advance(&snapshot.streams[place], at: now, load: load, random: &random)
            let stream = snapshot.streams[place]
            totals.ingress.messagesPerSecond += stream.ingress.messagesPerSecond
            totals.egress.messagesPerSecond += stream.egress.messagesPerSecond
            totals.acks.messagesPerSecond += stream.acks.messagesPerSecond
            totals.ingress.bytesPerSecond += stream.ingress.bytesPerSecond
            totals.egress.bytesPerSecond += stream.egress.bytesPerSecond
        }
        totals.redeliveries.messagesPerSecond = 12
        totals.streams = UInt64(snapshot.streams.count)
        snapshot.totals = totals
        recordLatency(second)
        SampleKeys.advance(&snapshot.keys, seconds: second)
        snapshot.storage.written.bytes = snapshot.storage.usedBytes
        snapshot.storage.written.bytesPerSecond = totals.ingress.bytesPerSecond * 0.42
        return snapshot
    }

    /// Busy, quiet, then a burst: between 0.4 and 1.3.
    static func load(_ second: UInt64) -> Double {
        let phase = Double(second % 300) / 300
        let wave =
            phase < 0.35 ? 1.1 - phase : phase < 0.5 ? 0.55 : phase < 0.8 ? 1.25 - phase / 3 : 0.75
        return second % 300 > 142 && second % 300 < 152 ? 0.08 : wave
    }

    private mutating func recordLatency(_ second: UInt64) {
        let isSlow = second % 300 > 200 && second % 300 < 226
        for stage in LatencyStage.allCases {
            let base = [30, 60, 620, 90, 900][Int(stage.rawValue)] as UInt64
            record(base: base * 1_000, isSlow: isSlow && stage == .sync) {
                $0.latency[stage].record($1, samples: $2)
            }
        }
        record(base: 820_000, isSlow: isSlow) { $0.latency.publish.record($1, samples: $2) }
        record(base: 610_000, isSlow: isSlow) { $0.storage.syncLatency.record($1, samples: $2) }
    }

    private mutating func record(
        base: UInt64,
        isSlow: Bool,
        _ add: (inout EngineSnapshot, UInt64, UInt64) -> Void
    ) {
        let drift = 1 + Double(random.below(100)) / 220
        for _ in 0..<60 {
            // Four dice make a bell on the logarithmic axis; one in twenty is a straggler.
            let dice = (0..<4).reduce(0) { sum, _ in sum + Int(random.below(100)) }
            let tail = random.below(20) == 0 ? 2 + Double(random.below(700)) / 100 : 1
            let spread = 0.35 + Double(dice * dice) / 40_000
            let value = Double(base) * drift * spread * tail * (isSlow ? 9 : 1)
            add(&snapshot, UInt64(value), 700)
        }
        if random.below(20) == 0 { add(&snapshot, base * (40 + UInt64(random.below(200))), 3) }
    }

    private static func server() -> ServerStatus {
        var server = ServerStatus()
        server.name = bytes("eu-1")
        server.id = bytes("NDXKQ4S5SLUICE")
        server.version = bytes("0.1.0")
        server.protocolVersion = bytes("2.12.1")
        server.listen = bytes("127.0.0.1:4222")
        server.startedAt = Instant(
            nanoseconds: start.nanoseconds - (12 * 86_400 + 4 * 3_600) * nanosecondsPerSecond
        )
        server.processId = 4_242
        server.processorShare = 0.61
        server.cores = 8
        server.memoryBytes = 184_000_000
        server.shardLoad = 0.38
        return server
    }

    private static func target() -> TargetStatus {
        var target = TargetStatus(name: bytes("eu-1"))
        target.url = bytes("nats://127.0.0.1:4222")
        target.environment = bytes("PROD")
        target.kind = bytes("embedded")
        target.link = .embedded
        target.version = bytes("0.1.0")
        target.isCurrent = true
        target.isLeader = true
        target.ingress.messagesPerSecond = 41_200
        target.egress.messagesPerSecond = 40_900
        return target
    }
}

/// A string's bytes.
public func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
