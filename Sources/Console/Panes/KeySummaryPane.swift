// Keys in short: versions, where the data is, what a rotation does.

import Base
import Canvas
import Engine

/// Keys in short, for the overview.
enum KeySummaryPane {
    static func draw(in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        let room = context.border("Keys", badge: next(context), in: rect, on: &frame)
        guard !context.snapshot.keys.keys.isEmpty else {
            frame.putLine(
                "this engine keeps no keys",
                in: room,
                role: .textMuted,
                alignment: .centre
            )
            return
        }
        if room.rows < 4 {
            frame.put(ribbon(context, cells: room.columns - 2), in: room.line(0), column: 1)
            return
        }
        drawRows(in: room, on: &frame, context)
    }

    /// When the policy rotates next.
    static func next(_ context: PaneContext) -> String {
        let keys = context.snapshot.keys
        guard keys.nextRotationAt != .never else { return "no schedule" }
        let left = keys.nextRotationAt.nanoseconds(since: context.snapshot.takenAt)
        return left == 0 ? "rotation is due" : "next rotation in \(Format.brief(nanoseconds: left))"
    }

    /// Versions with their sums over all scopes but the root, newest first.
    static func versions(_ keys: KeyRingStatus) -> [KeySum] {
        var sums: [UInt32: KeySum] = [:]
        for key in keys.keys where key.scope != .root {
            var sum = sums[key.version] ?? KeySum(version: key.version, state: key.state)
            sum.bytes &+= key.bytes
            sum.messages &+= key.messages
            if sum.createdAt == .never || key.createdAt < sum.createdAt {
                sum.createdAt = key.createdAt
            }
            if key.state.rank < sum.state.rank { sum.state = key.state }
            sums[key.version] = sum
        }
        return sums.values.sorted { $0.version > $1.version }
    }

    private static func ribbon(_ context: PaneContext, cells: Int) -> TextLine {
        let sums = versions(context.snapshot.keys)
        let total = max(1, sums.reduce(UInt64(0)) { $0 &+ $1.bytes })
        var line: TextLine = []
        for sum in sums where sum.state != .destroyed && sum.state != .retired {
            let share = Double(sum.bytes) / Double(total)
            let state = StateText(sum.state)
            let width = line.isEmpty ? 12 : 4
            var runs: TextLine =
                line.isEmpty ? [] : [TextRun(" \(context.glyph(.separator)) ", .paneFrame)]
            runs += [
                TextRun("k\(sum.version) ", .seriesKey), TextRun(state.word + " ", state.role),
            ]
            runs += Sparks.bar(share, cells: width, role: .seriesKey, glyphs: context.glyphs)
            runs.append(TextRun(" \(Format.percent(share))", .text))
            if line.cells + runs.cells <= cells { line += runs }
        }
        if let running = context.model.rewriting {
            let done = Format.progress(done: running.bytesDone, of: running.bytesTotal)
            let speed = Format.byteRate(running.bytesPerSecond)
            let forms = ["  rewriting \(done) \(speed)", "  rewriting \(done)", "  \(done)"]
            let form = forms.first { line.cells + $0.count <= cells }
            if let form { line.append(TextRun(form, .stateDraining)) }
        }
        return line
    }

    private static func drawRows(in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        let sums = versions(context.snapshot.keys)
        let total = max(1, sums.reduce(UInt64(0)) { $0 &+ $1.bytes })
        let rotation = RotationRows.current(context.snapshot)
        let isSpacious = rect.rows >= 20 && rect.columns >= 60
        let tail =
            isSpacious && rotation != nil
            ? RotationRows.whole(rotation, context, cells: rect.columns - 2)
            : RotationRows.summary(context, cells: rect.columns - 2)
        let safety = KeySafetyRows.short(context)
        let isRoomy = rect.rows >= tail.count + safety.count + 6
        let count = max(
            2,
            min(sums.count, rect.rows - tail.count - safety.count - (isRoomy ? 3 : 1))
        )
        frame.clear(rect.line(0), ground: .tableHeader)
        frame.put("KEY  STATE         AGE   DATA", in: rect.line(0), column: 1, role: .tableHeader)
        for (row, sum) in sums.prefix(count).enumerated() {
            drawRow(sum, total, in: rect.line(row + 1), on: &frame, context)
        }
        var row = count + 1 + (isRoomy ? 1 : 0)
        for line in tail {
            frame.put(line, in: rect.line(row), column: 1)
            row += 1
        }
        if isRoomy { row += 1 }
        for line in safety {
            frame.put(line, in: rect.line(row), column: 1)
            row += 1
        }
    }

    private static func drawRow(
        _ sum: KeySum,
        _ total: UInt64,
        in line: Rect,
        on frame: inout Frame,
        _ context: PaneContext
    ) {
        let share = Double(sum.bytes) / Double(total)
        let state = StateText(sum.state)
        let age = context.snapshot.takenAt.nanoseconds(since: sum.createdAt)
        let isGone = sum.state == .destroyed
        frame.put("k\(sum.version)", in: line, column: 1, role: .seriesKey)
        frame.put(state.word, in: line, column: 6, role: state.role)
        let room = line.slice(19, count: 4)
        frame.putLine(Format.brief(nanoseconds: age), in: room, role: .text, alignment: .right)
        let data = line.slice(24, count: 6)
        let text = isGone ? "-" : Format.percent(share)
        frame.putLine(text, in: data, role: sum.bytes == 0 ? .textMuted : .text, alignment: .right)
        let bar = line.slice(31, count: max(0, line.columns - 32))
        guard sum.bytes > 0, !bar.isEmpty else { return }
        let runs = Sparks.bar(
            share,
            cells: min(30, bar.columns),
            role: .seriesKey,
            glyphs: context.glyphs
        )
        frame.put(runs, in: bar)
    }
}

/// One version number over all scopes.
struct KeySum: Hashable {
    /// The version.
    let version: UInt32
    /// The most alive state among its keys.
    var state: KeyState
    /// Bytes under it.
    var bytes: UInt64 = 0
    /// Messages under it.
    var messages: UInt64 = 0
    /// When the first of its keys was made.
    var createdAt: Instant = .never

    init(version: UInt32, state: KeyState) {
        self.version = version
        self.state = state
    }
}

extension KeyState {
    /// How much a state matters when several are summed up; the smallest first.
    fileprivate var rank: Int {
        switch self {
        case .compromised: 0
        case .active: 1
        case .decryptOnly: 2
        case .prepared: 3
        case .retired: 4
        case .destroyed: 5
        }
    }
}
