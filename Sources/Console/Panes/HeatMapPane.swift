// Latencies over time: rows are logarithmic, columns are merged histograms.

import Base
import Canvas
import Engine

/// Latencies over time.
enum HeatMapPane {
    static func draw(in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        let isWide = rect.columns >= 50
        let way = Latencies.way(context.glyphs)
        // Where letters mark a row of each column, they are explained.
        let shade = context.glyphs.isAscii ? "9 is p99" : "sqrt shade"
        let room = context.border(
            isWide ? "Latency  \(way)" : "Latency",
            badge: isWide ? "log rows  \(shade)" : way,
            in: rect,
            on: &frame
        )
        let foot = room.rows >= 5 ? 1 : 0
        let map = room.lines(0, count: room.rows - foot)
        draw(context.model.data.history.publish, in: map, on: &frame, context)
        if foot > 0 {
            let window = context.picture.publishWindow
            let line = summary(window, cells: room.columns - 2)
            frame.put(line, in: room.line(room.rows - 1), column: 1)
        }
    }

    /// Draws any series of latencies.
    static func draw(
        _ series: LatencySeries,
        in rect: Rect,
        on frame: inout Frame,
        _ context: PaneContext
    ) {
        let hasMoments = rect.rows >= 7
        let width = Axis.width(in: rect)
        let graph = TimeGraph(columns: width, context)
        let columns = series.columns(width, seconds: graph.seconds, endingAt: graph.endSecond)
        let rows = LatencyScale(rows: rect.rows - (hasMoments ? 1 : 0), columns)
        let axis = Axis(
            values: rows.labels,
            moments: hasMoments ? graph.moments(width: width) : [],
            labelColumns: Axis.labelCells
        )
        let room = axis.draw(in: rect, on: &frame, glyphs: context.glyphs)
        guard !room.isEmpty else { return }
        let counts = columns.map { rows.counts($0) }
        // Colours show what letters say where there are none.
        let marks = !context.glyphs.isAscii ? [] : columns.map { rows.mark($0) }
        HeatMap(
            graph.placed(counts, empty: []),
            gradient: .latencyHeat,
            marks: graph.placed(marks, empty: nil)
        ).draw(in: room, on: &frame, glyphs: context.glyphs)
        graph.drawCursors(in: room, on: &frame, glyphs: context.glyphs)
    }

    /// Percentiles in one line, as many as fit.
    static func summary(_ histogram: LatencyHistogram, cells: Int) -> TextLine {
        var line: TextLine = []
        for (name, quantile) in LatencyWindow.quantiles where cells >= 46 || name != "p90" {
            let value = Latencies.cell(histogram, quantile, isBrief: cells < 50)
            let runs = [
                TextRun((line.isEmpty ? "" : cells >= 46 ? "  " : " ") + name, .textMuted),
                TextRun(" " + value.text, .textStrong),
            ]
            if line.cells + runs.cells <= cells { line += runs }
        }
        let maximum = histogram.maximum.map { Format.latency(nanoseconds: $0) } ?? "-"
        let tail = [
            TextRun(cells >= 46 ? "  max" : " max", .textMuted), TextRun(" " + maximum, .text),
        ]
        if line.cells + tail.cells <= cells { line += tail }
        let count = [
            TextRun("  n", .textMuted), TextRun(" " + Format.count(histogram.count), .text),
        ]
        if line.cells + count.cells <= cells { line += count }
        return line
    }
}

/// Logarithmic rows of latencies: the lowest takes everything below, the topmost everything above.
struct LatencyScale {
    /// The lower bound of each row but the lowest, in nanoseconds.
    let bounds: [UInt64]
    private let step: Step

    /// A scale of `rows` as fine as lets it reach the largest value in `columns`.
    init(rows: Int, _ columns: [LatencyHistogram]) {
        let inner = max(1, rows - 1)
        let low = columns.compactMap { $0.percentile(0) }.min() ?? 100_000
        let high = columns.compactMap(\.maximum).max() ?? 1_000_000_000
        var start: UInt64 = 10_000
        while start * 10 <= low, start < 100_000_000 { start *= 10 }
        let wanted = max(high / 3, start * 300)
        let step =
            Step.all.last { Self.bound(inner - 1, of: $0.factors, from: start) >= wanted }
            ?? Step.all[0]
        self.step = step
        bounds = (0..<inner).map { Self.bound($0, of: step.factors, from: start) }
    }

    /// How a decade is divided: rows are about equally far apart.
    private struct Step {
        /// Hundredths of a decade's start at which rows begin.
        let factors: [UInt64]
        /// Which of them have a label where there are many rows.
        let labelled: Set<Int>

        /// From coarse to fine; no finer than the buckets of a histogram.
        static let all = [
            Step(factors: [100], labelled: [0]),
            Step(factors: [100, 316], labelled: [0]),
            Step(factors: [100, 215, 464], labelled: [0, 1, 2]),
            Step(factors: [100, 178, 316, 562], labelled: [0, 2]),
            Step(factors: [100, 147, 215, 316, 464, 681], labelled: [0, 2, 4]),
            Step(factors: [100, 133, 178, 237, 316, 422, 562, 750], labelled: [0, 4]),
            Step(
                factors: [100, 125, 160, 200, 250, 315, 400, 500, 630, 800],
                labelled: [0, 3, 7]
            ),
            Step(
                factors: [
                    100, 117, 136, 158, 185, 215, 251, 293, 341, 398, 464, 541, 631, 736, 858,
                ],
                labelled: [0, 5, 10]
            ),
            Step(
                factors: [
                    100, 112, 125, 140, 160, 180, 200, 224, 250, 280, 315, 355, 400, 450, 500, 560,
                    630, 710, 800, 900,
                ],
                labelled: [0, 6, 14]
            ),
        ]
    }

    private static func bound(_ place: Int, of factors: [UInt64], from start: UInt64) -> UInt64 {
        let decade = min(12, max(0, place) / factors.count)
        let scaled = (start / 100).multipliedReportingOverflow(
            by: factors[max(0, place) % factors.count]
        )
        let bound = scaled.partialValue.multipliedReportingOverflow(by: power(decade))
        return scaled.overflow || bound.overflow ? .max : bound.partialValue
    }

    /// The row of a value, counted from below.
    func row(of nanoseconds: UInt64) -> Int {
        bounds.lastIndex { nanoseconds >= $0 }.map { $0 + 1 } ?? 0
    }

    /// The row of what 99 of 100 take at most; `nil` for too few samples.
    func mark(_ histogram: LatencyHistogram) -> Int? {
        guard Latencies.isMeaningful(histogram, 0.99) else { return nil }
        return histogram.percentile(0.99).map { row(of: $0) }
    }

    /// Samples in each row, from below.
    func counts(_ histogram: LatencyHistogram) -> [Double] {
        var counts = Array(repeating: 0.0, count: bounds.count + 1)
        var row = 0
        for (place, samples) in histogram.counts.enumerated() where samples > 0 {
            let value = LatencyHistogram.lowerBound(of: histogram.firstBucket + place)
            while row < bounds.count, value >= bounds[row] { row += 1 }
            counts[row] += Double(samples)
        }
        return counts
    }

    /// Labels beside the rows.
    var labels: [AxisLabel] {
        let rows = bounds.count + 1
        let below = bounds.first.map { "<" + Format.latency(nanoseconds: $0) } ?? ""
        return [AxisLabel(below, at: 0)]
            + bounds.enumerated().compactMap { place, bound in
                let isTop = place == bounds.count - 1
                let isLabelled = step.labelled.contains(place % step.factors.count)
                // The label of the topmost row takes the place of one just below it.
                let isHidden = rows > 10 && place == bounds.count - 2
                guard rows <= 10 || isTop || isLabelled && !isHidden else { return nil }
                let text = (isTop ? ">" : "") + Format.latency(nanoseconds: bound)
                return AxisLabel(text, at: Double(place + 1) / Double(max(1, rows - 1)))
            }
    }

    private static func power(_ exponent: Int) -> UInt64 {
        (0..<max(0, exponent)).reduce(UInt64(1)) { value, _ in value &* 10 }
    }
}
