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
        /// The colour behind the character.
        let background: Int32
        /// Whether the colour of a character shows where there is none.
        let isSeenOnBlanks: Bool

        /// Whether nobody can tell blanks of this look from blanks of `other`.
        func isSameOnBlanks(as other: DrawnLook) -> Bool {
            background == other.background && !isSeenOnBlanks && !other.isSeenOnBlanks
        }
    }

    /// Blanks that may take the look of what is beside them: a change of colours costs some
    /// 40 bytes, and a long stretch is erased in less.
    private static let joinedBlanksMax = 12
    /// Cells that did not change and are written again rather than passed over.
    private static let writtenGapMax = 8

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

    /// What gives the console a screen of its own, at the start and after a stop.
    var entry: [UInt8] {
        screen.sequence(CTERMINAL_ENTER_SCREEN) + screen.sequence(CTERMINAL_ENTER_KEYPAD)
    }

    /// What brings the terminal back to the screen it had; one without another screen is cleared.
    var exit: [UInt8] {
        let back = screen.sequence(CTERMINAL_LEAVE_SCREEN)
        return screen.sequence(CTERMINAL_PLAIN_TEXT) + screen.sequence(CTERMINAL_SHOW_CURSOR)
            + screen.sequence(CTERMINAL_LEAVE_KEYPAD)
            + (back.isEmpty ? screen.sequence(CTERMINAL_CLEAR) : back)
    }

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
        guard frame.size.columns > 0, frame.size.rows > 0 else { return [] }
        let difference = FrameDiff(from: shown, to: frame)
        guard !difference.isEmpty || frame.cursor != shown?.cursor else { return [] }
        if shown?.size != frame.size { screen.resize(to: frame.size) }
        put(difference.runs, of: frame)
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

    /// Puts stretches close to each other as one: ncurses writes what is between them anyway.
    private mutating func put(_ runs: [FrameRun], of frame: Frame) {
        guard var open = runs.first else { return }
        for run in runs.dropFirst() {
            let end = open.column + open.count
            if run.row == open.row, run.column - end <= Self.writtenGapMax {
                let count = run.column + run.count - open.column
                open = FrameRun(row: open.row, column: open.column, count: count)
            } else {
                put(open, of: frame)
                open = run
            }
        }
        put(open, of: frame)
    }

    private mutating func put(_ run: FrameRun, of frame: Frame) {
        row.removeAll(keepingCapacity: true)
        let end = run.column + run.count
        var column = run.column
        var before: DrawnLook?
        while column < end {
            let cell = frame[column, run.row]
            var look = look(cell)
            var count = 1
            if cell.isBlank {
                count = frame.blanks(from: column, to: end, row: run.row)
                let behind = column + count
                let near = before ?? (behind < end ? self.look(frame[behind, run.row]) : look)
                if count <= Self.joinedBlanksMax, look.isSameOnBlanks(as: near) { look = near }
            }
            before = look
            column += count
            guard cell.shape != .continuation else { continue }
            let drawn = cterminal_cell(cell, pair: look.pair, attributes: look.attributes)
            for _ in 0..<count { row.append(drawn) }
        }
        screen.put(row, column: run.column, row: run.row)
    }

    private mutating func look(_ cell: Cell) -> DrawnLook {
        let index = Int(cell.role.rawValue) * FramePresenter.roleCount + Int(cell.ground.rawValue)
        if let known = looks[index] { return known }
        let look = colours.look(role: cell.role, ground: cell.ground)
        let pair = pair(for: look)
        let drawn = DrawnLook(
            pair: pair,
            attributes: UInt16(look.attributes.rawValue),
            background: pair == 0 ? -1 : look.background,
            isSeenOnBlanks: !look.attributes.isDisjoint(with: [.underline, .reverse])
        )
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

extension Frame {
    /// How many cells are blank and look alike from `column` of `row` on, before `end`.
    fileprivate func blanks(from column: Int, to end: Int, row: Int) -> Int {
        let blank = self[column, row]
        return ((column..<end).first { self[$0, row] != blank } ?? end) - column
    }
}

extension Cell {
    /// Whether no character stands in the cell.
    fileprivate var isBlank: Bool { scalar == " " && firstMark == "\0" && shape == .narrow }
}

extension cterminal_cell {
    fileprivate init(_ cell: Cell, pair: Int32, attributes: UInt16) {
        self.init(
            scalar: cell.scalar.value,
            first_mark: cell.firstMark.value,
            second_mark: cell.secondMark.value,
            pair: pair,
            attributes: attributes,
            width: cell.shape == .wide ? 2 : 1
        )
    }
}
