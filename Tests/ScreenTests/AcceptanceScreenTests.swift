// What a person expects of the whole program on a terminal.
//
// Each test opens the program in a window and waits for what it shows; none counts on time.
// What is expected, and where it is tested:
//
//   everything on the first screen, every size, resizing    here, ViewTests, ConsoleScreenTests
//   dialogs in every size, a storm of sizes                 here, ViewTests
//   200 sizes 5 ms apart                                    Interop/test_acceptance.py
//   screens, panes, focus without colour, zoom              here, UpdateTests, WidgetTests
//   moving, 10,000 queues                                   UpdateTests
//   filters, sorting, finding                               here, FilterTests, UpdateTests
//   printed keys, other keys                                here, KeymapTests, ConsoleManualTests
//   help is what is printed, every key does as it says      Interop/test_acceptance.py
//   the palette completes and says why not                  Interop/test_acceptance.py
//   freezing, scrubbing, markers                            here, TimeTests, UpdateTests
//   the window of time, percentiles that are not guessed    Interop/test_acceptance.py, TimeTests
//   keys that look change nothing                           Interop/test_looking.py
//   pause, drain, purge, marks, kill -9 in the middle       Interop/test_keyboard.py
//   rotation step by step, kill -9 in the middle            Interop/test_looking.py
//   looking only, in overlays and for the command           Interop/test_acceptance.py
//   NO_COLOR, ASCII, kinds of terminal, depth of colour     here, ConsoleScreenTests
//   themes: files, contrast, preview, reading anew          ThemesCommandTests, ThemeFileTests
//   hostile names, pasted text, answers of the terminal     ViewTests, Interop/test_terminal.py
//   Escape at once, one write a frame, silence              Interop/test_terminal.py
//   a terminal that reads nothing, and what it has missed   Interop/test_terminal.py, RestoreTests
//   crashes, hanging up, Ctrl-Z, what q offers              Interop/test_acceptance.py,
//                                                           RestoreTests
//   bytes and time of a console that nobody touches         Interop/test_terminal.py
//   exports, reports and recordings agree with the screen   Interop/test_acceptance.py, ReportTests
//   numbers under load, first frame, cost to publishers     Campaigns/agreement.py, budgets.py
//   nothing secret in any of them                           Campaigns/leaks.py

import Glibc
import Testing

/// The program in a window, with `options`; the store and all settings are its own.
private func session(
    _ columns: Int = 120,
    _ rows: Int = 40,
    _ options: String = "",
    environment: String = "TERM=tmux-256color",
    configuration: String = "",
    isRecorded: Bool = false
) -> Tmux? {
    Tmux(columns, rows) { directory in
        """
        cd \(directory)
        export SWIFT_BACKTRACE=enable=no LANG=C.UTF-8 XDG_CONFIG_HOME=\(directory) \
        TMPDIR=\(directory)
        unset TERM COLORTERM NO_COLOR
        export SLUICE_ENVIRONMENT=PROD \(environment)
        printf '%s\\n' '\(configuration)' > given.conf
        \(isRecorded ? "read line" : ":")
        stty -g > before
        sh -c 'echo $$ > pid; exec "$0" -p -1 -sd \(directory)/store \(options)' \
        '\(Tmux.program)' 2> errors
        echo "ended $?"
        stty -g > after
        echo done
        exec cat
        """
    }
}

@Suite(.serialized, .enabled(if: Tmux.isInstalled)) struct AcceptanceScreenTests {
    private func leave(_ tmux: Tmux, _ comment: Comment = "") {
        tmux.press("q")
        // A window of a few cells has no room for the question.
        tmux.press("s")
        #expect(tmux.shows("done"), comment)
        #expect(tmux.screen.contains("ended 0"), comment)
        let before = tmux.file("before")
        #expect(!before.isEmpty && before == tmux.file("after"), comment)
    }

    @Test func `the first screen has everything on it`() throws {
        let tmux = try #require(session())
        let wanted = ["Throughput", "Latency", "Queues", "Keys", "Events", "Clients"]
        for word in wanted + ["PROD", "(embedded)", "RUN", "data 0."] { #expect(tmux.shows(word)) }
        let clock = tmux.screen.split(separator: "\n").first?.suffix(9) ?? ""
        #expect(clock.filter { $0 == ":" }.count == 2, "\(clock)")
        leave(tmux)
    }

    @Test(arguments: [(80, 24), (200, 60), (60, 16), (40, 10), (20, 3), (1, 1)])
    func `it begins and ends in every size`(columns: Int, rows: Int) throws {
        let tmux = try #require(session(columns, rows))
        #expect(Tmux.waits { tmux.variable("alternate_on") == "1" })
        let isSeen = { !tmux.screen.filter { $0 != "\n" && $0 != " " }.isEmpty }
        // One cell may show a space.
        #expect(columns == 1 || Tmux.waits(isSeen))
        tmux.press("q")
        tmux.press("s")
        #expect(Tmux.waits { !tmux.file("after").isEmpty })
        #expect(tmux.file("before") == tmux.file("after"))
    }

    @Test func `a dialog stays inside of every size and keeps what was typed`() throws {
        let tmux = try #require(session(120, 40, "--demo --seed 2"))
        #expect(tmux.shows("TRADES"))
        tmux.press(": 'purge TRADES' Enter")
        #expect(tmux.shows("Type TRADES"))
        tmux.press("TRA")
        func typed() -> Bool {
            let line = tmux.screen.split(separator: "\n").first { $0.contains("(TRADES)") }
            return line?.prefix { $0 != "(" }.contains("TRA") == true
        }
        #expect(Tmux.waits(typed))
        for (columns, rows) in [(40, 10), (200, 60), (20, 3), (80, 24)] {
            tmux.tmux("resize-window -t a -x \(columns) -y \(rows)")
            #expect(Tmux.waits { tmux.screen.split(separator: "\n").count >= min(rows, 3) })
        }
        #expect(tmux.shows("Type TRADES"))
        #expect(Tmux.waits(typed), "\(tmux.screen)")
        tmux.press("Escape")
        #expect(Tmux.waits { !tmux.screen.contains("Type TRADES") })
        leave(tmux)
    }

    @Test func `a storm of sizes ends with the right picture and few frames`() throws {
        let tmux = try #require(session(isRecorded: true))
        tmux.record()
        tmux.press("Enter")
        #expect(tmux.shows("Throughput"))
        let begin = milliseconds()
        for number in 0..<200 {
            tmux.tmux("resize-window -t a -x \(60 + number % 90) -y \(16 + number % 40)")
        }
        tmux.tmux("resize-window -t a -x 120 -y 40")
        #expect(Tmux.waits { tmux.screen.split(separator: "\n").last?.contains("F10") == true })
        let took = milliseconds() - begin
        let frames = tmux.file("log").split(separator: "\u{1B}[?2026h").count
        #expect(frames <= took / 16 + 10, "\(frames) frames in \(took) ms")
        leave(tmux)
    }

    @Test func `each screen has its key, and Tab goes round its panes`() throws {
        let tmux = try #require(session())
        #expect(tmux.shows("Throughput"))
        let titles = [
            "Overview", "Queues", "Clients", "Latency", "Keys", "Storage", "Targets", "Events",
        ]
        for (place, title) in titles.enumerated() {
            tmux.press("\(place + 1)")
            #expect(tmux.shows("[\(place + 1) \(title)]"))
        }
        tmux.press("1")
        #expect(tmux.shows("[1 Overview]"))
        // The pane with the keyboard has a heavy frame: its title says which it is.
        func focused() -> String {
            let line = tmux.screen.split(separator: "\n").first { $0.contains("┏━ ") } ?? ""
            return String(line.drop { $0 != "┏" }.dropFirst(3).prefix { $0 != " " })
        }
        #expect(Tmux.waits { focused() == "Queues" })
        var visited = ["Queues"]
        for _ in 0..<6 {
            let before = focused()
            tmux.press("Tab")
            #expect(Tmux.waits { focused() != before && !focused().isEmpty })
            visited.append(focused())
        }
        #expect(visited.first == visited.last && Set(visited).count == 6, "\(visited)")
        tmux.press("BTab")
        #expect(Tmux.waits { focused() == visited[5] })
        leave(tmux)
    }

    @Test func `a filter shows how many match, and a broken one keeps the last`() throws {
        let tmux = try #require(session(120, 40, "--demo --seed 4"))
        #expect(tmux.shows("TRADES") && tmux.shows("SETTLEMENT"))
        tmux.press("2")
        #expect(tmux.shows("[2 Queues]"))
        tmux.press("/")
        #expect(tmux.shows("Esc restores"))
        tmux.press("trades")
        #expect(tmux.shows("1 of 5"))
        tmux.press("C-u")
        tmux.press("'~['")
        #expect(tmux.shows("last good one holds"))
        tmux.press("Escape")
        // A key right behind an escape would be another key.
        #expect(Tmux.waits { !tmux.screen.contains("last good one holds") })
        #expect(tmux.shows("Queues  5"))
        tmux.press("/")
        tmux.press("'depth>=0 and name!=trades' Enter")
        #expect(tmux.shows("4 of 5"), "\(tmux.screen)")
        leave(tmux)
    }

    @Test func `the display freezes, goes back in time and comes back`() throws {
        let tmux = try #require(session(120, 40, "--demo --seed 5"))
        #expect(tmux.shows("TRADES"))
        tmux.press("f")
        #expect(tmux.shows("FROZEN"))
        #expect(Tmux.waits { tmux.screen.contains("(-1s)") || tmux.screen.contains("(-2s)") })
        tmux.press("P")
        #expect(tmux.shows("the screen shows the past"))
        tmux.press("f")
        #expect(Tmux.waits { !tmux.screen.contains("FROZEN") })
        tmux.press("'['")
        #expect(tmux.shows(" AT "))
        tmux.press("0")
        #expect(Tmux.waits { !tmux.screen.contains(" AT ") })
        tmux.press("m")
        #expect(tmux.shows("marker A set"))
        tmux.press("2")
        #expect(tmux.shows("[2 Queues]"))
        tmux.press("d")
        #expect(tmux.shows("A to now: depth"), "\(tmux.screen)")
        tmux.press("-")
        #expect(tmux.shows("15m"))
        leave(tmux)
    }

    @Test func `the configuration gives commands other keys`() throws {
        let text = "console { keys { freeze: z } }"
        let tmux = try #require(session(120, 40, "-c given.conf", configuration: text))
        #expect(tmux.shows("data 0."))
        tmux.press("f")
        tmux.press("'?'")
        #expect(tmux.shows("Help"))
        tmux.press("freeze")
        #expect(tmux.shows("Freeze the display"))
        let line = tmux.screen.split(separator: "\n").first { $0.contains("Freeze the display") }
        #expect(line?.contains(" z ") == true && line?.contains("F5") == false, "\(line ?? "")")
        #expect(!tmux.screen.contains("FROZEN"))
        tmux.press("Escape")
        #expect(Tmux.waits { !tmux.screen.contains("Freeze the display") })
        tmux.press("z")
        #expect(tmux.shows("FROZEN"))
        leave(tmux)
    }

    @Test(arguments: [
        ("freeze: q", "given.conf:1: freeze: the key q belongs to quit"),
        ("purge: w", "given.conf:1: purge: what changes the broker has a capital letter"),
        ("freez: z", "given.conf:1: freez: there is no such command"),
        ("freeze: F99", "given.conf:1: freeze: there is no key F99"),
    ])
    func `keys that cannot be are refused with their line`(entry: String, reason: String) throws {
        let text = "console { keys { \(entry) } }"
        let tmux = try #require(session(120, 40, "-c given.conf", configuration: text))
        #expect(tmux.shows("done"))
        #expect(!tmux.screen.contains("ended 0"))
        #expect(tmux.file("errors").contains(reason), "\(tmux.file("errors"))")
    }

    private func milliseconds() -> Int {
        var now = timespec()
        // SAFETY: the call fills the structure.
        unsafe _ = clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1_000 + now.tv_nsec / 1_000_000
    }

    static let types = [
        "vt100", "vt220", "linux", "xterm", "xterm-16color", "screen-256color", "tmux-256color",
        "xterm-256color", "xterm-direct",
    ]

    @Test(arguments: types)
    func `every kind of terminal gets a picture and is as before at the end`(type: String) throws {
        guard Tmux.output("infocmp \(type) > /dev/null 2>&1 && echo known") != "" else { return }
        let tmux = try #require(session(environment: "TERM=\(type)"))
        #expect(tmux.shows("Throughput"), "\(type): \(tmux.screen)")
        leave(tmux, "\(type)")
    }

    @Test func `a dumb terminal gets lines, and none at all a sentence`() throws {
        let dumb = try #require(session(environment: "TERM=dumb"))
        #expect(dumb.shows("state: "), "\(dumb.screen)")
        dumb.press("quit Enter")
        #expect(dumb.shows("ended 0"))
        for environment in ["TERM=no-such-type", "NOTHING=1"] {
            let tmux = try #require(session(environment: environment))
            #expect(tmux.shows("ended 1"), "\(environment): \(tmux.screen)")
            #expect(tmux.file("errors").contains("TERM"))
        }
    }

    @Test(arguments: [("COLORTERM=truecolor", "38;2;", "38;5;"), ("X=1", "38;5;", "38;2;")])
    func `colours are as many as the terminal says`(
        variable: String,
        wanted: String,
        unwanted: String
    ) throws {
        let tmux = try #require(
            session(environment: "TERM=xterm-256color \(variable)", isRecorded: true)
        )
        tmux.record()
        tmux.press("Enter")
        #expect(tmux.shows("Throughput"))
        leave(tmux)
        let log = tmux.file("log")
        #expect(log.contains(wanted) && !log.contains(unwanted))
        // The palette of the terminal is left alone.
        #expect(!log.contains("\u{1B}]4;"))
    }
}
