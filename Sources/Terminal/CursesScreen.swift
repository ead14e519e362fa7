// The screen that ncurses composes in memory.

internal import CTerminal
internal import Canvas

/// A screen that ncurses composes in memory; at most one exists at a time.
@safe
struct CursesScreen: ~Copyable {
    private let screen: OpaquePointer
    /// Colours that the terminal type shows.
    let colourCount: Int
    /// The highest number that a pair of colours can have.
    let pairMax: Int32

    /// Opens the screen for a terminal type.
    init(type: String, colours: cterminal_colours, size: Size) throws(TerminalError) {
        // SAFETY: the call copies the name.
        let opened = unsafe cterminal_open(
            type,
            colours,
            Int32(max(size.columns, 1)),
            Int32(max(size.rows, 1))
        )
        guard let opened = unsafe opened else { throw .unknownType }
        unsafe screen = opened
        colourCount = Int(unsafe cterminal_colour_count(opened))
        pairMax = unsafe cterminal_pair_max(opened)
    }

    deinit { unsafe cterminal_close(screen) }

    /// Gives a pair its colours; false where the terminal has no room for it.
    mutating func define(pair: Int32, _ foreground: Int32, _ background: Int32) -> Bool {
        unsafe cterminal_define_pair(screen, pair, foreground, background) == 1
    }

    mutating func forgetPairs() { unsafe cterminal_forget_pairs(screen) }

    mutating func resize(to size: Size) {
        unsafe cterminal_resize(screen, Int32(size.columns), Int32(size.rows))
    }

    mutating func redraw() { unsafe cterminal_redraw(screen) }

    mutating func put(_ cells: [cterminal_cell], column: Int, row: Int) {
        // SAFETY: the call reads `count` cells and keeps none of them.
        unsafe cterminal_put(screen, Int32(row), Int32(column), cells, Int32(cells.count))
    }

    mutating func rest(column: Int, row: Int, isVisible: Bool) {
        unsafe cterminal_rest(screen, Int32(row), Int32(column), isVisible ? 1 : 0)
    }

    /// Appends what the terminal must be sent so that it shows what was put.
    mutating func compose(into bytes: inout [UInt8]) {
        let count = unsafe cterminal_compose(screen)
        guard count > 0 else { return }
        let composed = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
            // SAFETY: the buffer has room for `count` bytes.
            unsafe taken = cterminal_take(screen, buffer.baseAddress, count)
        }
        bytes += composed
    }

    /// A sequence of the terminal type; empty if it has none.
    func sequence(_ sequence: cterminal_sequence) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 64) { buffer, taken in
            // SAFETY: the buffer has room for 64 bytes.
            unsafe taken = cterminal_sequence(screen, sequence, buffer.baseAddress, 64)
        }
    }
}
