// Latency by share of messages: x is 1/(1-q), both axes logarithmic.

import Base
import Canvas
import Engine

/// Latency by share of messages.
enum PercentilePane {
    private static let decades = 5.0

    static func draw(in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        let room = context.border(
            "Percentiles",
            badge: rect.columns >= 50 ? "x 1/(1-q) log  ms" : "ms",
            in: rect,
            on: &frame
        )
        let time = context.model.data.time
        let now = context.picture.publishWindow
        let other = time.markerA == .never ? nil : marked(context)
        let foot = min(max(0, room.rows - 5), 2)
        let map = room.lines(0, count: room.rows - foot)
        drawCurves(now, other, in: map, on: &frame, context)
        let lines = legend(now, other, context, cells: room.columns - 2)
        for (place, line) in lines.prefix(foot).enumerated() {
            frame.put(line, in: room.line(room.rows - foot + place), column: 1)
        }
    }

    /// Latencies between marker A and marker B, or of the minute before marker A.
    private static func marked(_ context: PaneContext) -> LatencyHistogram {
        let time = context.model.data.time
        let first = Int(clamping: time.markerA.nanoseconds / nanosecondsPerSecond)
        guard time.markerB != .never else {
            return context.model.data.history.publish.merged(from: first - 59, through: first)
        }
        let last = Int(clamping: time.markerB.nanoseconds / nanosecondsPerSecond)
        return context.model.data.history.publish.merged(from: first, through: last)
    }

    private static func drawCurves(
        _ now: LatencyHistogram,
        _ other: LatencyHistogram?,
        in rect: Rect,
        on frame: inout Frame,
        _ context: PaneContext
    ) {
        let all = [now] + (other.map { [$0] } ?? [])
        let low = all.compactMap { $0.percentile(0.1) }.min() ?? 100_000
        let high = all.compactMap(\.maximum).max() ?? 1_000_000_000
        let bottom = log(Double(max(low, 1))) - 0.3
        let top = max(bottom + 1, log(Double(high)) + 0.1)
        let steps = rect.rows >= 9 ? 4 : 2
        let labels = (0...steps).map { step in
            let share = Double(step) / Double(steps)
            let value = exp(bottom + (top - bottom) * share)
            return AxisLabel(
                Format.latency(nanoseconds: UInt64(saturating: value)),
                at: share
            )
        }
        let axis = Axis(values: labels, moments: quantileLabels, labelColumns: Axis.labelCells)
        let room = axis.draw(in: rect, on: &frame, glyphs: context.glyphs)
        let count = BrailleChart.valueCount(in: room, glyphs: context.glyphs)
        guard count > 1 else { return }
        if let other {
            curve(other, count, bottom, top, .seriesGhost)
                .draw(in: room, on: &frame, glyphs: context.glyphs)
        }
        curve(now, count, bottom, top, .seriesOut)
            .draw(in: room, on: &frame, glyphs: context.glyphs)
    }

    private static var quantileLabels: [AxisLabel] {
        [
            AxisLabel("50%", at: 0.3_010 / decades), AxisLabel("90%", at: 1 / decades),
            AxisLabel("99%", at: 2 / decades), AxisLabel("99.9%", at: 3 / decades),
            AxisLabel("99.99%", at: 4 / decades), AxisLabel("max", at: 1),
        ]
    }

    private static func curve(
        _ histogram: LatencyHistogram,
        _ count: Int,
        _ bottom: Double,
        _ top: Double,
        _ role: StyleRole
    ) -> BrailleChart {
        let values = (0..<count).map { place -> Double in
            let decade = decades * Double(place) / Double(count - 1)
            let quantile = 1 - exp(-decade * 2.302_585_093)
            let isTail = Double(histogram.count) * (1 - quantile) < 1
            guard !isTail, let value = histogram.percentile(quantile) else { return .nan }
            return max(0, log(Double(max(value, 1))) - bottom)
        }
        return BrailleChart(values, max: top - bottom, shape: .line, ink: .role(role))
    }

    private static func legend(
        _ now: LatencyHistogram,
        _ other: LatencyHistogram?,
        _ context: PaneContext,
        cells: Int
    ) -> [TextLine] {
        let dot = context.glyph(.dot)
        let window = context.model.data.time.window.label
        let isPast = context.model.data.time.cursor != .never
        let first: TextLine =
            [TextRun("\(dot) \(isPast ? "then" : "now") \(window)  ", .seriesOut)]
            + HeatMapPane.summary(now, cells: max(0, cells - 12))
        guard let other else {
            return [first, [TextRun("m marks A; then A and now are compared", .textMuted)]]
        }
        let name = context.model.data.time.markerB == .never ? "since A" : "A to B"
        let head: TextLine = [
            TextRun("\(context.glyph(.dotFaint)) ", .seriesGhost),
            TextRun("\(name)  ", .textMuted),
        ]
        return [first, head + difference(now, other).fitted(cells: cells - head.cells)]
    }

    /// What has changed, in milliseconds as all of the pane.
    private static func difference(
        _ now: LatencyHistogram,
        _ other: LatencyHistogram
    ) -> [TextLine] {
        var parts: [TextLine] = []
        for (name, quantile) in LatencyWindow.quantiles where name != "p90" {
            guard Latencies.isMeaningful(now, quantile), Latencies.isMeaningful(other, quantile),
                let new = now.percentile(quantile), let old = other.percentile(quantile)
            else { continue }
            // Less than one in a hundred is not told apart.
            guard max(new, old) - min(new, old) > old / 100 else {
                parts.append([TextRun("\(name) ", .textMuted), TextRun("same  ", .text)])
                continue
            }
            let isWorse = new > old
            let change = Format.milliseconds(
                nanoseconds: isWorse ? new - old : old - new,
                isBrief: true
            )
            parts.append([
                TextRun("\(name) ", .textMuted),
                TextRun((isWorse ? "+" : "-") + change + "  ", isWorse ? .stateWarn : .stateOk),
            ])
        }
        return parts.isEmpty ? [[TextRun("too few samples to compare", .textMuted)]] : parts
    }
}
