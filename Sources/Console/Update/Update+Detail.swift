// A row or a pane of facts is shown whole.

import Base
import Canvas
import Engine

extension ConsoleModel {
    /// What facts are made from where nothing is drawn.
    private var plainContext: PaneContext {
        PaneContext(picture: plainPicture, isFocused: true, sizeClass: .huge)
    }

    /// Shows the selected row of `pane` whole, or all of its facts if it is no table.
    mutating func openDetail(of pane: Pane) {
        let row = pane.isTable ? selectedId(pane) : nil
        guard row != nil || !pane.isTable,
            let facts = DetailRows.facts(pane, row, plainContext)
        else { return }
        screen.overlay = .detail(DetailState(pane, row: row, kept: facts))
    }

    /// The queue that `detail` is about and that can be gone to.
    func aboutQueue(_ detail: DetailState) -> [UInt8]? {
        let name: [UInt8]? =
            switch detail.row {
            case .event(let number): data.latest.events.first { $0.number == number }?.subject
            case .alert(let id): id.subject
            case .damage(let name, _): name
            default: nil
            }
        return name.flatMap { name in
            data.latest.streams.contains { $0.name == name } ? name : nil
        }
    }

    mutating func press(_ key: Key, _ detail: DetailState) -> [Effect] {
        var detail = detail
        let rows = max(1, OverlayView.rows(in: screen.size) - 2)
        let page = max(1, rows - 2)
        let cells = OverlayView.columns(in: screen.size, most: DetailOverlay.columnsMax) - 4
        let count = DetailRows.lines(detail.facts(plainContext), cells: cells).count
        let last = max(0, count - rows)
        switch key {
        case Key(.escape), .char("q"), .char("h"), Key(.left), Key(.backspace), .control("c"):
            screen.overlay = .none
            return []
        case Key(.enter):
            guard let name = aboutQueue(detail) else { return [] }
            screen.overlay = .none
            show(.queues)
            setSelection(.queues, id: .stream(name), index: 0)
            return []
        case .char("y"):
            say(.info, "copied")
            return [.copy(Array(DetailRows.text(detail.facts(plainContext)).utf8))]
        case .char("j"), Key(.down): detail.scroll = min(last, detail.scroll + 1)
        case .char("k"), Key(.up): detail.scroll = max(0, detail.scroll - 1)
        case Key(.pageDown), .char(" "): detail.scroll = min(last, detail.scroll + page)
        case Key(.pageUp): detail.scroll = max(0, detail.scroll - page)
        case .char("g"), Key(.home): detail.scroll = 0
        case .char("G"), Key(.end): detail.scroll = last
        default: break
        }
        screen.overlay = .detail(detail)
        return []
    }
}
