// Help, choosers, peeked messages, the drawer and leaving.

import Base
import Canvas
import Engine

extension ConsoleModel {
    mutating func serve(_ intent: Intent) -> [Effect] {
        switch intent {
        case .help: screen.overlay = .help(HelpState())
        case .palette: screen.overlay = .palette(PaletteState())
        case .drawer: screen.overlay = .drawer(scroll: 0)
        case .peek: return peek()
        case .copy: return copyRow()
        case .pager:
            let bytes = Array(Export.text(focusedPane, self).utf8)
            return [.page(title: screen.current.title, bytes: bytes)]
        case .acknowledge: acknowledge()
        case .mouse:
            settings.isMouseOn.toggle()
            say(.info, settings.isMouseOn ? "mouse on" : "mouse released: select text freely")
            return [.mouse(settings.isMouseOn)]
        case .suspend:
            if session.isEmbedded {
                say(.warning, "suspend: the broker runs inside this console and would stop too")
                return []
            }
            return [.suspend]
        case .cancel: cancel()
        case .quit: return quit()
        default: break
        }
        return []
    }

    private mutating func peek() -> [Effect] {
        guard let name = plainPicture.selectedStream?.name,
            let stream = stream(.stream(name))
        else {
            say(.info, "peek: no queue selected")
            return []
        }
        screen.overlay = .peek(PeekState(stream: name, ticket: work.nextTicket))
        let floor = stream.consumers.map(\.ackFloor).min() ?? 0
        return submit(
            .peek(stream: name, from: max(stream.firstSequence, floor &+ 1), count: 50),
            label: "peek",
            action: nil,
            inverse: nil
        )
    }

    private mutating func copyRow() -> [Effect] {
        guard let text = Export.selectedRow(filteredPane, self) else {
            say(.info, "copy: nothing selected")
            return []
        }
        say(.info, "copied")
        return [.copy(Array(text.utf8))]
    }

    private mutating func acknowledge() {
        let chosen: AlertId? =
            if case .alert(let id) = selectedId(focusedPane) { id } else { data.alerts.worst?.id }
        guard let id = chosen else { return }
        data.alerts.acknowledge(id)
        say(.info, "\(id.rule.name) \(ActionPlan.shown(id.subject)) acknowledged")
    }

    private mutating func cancel() {
        let recent = data.now.nanoseconds(since: screen.cancelledAt) < 2 * nanosecondsPerSecond
        if recent, screen.cancelledAt != .never {
            screen.overlay = .quit
            return
        }
        screen.cancelledAt = data.now
        say(.info, "press Ctrl-C again to leave")
    }

    private mutating func quit() -> [Effect] {
        guard session.isEmbedded else { return [.quit(.detach)] }
        screen.overlay = .quit
        return []
    }

    mutating func pressQuit(_ key: Key) -> [Effect] {
        switch key {
        case .char("h"), .char("H"): return [.quit(.headless)]
        case .char("s"), .char("S"): return [.quit(.stop)]
        case Key(.escape), .char("c"), .char("q"), .control("c"): screen.overlay = .none
        default: break
        }
        return []
    }

    // MARK: Help

    mutating func press(_ key: Key, _ help: HelpState) -> [Effect] {
        var help = help
        switch key.code {
        case .escape, .function(1):
            screen.overlay = .none
            return []
        case .up: help.scroll = max(0, help.scroll - 1)
        case .down: help.scroll += 1
        case .pageUp: help.scroll = max(0, help.scroll - 10)
        case .pageDown: help.scroll += 10
        case .enter: break
        default:
            if key == .char("?"), help.field.text.isEmpty {
                screen.overlay = .none
                return []
            }
            if help.field.apply(key) { help.scroll = 0 }
        }
        help.scroll = min(
            help.scroll,
            max(
                0,
                HelpText.lines(self, matching: help.field.text, cells: screen.size.columns).count
                    - 1
            )
        )
        screen.overlay = .help(help)
        return []
    }

    // MARK: Peeked messages and the drawer

    mutating func press(_ key: Key, _ peek: PeekState) -> [Effect] {
        var peek = peek
        if let scroll = peek.scroll { return press(key, whole: peek, scroll) }
        let last = max(0, (peek.messages?.count ?? 0) - 1)
        switch key {
        case Key(.enter), .char("l"), Key(.right):
            if peek.messages?.indices.contains(peek.index) == true { peek.scroll = 0 }
        case Key(.escape), .char("q"), .char("h"), Key(.left), .control("c"):
            screen.overlay = .none
            return []
        case .char("j"), Key(.down): peek.index = min(last, peek.index + 1)
        case .char("k"), Key(.up): peek.index = max(0, peek.index - 1)
        case .char("g"), Key(.home): peek.index = 0
        case .char("G"), Key(.end): peek.index = last
        case Key(.pageDown): peek.index = min(last, peek.index + 10)
        case Key(.pageUp): peek.index = max(0, peek.index - 10)
        case .char("y"): return copyPayload(peek)
        default: break
        }
        screen.overlay = .peek(peek)
        return []
    }

    private mutating func copyPayload(_ peek: PeekState) -> [Effect] {
        guard let messages = peek.messages, messages.indices.contains(peek.index) else { return [] }
        say(.info, "payload copied")
        return [.copy(messages[peek.index].payload)]
    }

    /// A key while one message has the whole room.
    private mutating func press(_ key: Key, whole peek: PeekState, _ scroll: Int) -> [Effect] {
        var peek = peek
        let rows = max(1, OverlayView.rows(in: screen.size) - 2)
        let columns = OverlayView.columns(in: screen.size, most: 140) - 4
        let lines = peek.messages.map {
            PeekOverlay.wholeLines($0[peek.index], columns: columns, plainPicture.style)
        }
        let last = max(0, (lines?.count ?? 0) - rows)
        switch key {
        case Key(.escape), .char("q"), .char("h"), Key(.left), Key(.backspace), .control("c"):
            peek.scroll = nil
        case .char("j"), Key(.down): peek.scroll = min(last, scroll + 1)
        case .char("k"), Key(.up): peek.scroll = max(0, scroll - 1)
        case Key(.pageDown), .char(" "): peek.scroll = min(last, scroll + rows)
        case Key(.pageUp): peek.scroll = max(0, scroll - rows)
        case .char("g"), Key(.home): peek.scroll = 0
        case .char("G"), Key(.end): peek.scroll = last
        case .char("y"): return copyPayload(peek)
        default: break
        }
        screen.overlay = .peek(peek)
        return []
    }

    mutating func press(_ key: Key, drawer scroll: Int) -> [Effect] {
        let last = max(0, work.notices.count - 1)
        switch key {
        case Key(.escape), .char("~"), .char("q"), .control("c"): screen.overlay = .none
        case .char("k"), Key(.up): screen.overlay = .drawer(scroll: min(last, scroll + 1))
        case .char("j"), Key(.down): screen.overlay = .drawer(scroll: max(0, scroll - 1))
        case Key(.pageUp): screen.overlay = .drawer(scroll: min(last, scroll + 10))
        case Key(.pageDown): screen.overlay = .drawer(scroll: max(0, scroll - 10))
        default: break
        }
        return []
    }
}
