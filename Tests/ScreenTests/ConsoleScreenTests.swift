// The console on a broker of its own, in a terminal.

import Glibc
import Testing

/// Runs the console between two looks at the terminal's settings.
private func session(
    _ columns: Int = 120,
    _ rows: Int = 40,
    environment: String = "LANG=C.UTF-8 TERM=xterm-256color COLORTERM=truecolor",
    isRecorded: Bool = false
) -> Tmux? {
    Tmux(columns, rows) { directory in
        """
        cd \(directory)
        export SWIFT_BACKTRACE=enable=no XDG_CONFIG_HOME=\(directory) \(environment)
        \(isRecorded ? "read line" : ":")
        stty -g > before
        sh -c 'echo $$ > pid; exec "$0" -p -1 -sd \(directory)/store' '\(Tmux.program)'
        echo "ended $?"
        stty -g > after
        echo done
        exec cat
        """
    }
}

@Suite(.serialized, .enabled(if: Tmux.isInstalled)) struct ConsoleScreenTests {
    private func pid(_ tmux: Tmux) throws -> pid_t {
        try #require(pid_t(tmux.file("pid").filter { $0 != "\n" }))
    }

    private func expectRestored(_ tmux: Tmux) {
        #expect(tmux.shows("done"))
        let before = tmux.file("before")
        #expect(!before.isEmpty && before == tmux.file("after"))
        let states = ["alternate_on", "mouse_any_flag", "keypad_flag"].map { tmux.variable($0) }
        #expect(states == ["0", "0", "0"])
    }

    @Test func `quitting asks what becomes of the broker`() throws {
        let tmux = try #require(session())
        #expect(tmux.shows("Throughput"))
        tmux.press("q")
        #expect(tmux.shows("leave the broker running"))
        tmux.press("Escape")
        #expect(Tmux.waits { !tmux.screen.contains("leave the broker running") })
        tmux.press("q")
        #expect(tmux.shows("leave the broker running"))
        tmux.press("s")
        expectRestored(tmux)
        #expect(tmux.screen.contains("ended 0"))
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a request to end stops the broker and gives the terminal back`(number: Int32) throws {
        let tmux = try #require(session())
        #expect(tmux.shows("Throughput"))
        kill(try pid(tmux), number)
        expectRestored(tmux)
        #expect(tmux.screen.contains("ended 0"))
    }

    @Test func `losing the terminal does not lose the broker`() throws {
        let tmux = try #require(session())
        #expect(tmux.shows("Throughput"))
        let process = try pid(tmux)
        kill(process, SIGHUP)
        #expect(Tmux.waits { tmux.variable("alternate_on") == "0" })
        #expect(kill(process, 0) == 0)
        kill(process, SIGTERM)
        expectRestored(tmux)
    }

    @Test func `Ctrl-Z is refused while the broker is inside`() throws {
        let tmux = try #require(session())
        #expect(tmux.shows("Throughput"))
        tmux.press("C-z")
        #expect(tmux.shows("the broker runs inside this console"))
        tmux.press("q s")
        expectRestored(tmux)
    }

    @Test func `themes change on the way`() throws {
        let tmux = try #require(session())
        #expect(tmux.shows("theme harbour-dark"))
        tmux.press(": 'theme paper' Enter")
        #expect(tmux.shows("theme paper"))
        tmux.press("q s")
        expectRestored(tmux)
    }

    @Test func `losing the window does not lose the broker`() throws {
        let tmux = try #require(session())
        #expect(tmux.shows("Throughput"))
        let process = try pid(tmux)
        tmux.tmux("kill-window -t a")
        #expect(!Tmux.waits(tries: 50) { kill(process, 0) != 0 })
        kill(process, SIGTERM)
        #expect(Tmux.waits { kill(process, 0) != 0 })
    }

    @Test func `NO_COLOR means no colour at all`() throws {
        let environment = "LANG=C.UTF-8 TERM=xterm-256color COLORTERM=truecolor NO_COLOR=1"
        let tmux = try #require(session(environment: environment, isRecorded: true))
        tmux.record()
        tmux.press("Enter")
        #expect(tmux.shows("Throughput"))
        tmux.press("q s")
        expectRestored(tmux)
        let log = tmux.file("log")
        #expect(log.contains("Throughput"))
        let sequences = log.split(separator: "\u{1B}[").compactMap { part in
            part.split(separator: "m", omittingEmptySubsequences: false).first
        }
        let numbers = sequences.filter { $0.allSatisfy { $0.isNumber || $0 == ";" } }
            .flatMap { $0.split(separator: ";").compactMap { Int($0) } }
        #expect(numbers.filter { (30...49).contains($0) || (90...107).contains($0) } == [])
    }

    @Test func `without colour focus, cursor, alerts and what changes the broker differ`() throws {
        let environment = "LANG=C.UTF-8 TERM=xterm-256color COLORTERM=truecolor NO_COLOR=1"
        let tmux = try #require(session(environment: environment))
        #expect(tmux.shows("┏━ Queues"))
        #expect(tmux.screen.contains("┌─ Throughput"))
        tmux.press("8")
        #expect(tmux.shows("[8 Events]"))
        func line(_ part: String) -> String {
            let lines = tmux.tmux("capture-pane -e -p -t a").split(separator: "\n")
            return lines.first { $0.contains(part) }.map(String.init) ?? ""
        }
        #expect(line("[8 Events]").contains("\u{1B}[7m[8 Events]"))
        #expect(Tmux.waits { line("Server is ready").contains("\u{1B}[0;7m") })
        #expect(!line("Listening for").contains("7m"))
        // After a reset tmux says again that there is no colour.
        #expect(
            Tmux.waits {
                let keys = line("Rotate").split(separator: "\u{1B}[39m\u{1B}[49m").joined()
                return keys.contains("4m!Rotate") && keys.contains("2m-Pause")
            }
        )
        tmux.press(": lock Enter")
        #expect(tmux.shows("press  l"))
        tmux.press("l")
        #expect(Tmux.waits { line("store is locked").contains("CRIT") })
        tmux.press("q s")
        expectRestored(tmux)
    }

    @Test func `without UTF-8 every byte is ASCII`() throws {
        let environment = "LC_ALL=C TERM=xterm-256color"
        let tmux = try #require(session(environment: environment, isRecorded: true))
        tmux.record()
        tmux.press("Enter")
        #expect(tmux.shows("Throughput"))
        tmux.press("q s")
        expectRestored(tmux)
        let log = tmux.file("log")
        #expect(log.contains("+- Throughput") || log.contains("+= Throughput"))
        #expect(log.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func `shows a theme anew when its file changes`() throws {
        let environment = "LANG=C.UTF-8 TERM=xterm-256color SLUICE_THEME=mine"
        let tmux = try #require(session(environment: environment, isRecorded: true))
        let folder = "\(tmux.directory)/sluice/Themes"
        func write(_ set: String) {
            let text = "[meta]\\nname = Mine\\ninherits = paper\\n[glyphs]\\nset = \(set)\\n"
            _ = Tmux.output("mkdir -p \(folder); printf '\(text)' > \(folder)/mine.theme")
        }
        write("unicode")
        tmux.press("Enter")
        #expect(tmux.shows("─ Throughput"))
        write("ascii")
        #expect(tmux.shows("- Throughput"))
        #expect(Tmux.waits { !tmux.screen.contains("─ Throughput") })
        tmux.press("q s")
        expectRestored(tmux)
    }

    @Test func `begins with the theme of the environment`() throws {
        let environment = "LANG=C.UTF-8 TERM=xterm-256color SLUICE_THEME=midnight"
        let tmux = try #require(session(environment: environment))
        #expect(tmux.shows("theme midnight"))
        tmux.press("q s")
        expectRestored(tmux)
    }

    @Test func `every size has a picture`() throws {
        let tmux = try #require(session())
        #expect(tmux.shows("Throughput"))
        for (columns, rows) in [(80, 24), (60, 16), (40, 10), (20, 3), (1, 1), (200, 60)] {
            tmux.tmux("resize-window -t a -x \(columns) -y \(rows)")
        }
        #expect(tmux.shows("Throughput"))
        tmux.press("q s")
        expectRestored(tmux)
    }
}
