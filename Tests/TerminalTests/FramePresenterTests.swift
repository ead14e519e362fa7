// What reaches the terminal, checked on a terminal that refuses everything else.
// ncurses knows one screen at a time, so these tests run one after the other.

import Base
import Canvas
import Terminal
import Testing

private let direct = ColourChoice(
    option: nil,
    noColour: nil,
    colourTerm: "truecolor",
    type: "xterm-256color"
)
private let indexed = ColourChoice(
    option: nil,
    noColour: nil,
    colourTerm: nil,
    type: "xterm-256color"
)
private let mono = ColourChoice(
    option: nil,
    noColour: "1",
    colourTerm: "truecolor",
    type: "xterm-256color"
)

@Suite(.serialized) struct FramePresenterTests {
    private func presenter(
        _ choice: ColourChoice,
        _ size: Size,
        theme: BuiltInTheme = .harbourDark,
        locale: String = "C.UTF-8"
    ) throws -> FramePresenter {
        try FramePresenter(
            choice,
            theme: theme.theme,
            size: size,
            locale: locale,
            isSynchronized: true
        )
    }

    private func picture(_ random: inout Random, _ size: Size) -> Frame {
        let texts = [
            "orders.created", "日本語", "e\u{301}x", "\u{1B}[31m", "⣿⣿⡄", "████▌", "한국", "  ", "—",
            "\u{202E}evil", "AAAAAAAAAAAAAAAAAAAAAAA", "────────────────", "▶ RUN", "🔑",
        ]
        var frame = Frame(size: size)
        for _ in 0..<random.below(40) {
            let rect = Rect(
                column: Int(random.below(UInt32(size.columns))),
                row: Int(random.below(UInt32(size.rows))),
                columns: Int(random.below(30)),
                rows: Int(random.below(5))
            )
            let role = StyleRole.allCases[Int(random.below(UInt32(StyleRole.allCases.count)))]
            switch random.below(4) {
            case 0: frame.clear(rect, ground: role)
            case 1: frame.shade(rect, as: role)
            default:
                let text = texts[Int(random.below(UInt32(texts.count)))]
                frame.put(text, in: frame.bounds, column: rect.column, row: rect.row, role: role)
            }
        }
        if random.below(2) == 0 {
            frame.rest(in: frame.bounds, column: 1, row: 0, isVisible: random.below(2) == 0)
        }
        return frame
    }

    /// Compares what the model shows with what was to be shown.
    private func differences(
        _ model: ScreenModel,
        _ frame: Frame,
        _ table: ColourTable
    ) -> [String] {
        var result = model.violations
        if model.lines != frame.lines { result.append("text") }
        for row in 0..<frame.size.rows {
            for column in 0..<frame.size.columns {
                let cell = frame[column, row]
                let wanted = table.look(role: cell.role, ground: cell.ground)
                let drawn = model.cells[row][column].look
                // The colour of a space does not show unless it is underlined or reversed.
                let isVisible =
                    cell.scalar != " "
                    || !wanted.attributes.isDisjoint(with: [.underline, .reverse])
                let isSame =
                    isVisible
                    ? drawn == wanted
                    : drawn.background == wanted.background
                        && drawn.attributes.isDisjoint(with: [.underline, .reverse])
                if !isSame && cell.shape != .continuation {
                    result.append("look at \(column), \(row): \(cell.scalar) \(wanted) \(drawn)")
                }
            }
        }
        return result
    }

    static let choices = [(direct, 24), (indexed, 24), (mono, 24)]

    @Test(arguments: [direct, indexed, mono], 0..<6 as Range<UInt64>)
    func `the terminal shows every frame and gets no byte of anybody else`(
        choice: ColourChoice,
        seed: UInt64
    ) throws {
        let size = Size(columns: 60, rows: 16)
        var presenter = try presenter(choice, size)
        let table = ColourTable(BuiltInTheme.harbourDark.theme, depth: presenter.depth)
        var model = ScreenModel(size)
        var random = Random(seed: seed)
        for _ in 0..<20 {
            let frame = picture(&random, size)
            model.take(presenter.present(frame))
            #expect(differences(model, frame, table) == [], "seed \(seed)")
            #expect(model.isCursorVisible == (frame.cursor?.isVisible ?? false), "seed \(seed)")
        }
    }

    @Test func `nothing is sent when nothing changed`() throws {
        let size = Size(columns: 80, rows: 24)
        var presenter = try presenter(direct, size)
        var random = Random(seed: 1)
        let frame = picture(&random, size)
        let first = presenter.present(frame)
        let second = presenter.present(frame)
        #expect(!first.isEmpty)
        #expect(second.isEmpty)
    }

    @Test func `a small change takes few bytes`() throws {
        let size = Size(columns: 120, rows: 40)
        var presenter = try presenter(direct, size)
        var frame = Frame(size: size)
        frame.put("depth 128", in: frame.bounds, role: .text)
        _ = presenter.present(frame)
        frame.put("depth 129", in: frame.bounds, role: .text)
        let bytes = presenter.present(frame)
        #expect(bytes.count < 100)
        #expect(bytes.starts(with: Array("\u{1B}[?2026h".utf8)))
        #expect(bytes.suffix(8).elementsEqual("\u{1B}[?2026l".utf8))
    }

    /// Changes of the colour of characters in `bytes`.
    private func colourChanges(_ bytes: [UInt8]) -> Int {
        String(decoding: bytes, as: UTF8.self).split(separator: "\u{1B}[38;2;").count - 1
    }

    @Test func `blanks between figures change no colour`() throws {
        let size = Size(columns: 60, rows: 2)
        var presenter = try presenter(direct, size)
        _ = presenter.present(Frame(size: size))
        var frame = Frame(size: size)
        for column in stride(from: 4, to: 50, by: 4) {
            frame.put("0", in: frame.bounds, column: column, row: 1, role: .textMuted)
        }
        #expect(colourChanges(presenter.present(frame)) == 1)
    }

    @Test func `no picture takes the terminal's screen or gives it back`() throws {
        let size = Size(columns: 60, rows: 2)
        var presenter = try presenter(direct, size)
        var frame = Frame(size: size)
        let first = presenter.present(frame)
        frame.put("x", in: frame.bounds, role: .text)
        let sent = String(decoding: first + presenter.present(frame), as: UTF8.self)
        #expect(!sent.contains("1049"))
        #expect(sent.contains("\u{1B}[2J"))
    }

    @Test func `a black that is not quite black is not taken for a palette entry`() throws {
        let size = Size(columns: 4, rows: 1)
        var presenter = try presenter(direct, size)
        let text = "[roles]\ntext = #000007 on #000001"
        presenter.use(ThemeParser.builtIn.read(Array(text.utf8)).theme)
        var frame = Frame(size: size)
        frame.put("x", in: frame.bounds, role: .text)
        let sent = String(decoding: presenter.present(frame), as: UTF8.self)
        #expect(sent.contains("38;2;0;0;7"))
        #expect(sent.contains("48;2;0;0;1"))
    }

    @Test func `another theme redraws everything in its colours`() throws {
        let size = Size(columns: 30, rows: 5)
        var presenter = try presenter(indexed, size)
        var random = Random(seed: 3)
        let frame = picture(&random, size)
        var model = ScreenModel(size)
        model.take(presenter.present(frame))
        for name in [BuiltInTheme.harbourLight, .amber, .mono, .tty16, .midnight] {
            presenter.use(name.theme)
            model.take(presenter.present(frame))
            let table = ColourTable(name.theme, depth: presenter.depth)
            #expect(differences(model, frame, table) == [], "\(name)")
        }
    }

    @Test func `a new size is drawn whole`() throws {
        var presenter = try presenter(direct, Size(columns: 80, rows: 24))
        var random = Random(seed: 9)
        _ = presenter.present(picture(&random, Size(columns: 80, rows: 24)))
        let sides = [(1, 1), (40, 10), (200, 60), (3, 2), (120, 40), (500, 200), (80, 24)]
        for (columns, rows) in sides {
            let size = Size(columns: columns, rows: rows)
            let frame = picture(&random, size)
            var model = ScreenModel(size)
            presenter.invalidate()
            model.take(presenter.present(frame))
            #expect(model.violations == [])
            #expect(model.lines == frame.lines, "\(columns) by \(rows)")
        }
    }

    @Test func `without colours nothing is coloured`() throws {
        let size = Size(columns: 60, rows: 16)
        var presenter = try presenter(mono, size)
        let depth = presenter.depth
        #expect(depth == .mono)
        var model = ScreenModel(size)
        var random = Random(seed: 5)
        for _ in 0..<20 { model.take(presenter.present(picture(&random, size))) }
        let usesColour = model.usesColour
        #expect(!usesColour)
        #expect(model.violations == [])
    }

    @Test func `without UTF-8 every byte is ASCII`() throws {
        let size = Size(columns: 60, rows: 16)
        var presenter = try presenter(indexed, size, locale: "C")
        let isUtf8 = presenter.isUtf8
        #expect(!isUtf8)
        var random = Random(seed: 6)
        for _ in 0..<20 {
            let bytes = presenter.present(picture(&random, size))
            #expect(bytes.allSatisfy { $0 < 0x80 })
        }
    }

    @Test(arguments: [
        "vt100", "vt220", "linux", "xterm", "screen-256color", "tmux-256color", "ansi",
    ])
    func `draws on terminals of many types`(type: String) throws {
        let choice = ColourChoice(option: nil, noColour: nil, colourTerm: nil, type: type)
        let size = Size(columns: 60, rows: 16)
        var presenter = try presenter(choice, size, theme: .harbourLight)
        var random = Random(seed: 8)
        for _ in 0..<5 {
            let bytes = presenter.present(picture(&random, size))
            #expect(!bytes.isEmpty)
        }
    }

    @Test(arguments: ["", "no-such-terminal", "dumb"])
    func `refuses a terminal that cannot place a cursor`(type: String) {
        let choice = ColourChoice(option: nil, noColour: nil, colourTerm: nil, type: type)
        #expect(throws: TerminalError.unknownType) {
            _ = try self.presenter(choice, Size(columns: 80, rows: 24))
        }
    }
}
