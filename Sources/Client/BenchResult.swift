// What a measurement came to, as a table and as JSON.

import Base
public import Configuration
import JSON
public import Telemetry

/// What `sluice bench` measured.
public struct BenchResult: Sendable {
    /// Messages and bytes of payload in a time.
    public struct Flow: Equatable, Sendable {
        /// Messages.
        public var count: UInt64 = 0
        /// Bytes of payload.
        public var bytes: UInt64 = 0
        /// From the first message to the last.
        public var nanoseconds: UInt64 = 0

        /// Nothing in no time.
        public init() {}

        /// Messages in a second.
        public var perSecond: Double { Self.rate(count, nanoseconds) }
        /// Millions of bytes in a second.
        public var megabytesPerSecond: Double { Self.rate(bytes, nanoseconds) / 1e6 }

        private static func rate(_ amount: UInt64, _ nanoseconds: UInt64) -> Double {
            nanoseconds == 0 ? 0 : Double(amount) * 1e9 / Double(nanoseconds)
        }
    }

    /// What was published, up to the server's word that it has everything; requests count here.
    public var published = Flow()
    /// What subscribers got.
    public var delivered = Flow()
    /// Messages that should have been delivered and were not.
    public var missing: UInt64 = 0
    /// Nanoseconds from the writing of a message to its reading, or of a request to its answer.
    public var latency = Histogram()

    /// Nothing measured yet.
    public init() {}

    private static let fractions: [(String, Double)] = [
        ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("max", 1),
    ]

    /// The result as a table with a histogram.
    public func table(_ request: BenchRequest) -> String {
        var text = "\(request.scenario.rawValue): \(request.publisherCount) publishing, "
        text += "\(request.subscriberCount) subscribed, \(request.payloadBytes) bytes\n"
        let isRequest = request.scenario == .request
        text += line(isRequest ? "requests" : "published", published)
        if delivered.count > 0 { text += line("delivered", delivered) }
        if missing > 0 { text += "missing    \(grouped(missing))\n" }
        guard latency.count > 0 else { return text }
        text += "latency  "
        for (name, fraction) in Self.fractions {
            text += "  \(name) \(duration(latency.percentile(fraction)))"
        }
        return text + "\n" + bars()
    }

    /// The result as one object of JSON on a line.
    public func json(_ request: BenchRequest) -> [UInt8] {
        var json = JSONWriter(.compact, capacity: 512)
        json.beginObject()
        json.field("scenario", request.scenario.rawValue)
        json.field("publishers", request.publisherCount)
        json.field("subscribers", request.subscriberCount)
        json.field("payload_bytes", request.payloadBytes)
        for (name, flow) in [("published", published), ("delivered", delivered)] {
            json.name(name)
            json.beginObject()
            json.field("messages", flow.count)
            json.field("bytes", flow.bytes)
            json.field("nanoseconds", flow.nanoseconds)
            json.field("messages_per_second", flow.perSecond)
            json.endObject()
        }
        json.field("missing", missing)
        json.name("latency_nanoseconds")
        json.beginObject()
        for (name, fraction) in Self.fractions where latency.count > 0 {
            json.field(name, latency.percentile(fraction))
        }
        json.endObject()
        json.endObject()
        return json.bytes + [0x0A]
    }

    private func line(_ name: String, _ flow: Flow) -> String {
        let seconds = (Double(flow.nanoseconds) / 1e6).rounded() / 1e3
        let columns = [
            padded(name, 11), right(grouped(flow.count), 13), " messages",
            right(grouped(UInt64(flow.perSecond.rounded())), 13), " msg/s",
            right(tenths(flow.megabytesPerSecond), 9), " MB/s", right("\(seconds)", 9), " s\n",
        ]
        return columns.joined()
    }

    /// One bar for each power of two that values fell into.
    private func bars() -> String {
        var shares: [(low: UInt64, count: UInt64)] = []
        for index in 0..<Histogram.bucketCount where latency.count(in: index) > 0 {
            let lowest = Histogram.lowest(of: index)
            let low = lowest == 0 ? 0 : UInt64(1) << UInt64(63 - lowest.leadingZeroBitCount)
            if shares.last?.low == low {
                shares[shares.count - 1].count += latency.count(in: index)
            } else {
                shares.append((low, latency.count(in: index)))
            }
        }
        let most = shares.map(\.count).max() ?? 1
        var text = ""
        for (low, count) in shares {
            let width = Int((Double(count) * 40 / Double(most)).rounded(.up))
            let share = tenths(Double(count) * 100 / Double(latency.count))
            text += right("≥ " + duration(low), 12) + "  "
            text += padded(String(repeating: "█", count: width), 42) + right(share, 5) + " %\n"
        }
        return text
    }
}

/// `nanoseconds` with three digits or so and a unit.
private func duration(_ nanoseconds: UInt64) -> String {
    let units: [(name: String, size: UInt64)] = [
        ("s", nanosecondsPerSecond), ("ms", nanosecondsPerMillisecond), ("µs", 1_000),
    ]
    for (name, size) in units where nanoseconds >= size {
        return tenths(Double(nanoseconds) / Double(size)) + " " + name
    }
    return "\(nanoseconds) ns"
}

/// `number` with one digit behind the point.
private func tenths(_ number: Double) -> String {
    let scaled = UInt64(max(0, (number * 10).rounded()))
    return "\(scaled / 10).\(scaled % 10)"
}

/// `number` with a comma before every three digits.
private func grouped(_ number: UInt64) -> String {
    var digits = Array(String(number))
    var at = digits.count - 3
    while at > 0 {
        digits.insert(",", at: at)
        at -= 3
    }
    return String(digits)
}

private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}
