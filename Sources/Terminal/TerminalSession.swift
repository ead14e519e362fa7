// A terminal that belongs to the console until the session ends, however it ends.

internal import CTerminal
public import Canvas
internal import Glibc

/// What a session is opened with.
public struct TerminalSettings: Equatable, Sendable {
    /// The terminal's type and what else decides about colours.
    public var colours: ColourChoice
    /// Whether frames are bracketed by synchronized output.
    public var isSynchronized: Bool
    /// Whether the mouse is reported.
    public var takesMouse: Bool
    /// Whether the terminal is asked for its background colour.
    public var asksForBackground: Bool

    /// Settings for a terminal.
    public init(
        colours: ColourChoice,
        isSynchronized: Bool = true,
        takesMouse: Bool = true,
        asksForBackground: Bool = false
    ) {
        self.colours = colours
        self.isSynchronized = isSynchronized
        self.takesMouse = takesMouse
        self.asksForBackground = asksForBackground
    }
}

/// What became of a frame.
public enum Showing: BitwiseCopyable, Equatable, Sendable {
    /// The terminal shows it already; nothing was written.
    case unchanged
    /// It was written.
    case written(byteCount: Int)
    /// The terminal takes nothing at the moment; wait until it does, then flush.
    case stalled
    /// There is no terminal any more.
    case gone
}

/// A terminal in raw mode with frames on it; put back in order when the session ends.
///
/// Reading and writing never block: the terminal is opened once more for this session, so that
/// other processes that share it are not affected.
@safe
public struct TerminalSession: ~Copyable {
    /// What read and write sources watch.
    public let descriptor: Int32
    private var presenter: FramePresenter
    private var outgoing: [UInt8] = []
    private var outgoingStart = 0
    private var takesMouse: Bool
    private var isRecorded = false
    private var recordedStart = 0
    private var recorded: [UInt8] = []

    /// Takes the terminal of the process.
    /// - Throws: `TerminalError` if there is none, or none of use; it is then as it was.
    public init(_ settings: TerminalSettings, theme: Theme) throws(TerminalError) {
        // SAFETY: the path is a literal.
        let opened = unsafe open("/dev/tty", O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard opened >= 0 else { throw .noTerminal(errno: errno) }
        let made = try TerminalSession.presenter(settings, theme: theme, closing: opened)
        guard cterminal_enter(opened) == 1 else {
            let number = errno
            close(opened)
            throw .notRaw(errno: number)
        }
        descriptor = opened
        presenter = made
        takesMouse = settings.takesMouse
        let exit = TerminalSession.modesOff + presenter.exit
        // SAFETY: the call copies the bytes.
        unsafe cterminal_guard(exit, exit.count)
        outgoing = presenter.entry + modesOn
        if settings.asksForBackground { outgoing += Array("\u{1B}]11;?\u{1B}\\".utf8) }
    }

    /// A presenter for the terminal `descriptor`, which is closed if there is none.
    private static func presenter(
        _ settings: TerminalSettings,
        theme: Theme,
        closing descriptor: Int32
    ) throws(TerminalError) -> FramePresenter {
        do {
            return try FramePresenter(
                settings.colours,
                theme: theme,
                size: size(of: descriptor),
                locale: "",
                isSynchronized: settings.isSynchronized
            )
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Lets a crash be spoken of on `descriptor`; -1 lets it be spoken of on standard error.
    public static func speakOfCrashes(on descriptor: Int32) {
        cterminal_keep_errors(descriptor)
    }

    deinit {
        cterminal_restore()
        close(descriptor)
    }

    /// The terminal's size now; 80 by 24 if it does not know.
    public var size: Size { TerminalSession.size(of: descriptor) }

    /// How many colours the terminal shows.
    public var depth: ColourDepth { presenter.depth }

    /// Whether the terminal is sent anything but ASCII; if not, themes need the ASCII glyphs.
    public var isUtf8: Bool { presenter.isUtf8 }

    /// Whether a frame is not yet written to its end.
    public var isStalled: Bool { outgoingStart < outgoing.count }

    /// Shows `frame` unless an earlier one is still on its way; the newest one wins in the end.
    public mutating func show(_ frame: Frame) -> Showing {
        guard outgoingStart == 0 else { return flush() }
        let bytes = presenter.present(frame)
        guard !bytes.isEmpty || !outgoing.isEmpty else { return .unchanged }
        outgoing += bytes
        if isRecorded {
            recorded += outgoing[min(recordedStart, outgoing.count)...]
            recordedStart = outgoing.count
        }
        return flush()
    }

    /// Keeps what the terminal is sent from now on, for `takeRecorded`.
    public mutating func record() { isRecorded = true }

    /// What the terminal was sent with frames since the last call.
    public mutating func takeRecorded() -> [UInt8] {
        defer { recorded.removeAll(keepingCapacity: true) }
        return recorded
    }

    /// Writes what is left of a frame.
    public mutating func flush() -> Showing {
        guard outgoingStart < outgoing.count else { return .unchanged }
        let count = outgoing.count - outgoingStart
        // SAFETY: the buffer lives through the call, and `outgoingStart` is inside it.
        let written = unsafe outgoing.withUnsafeBytes { buffer in
            unsafe write(descriptor, buffer.baseAddress?.advanced(by: outgoingStart), count)
        }
        guard written >= 0 else {
            return errno == EAGAIN || errno == EINTR ? .stalled : .gone
        }
        outgoingStart += written
        guard outgoingStart == outgoing.count else { return .stalled }
        outgoing.removeAll(keepingCapacity: true)
        outgoingStart = 0
        recordedStart = 0
        return .written(byteCount: written)
    }

    /// Reads what the terminal has sent.
    /// - Returns: false once the terminal is gone.
    public mutating func read(into bytes: inout [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        // SAFETY: the buffer has as many bytes as the call may fill.
        let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
        bytes += buffer.prefix(count)
        return true
    }

    /// Shows roles by another theme from the next frame on.
    public mutating func use(_ theme: Theme) { presenter.use(theme) }

    /// Draws the next frame whole, as after somebody else has written to the terminal.
    public mutating func invalidate() { presenter.invalidate() }

    /// Reports the mouse from now on, or leaves it to the terminal.
    public mutating func takeMouse(_ isTaken: Bool) {
        guard isTaken != takesMouse else { return }
        takesMouse = isTaken
        outgoing += isTaken ? TerminalSession.mouseOn : TerminalSession.mouseOff
    }

    /// The most bytes that are put on the clipboard.
    public static let clipboardByteCountMax = 65_536

    /// Puts text on the clipboard, where the terminal allows it (OSC 52); cut at a limit.
    public mutating func copy(_ bytes: [UInt8]) {
        let kept = bytes.prefix(TerminalSession.clipboardByteCountMax)
        outgoing += Array("\u{1B}]52;c;".utf8) + Base64.text(kept) + [0x07]
    }

    /// Asks the terminal to notify a person, in the form it takes.
    public mutating func notify(_ form: TerminalNotification, title: String, text: String) {
        outgoing += form.bytes(title: title, text: text)
    }

    /// Rings the bell.
    public mutating func ring() { outgoing.append(0x07) }

    /// Puts the terminal back in order for as long as the process is stopped or another program
    /// runs.
    public mutating func leave() {
        outgoing.removeAll()
        outgoingStart = 0
        recordedStart = 0
        cterminal_restore()
    }

    /// Takes the terminal again after `leave`, or after a stop that could not be noticed.
    public mutating func enter() {
        guard cterminal_enter(descriptor) == 1 else { return }
        outgoing = presenter.entry + modesOn
        outgoingStart = 0
        recordedStart = 0
        presenter.invalidate()
    }

    /// Puts the terminal of the process in order after a console that had no chance to do so.
    /// - Returns: false if there is no terminal.
    public static func reset() -> Bool {
        // SAFETY: the path is a literal.
        let descriptor = unsafe open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let plain = "\u{1B}[m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1l\u{1B}>\u{1B}[?1049l"
        let bytes = modesOff + Array(plain.utf8)
        // SAFETY: the call reads as many bytes as the array has.
        guard unsafe write(descriptor, bytes, bytes.count) == bytes.count else { return false }
        return cterminal_cook(descriptor) == 1
    }

    private static func size(of descriptor: Int32) -> Size {
        var columns: Int32 = 0
        var rows: Int32 = 0
        // SAFETY: the call only writes the two numbers.
        guard unsafe cterminal_size(descriptor, &columns, &rows) == 1 else {
            return Size(columns: 80, rows: 24)
        }
        return Size(columns: Int(columns), rows: Int(rows))
    }

    private var modesOn: [UInt8] {
        Array("\u{1B}[?2004h\u{1B}[?1004h".utf8) + (takesMouse ? TerminalSession.mouseOn : [])
    }

    private static let mouseOn = Array("\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h".utf8)
    private static let mouseOff = Array("\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l".utf8)
    private static let modesOff =
        FramePresenter.end + mouseOff + Array("\u{1B}[?1004l\u{1B}[?2004l".utf8)
}
