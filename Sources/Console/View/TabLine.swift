// The second line: the screens.

import Base
import Canvas
import Engine

/// The second line.
enum TabLine {
    static func draw(in line: Rect, on frame: inout Frame, _ picture: Picture) {
        guard !line.isEmpty else { return }
        frame.clear(line, ground: .tab)
        var column = 1
        for (screen, text) in labels(picture.model.screen) {
            let isCurrent = screen == picture.model.screen.current
            column = frame.put(text, in: line, column: column, role: isCurrent ? .tabActive : .tab)
        }
        let tail = right(picture)
        guard column + tail.cells + 1 <= line.columns else { return }
        frame.put(tail, in: line, column: line.columns - tail.cells)
    }

    /// Each screen with its label, from the left, beginning in column 1.
    static func labels(_ state: ScreenState) -> [(Screen, String)] {
        let isShort = state.size.columns < 92
        // Where there is no room for all words, only the current one has them.
        let isTiny = state.size.columns < 80
        return Screen.allCases.map { screen in
            let name = isShort ? screen.shortTitle : screen.title
            let number = screen.rawValue + 1
            let isCurrent = screen == state.current
            if isTiny, !isCurrent { return (screen, " \(number) ") }
            return (screen, isCurrent ? "[\(number) \(name)]" : " \(number) \(name) ")
        }
    }

    private static func right(_ picture: Picture) -> TextLine {
        let model = picture.model
        let mode = model.session.isReadOnly ? "[RO]" : "[RW]"
        var line: TextLine = []
        if !model.settings.isMouseOn { line.append(TextRun("mouse off  ", .stateWarn)) }
        line.append(TextRun(mode, model.session.isReadOnly ? .stateWarn : .tab))
        line.append(TextRun(" theme \(model.settings.theme) ", .tab))
        return line
    }
}

extension ScreenPlan {
    /// The screen whose label is at an absolute place.
    func screen(column: Int, row: Int, _ state: ScreenState) -> Screen? {
        guard tabs.contains(column: column, row: row) else { return nil }
        var start = tabs.column + 1
        for (screen, text) in TabLine.labels(state) {
            let end = start + TextWidth.cells(of: text)
            if column >= start, column < end { return screen }
            start = end
        }
        return nil
    }
}
