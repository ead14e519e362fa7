// Bars, graphs and maps.

import Base
import Canvas
import Testing

/// The lines of what `draw` draws on a small frame.
private func lines(
    _ columns: Int,
    _ rows: Int,
    _ draw: (Rect, inout Frame) -> Void
) -> [String] {
    var frame = Frame(size: Size(columns: columns, rows: rows))
    draw(frame.bounds, &frame)
    return frame.lines
}

@Suite struct GaugeTests {
    static let cases: [(Double, String, String)] = [
        (0, "", ""), (0.0001, "▏", "."), (0.5, "████", "####"), (0.56, "████▌", "####:"),
        (1, "████████", "########"), (7, "████████", "########"), (-1, "", ""), (.nan, "", ""),
        (.infinity, "████████", "########"),
    ]

    @Test(arguments: cases)
    func `fills by eighths of a cell`(filled: Double, unicode: String, ascii: String) {
        let gauge = Gauge(filled, ink: .gradient(.depthMeter))
        #expect(lines(8, 1) { gauge.draw(in: $0, on: &$1, glyphs: .unicode) } == [unicode])
        #expect(lines(8, 1) { gauge.draw(in: $0, on: &$1, glyphs: .ascii) } == [ascii])
    }

    @Test func `takes its colours from low to high`() {
        var frame = Frame(size: Size(columns: 16, rows: 1))
        Gauge(1, ink: .gradient(.depthMeter)).draw(in: frame.bounds, on: &frame, glyphs: .unicode)
        #expect(frame[0, 0].role == .depth0)
        #expect(frame[8, 0].role == .depth8)
        #expect(frame[15, 0].role == .depth15)
    }
}

@Suite struct SparklineTests {
    @Test func `shows the newest values at the right`() {
        let values: [Double] = [9, 0, 1, 2, .nan, 4, 8]
        let line = Sparkline(values, ink: .role(.seriesIn))
        #expect(lines(6, 1) { line.draw(in: $0, on: &$1, glyphs: .unicode) } == ["▁▁▂ ▄█"])
        #expect(lines(9, 1) { line.draw(in: $0, on: &$1, glyphs: .unicode) } == ["  █▁▁▂ ▄▇"])
        #expect(lines(6, 1) { line.draw(in: $0, on: &$1, glyphs: .ascii) } == ["__. =#"])
    }

    @Test func `a flat line of nothing stays at the bottom`() {
        let line = Sparkline([0, 0, 0], ink: .role(.seriesIn))
        #expect(lines(3, 1) { line.draw(in: $0, on: &$1, glyphs: .unicode) } == ["▁▁▁"])
    }
}

@Suite struct BrailleChartTests {
    @Test func `fills the area below the values`() {
        let chart = BrailleChart([0, 1, 4, 8, .nan, 8], max: 8, ink: .role(.seriesIn))
        #expect(lines(3, 2) { chart.draw(in: $0, on: &$1, glyphs: .unicode) } == [" ⢸⢸", "⢀⣿⢸"])
    }

    @Test func `joins values to a line`() {
        let chart = BrailleChart([1, 1, 4, 2], max: 4, shape: .line, ink: .role(.seriesIn))
        #expect(lines(2, 1) { chart.draw(in: $0, on: &$1, glyphs: .unicode) } == ["⣀⠷"])
    }

    @Test func `a second graph keeps the dots of the first`() {
        let one = BrailleChart([4, 0], max: 4, ink: .role(.seriesIn))
        let other = BrailleChart([0, 4], max: 4, ink: .role(.seriesOut))
        var frame = Frame(size: Size(columns: 1, rows: 1))
        one.draw(in: frame.bounds, on: &frame, glyphs: .unicode)
        other.draw(in: frame.bounds, on: &frame, glyphs: .unicode)
        #expect(frame.lines == ["⣿"])
        #expect(frame[0, 0].role == .seriesOut)
    }

    @Test func `has a shape of its own in ASCII`() {
        let chart = BrailleChart([0, 1, 4, 8, 16], max: 16, ink: .role(.seriesIn))
        #expect(lines(5, 2) { chart.draw(in: $0, on: &$1, glyphs: .ascii) } == ["    #", " _=##"])
    }

    @Test func `is coloured by height`() {
        var frame = Frame(size: Size(columns: 1, rows: 16))
        BrailleChart([1, 1], max: 1, ink: .gradient(.rateMeter))
            .draw(in: frame.bounds, on: &frame, glyphs: .unicode)
        #expect(frame[0, 15].role == .rate0)
        #expect(frame[0, 0].role == .rate15)
    }
}

@Suite struct HeatMapTests {
    @Test func `shades by the square root of the count`() {
        let map = HeatMap(
            [[9, 9], [0, 1], [4, 100], [100]],
            gradient: .latencyHeat,
            marks: [nil, nil, 0],
            mark: "9"
        )
        #expect(lines(3, 2) { map.draw(in: $0, on: &$1, glyphs: .unicode) } == ["░█", " 9█"])
        #expect(lines(3, 2) { map.draw(in: $0, on: &$1, glyphs: .ascii) } == [".#", " 9#"])
    }

    @Test func `strength lies between nothing and all`() {
        #expect(HeatMap.strength(of: 25, max: 100) == 0.5)
        #expect(HeatMap.strength(of: 500, max: 100) == 1)
        #expect(HeatMap.strength(of: -1, max: 100) == 0)
        #expect(HeatMap.strength(of: 1, max: 0) == 0)
    }
}

@Suite struct HistogramBarsTests {
    @Test func `gives the bars what labels and numbers leave`() {
        let bars = HistogramBars(
            [
                HistogramBar(label: "1ms", value: 100, text: "100"),
                HistogramBar(label: "32ms", value: 25, text: "25"),
                HistogramBar(label: "1s", value: 0, text: "0"),
            ],
            ink: .role(.seriesIn)
        )
        #expect(
            lines(17, 3) { bars.draw(in: $0, on: &$1, glyphs: .unicode) } == [
                " 1ms ████████ 100", "32ms ██        25", "  1s            0",
            ]
        )
    }
}

@Suite struct AxisTests {
    @Test func `leaves the graph its room`() {
        let axis = Axis(
            values: [AxisLabel("60k", at: 1), AxisLabel("30k", at: 0.5), AxisLabel("0", at: 0)],
            moments: [AxisLabel("-5m", at: 0), AxisLabel("-4m", at: 0.1), AxisLabel("now", at: 1)],
            labelColumns: 4
        )
        var frame = Frame(size: Size(columns: 20, rows: 6))
        let graph = axis.draw(in: frame.bounds, on: &frame, glyphs: .unicode)
        #expect(graph == Rect(column: 5, row: 0, columns: 15, rows: 5))
        #expect(
            frame.lines
                == ["60k┤", "", "30k┤", "", "0┤", "-5m         now"].enumerated().map {
                    $0.offset == 5
                        ? "     " + $0.element
                        : $0.element.isEmpty
                            ? "" : String(repeating: " ", count: 5 - $0.element.count) + $0.element
                }
        )
    }
}

@Suite struct DrawingPropertyTests {
    @Test(arguments: 0..<100 as Range<UInt64>)
    func `graphs stay in their rectangle whatever the values`(seed: UInt64) {
        var random = Random(seed: seed)
        func number(_ low: Int, _ high: Int) -> Int {
            low + Int(random.below(UInt32(high - low + 1)))
        }
        func value() -> Double {
            let odd: [Double] = [.nan, .infinity, -.infinity, -1, 0, .greatestFiniteMagnitude]
            return number(0, 3) == 0 ? odd[number(0, 5)] : Double(number(0, 100))
        }
        func values() -> [Double] { (0..<number(0, 50)).map { _ in value() } }
        let glyphs = number(0, 1) == 0 ? GlyphSet.unicode : .ascii
        for _ in 0..<20 {
            var frame = Frame(size: Size(columns: 30, rows: 10))
            let rect = Rect(
                column: number(-3, 32),
                row: number(-3, 12),
                columns: number(0, 20),
                rows: number(0, 8)
            )
            let ink = number(0, 1) == 0 ? Ink.role(.seriesIn) : .gradient(.rateMeter)
            let shape = number(0, 1) == 0 ? BrailleChart.Shape.area : .line
            Gauge(value(), ink: ink).draw(in: rect, on: &frame, glyphs: glyphs)
            Sparkline(values(), ink: ink).draw(in: rect, on: &frame, glyphs: glyphs)
            BrailleChart(values(), max: value(), shape: shape, ink: ink)
                .draw(in: rect, on: &frame, glyphs: glyphs)
            HeatMap([values(), values()], gradient: .latencyHeat, marks: [number(-2, 9)])
                .draw(in: rect, on: &frame, glyphs: glyphs)
            HistogramBars([HistogramBar(label: "日", value: value(), text: "1")], ink: ink)
                .draw(in: rect, on: &frame, glyphs: glyphs)
            _ = Axis(values: [AxisLabel("x", at: value())], labelColumns: number(0, 5))
                .draw(in: rect, on: &frame, glyphs: glyphs)
            var strayCount = 0
            for row in 0..<10 {
                for column in 0..<30 where !rect.contains(column: column, row: row) {
                    strayCount += frame[column, row] == .blank ? 0 : 1
                }
            }
            #expect(strayCount == 0, "seed \(seed)")
        }
    }
}
