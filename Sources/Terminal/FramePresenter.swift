// Shows frames: what changed, in as few bytes as ncurses finds, and nothing when nothing changed.

internal import CTerminal
public import Canvas

/// Turns frames into the bytes that make a terminal show them.
///
/// Owns the picture that is shown. The bytes of one frame begin and end with synchronized output
/// (private mode 2026), so that a terminal that knows it never shows half a frame.
public struct FramePresenter: ~Copyable {
    private var screen: CursesScreen
    private var colours: ColourTable
    private var shown: Frame?
    private var looks: [DrawnLook?]
    private var pairs: [UInt64: Int32] = [:]
    private var row: [cterminal_cell] = []
    private let isSynchronized: Bool
    /// How many colours the terminal shows.
    public let depth: ColourDepth
    /// Whether the terminal is sent anything but ASCII.
    public let isUtf8: Bool

    /// A pair of colours that ncurses knows, and attributes.
    private struct DrawnLook {
        let pair: Int32
        let attributes: UInt16
    }

    /// A presenter for the type of terminal in `choice` and the character set of `locale`, where
    /// the empty one stands for the environment's.
    ///
    /// - Throws: `TerminalError.unknownType`.
    public init(
        _ choice: ColourChoice,
        theme: Theme,
        size: Size,
        locale: String,
        isSynchronized: Bool
    ) throws(TerminalError) {
        // SAFETY: the call keeps nothing of the name.
        isUtf8 = unsafe cterminal_use_locale(locale) == 1
        let opened = try FramePresenter.open(choice, size: size)
        guard !opened.sequence(CTERMINAL_PLACE_CURSOR).isEmpty else { throw .unknownType }
        depth = choice.depth(colourCount: opened.colourCount)
        screen = opened
        colours = ColourTable(theme, depth: depth)
        looks = [DrawnLook?](repeating: nil, count: FramePresenter.lookCount)
        self.isSynchronized = isSynchronized
    }

    private static let roleCount = StyleRole.allCases.count
    private static let lookCount = roleCount * roleCount

    /// Tries the entry for every colour first, where it is wanted.
    private static func open(
        _ choice: ColourChoice,
        size: Size
    ) throws(TerminalError) -> CursesScreen {
        let palette = choice.isMono ? CTERMINAL_NO_COLOURS : CTERMINAL_PALETTE
        guard choice.wantsDirect else {
            return try CursesScreen(type: choice.type, colours: palette, size: size)
        }
        do {
            return try CursesScreen(type: choice.type, colours: CTERMINAL_DIRECT, size: size)
        } catch {
            return try CursesScreen(type: choice.type, colours: palette, size: size)
        }
    }

    /// What the terminal is told at the start besides the first frame.
    var entry: [UInt8] { screen.sequence(CTERMINAL_ENTER_KEYPAD) }

    /// What brings the terminal back to the screen it had; one without another screen is cleared.
    var exit: [UInt8] {
        let back = screen.sequence(CTERMINAL_LEAVE_SCREEN)
        return screen.sequence(CTERMINAL_PLAIN_TEXT) + screen.sequence(CTERMINAL_SHOW_CURSOR)
            + screen.sequence(CTERMINAL_LEAVE_KEYPAD)
            + (back.isEmpty ? screen.sequence(CTERMINAL_CLEAR) : back)
    }

    /// What takes the terminal to the console's screen again after a stop.
    var reentry: [UInt8] { screen.sequence(CTERMINAL_ENTER_SCREEN) + entry }

    /// Shows roles by another theme from the next frame on.
    public mutating func use(_ theme: Theme) {
        colours = ColourTable(theme, depth: depth)
        looks = [DrawnLook?](repeating: nil, count: FramePresenter.lookCount)
        pairs = [:]
        screen.forgetPairs()
        invalidate()
    }

    /// Forgets what is shown, so that the next frame is drawn whole.
    public mutating func invalidate() {
        shown = nil
        screen.redraw()
    }

    /// The bytes that make the terminal show `frame`; none when it does so already.
    public mutating func present(_ frame: Frame) -> [UInt8] {
        guard frame.size.columns > 0, frame.size.rows > 0, frame != shown else { return [] }
        if shown?.size != frame.size { screen.resize(to: frame.size) }
        for run in FrameDiff(from: shown, to: frame).runs { put(run, of: frame) }
        let corner = FrameCursor(
            column: frame.size.columns - 1,
            row: frame.size.rows - 1,
            isVisible: false
        )
        let cursor = frame.cursor ?? corner
        screen.rest(column: cursor.column, row: cursor.row, isVisible: cursor.isVisible)
        shown = frame
        var composed: [UInt8] = []
        screen.compose(into: &composed)
        guard !composed.isEmpty, isSynchronized else { return composed }
        return FramePresenter.begin + composed + FramePresenter.end
    }

    static let begin = Array("\u{1B}[?2026h".utf8)
    static let end = Array("\u{1B}[?2026l".utf8)

    private mutating func put(_ run: FrameRun, of frame: Frame) {
        row.removeAll(keepingCapacity: true)
        for column in run.column..<(run.column + run.count) {
            let cell = frame[column, run.row]
            guard cell.shape != .continuation else { continue }
            let look = look(cell)
            row.append(
                cterminal_cell(
                    scalar: cell.scalar.value,
                    first_mark: cell.firstMark.value,
                    second_mark: cell.secondMark.value,
                    pair: look.pair,
                    attributes: look.attributes,
                    width: cell.shape == .wide ? 2 : 1
                )
            )
        }
        screen.put(row, column: run.column, row: run.row)
    }

    private mutating func look(_ cell: Cell) -> DrawnLook {
        let index = Int(cell.role.rawValue) * FramePresenter.roleCount + Int(cell.ground.rawValue)
        if let known = looks[index] { return known }
        let look = colours.look(role: cell.role, ground: cell.ground)
        let drawn = DrawnLook(pair: pair(for: look), attributes: UInt16(look.attributes.rawValue))
        looks[index] = drawn
        return drawn
    }

    /// The pair with the colours of `look`; 0 once the terminal has no room for another.
    private mutating func pair(for look: Look) -> Int32 {
        guard look.foreground >= 0 || look.background >= 0 else { return 0 }
        let key =
            UInt64(UInt32(bitPattern: look.foreground)) << 32
            | UInt64(UInt32(bitPattern: look.background))
        if let known = pairs[key] { return known }
        let number = Int32(pairs.count + 1)
        guard screen.define(pair: number, look.foreground, look.background) else { return 0 }
        pairs[key] = number
        return number
    }
}
