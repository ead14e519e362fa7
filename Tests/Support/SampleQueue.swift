// The queues of the sample market.

import Base
import Engine

/// One queue and how it moves.
struct SampleQueue {
    let name: String
    let inRate: Double
    let outRate: Double
    let messageBytes: Double
    let depth: UInt64
    let consumers: UInt32
    let state: StreamState
    let oldestSeconds: UInt64
    let latency: UInt64

    static let all: [SampleQueue] = {
        let pause = SampleMarket.start.adding(nanoseconds: 1_040 * nanosecondsPerSecond)
        return [
            SampleQueue("risk.margin", 1_240, 402, 640, 812_000, 3, .running, 4_100, 9_200),
            SampleQueue("orders.new", 8_400, 8_390, 310, 128_402, 2, .running, 3, 1_100),
            SampleQueue("surface.vol", 5_100, 5_040, 980, 64_021, 4, .running, 12, 2_300),
            SampleQueue(
                "recon.clearing",
                310,
                0,
                720,
                40_218,
                2,
                .deliveryPaused(until: pause),
                2_470,
                1_800
            ),
            SampleQueue("drop-copy.fix", 1_800, 1_795, 260, 5_310, 12, .running, 9, 1_700),
            SampleQueue("legacy.settle", 0, 188, 420, 5_120, 4, .draining(from: 13_120), 139, 980),
            SampleQueue("import.2019", 0, 0, 800, 3_001, 0, .sealed, 777_600, 0),
            SampleQueue("fills.fanout", 9_100, 9_096, 240, 1_804, 20, .running, 1, 600),
            SampleQueue("auth.limits", 2_200, 2_200, 180, 912, 6, .running, 0, 220),
            SampleQueue("quotes.opra", 15_000, 14_990, 120, 210, 8, .running, 0, 90),
            SampleQueue("dlq.orders", 0, 0, 310, 112, 0, .running, 259_200, 0),
            SampleQueue("greeks.live", 420, 421, 540, 77, 2, .running, 0, 240),
            SampleQueue("search.index", 90, 90, 900, 12, 2, .running, 0, 300),
            SampleQueue("cache.purge", 30, 30, 90, 3, 1, .running, 0, 200),
            SampleQueue("audit.trail", 640, 640, 480, 0, 1, .running, 0, 110),
            SampleQueue("billing.close", 2, 2, 2_000, 0, 1, .running, 0, 190),
        ]
    }()

    private init(
        _ name: String,
        _ inRate: Double,
        _ outRate: Double,
        _ messageBytes: Double,
        _ depth: UInt64,
        _ consumers: UInt32,
        _ state: StreamState,
        _ oldestSeconds: UInt64,
        _ latency: UInt64
    ) {
        self.name = name
        self.inRate = inRate
        self.outRate = outRate
        self.messageBytes = messageBytes
        self.depth = depth
        self.consumers = consumers
        self.state = state
        self.oldestSeconds = oldestSeconds
        self.latency = latency
    }

    func status(at now: Instant) -> StreamStatus {
        var stream = StreamStatus(name: bytes(name))
        stream.createdAt = back(now, 40 * 86_400)
        stream.state = state
        stream.depth = depth
        stream.storedMessages = depth * 3 + 4_000
        stream.storedBytes = UInt64(Double(stream.storedMessages) * messageBytes)
        stream.firstSequence = 87_140_229
        stream.lastSequence = 87_140_229 + stream.storedMessages
        stream.unacked = consumers == 0 ? 0 : UInt64(consumers) * 14
        stream.redeliveries.messages = UInt64(consumers) / 3
        stream.consumerCount = max(1, consumers)
        stream.activeConsumerCount = outRate > 0 ? consumers : 0
        stream.durability = name == "quotes.opra" ? .relaxed : .synced
        stream.keyVersion = 7
        stream.deadLetters = name == "orders.new" ? 17 : 0
        stream.policy.subjects = [bytes(name + ".>")]
        stream.policy.ageMaxNanoseconds = 7 * 86_400 * nanosecondsPerSecond
        stream.policy.bytesMax = 50_000_000_000
        stream.policy.deadLetter = bytes("dlq.orders")
        stream.policy.retention = name.hasPrefix("orders") ? .workQueue : .limits
        stream.oldestPendingAt = oldestSeconds > 0 ? back(now, oldestSeconds) : now
        stream.consumers = (0..<max(1, consumers)).map { consumer($0, stream, at: now) }
        return stream
    }

    private func consumer(
        _ number: UInt32,
        _ stream: StreamStatus,
        at now: Instant
    ) -> ConsumerStatus {
        let names = ["main", "backup", "risk", "audit", "replay", "mirror"]
        let suffix = number < 6 ? "" : "-\(number)"
        var consumer = ConsumerStatus(name: bytes(names[Int(number) % 6] + suffix))
        consumer.pending = number == 0 ? stream.depth : stream.depth / UInt64(number + 2)
        consumer.unacked = stream.unacked / UInt64(stream.consumerCount)
        consumer.ackFloor = stream.lastSequence - consumer.pending
        consumer.deliveredSequence = consumer.ackFloor + consumer.unacked
        consumer.egress.messagesPerSecond = outRate / Double(stream.consumerCount)
        consumer.acks.messagesPerSecond = outRate / Double(stream.consumerCount)
        consumer.oldestPendingAt = stream.oldestPendingAt
        consumer.waitingRequests = outRate > 0 ? 1 : 0
        consumer.isIdle = outRate == 0
        consumer.redeliveries = number == 1 ? 3 : 0
        return consumer
    }

    func advance(_ stream: inout StreamStatus, at now: Instant, load: Double, random: inout Random)
    {
        let noise = 0.92 + Double(random.below(160)) / 1_000
        let busy = inRate > 0 ? inRate * load * noise : 0
        let taken = stream.depth == 0 ? min(outRate, busy) : outRate * (0.98 + load * noise / 50)
        let keepsUp = outRate >= inRate * 0.9
        stream.ingress.messagesPerSecond = busy
        stream.egress.messagesPerSecond = keepsUp && inRate > 0 ? busy * 0.998 : taken
        stream.acks.messagesPerSecond = stream.egress.messagesPerSecond
        stream.ingress.bytesPerSecond = busy * messageBytes
        stream.egress.bytesPerSecond = stream.egress.messagesPerSecond * messageBytes
        stream.ingress.messages += UInt64(busy)
        stream.lastSequence += UInt64(busy)
        let change = busy - stream.egress.messagesPerSecond
        let wobble = keepsUp ? Double(random.below(100)) - 50 : 0
        let depth = Double(stream.depth) + change + (stream.depth > 100 ? wobble : 0)
        stream.depth = UInt64(max(0, depth))
        if !stream.consumers.isEmpty { stream.consumers[0].pending = stream.depth }
        if oldestSeconds == 0 || keepsUp {
            stream.oldestPendingAt = back(now, oldestSeconds)
        }
        guard latency > 0, busy > 1 else { return }
        for _ in 0..<20 {
            let spread = 0.5 + Double(random.below(1_000)) / 700
            let tail = random.below(100) > 96 ? 4.5 : 1
            let value = UInt64(Double(latency * 1_000) * spread * tail)
            stream.publishLatency.record(value, samples: UInt64(busy / 20) + 1)
        }
    }

    private func back(_ now: Instant, _ seconds: UInt64) -> Instant {
        Instant(nanoseconds: now.nanoseconds - seconds * nanosecondsPerSecond)
    }
}
