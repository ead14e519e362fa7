// The console as a program on the screen: events become intents, effects become wishes and orders.

import Base
import Canvas
import Console
import Engine
import Glibc
import Reactor
import Terminal

/// The console on an engine.
struct ConsoleProgram<Target: Engine>: ScreenProgram {
    private let engine: Target
    private let shelf: ThemeShelf
    private let hasStopped: () -> Bool
    private var model: ConsoleModel
    private var theme: Theme
    private var isAscii = false
    private let firstTheme: FirstTheme
    private var hook: AlertHook
    private let notification: TerminalNotification?
    private var notices = NewsLimit()
    /// The file of the theme that is shown, as it was read.
    private var themeBytes: [UInt8] = []
    private var themeReadAt = Instant.never

    /// A console on `engine` that ends by itself once `hasStopped` says so.
    init(
        _ engine: Target,
        session: Session,
        keymap: Keymap,
        refreshPerSecond: Int,
        theme: Theme,
        shelf: ThemeShelf,
        firstTheme: FirstTheme,
        alertCommand: String,
        notification: TerminalNotification?,
        hasStopped: @escaping () -> Bool
    ) {
        self.engine = engine
        self.shelf = shelf
        self.theme = theme
        self.firstTheme = firstTheme
        hook = AlertHook(alertCommand)
        self.notification = notification
        self.hasStopped = hasStopped
        var session = session
        session.capabilities = engine.capabilities
        session.themes = shelf.names
        model = ConsoleModel(session: session, size: Size(columns: 80, rows: 24))
        model.keymap = keymap
        model.settings.refreshPerSecond = refreshPerSecond
    }

    mutating func frame(_ size: Size) -> Frame {
        view(model, theme: theme, size: size)
    }

    mutating func take(_ event: ScreenEvent) -> [ScreenWish] {
        switch event {
        case .opened(let size, _, let isUtf8):
            isAscii = !isUtf8
            if isAscii { theme.glyphs = .ascii }
            let name = firstTheme.name
            let dressed = name == model.settings.theme ? [] : apply(.command("theme \(name)"))
            return apply(.resized(size)) + dressed + look()
        case .resized(let size): return apply(.resized(size))
        case .tick: return hasStopped() ? [.finish(0)] : look() + rereadTheme()
        case .terminal(let event): return take(event)
        case .terminated: return [.finish(0)]
        case .askedToStop: return apply(.suspend)
        case .hungUp:
            // Losing the terminal does not lose the broker; a demonstration nobody sees is over.
            let goesOn = model.session.isEmbedded && model.session.demoSeed == nil
            return goesOn ? [.leave] : [.finish(0)]
        case .complained(let bytes): return quote(bytes)
        case .caughtUp(let leftOut, let ever):
            let text = "the terminal took nothing for a while: \(leftOut) pictures left out"
            return apply(.notified(.warning, leftOut < ever ? text + ", \(ever) in all" : text))
        case .typed(let kind, .lies(let path), let ticket):
            return submit(.key(.unlock(.typed(kind, path: Array(path.utf8)))), ticket)
        case .typed(_, .nothing, let ticket): return apply(.untyped(ticket))
        case .typed(_, .refused(let refusal), let ticket): return apply(.refused(ticket, refusal))
        }
    }

    /// Takes the newest picture and what was reported.
    private mutating func look() -> [ScreenWish] {
        hook.reap()
        var wishes = apply(.ticked(SystemClock.now()))
        // The picture comes after them and shows what they tell.
        var reports: [EngineReport] = []
        engine.drainReports(into: &reports)
        let snapshot = engine.snapshot
        if snapshot.takenAt != model.data.latest.takenAt { wishes += apply(.sampled(snapshot)) }
        if !reports.isEmpty { wishes += apply(.reported(reports)) }
        return wishes
    }

    private mutating func take(_ event: TerminalEvent) -> [ScreenWish] {
        switch event {
        case .key(let stroke): return apply(.pressed(Key(stroke)))
        case .paste(let bytes, _):
            return apply(.pasted(DisplayText(bytes, cellsMax: 1_024).text))
        case .mouse(let stroke):
            return apply(
                .pointed(MouseAction(stroke.action), column: stroke.column, row: stroke.row)
            )
        case .focus: return []
        case .background(let colour):
            guard let name = firstTheme.name(on: colour), name != model.settings.theme else {
                return []
            }
            return apply(.command("theme \(name)"))
        }
    }

    /// Shows what was written to standard error, line by line; what the broker logs is among the
    /// events already.
    private mutating func quote(_ bytes: [UInt8]) -> [ScreenWish] {
        let logged = Array("[\(getpid())] ".utf8)
        let lines = bytes.split(separator: 0x0A).filter { !$0.starts(with: logged) }
        return lines.flatMap { line in
            apply(.notified(.info, DisplayText(line, cellsMax: 200).text))
        }
    }

    private mutating func apply(_ intent: Intent) -> [ScreenWish] {
        update(&model, intent).flatMap { carryOut($0) }
    }

    // MARK: Effects

    private mutating func carryOut(_ effect: Effect) -> [ScreenWish] {
        switch effect {
        case .submit(let order, let ticket): return submit(order, ticket)
        case .copy(let bytes): return [.copy(bytes)]
        case .write(let path, let bytes): return write(bytes, to: path)
        case .page(_, let bytes): return [.page(bytes)]
        case .theme(let name): return use(name)
        case .attach:
            return apply(
                .notified(.warning, "this console stays with the engine it was started on")
            )
        case .announce: return [.ring]
        case .tell(let news):
            hook.tell(news, at: model.data.now)
            return notify(news)
        case .mouse(let isOn): return [.takeMouse(isOn)]
        case .refresh(let rate): return [.tick(perSecond: rate)]
        case .redraw: return [.redraw]
        case .suspend: return [.suspend]
        case .quit(.headless): return [.leave]
        case .quit(.stop), .quit(.detach): return [.finish(0)]
        }
    }

    /// Has the terminal say `news`, if that is wanted and not too much of it.
    private mutating func notify(_ news: AlertNews) -> [ScreenWish] {
        guard let notification, notices.allows(at: model.data.now) else { return [] }
        let subject = DisplayText(news.subject, cellsMax: 60).text
        var text = subject.isEmpty ? news.text : "\(subject) \(news.text)"
        if news.isOver { text = "over: \(text)" }
        if notices.heldBack > 0 { text += " (and \(notices.heldBack) more)" }
        notices.settle()
        let title = "sluice \(DisplayText(model.session.target, cellsMax: 40).text)"
        return [.notify(notification, title: title, text: text)]
    }

    private mutating func submit(_ order: EngineOrder, _ ticket: Ticket) -> [ScreenWish] {
        do throws(EngineRefusal) {
            // Below everything that the screen might get wrong.
            if model.session.isReadOnly, !order.isReadOnly { throw .readOnly }
            if case .key(.unlock(.typed(let kind, path: []))) = order {
                return [.ask(kind, ticket)]
            }
            try engine.submit(order, ticket: ticket)
            return []
        } catch {
            return apply(.refused(ticket, error))
        }
    }

    private mutating func use(_ name: String) -> [ScreenWish] {
        guard let bytes = shelf.bytes(of: name) else {
            return apply(.notified(.warning, "no theme called \(DisplayText(name).text)"))
        }
        themeBytes = bytes
        let reading = shelf.read(bytes)
        guard reading.isUsable else {
            let problem = reading.problems.first { !$0.isWarning }
            let text = problem.map { "line \($0.line): \($0.text)" } ?? ""
            return apply(.notified(.warning, "theme \(DisplayText(name).text): \(text)"))
        }
        theme = reading.theme
        if isAscii { theme.glyphs = .ascii }
        return [.use(theme)]
    }

    /// Shows the theme anew, at most once a second, when somebody has changed its file.
    private mutating func rereadTheme() -> [ScreenWish] {
        let name = model.settings.theme
        let now = model.data.now
        guard now.nanoseconds(since: themeReadAt) >= 1_000_000_000 else { return [] }
        themeReadAt = now
        guard !themeBytes.isEmpty, let bytes = shelf.bytes(of: name), bytes != themeBytes else {
            return []
        }
        return use(name)
    }

    /// Writes a new file; one that is there already is left alone.
    private mutating func write(_ bytes: [UInt8], to path: String) -> [ScreenWish] {
        let shown = DisplayText(path).text
        // SAFETY: the call keeps nothing of the path.
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let reason = SystemError("open").text
            return apply(.notified(.warning, "\(shown): \(reason)"))
        }
        let isWhole = Output.write(bytes, to: file)
        close(file)
        let text = isWhole ? "written to \(shown)" : "\(shown): only a part could be written"
        return apply(.notified(isWhole ? .info : .warning, text))
    }
}

extension Key {
    /// The console's key for one of the terminal.
    init(_ stroke: KeyStroke) {
        var modifiers: KeyModifiers = []
        if stroke.modifiers.contains(.control) { modifiers.insert(.control) }
        if stroke.modifiers.contains(.alt) { modifiers.insert(.alt) }
        if stroke.modifiers.contains(.shift) { modifiers.insert(.shift) }
        // A character says by itself that shift was held.
        if case .scalar = stroke.name { modifiers.remove(.shift) }
        self.init(KeyCode(stroke.name), modifiers)
    }
}

extension KeyCode {
    /// The console's name for a key of the terminal.
    init(_ name: KeyName) {
        switch name {
        case .scalar(let scalar): self = .scalar(scalar)
        case .function(let number): self = .function(number)
        case .enter: self = .enter
        case .escape: self = .escape
        case .tab: self = .tab
        case .backspace: self = .backspace
        case .insert: self = .insert
        case .delete: self = .delete
        case .up: self = .up
        case .down: self = .down
        case .left: self = .left
        case .right: self = .right
        case .home: self = .home
        case .end: self = .end
        case .pageUp: self = .pageUp
        case .pageDown: self = .pageDown
        }
    }
}

extension MouseAction {
    /// The console's name for what the mouse did.
    init(_ action: MouseStroke.Action) {
        switch action {
        case .press: self = .press
        case .release: self = .release
        case .drag: self = .drag
        case .wheelUp: self = .wheelUp
        case .wheelDown: self = .wheelDown
        }
    }
}
