// Latencies as texts.

import Canvas
import Engine

/// Latencies as texts.
enum Latencies {
    /// Samples beyond a quantile that it takes to show it.
    static let samplesBeyondMin = 10.0

    /// What all latencies of publishing are between.
    static func way(_ glyphs: GlyphSet) -> String {
        glyphs.isAscii ? "publish to ack" : "publish → ack"
    }

    /// The percentile as milliseconds, or `-` where too few samples lie beyond it.
    static func cell(
        _ histogram: LatencyHistogram,
        _ quantile: Double,
        isBrief: Bool = false
    ) -> TextRun {
        guard isMeaningful(histogram, quantile), let value = histogram.percentile(quantile) else {
            return TextRun("-", .textMuted)
        }
        return TextRun(Format.milliseconds(nanoseconds: value, isBrief: isBrief), .text)
    }

    /// Whether at least ten samples lie beyond the quantile.
    static func isMeaningful(_ histogram: LatencyHistogram, _ quantile: Double) -> Bool {
        Double(histogram.count) * (1 - quantile) >= samplesBeyondMin
    }
}
