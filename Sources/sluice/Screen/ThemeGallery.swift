// Every role of a theme on one screen, to choose themes by looking.

import Canvas
import Terminal

/// Shows a theme: every role, every gradient, a table and graphs.
struct ThemeGallery: ScreenProgram {
    private let shelf: ThemeShelf
    private let names: [String]
    private var index: Int
    private var theme: Theme
    private var isAscii = false
    private var depth = ColourDepth.direct
    private var selected = 0
    private var notice = ""

    /// A gallery that begins with the theme `name`.
    init(_ shelf: ThemeShelf, showing name: String) {
        self.shelf = shelf
        names = shelf.names
        index = names.firstIndex(of: name) ?? 0
        theme = Theme(title: name, glyphs: .unicode)
        choose(index)
    }

    private mutating func choose(_ index: Int) {
        self.index = (index + names.count) % max(names.count, 1)
        guard names.indices.contains(self.index), let bytes = shelf.bytes(of: names[self.index])
        else { return }
        theme = shelf.read(bytes).theme
        if isAscii { theme.glyphs = .ascii }
    }

    mutating func take(_ event: ScreenEvent) -> [ScreenWish] {
        switch event {
        case .opened(_, let depth, let isUtf8):
            self.depth = depth
            isAscii = !isUtf8
            if isAscii { theme.glyphs = .ascii }
            return []
        case .terminated, .hungUp: return [.finish(0)]
        case .askedToStop: return [.suspend]
        case .terminal(.key(let stroke)): return press(stroke)
        case .terminal(.paste(let bytes, _)):
            notice = "a paste of \(bytes.count) bytes does nothing here"
            return []
        case .complained(let bytes):
            notice = DisplayText(bytes, cellsMax: 60).text
            return []
        case .terminal, .tick, .resized, .caughtUp, .typed: return []
        }
    }

    private mutating func press(_ stroke: KeyStroke) -> [ScreenWish] {
        notice = ""
        switch (stroke.name, stroke.modifiers) {
        case (.scalar("q"), []), (.escape, []), (.scalar("c"), .control): return [.finish(0)]
        case (.scalar("n"), []), (.right, []), (.tab, []):
            choose(index + 1)
            return [.use(theme)]
        case (.scalar("p"), []), (.left, []), (.tab, .shift):
            choose(index - 1)
            return [.use(theme)]
        case (.scalar("j"), []), (.down, []): selected = min(selected + 1, 2)
        case (.scalar("k"), []), (.up, []): selected = max(selected - 1, 0)
        case (.scalar("l"), .control): return [.redraw]
        case (.scalar("z"), .control): return [.suspend]
        default:
            notice = "no such key here"
        }
        return []
    }

    // MARK: Picture

    func frame(_ size: Size) -> Frame {
        var frame = Frame(size: size)
        frame.clear(frame.bounds)
        let rows = Layout([.fixed(1), .share(1), .fixed(1)]).rows(of: frame.bounds)
        drawHeader(in: rows[0], on: &frame)
        let columns = Layout([.share(2), .share(3)]).columns(of: rows[1])
        drawRoles(in: columns[0], on: &frame)
        let right = Layout([.fixed(7), .share(1), .fixed(8)]).rows(of: columns[1])
        drawTable(in: right[0], on: &frame)
        drawGraphs(in: right[1], on: &frame)
        drawGradients(in: right[2], on: &frame)
        let keys = " n/p theme   j/k row   q quit   \(notice)"
        frame.putLine(keys, in: rows[2], role: .keybarLabel)
        return frame
    }

    private func drawHeader(in line: Rect, on frame: inout Frame) {
        frame.clear(line, ground: .header)
        let name = names.indices.contains(index) ? names[index] : ""
        frame.put(
            [
                TextRun(" sluice ", .headerTarget), TextRun("PROD", .envProd),
                TextRun(" ", .header),
                TextRun("STAGE", .envStage), TextRun(" ", .header), TextRun("DEV", .envDev),
                TextRun("  \(name)  \(theme.title)  \(depth) ", .header),
            ],
            in: line
        )
    }

    private func drawRoles(in rect: Rect, on frame: inout Frame) {
        let inside = Border.pane("Roles", badge: "\(StyleRole.namedCount)", isFocused: false)
            .draw(in: rect, on: &frame, glyphs: theme.glyphs)
        let width = 21
        for (number, role) in StyleRole.named.enumerated() {
            let place = number / max(inside.rows, 1)
            let row = number % max(inside.rows, 1)
            let room = inside.slice(place * width, count: width - 1).line(row)
            frame.putLine(role.name ?? "", in: room, role: role, ellipsis: theme.glyphs[.ellipsis])
        }
    }

    private func drawTable(in rect: Rect, on frame: inout Frame) {
        let inside = Border.pane("Queues", badge: "3", isFocused: true)
            .draw(in: rect, on: &frame, glyphs: theme.glyphs)
        let states: [(Glyph, String, StyleRole, String)] = [
            (.stateCrit, "CRIT depth", .stateCrit, "981k"), (.stateOk, "RUN", .stateOk, "128k"),
            (.statePaused, "PAUSE 12m", .statePaused, "40.2k"),
        ]
        let rows = states.enumerated().map { number, state in
            TableRow(
                [
                    TextRun(theme.glyphs.text(state.0) + " orders.\(number)", .text),
                    TextRun(state.1, state.2), TextRun(state.3, .textStrong),
                ],
                isMarked: number == 2
            )
        }
        let table = TextTable(
            columns: [
                TableColumn("NAME", columnsMin: 8, weight: 1),
                TableColumn("STATE", columnsMin: 10),
                TableColumn("DEPTH", columnsMin: 7, alignment: .right),
            ],
            rows: rows,
            selected: selected,
            sort: TableSort(column: 2, isDescending: true),
            isFocused: true
        )
        table.draw(in: inside, on: &frame, glyphs: theme.glyphs)
    }

    private func drawGraphs(in rect: Rect, on frame: inout Frame) {
        let parts = Layout([.share(1), .share(1)]).columns(of: rect)
        let left = Border.pane("Throughput", isFocused: false)
            .draw(in: parts[0], on: &frame, glyphs: theme.glyphs)
        let values = (0..<(2 * left.columns)).map { (step: Int) -> Double in
            let wobble = step * 37 + step * step % 23
            return Double(wobble % 60 + 40)
        }
        BrailleChart(values, max: 110, ink: .role(.seriesIn))
            .draw(in: left, on: &frame, glyphs: theme.glyphs)
        let right = Border.pane("Latency", isFocused: false)
            .draw(in: parts[1], on: &frame, glyphs: theme.glyphs)
        let counts = (0..<right.columns).map { (column: Int) -> [Double] in
            (0..<right.rows).map { (row: Int) -> Double in
                let distance = Double(row * row - column % 7)
                return distance > 40 ? 0 : 1_000 / (1 + distance * distance)
            }
        }
        HeatMap(counts, gradient: .latencyHeat).draw(in: right, on: &frame, glyphs: theme.glyphs)
    }

    private func drawGradients(in rect: Rect, on frame: inout Frame) {
        let inside = Border.pane("Gradients", isFocused: false)
            .draw(in: rect, on: &frame, glyphs: theme.glyphs)
        for (row, gradient) in Gradient.allCases.enumerated() {
            let parts = Layout([.fixed(13), .share(1)]).columns(of: inside.line(row))
            frame.putLine(gradient.name, in: parts[0], role: .axis)
            Gauge(1, ink: .gradient(gradient)).draw(in: parts[1], on: &frame, glyphs: theme.glyphs)
        }
        let values = (0..<inside.columns).map { Double($0 * $0 % 17) }
        Sparkline(values, ink: .role(.seriesOut))
            .draw(in: inside.line(Gradient.allCases.count), on: &frame, glyphs: theme.glyphs)
    }
}
