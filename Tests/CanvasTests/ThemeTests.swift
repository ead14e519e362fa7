// Reading theme files, colours and contrast.

import Base
import Canvas
import Testing

private func read(_ text: String) -> ThemeReading {
    ThemeParser.builtIn.read(Array(text.utf8))
}

private func problems(_ text: String) -> [ThemeProblem] {
    read(text).problems.filter {
        switch $0.reason {
        case .missingRole, .missingGradient: false
        default: true
        }
    }
}

@Suite struct ThemeParserTests {
    static let faulty: [(String, ThemeProblem.Reason, Int)] = [
        ("[palette]\nbg = #12345", .invalidColour, 2),
        ("[palette]\nbg = #12345g", .invalidColour, 2),
        ("[palette]\nbg = #+12345", .invalidColour, 2),
        ("[palette]\nbg = #102030 | 256", .invalidColour, 2),
        ("[palette]\nbg = #102030 | 4 | mauve", .invalidColour, 2),
        ("[palette]\nbg = #102030 | 4 | red | 9", .invalidColour, 2),
        ("[roles]\ntext = nothing", .invalidColour, 2),
        ("[roles]\ntext = #ffffff on", .invalidColour, 2),
        ("[roles]\ntext =", .invalidColour, 2),
        ("[roles]\n\ntext = #ffffff loud", .invalidAttributes, 3),
        ("[roles]\ntext = default / bold dim underline", .invalidAttributes, 2),
        ("[roles]\ntext = default blink", .invalidAttributes, 2),
        ("[roles]\nsate.ok = default", .unknownKey, 2),
        ("[gradients]\ndepth.meter = #000000", .invalidStopCount, 2),
        ("[gradients]\ndepth.meter = #000000,,#ffffff", .invalidColour, 2),
        ("[gradients]\nspeed = #000000, #ffffff", .unknownKey, 2),
        ("[glyphs]\nset = emoji", .invalidValue, 2),
        ("[glyphs]\nstate.ok = 日", .invalidGlyph, 2),
        ("[glyphs]\nstate.ok = ab", .invalidGlyph, 2),
        ("[glyphs]\nset = ascii\nstate.ok = ▲", .invalidGlyph, 3),
        ("[glyphs]\nstate.fine = x", .unknownKey, 2),
        ("[meta]\nbackground = grey", .invalidValue, 2),
        ("[meta]\nmin-contrast = high", .invalidValue, 2),
        ("[meta]\nmin-contrast = nan", .invalidValue, 2),
        ("[meta]\ncolours = 12", .invalidValue, 2),
        ("[meta]\ninherits = nowhere", .unknownParent, 2),
        ("[meta]\nauthor = me", .unknownKey, 2),
        ("[metal]\nname = x", .unknownSection, 1),
        ("[meta]\nname", .noAssignment, 2),
        ("[meta]\n= x", .noAssignment, 2),
        ("[meta]\nname = a\nname = b", .duplicateKey, 3),
        ("[meta]\nname = a\u{1B}[31m", .unreadable, 2),
        ("[meta]\nname = a\u{202E}b", .unreadable, 2),
        ("[meta]\nname = " + String(repeating: "x", count: 600), .lineTooLong, 2),
        (String(repeating: "#\n", count: 40_000), .fileTooLong, 0),
    ]

    @Test(arguments: faulty)
    func `names the line and the reason`(
        text: String,
        reason: ThemeProblem.Reason,
        line: Int
    ) {
        #expect(problems(text) == [ThemeProblem(reason, line: line)])
    }

    @Test func `unknown keys and missing roles do not stop a theme`() {
        let reading = read("[meta]\nauthor = me\n[roles]\ntext = #ffffff\nstate.fine = #00ff00\n")
        #expect(reading.isUsable)
        #expect(reading.problems.contains(ThemeProblem(.missingRole(.stateCrit), line: 0)))
        #expect(reading.theme[.stateCrit].foreground.rgb == Rgb(255, 255, 255))
        #expect(!read("[palette]\nbg = red").isUsable)
    }

    @Test func `a missing role looks like its parent by dotted name`() {
        let theme = read("[roles]\ntext = #ffffff\npane.frame = #112233 bold / bold").theme
        #expect(theme[.paneFrameFocus].foreground.rgb == Rgb(0x11, 0x22, 0x33))
        #expect(theme[.paneFrameFocus].attributes == .bold)
        #expect(theme[.textMuted].foreground.rgb == Rgb(255, 255, 255))
    }

    @Test func `comments, white space and line ends do not matter`() {
        let reading = read(
            "# all\r\n  [meta]  # head\r\n\tname=Night # of all\r\n[roles]\r\ntext=#aabbcc on #001122 #\r\n"
        )
        #expect(reading.theme.title == "Night")
        #expect(reading.theme[.text].foreground.rgb == Rgb(hex: 0xAABBCC))
        #expect(reading.theme[.text].background?.rgb == Rgb(hex: 0x001122))
    }

    @Test func `a palette gives a colour for each kind of terminal`() {
        let theme = read("[palette]\na = #ff0000 | 99 | blue\nb = default\n[roles]\ntext = a on b")
            .theme
        #expect(theme[.text].foreground == Colour(rgb: Rgb(255, 0, 0), index256: 99, index16: 4))
        #expect(theme[.text].background == .terminal)
        let near = read("[roles]\ntext = #fe0101").theme[.text].foreground
        #expect(near == Colour(rgb: Rgb(254, 1, 1), index256: 196, index16: 9))
    }

    @Test func `an heir changes the colours that it names and nothing else`() {
        let heir = read(
            "[meta]\nname = Mine\ninherits = harbour-dark\n[palette]\ncrit = #ff00ff | 13\n"
        )
        #expect(heir.problems == [])
        let parent = BuiltInTheme.harbourDark.theme
        #expect(heir.theme[.stateCrit].foreground.rgb == Rgb(255, 0, 255))
        #expect(heir.theme[.stateCrit].attributes == parent[.stateCrit].attributes)
        #expect(heir.theme[.stateOk] == parent[.stateOk])
    }

    @Test func `themes that inherit from each other for ever are refused`() {
        let endless = ThemeParser { _ in Array("[meta]\ninherits = again".utf8) }
        let reading = endless.read(Array("[meta]\ninherits = again".utf8))
        #expect(reading.problems.contains { $0.reason == .inheritsTooDeep })
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `damaged files are read to the end`(seed: UInt64) {
        var random = Random(seed: seed)
        var bytes = BuiltInTheme.harbourDark.bytes
        for _ in 0..<40 {
            let place = Int(random.below(UInt32(bytes.count)))
            switch random.below(3) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.remove(at: place)
            default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
            }
        }
        let lineCount = bytes.count { $0 == 0x0A } + 1
        for problem in ThemeParser.builtIn.read(bytes).problems {
            #expect((0...lineCount).contains(problem.line), "seed \(seed)")
        }
    }
}

@Suite struct ColourTests {
    @Test func `contrast is that of WCAG`() {
        #expect(Rgb(0, 0, 0).contrast(with: Rgb(255, 255, 255)) == 21)
        #expect(Rgb(9, 9, 9).contrast(with: Rgb(9, 9, 9)) == 1)
        let known = Rgb(hex: 0x777777).contrast(with: Rgb(255, 255, 255))
        #expect(abs(known - 4.478) < 0.001)
        let starter = Rgb(hex: 0xD5DDE8).contrast(with: Rgb(hex: 0x10151C))
        #expect(abs(starter - 13.4) < 0.05)
    }

    @Test func `a theme that hides text says which role`() {
        let theme = read("[roles]\ntext = #777777 on #888888").theme
        let contrast = Rgb(hex: 0x777777).contrast(with: Rgb(hex: 0x888888))
        let reason = ThemeProblem.Reason.lowContrast(
            .text,
            ground: .text,
            hundredths: Int(contrast * 100)
        )
        #expect(theme.contrastProblems.first?.reason == reason)
        #expect(theme.contrastProblems.count >= StyleRole.namedCount - 10)
    }

    @Test func `mixing ends at its stops and passes between them`() {
        let theme = read("[roles]\ntext = #ffffff\n[gradients]\nrate.meter = #000000, #ffffff")
            .theme
        #expect(theme[.rate0].foreground.rgb == Rgb(0, 0, 0))
        #expect(theme[.rate15].foreground.rgb == Rgb(255, 255, 255))
        let lights = (0..<16).compactMap {
            theme[Gradient.rateMeter.role(step: $0)].foreground.rgb?.luminance
        }
        #expect(lights == lights.sorted())
        #expect(lights.count == 16)
    }

    @Test func `roles and names belong together`() {
        for role in StyleRole.named {
            let name = role.name ?? ""
            #expect(StyleRole(name: name) == role)
            let letters = String(name.filter { $0 != "." }).lowercased()
            #expect("\(role)".lowercased() == letters)
        }
        #expect(StyleRole.heat0.name == nil)
        #expect(StyleRole.namedCount == 55)
    }

    @Test func `a share of a gradient becomes a step inside it`() {
        #expect(Gradient.depthMeter.role(share: 0) == .depth0)
        #expect(Gradient.depthMeter.role(share: 1) == .depth15)
        #expect(Gradient.depthMeter.role(share: .nan) == .depth0)
        #expect(Gradient.depthMeter.role(share: .infinity) == .depth15)
        #expect(Gradient.diskMeter.role(share: 0.5) == .disk8)
        #expect(Gradient.latencyHeat.role(step: 99) == .heat15)
    }
}
