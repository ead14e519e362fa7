// Colours for terminals that have few or none.

import Canvas
import Terminal
import Testing

@Suite struct ColourTableTests {
    private let theme: Theme = {
        let text = """
            [palette]
            bg = #102030 | 17 | black
            hot = #ff8040 | 209 | brightred
            grey = #404040 | 238 | brightblack
            [roles]
            text = #c0c0c0 on bg
            state.crit = hot bold / reverse bold
            pane.frame = grey
            row.selected = #ffffff on #000001 / reverse underline
            """
        return ThemeParser.builtIn.read(Array(text.utf8)).theme
    }()

    static let looks: [(ColourDepth, Look)] = [
        (.direct, Look(foreground: 0xFF8040, background: 0x102030, attributes: .bold)),
        (.indexed, Look(foreground: 209, background: 17, attributes: .bold)),
        (.sixteen, Look(foreground: 9, background: 0, attributes: .bold)),
        (.eight, Look(foreground: 1, background: 0, attributes: .bold)),
        (.mono, Look(foreground: -1, background: -1, attributes: [.reverse, .bold])),
    ]

    @Test(arguments: looks)
    func `takes the column of the terminal`(depth: ColourDepth, look: Look) {
        #expect(ColourTable(theme, depth: depth).look(role: .stateCrit, ground: .text) == look)
    }

    @Test func `grey is not black where eight colours are all there are`() {
        let look = ColourTable(theme, depth: .eight).look(role: .paneFrame, ground: .text)
        #expect(look == Look(foreground: 7, background: 0, attributes: .dim))
        let more = ColourTable(theme, depth: .sixteen).look(role: .paneFrame, ground: .text)
        #expect(more == Look(foreground: 8, background: 0, attributes: []))
    }

    @Test(arguments: [ColourDepth.eight, .sixteen])
    func `on the selected row all text can be read among few colours`(depth: ColourDepth) {
        let table = ColourTable(theme, depth: depth)
        let plain = table.look(role: .rowSelected, ground: .rowSelected)
        let crit = table.look(role: .stateCrit, ground: .rowSelected)
        #expect(crit.foreground == plain.foreground && crit.background == plain.background)
        #expect(crit.attributes.contains(.bold))
    }

    @Test(arguments: [ColourDepth.eight, .sixteen])
    func `text is black or white where its colour cannot be read`(depth: ColourDepth) {
        let table = ColourTable(BuiltInTheme.harbourDark.theme, depth: depth)
        // The terminal's own light colour on bright cyan.
        let tab = table.look(role: .tabActive, ground: .text)
        #expect(tab.background & 7 == 6 && tab.foreground == 0)
        // Green on the grey of a cursor in a pane without the keyboard.
        let row = table.look(role: .stateOk, ground: .rowCursorUnfocused)
        #expect(row.foreground & 7 == 7)
        // On a light one of the greys that terminals take for bright black only white is seen.
        #expect(depth == .eight || row.foreground == 15)
        let plain = table.look(role: .stateOk, ground: .text)
        #expect(plain.foreground & 7 == 2)
    }

    @Test(arguments: [ColourDepth.eight, .sixteen])
    func `the weakest of a gradient is seen on a dark ground`(depth: ColourDepth) {
        let table = ColourTable(BuiltInTheme.harbourDark.theme, depth: depth)
        for step in 0..<Gradient.stepCount {
            let role = Gradient.latencyHeat.role(step: step)
            let look = table.look(role: role, ground: .text)
            let isDark = look.foreground == 0 || look.foreground == 8
            #expect(!isDark && look.foreground != 4, "step \(step)")
        }
        #expect(table.look(role: .seriesIn, ground: .text).foreground != 4)
    }

    @Test func `marked rows and fields are told apart where eight colours are all there are`() {
        let table = ColourTable(BuiltInTheme.harbourDark.theme, depth: .eight)
        #expect(table.look(role: .input, ground: .dialog).attributes.contains(.underline))
        #expect(table.look(role: .button, ground: .dialog).attributes.contains(.underline))
        let marked = table.look(role: .stateOk, ground: .rowMarked)
        #expect(marked.attributes.contains(.bold) && marked.foreground & 7 == 7)
        #expect(!table.look(role: .stale, ground: .rowMarked).attributes.contains(.dim))
        // What was bright red is dark red here, and black on it cannot be read.
        #expect([-1, 7].contains(table.look(role: .envProd, ground: .header).foreground))
    }

    @Test func `nothing is dim in reverse`() {
        let table = ColourTable(BuiltInTheme.harbourDark.theme, depth: .mono)
        let look = table.look(role: .textMuted, ground: .rowSelected)
        #expect(look.attributes.contains(.reverse) && !look.attributes.contains(.dim))
    }

    @Test func `a role lies on the colour of its ground`() {
        let table = ColourTable(theme, depth: .direct)
        #expect(table.look(role: .stateCrit, ground: .rowSelected).background == 1)
        let mono = ColourTable(theme, depth: .mono)
        let onRow = mono.look(role: .stateCrit, ground: .rowSelected)
        #expect(onRow.attributes == [.reverse, .underline])
    }

    @Test func `a theme can use fewer colours than the terminal has`() {
        let mono = ColourTable(BuiltInTheme.mono.theme, depth: .direct)
        #expect(mono.depth == .mono)
        #expect(mono.look(role: .stateCrit, ground: .text).foreground == -1)
        let sixteen = ColourTable(BuiltInTheme.tty16.theme, depth: .indexed)
        #expect(sixteen.look(role: .stateCrit, ground: .text).foreground == 9)
    }

    static let choices: [(ColourChoice, Int, Bool, ColourDepth)] = [
        (
            ColourChoice(option: nil, noColour: nil, colourTerm: "truecolor", type: "xterm"),
            0x100_0000, true, .direct
        ),
        (
            ColourChoice(option: nil, noColour: nil, colourTerm: "24bit", type: "xterm"), 256, true,
            .indexed
        ),
        (
            ColourChoice(option: nil, noColour: nil, colourTerm: nil, type: "xterm-256color"), 256,
            false, .indexed
        ),
        (
            ColourChoice(option: nil, noColour: nil, colourTerm: "yes", type: "xterm"), 8, false,
            .eight
        ),
        (ColourChoice(option: nil, noColour: nil, colourTerm: nil, type: "vt100"), 0, false, .mono),
        (ColourChoice(option: nil, noColour: "", colourTerm: nil, type: "xterm"), 8, false, .eight),
        (
            ColourChoice(option: nil, noColour: "1", colourTerm: "truecolor", type: "xterm"), 256,
            false, .mono
        ),
        (
            ColourChoice(option: nil, noColour: nil, colourTerm: "truecolor", type: "xterm-mono"),
            256, false, .mono
        ),
        (
            ColourChoice(option: .indexed, noColour: "1", colourTerm: "truecolor", type: "xterm"),
            256, false, .indexed
        ),
        (
            ColourChoice(option: .direct, noColour: nil, colourTerm: nil, type: "xterm"), 8, true,
            .eight
        ),
        (
            ColourChoice(option: .eight, noColour: nil, colourTerm: nil, type: "xterm"), 256, false,
            .eight
        ),
        (
            ColourChoice(option: nil, noColour: nil, colourTerm: nil, type: "xterm-16color"), 16,
            false, .sixteen
        ),
    ]

    @Test(arguments: choices)
    func `chooses by option, NO_COLOR, COLORTERM and type in this order`(
        choice: ColourChoice,
        colourCount: Int,
        wantsDirect: Bool,
        depth: ColourDepth
    ) {
        #expect(choice.wantsDirect == wantsDirect)
        #expect(choice.depth(colourCount: colourCount) == depth)
    }

    /// Themes that leave the ground to the terminal.
    private static let open: Set<BuiltInTheme> = [.mono, .tty16]

    @Test(arguments: BuiltInTheme.allCases)
    func `with 16 colours text is seen whatever the terminal's own ground is`(name: BuiltInTheme) {
        let table = ColourTable(name.theme, depth: .sixteen)
        for role in [.text, .textStrong, .textMuted, .stateWarn, .stateCrit] as [StyleRole] {
            for ground in [.text, .dialog, .header, .rowSelected, .input] as [StyleRole] {
                let look = table.look(role: role, ground: ground)
                #expect(look.background >= 0 || Self.open.contains(name), "\(role) on \(ground)")
                #expect(
                    look.foreground != look.background || look.attributes.contains(.reverse)
                        || look.background < 0,
                    "\(role) on \(ground): \(look)"
                )
            }
        }
    }
}
