// However the program ends, the terminal is as it was.

import Glibc
import Testing

/// Runs the gallery of themes between two looks at the terminal's settings.
private func session(
    _ environment: String = "TERM=xterm-256color COLORTERM=truecolor",
    ending: String = ":"
) -> Tmux? {
    Tmux(100, 30) { directory in
        """
        cd \(directory)
        export LANG=C.UTF-8 LC_ALL=C.UTF-8 SWIFT_BACKTRACE=enable=no
        stty -g > before
        sh -c 'echo $$ > pid; exec env \(environment) "$0" themes show' '\(Tmux.program)' 2> errors
        echo "ended $?" > ending
        \(ending)
        cat ending
        stty -g > after
        echo done
        exec cat
        """
    }
}

@Suite(.serialized, .enabled(if: Tmux.isInstalled)) struct RestoreTests {
    private func expectRestored(_ tmux: Tmux, _ comment: Comment) {
        #expect(tmux.shows("done"), comment)
        let before = tmux.file("before")
        let after = tmux.file("after")
        #expect(!before.isEmpty && before == after, comment)
        let states = ["alternate_on", "mouse_any_flag", "keypad_cursor_flag", "keypad_flag"]
            .map { tmux.variable($0) }
        #expect(states == ["0", "0", "0", "0"], comment)
        let isCursorVisible = tmux.variable("cursor_flag") == "1"
        #expect(isCursorVisible, comment)
        let screen = tmux.screen
        #expect(!screen.contains("Gradients"), comment)
    }

    @Test func `after q`() throws {
        let tmux = try #require(session())
        #expect(tmux.shows("Gradients"))
        let during = [tmux.variable("alternate_on"), tmux.variable("mouse_any_flag")]
        #expect(during == ["1", "1"])
        tmux.press("q")
        expectRestored(tmux, "q")
        #expect(tmux.screen.contains("ended 0"))
    }

    static let signals: [(Int32, String)] = [
        (SIGTERM, "ended 0"), (SIGINT, "ended 0"), (SIGHUP, "ended 0"), (SIGSEGV, "ended 139"),
        (SIGABRT, "ended 134"), (SIGILL, "ended 132"), (SIGBUS, "ended 135"),
    ]

    @Test(arguments: signals)
    func `after a signal`(number: Int32, ending: String) throws {
        let tmux = try #require(session())
        #expect(tmux.shows("Gradients"))
        let pid = try #require(pid_t(tmux.file("pid").filter { $0 != "\n" }))
        kill(pid, number)
        expectRestored(tmux, "signal \(number)")
        let screen = tmux.screen
        #expect(screen.contains(ending), "signal \(number): \(screen)")
        let isCrash = ![SIGTERM, SIGINT, SIGHUP].contains(number)
        let errors = tmux.file("errors")
        #expect(errors.contains("crashed: ") == isCrash, "signal \(number): \(errors)")
    }

    @Test func `after a terminal that took nothing`() throws {
        let tmux = try #require(session())
        #expect(tmux.shows("Gradients"))
        let process = try #require(pid_t(tmux.file("pid").filter { $0 != "\n" }))
        let server = try #require(pid_t(tmux.variable("pid")))
        let tty = tmux.variable("pane_tty")
        kill(server, SIGSTOP)
        defer { kill(server, SIGCONT) }
        // Each size is a whole picture, more than the terminal's queue holds.
        for columns in 90..<96 { _ = Tmux.output("stty -F \(tty) cols \(columns)") }
        kill(process, SIGTERM)
        #expect(Tmux.waits { kill(process, 0) != 0 })
        kill(server, SIGCONT)
        #expect(tmux.shows("ended 0"))
        #expect(tmux.shows("done"))
        #expect(tmux.file("before") == tmux.file("after"))
    }

    @Test func `reset-tty puts a terminal in order that was left raw`() throws {
        let tmux = try #require(session(ending: "'\(Tmux.program)' reset-tty"))
        #expect(tmux.shows("Gradients"))
        let process = try #require(pid_t(tmux.file("pid").filter { $0 != "\n" }))
        kill(process, SIGKILL)
        expectRestored(tmux, "kill")
        #expect(tmux.screen.contains("ended 137"))
    }

    @Test func `stops on Ctrl-Z and comes back whole`() throws {
        let tmux = try #require(
            Tmux(100, 30) { _ in
                """
                export LANG=C.UTF-8 TERM=xterm-256color PS1='ready> '
                exec sh -i
                """
            }
        )
        #expect(tmux.shows("ready>"))
        tmux.press("'\(Tmux.program) themes show' Enter")
        #expect(tmux.shows("Gradients"))
        tmux.press("C-z")
        #expect(tmux.shows("ready>"))
        let stopped = tmux.variable("alternate_on")
        #expect(stopped == "0")
        tmux.press("fg Enter")
        #expect(tmux.shows("Gradients"))
        let again = tmux.variable("alternate_on")
        #expect(again == "1")
        tmux.press("q")
        #expect(Tmux.waits { tmux.variable("alternate_on") == "0" })
    }

    @Test func `follows the size of the window`() throws {
        let tmux = try #require(session())
        #expect(tmux.shows("Gradients"))
        for (columns, rows) in [(60, 16), (20, 3), (1, 1), (160, 50), (100, 30)] {
            tmux.tmux("resize-window -t a -x \(columns) -y \(rows)")
        }
        #expect(tmux.shows("Gradients"))
        tmux.press("q")
        expectRestored(tmux, "resize")
    }

    @Test func `a paste and answers of the terminal press no key`() throws {
        let tmux = try #require(session())
        #expect(tmux.shows("Gradients"))
        tmux.tmux("set-buffer qqqq")
        tmux.tmux("paste-buffer -p -t a")
        #expect(tmux.shows("a paste of 4 bytes"))
        tmux.press("-H 1b 5b 3f 32 30 32 36 3b 32 24 79")
        tmux.press("-H 1b 5d 31 31 3b 72 67 62 3a 71 71 71 71 2f 71 2f 71 07")
        tmux.press("n")
        #expect(tmux.shows("harbour-light"))
        tmux.press("q")
        expectRestored(tmux, "paste")
    }

    @Test(arguments: ["TERM=dumb", "TERM=no-such-type", "-u TERM"])
    func `says what is wrong with a terminal and leaves it alone`(environment: String) throws {
        let tmux = try #require(session(environment))
        #expect(tmux.shows("ended 1"))
        expectRestored(tmux, "\(environment)")
        let errors = tmux.file("errors")
        #expect(errors.contains("TERM"))
    }
}
