// Latencies of the window that graphs show.

import Base
import Canvas
import Engine

/// Latencies of the window that graphs show.
struct LatencyWindow {
    /// Publish to acknowledgement.
    let publish: LatencyHistogram

    /// The percentiles that panes name.
    static let quantiles: [(name: String, quantile: Double)] = [
        ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999),
    ]

    /// The latencies that `model` shows.
    init(_ model: ConsoleModel) {
        let end = model.data.time.end(latest: model.shownInstant)
        let last = Int(clamping: end.nanoseconds / nanosecondsPerSecond)
        let first = max(0, last - model.data.time.window.seconds)
        publish = model.data.history.publish.merged(from: first, through: last)
    }
}
