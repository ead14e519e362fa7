// Where moments lie in a graph, whether it sweeps or scrolls.

import Base
import Canvas
import Engine

/// Where moments lie in a graph of a number of columns.
struct TimeGraph {
    /// Columns of the graph.
    let count: Int
    /// Seconds that a column covers.
    let seconds: Int
    /// The number of the newest column.
    let last: Int
    /// The second that the graph ends with.
    let endSecond: Int
    private let isSweep: Bool
    private let time: TimeView

    /// Columns that are left empty before the oldest one in a sweep.
    private var gap: Int { max(1, count / 40) }

    /// A graph of `count` columns that shows what `context` shows.
    init(columns count: Int, _ context: PaneContext) {
        let time = context.model.data.time
        self.time = time
        self.count = max(1, count)
        seconds = time.secondsPerColumn(self.count)
        let newest = context.model.data.frozen?.takenAt ?? context.model.data.latest.takenAt
        let end = time.end(latest: newest)
        endSecond = Int(clamping: end.nanoseconds / nanosecondsPerSecond)
        last = endSecond / seconds
        isSweep = time.style == .sweep
    }

    /// Values that are ordered by time, oldest first, as they lie on the screen.
    func placed<Value>(_ values: [Value], empty: Value) -> [Value] {
        guard isSweep, values.count == count else { return values }
        var placed = values
        for (age, value) in values.enumerated() {
            let number = last - (count - 1 - age)
            let isGap = age < gap
            placed[position(number)] = isGap ? empty : value
        }
        return placed
    }

    /// Where column `number` lies on the screen.
    private func position(_ number: Int) -> Int {
        isSweep ? (number % count + count) % count : count - 1 - (last - number)
    }

    /// Where `instant` lies; nil when it is not in the graph.
    func position(of instant: Instant) -> Int? {
        guard instant != .never else { return nil }
        let number = Int(clamping: instant.nanoseconds / nanosecondsPerSecond) / seconds
        guard number <= last, number > last - count else { return nil }
        return position(number)
    }

    /// The moment at a place on the screen; nil outside the graph.
    func instant(at place: Int) -> Instant? {
        guard place >= 0, place < count else { return nil }
        let number = (0..<count).lazy.map { last - $0 }.first { position($0) == place }
        return number.map {
            Instant(nanoseconds: UInt64(max(0, ($0 + 1) * seconds - 1)) * nanosecondsPerSecond)
        }
    }

    /// Labels below the graph, by how long ago.
    func moments(width: Int) -> [AxisLabel] {
        let window = time.window.seconds
        let steps = width >= 40 ? 5 : width >= 24 ? 2 : 1
        return (0...steps).compactMap { step in
            let ago = window * step / steps
            let number = last - ago / seconds
            let oldest = last - count + 1
            let place = position(max(number, oldest))
            let text = step == 0 ? "now" : "-" + label(ago)
            return AxisLabel(text, at: Double(place) / Double(max(1, count - 1)))
        }
    }

    private func label(_ seconds: Int) -> String {
        if seconds >= 3_600, seconds % 3_600 == 0 { return "\(seconds / 3_600)h" }
        if seconds >= 60, seconds % 60 == 0 { return "\(seconds / 60)m" }
        return Format.span(nanoseconds: UInt64(seconds) * nanosecondsPerSecond)
    }

    /// Draws the time cursor, markers and the write position over a graph in `rect`.
    func drawCursors(in rect: Rect, on frame: inout Frame, glyphs: GlyphSet) {
        let line = glyphs.light.vertical
        let marks: [(Instant, StyleRole, Unicode.Scalar)] = [
            (time.markerA, .markerA, "A"), (time.markerB, .markerB, "B"),
            (time.cursor, .cursorTime, line),
        ]
        // What shares a column begins below the letter of the one before.
        var heads: [Int: Int] = [:]
        for (instant, role, letter) in marks {
            guard let place = position(of: instant) else { continue }
            let column = place * rect.columns / count
            let head = min(heads[column, default: 0], max(0, rect.rows - 1))
            for row in head..<rect.rows {
                let scalar = row == head ? letter : line
                frame.put(scalar, in: rect, column: column, row: row, role: role)
            }
            heads[column] = head + 1
        }
    }
}

extension Axis {
    /// Cells of the labels beside a graph over time.
    static let labelCells = 6

    /// Cells that a graph over time has in `rect`.
    static func width(in rect: Rect) -> Int { max(1, rect.columns - labelCells - 1) }

    /// The axes of amounts from 0 to `top` over time.
    init(upTo top: Double, _ graph: TimeGraph, in rect: Rect, hasMoments: Bool) {
        self.init(
            values: Scale.labels(
                top: top,
                rows: rect.rows - (hasMoments ? 1 : 0),
                text: Format.rate
            ),
            moments: hasMoments ? graph.moments(width: Axis.width(in: rect)) : [],
            labelColumns: Axis.labelCells
        )
    }
}

/// Scales of graphs.
enum Scale {
    /// The smallest of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten that is at least `value`.
    static func ceiling(_ value: Double) -> Double {
        guard value.isFinite, value > 0 else { return 1 }
        var power = 1.0
        while power * 10 <= value { power *= 10 }
        while power > value { power /= 10 }
        let steps = [1, 1.5, 2, 3, 4, 5, 6, 8, 10]
        return (steps.first { $0 * power >= value * 0.999 } ?? 10) * power
    }

    /// Whether `value` is a power of ten.
    private static func isPower(_ value: Double) -> Bool {
        let ratio = value / ceiling(value)
        guard abs(ratio - 1) < 0.001 else { return false }
        var left = value
        while left > 5 { left /= 10 }
        while left < 0.5 { left *= 10 }
        return abs(left - 1) < 0.001
    }

    /// Labels of a scale from 0 to `top`, one of the values of `ceiling`, for a graph of `rows`.
    static func labels(top: Double, rows: Int, text: (Double) -> String) -> [AxisLabel] {
        // A third of 15, 30 and 60 and a fifth of 50 are rounder than a quarter.
        let parts: [(of: Double, steps: Int)] = [(1.5, 3), (3, 3), (5, 5), (6, 3)]
        let fine = parts.first { Scale.isPower(top / $0.of) }?.steps ?? 4
        let steps = top <= 1 ? 1 : rows >= 9 ? fine : rows >= 5 ? (fine == 3 ? 3 : 2) : 1
        return (0...steps).map { step in
            let share = Double(step) / Double(steps)
            return AxisLabel(text(top * share), at: share)
        }
    }
}
