// The console's loop: a timer, the terminal and signals, on one serial queue of its own.
// The rest of the program knows neither this queue nor the terminal.

import Canvas
import Dispatch
import Engine
import Glibc
import Journal
import Terminal

/// Runs a program on the terminal until it finishes.
///
/// Born on its queue, lives on it and dies on it; every handler below runs there.
final class ConsoleLoop<Program: ScreenProgram> {
    private let queue: DispatchQueue
    private let done = DispatchSemaphore(value: 0)
    private var status: Int32 = 0
    private var session: TerminalSession
    private var program: Program
    private var decoder = KeyDecoder()
    private var size: Size
    private var sources: [any DispatchSourceProtocol] = []
    private var keyTimer: any DispatchSourceTimer
    private var frameTimer: any DispatchSourceTimer
    private let ticks: any DispatchSourceTimer
    private var writable: any DispatchSourceWrite
    private var isWritableAwaited = false
    private var isFrameDue = false
    private var isKeyWaiting = false
    private var leftOut = 0
    private var leftOutEver = 0
    private var pace = FramePace()
    private var isHidden = false
    private var isFinished = false
    private let errors: DivertedErrors?
    private var recording: Recording?
    /// What was typed last, until the engine has read it.
    private var lent: LentSecret?

    /// Pictures whose loss is worth a word.
    private static var leftOutMin: Int { 4 }

    /// Runs `program`, made on the loop's queue once the terminal is there, and waits for its end.
    static func run(_ settings: ScreenSettings, program: () -> Program?) -> ScreenEnding {
        let queue = DispatchQueue(label: "sluice.console", qos: .userInteractive)
        for number in LoopSignal.ignored { signal(number, SIG_IGN) }
        let opened = queue.sync { () -> Result<ConsoleLoop?, TerminalError> in
            do throws(TerminalError) {
                let session = try TerminalSession(settings.terminal, theme: settings.theme)
                // Standard error would land in the middle of the screen.
                let errors = DivertedErrors()
                guard let program = program() else { return .success(nil) }
                let loop = ConsoleLoop(queue, session, errors, program)
                loop.record(settings)
                loop.start(ticksPerSecond: settings.ticksPerSecond)
                return .success(loop)
            } catch {
                return .failure(error)
            }
        }
        switch opened {
        case .failure(let error): return .refused(error)
        case .success(nil): return .declined
        case .success(let loop?):
            loop.done.wait()
            return queue.sync { .finished(loop.status) }
        }
    }

    private init(
        _ queue: DispatchQueue,
        _ session: consuming TerminalSession,
        _ errors: DivertedErrors?,
        _ program: Program
    ) {
        self.queue = queue
        self.program = program
        self.errors = errors
        size = session.size
        keyTimer = DispatchSource.makeTimerSource(queue: queue)
        frameTimer = DispatchSource.makeTimerSource(queue: queue)
        ticks = DispatchSource.makeTimerSource(queue: queue)
        writable = DispatchSource.makeWriteSource(
            fileDescriptor: session.descriptor,
            queue: queue
        )
        self.session = session
    }

    private func record(_ settings: ScreenSettings) {
        guard !settings.recording.isEmpty else { return }
        recording = Recording(
            path: settings.recording,
            size: size,
            type: settings.terminal.colours.type
        )
        if recording == nil {
            take([.complained(Array("the recording \(settings.recording) cannot be made".utf8))])
        } else {
            session.record()
        }
    }

    // MARK: Sources

    private func start(ticksPerSecond: Int) {
        keyTimer.setEventHandler { self.keysTimedOut() }
        frameTimer.setEventHandler { self.drawIfDue() }
        writable.setEventHandler { self.continueWriting() }
        keyTimer.resume()
        frameTimer.resume()
        let readable = DispatchSource.makeReadSource(
            fileDescriptor: session.descriptor,
            queue: queue
        )
        readable.setEventHandler { self.readKeys() }
        schedule(ticksPerSecond: ticksPerSecond)
        ticks.setEventHandler { self.tick() }
        sources = [readable, ticks]
        for number in LoopSignal.allCases {
            let source = DispatchSource.makeSignalSource(signal: number.rawValue, queue: queue)
            source.setEventHandler { self.take(number) }
            sources.append(source)
        }
        watchErrors()
        for source in sources { source.resume() }
        take([.opened(size, session.depth, isUtf8: session.isUtf8)])
        draw()
    }

    private func schedule(ticksPerSecond: Int) {
        let period = DispatchTimeInterval.microseconds(1_000_000 / max(1, ticksPerSecond))
        ticks.schedule(deadline: .now() + period, repeating: period, leeway: .milliseconds(5))
    }

    private func watchErrors() {
        guard let errors else { return }
        let source = DispatchSource.makeReadSource(fileDescriptor: errors.reading, queue: queue)
        source.setEventHandler {
            let bytes = errors.read()
            if !bytes.isEmpty { self.take([.complained(bytes)]) }
        }
        sources.append(source)
    }

    // MARK: Events

    private func readKeys() {
        var bytes: [UInt8] = []
        let isThere = session.read(into: &bytes)
        var events: [TerminalEvent] = []
        decoder.take(bytes, into: &events)
        awaitKeys()
        takeKeys(events)
        if !isThere { hangUp() }
    }

    private func keysTimedOut() {
        var events: [TerminalEvent] = []
        decoder.timeOut(into: &events)
        takeKeys(events)
    }

    private func takeKeys(_ events: [TerminalEvent]) {
        isKeyWaiting = isKeyWaiting || !events.isEmpty
        take(events.map { .terminal($0) })
    }

    /// Waits for the rest of a key if only a part of it has come.
    private func awaitKeys() {
        guard let milliseconds = decoder.waitMilliseconds else {
            keyTimer.schedule(deadline: .distantFuture)
            return
        }
        keyTimer.schedule(deadline: .now() + .milliseconds(milliseconds))
    }

    private func tick() {
        noticeSize()
        take([.tick])
    }

    /// Compares sizes, since not every change comes with a signal.
    private func noticeSize() {
        let now = session.size
        guard now != size, !isHidden else { return }
        size = now
        take([.resized(now)])
    }

    private func take(_ signal: LoopSignal) {
        switch signal {
        case .resized: noticeSize()
        case .terminate, .interrupt: take([.terminated])
        case .hangUp: hangUp()
        case .stop: take([.askedToStop])
        case .goOn: if !isHidden { enter() }
        }
    }

    private func hangUp() {
        guard !isHidden else { return }
        hide()
        take([.hungUp])
    }

    private func take(_ events: [ScreenEvent]) {
        for event in events where !isFinished {
            for wish in program.take(event) { grant(wish) }
        }
        guard !isFinished, !events.isEmpty else { return }
        isFrameDue = true
        drawIfDue()
    }

    // MARK: Wishes

    private func grant(_ wish: ScreenWish) {
        switch wish {
        case .finish(let status): finish(status)
        case .leave: hide()
        case .suspend: suspend()
        case .tick(let perSecond): schedule(ticksPerSecond: perSecond)
        case .redraw: session.invalidate()
        case .use(let theme): session.use(theme)
        case .takeMouse(let isTaken): session.takeMouse(isTaken)
        case .copy(let bytes): session.copy(bytes)
        case .ring: session.ring()
        case .notify(let form, let title, let text):
            session.notify(form, title: title, text: text)
        case .page(let bytes):
            session.leave()
            Pager.show(bytes)
            enter()
        case .ask(let kind, let ticket): ask(kind, ticket)
        }
    }

    /// Gives the terminal back for good; the program goes on without it.
    private func hide() {
        guard !isHidden else { return }
        isHidden = true
        session.leave()
        errors?.restore()
        sources.first?.cancel()
    }

    /// Lets a person type a secret outside the screen: it never becomes a key of the console.
    private func ask(_ kind: SlotKind, _ ticket: Ticket) {
        session.leave()
        let answer: TypedSecret
        do {
            let typed = try LentSecret.ask(kind.question)
            answer = .lies(at: typed.path)
            lent = consume typed
        } catch {
            answer = TypedSecret(error)
            lent = nil
        }
        enter()
        take([.typed(kind, answer, ticket)])
    }

    /// Stops the process; it goes on with SIGCONT.
    private func suspend() {
        guard !isHidden else { return }
        session.leave()
        errors?.restore()
        // To this thread, which then stops before it takes the terminal again.
        raise(SIGSTOP)
        errors?.divert()
        enter()
    }

    private func enter() {
        session.enter()
        size = session.size
        take([.resized(size)])
    }

    private func finish(_ status: Int32) {
        guard !isFinished else { return }
        isFinished = true
        session.leave()
        if isWritableAwaited { errors?.abandonTerminal() }
        errors?.restore()
        for source in sources { source.cancel() }
        keyTimer.cancel()
        frameTimer.cancel()
        if !isWritableAwaited { writable.resume() }
        writable.cancel()
        self.status = status
        done.signal()
    }

    // MARK: Frames

    /// Draws now, or as soon as the pace of frames allows it.
    private func drawIfDue() {
        guard isFrameDue, !isFinished, !isHidden else { return }
        guard !isWritableAwaited else {
            leftOut += 1
            return
        }
        let wait = pace.wait(at: DispatchTime.now().uptimeNanoseconds, forKey: isKeyWaiting)
        guard wait == 0 else {
            let interval = DispatchTimeInterval.nanoseconds(Int(clamping: wait))
            frameTimer.schedule(deadline: .now() + interval, leeway: .milliseconds(1))
            return
        }
        draw()
    }

    private func draw() {
        isFrameDue = false
        pace.drew(at: DispatchTime.now().uptimeNanoseconds, forKey: isKeyWaiting)
        isKeyWaiting = false
        let showing = session.show(program.frame(size))
        if recording != nil { recording?.note(session.takeRecorded(), size: size) }
        react(to: showing)
    }

    private func react(to showing: Showing) {
        switch showing {
        case .unchanged, .written: break
        case .stalled: awaitWritable()
        case .gone: hangUp()
        }
    }

    /// Draws nothing until the terminal takes bytes again; the newest picture wins then.
    private func awaitWritable() {
        guard !isWritableAwaited else { return }
        isWritableAwaited = true
        isFrameDue = true
        writable.resume()
    }

    private func continueWriting() {
        let showing = session.flush()
        guard showing != .stalled else { return }
        isWritableAwaited = false
        writable.suspend()
        react(to: showing)
        catchUp()
        drawIfDue()
    }

    /// Says how many pictures a terminal has missed that took nothing for a second or more.
    private func catchUp() {
        defer { leftOut = 0 }
        leftOutEver += leftOut
        guard leftOut >= Self.leftOutMin else { return }
        take([.caughtUp(leftOut: leftOut, ever: leftOutEver)])
    }
}

/// The signals that the loop takes.
private enum LoopSignal: CaseIterable {
    case resized, terminate, interrupt, hangUp, stop, goOn

    var rawValue: Int32 {
        switch self {
        case .resized: SIGWINCH
        case .terminate: SIGTERM
        case .interrupt: SIGINT
        case .hangUp: SIGHUP
        case .stop: SIGTSTP
        case .goOn: SIGCONT
        }
    }

    /// Those whose default would end or stop the process before the loop sees them.
    static let ignored = [SIGTERM, SIGINT, SIGHUP, SIGTSTP, SIGTTOU, SIGPIPE]
}
