// The console without a screen: what changes goes to standard output, commands come from standard
// input.

import Base
import Canvas
import Configuration
import Console
import Engine
import Glibc
import Journal
import Reactor

/// The console on an engine as lines of text, for screen readers and dumb terminals.
struct PlainConsole<Target: Engine>: ~Copyable {
    private let engine: Target
    private var model: ConsoleModel
    private var hook: AlertHook
    private var typed: [UInt8] = []
    private var hasReported = false
    private var isFinished = false
    private var hasInput = true
    /// What was typed last, until the engine has read it.
    private var lent: LentSecret?

    /// Queues in a report.
    private static var queuesMax: Int { 40 }
    /// Bytes of a line that is not finished.
    private static var lineBytesMax: Int { 4_096 }

    /// A console on `engine` that runs `alertCommand` for alerts.
    init(_ engine: Target, session: Session, keymap: Keymap, alertCommand: String) {
        self.engine = engine
        hook = AlertHook(alertCommand)
        var session = session
        session.capabilities = engine.capabilities
        model = ConsoleModel(session: session, size: Size(columns: 80, rows: 24))
        model.keymap = keymap
    }

    /// Works until it is told to quit, or `hasStopped` says so; a closed standard input only ends
    /// the commands.
    mutating func run(_ signals: borrowing SignalSource, hasStopped: () -> Bool) {
        say("note: plain text; an empty line reports, help lists the commands, quit ends")
        while !isFinished, !hasStopped() {
            let input = pollfd(
                fd: hasInput ? STDIN_FILENO : -1,
                events: Int16(POLLIN),
                revents: 0
            )
            let signal = pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)
            var watched = [input, signal]
            // SAFETY: the call reads and writes the two entries.
            let count = unsafe poll(&watched, 2, 250)
            if count > 0, watched[0].revents != 0 { readLines() }
            while let signal = signals.next() { take(signal) }
            look()
        }
    }

    private mutating func take(_ signal: ProcessSignal) {
        switch signal {
        case .terminate, .interrupt: isFinished = true
        // Losing the terminal does not lose the broker; a demonstration nobody sees is over.
        case .hangUp:
            hasInput = false
            isFinished = isFinished || model.session.demoSeed != nil
        case .user1, .user2: break
        }
    }

    private mutating func readLines() {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        // SAFETY: the buffer has as many bytes as the call may fill.
        let count = unsafe read(STDIN_FILENO, &buffer, buffer.count)
        guard count > 0 else {
            hasInput = count < 0 && errno == EINTR
            return
        }
        typed += buffer.prefix(count)
        while let end = typed.firstIndex(of: 0x0A) {
            let line = DisplayText(Array(typed[..<end]), cellsMax: 1_000).text
            typed.removeFirst(end + 1)
            take(line)
        }
        if typed.count > Self.lineBytesMax { typed = [] }
    }

    /// Takes one line from the person.
    private mutating func take(_ line: String) {
        if case .confirm(let confirmation) = model.screen.overlay {
            return answer(line, confirmation)
        }
        switch line {
        case "": report()
        case "q", "quit": isFinished = true
        case "help": say(PlainText.commands())
        case "json": say(PlainText.json(model))
        default:
            apply(.command(line))
            ask()
        }
    }

    /// Shows the question that the last command has raised; other overlays need a screen.
    private mutating func ask() {
        switch model.screen.overlay {
        case .none: break
        case .confirm: PlainText.question(model).forEach { say($0) }
        case .quit: isFinished = true
        case .help, .palette, .filter, .find, .picker, .peek, .detail, .drawer:
            model.screen.overlay = .none
            say("note: that needs the screen")
        }
    }

    private mutating func answer(_ line: String, _ confirmation: Confirmation) {
        if line.isEmpty || line == "no" {
            apply(.pressed(Key(.escape)))
            return say("note: nothing done")
        }
        if confirmation.level == .destructive {
            var emptied = confirmation
            emptied.field = TextField(line)
            model.screen.overlay = .confirm(emptied)
            apply(.pressed(Key(.enter)))
        } else if line.count == 1, let scalar = line.unicodeScalars.first {
            apply(.pressed(Key(.scalar(scalar))))
        }
        ask()
    }

    /// Takes the newest picture and what was reported, and says what has changed.
    private mutating func look() {
        hook.reap()
        apply(.ticked(SystemClock.now()))
        // The picture comes after them and shows what they tell.
        var reports: [EngineReport] = []
        engine.drainReports(into: &reports)
        let snapshot = engine.snapshot
        if snapshot.takenAt != model.data.latest.takenAt { apply(.sampled(snapshot)) }
        if !reports.isEmpty { apply(.reported(reports)) }
        if !hasReported, model.data.latest.takenAt != .never {
            hasReported = true
            report()
        }
    }

    private func report() {
        let text = PlainText.report(model, queuesMax: Self.queuesMax)
        for line in text.split(separator: "\n") { say(String(line)) }
    }

    private mutating func apply(_ intent: Intent) {
        let before = model
        let effects = update(&model, intent)
        for line in PlainText.changes(from: before, to: model) { say(line) }
        for effect in effects { carryOut(effect) }
    }

    private mutating func carryOut(_ effect: Effect) {
        switch effect {
        case .submit(let order, let ticket):
            do throws(EngineRefusal) {
                if model.session.isReadOnly, !order.isReadOnly { throw .readOnly }
                guard let whole = try typed(order) else { return apply(.untyped(ticket)) }
                try engine.submit(whole, ticket: ticket)
            } catch {
                apply(.refused(ticket, error))
            }
        case .page(_, let bytes): say(String(decoding: bytes, as: UTF8.self))
        case .write:
            say("note: files are written from the screen; `sluice top --json` goes to pipes")
        case .tell(let news): hook.tell(news, at: model.data.now)
        case .quit: isFinished = true
        case .copy, .theme, .attach, .announce, .mouse, .refresh, .redraw, .suspend: break
        }
    }

    /// `order` with the secret that it needs, which a person types now; `nil` if nothing is typed.
    private mutating func typed(_ order: EngineOrder) throws(EngineRefusal) -> EngineOrder? {
        guard case .key(.unlock(.typed(let kind, path: []))) = order else { return order }
        do {
            let typed = try LentSecret.ask(kind.question)
            let path = Array(typed.path.utf8)
            lent = consume typed
            return .key(.unlock(.typed(kind, path: path)))
        } catch {
            guard case .refused(let refusal) = TypedSecret(error) else { return nil }
            throw refusal
        }
    }

    private func say(_ line: String) {
        Output.show(line + "\n")
    }
}
