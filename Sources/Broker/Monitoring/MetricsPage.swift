// /metrics: everything for Prometheus.
// Source: Prometheus text exposition format 0.0.4.

import Base
import Telemetry

extension MonitoringView {
    /// The page.
    var metrics: [UInt8] {
        var page = MetricsWriter()
        let counters = picture.counters
        let name = String(decoding: facts.name, as: UTF8.self)
        page.gauge(
            "sluice_info",
            "The server.",
            1,
            labels: [
                ("name", name), ("version", ServerVersion.product), ("nats", ServerVersion.nats),
            ]
        )
        page.gauge(
            "sluice_start_time_seconds",
            "When the server started.",
            Double(facts.startedAt.nanoseconds) / Double(nanosecondsPerSecond)
        )
        page.gauge("sluice_connections", "Connections now.", Double(picture.connectionCount))
        page.counter("sluice_connections_total", "Connections.", counters.connectionsTotal)
        page.gauge("sluice_subscriptions", "Subscriptions now.", Double(picture.subscriptionCount))
        let traffic = counters.traffic
        page.counter("sluice_received_messages_total", "Published.", traffic.messagesIn)
        page.counter("sluice_received_bytes_total", "Payload published.", traffic.bytesIn)
        page.counter("sluice_sent_messages_total", "Delivered.", traffic.messagesOut)
        page.counter("sluice_sent_bytes_total", "Payload delivered.", traffic.bytesOut)
        page.counter("sluice_slow_consumers_total", "Ended as too slow.", counters.slowConsumers)
        page.counter(
            "sluice_stale_connections_total",
            "Ended without answers to pings.",
            counters.staleConnections
        )
        page.counter("sluice_stalls_total", "Pauses of publishers.", counters.stalls)
        page.gauge("sluice_outbox_bytes", "Memory for output.", Double(picture.outboxBytes))
        page.gauge("sluice_memory_bytes", "Resident memory.", Double(process.memoryBytes))
        page.gauge("sluice_processor_ratio", "Use of cores.", process.processorPercent / 100)
        page.gauge("sluice_lame_duck", "Whether clients are sent away.", isLameDuck ? 1 : 0)
        page.gauge(
            "sluice_disk_hang_seconds",
            "How long the store's disk has not answered, 0 below two seconds.",
            Double(diskHang) / Double(nanosecondsPerSecond)
        )
        if let ticks {
            page.histogram(
                "sluice_route_seconds",
                "From receiving a message to writing it out.",
                ticks
            )
        }
        return page.bytes
    }
}

/// Appends metrics.
struct MetricsWriter {
    /// The text so far.
    private(set) var bytes: [UInt8] = []

    /// Upper bounds of histogram buckets in nanoseconds, about three for a power of ten.
    static let bounds: [UInt64] = [
        10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000,
        10_000_000, 20_000_000, 50_000_000, 100_000_000, 1_000_000_000,
    ]

    /// A number that only grows.
    mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
        begin(name, help, "counter")
        append("\(name) \(value)\n")
    }

    /// A number that goes up and down.
    mutating func gauge(
        _ name: String,
        _ help: String,
        _ value: Double,
        labels: [(name: String, value: String)] = []
    ) {
        begin(name, help, "gauge")
        let inner = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        append("\(name)\(inner.isEmpty ? "" : "{\(inner)}") \(value)\n")
    }

    /// Nanoseconds, shown as seconds.
    mutating func histogram(_ name: String, _ help: String, _ values: Histogram) {
        begin(name, help, "histogram")
        var (seen, index) = (UInt64(0), 0)
        for bound in Self.bounds {
            while index < Histogram.bucketCount, Histogram.highest(of: index) <= bound {
                seen &+= values.count(in: index)
                index += 1
            }
            append("\(name)_bucket{le=\"\(Double(bound) / 1e9)\"} \(seen)\n")
        }
        append("\(name)_bucket{le=\"+Inf\"} \(values.count)\n")
        append("\(name)_sum \(Double(values.sum) / 1e9)\n")
        append("\(name)_count \(values.count)\n")
    }

    private mutating func begin(_ name: String, _ help: String, _ kind: String) {
        append("# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n")
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}
