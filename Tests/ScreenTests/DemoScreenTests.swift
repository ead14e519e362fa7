// The demonstration in a terminal.

import Glibc
import Testing

@Suite(.serialized, .enabled(if: Tmux.isInstalled)) struct DemoScreenTests {
    @Test func `the demonstration fills the queues and leaves nothing behind`() throws {
        let made = Tmux(120, 40) { directory in
            """
            cd \(directory)
            export SWIFT_BACKTRACE=enable=no LANG=C.UTF-8 TERM=xterm-256color
            export TMPDIR=\(directory) XDG_CONFIG_HOME=\(directory)
            '\(Tmux.program)' --demo --seed 7
            echo "ended $?"
            ls -d \(directory)/sluice-demo-* 2>/dev/null | wc -l > left
            echo done
            exec cat
            """
        }
        let tmux = try #require(made)
        #expect(tmux.shows("Throughput"))
        for name in ["QUOTES", "TRADES", "ORDERS", "RISK", "SETTLEMENT"] {
            #expect(tmux.shows(name), "\(name): \(tmux.screen)")
        }
        #expect(tmux.screen.contains("demo, seed 7"))
        expectLife(tmux)
        tmux.press("1 q")
        #expect(tmux.shows("leave the broker running"))
        tmux.press("s")
        #expect(tmux.shows("done"))
        #expect(tmux.screen.contains("ended 0"))
        #expect(tmux.file("left").filter { $0 != "\n" } == "0")
    }

    /// What moves on the screen must move, and what is measured must be there.
    private func expectLife(_ tmux: Tmux) {
        func line(_ word: String) -> String {
            tmux.screen.split(separator: "\n").first { $0.contains(word) }.map(String.init) ?? ""
        }
        let before = line("redeliver ")
        #expect(Tmux.waits { !line("redeliver ").contains("ack 0 ") }, "\(before)")
        #expect(Tmux.waits { line("redeliver ") != before }, "rates stand still: \(before)")
        tmux.press("2")
        let trades = line("TRADES")
        #expect(Tmux.waits { line("TRADES") != trades }, "the queue stands still: \(trades)")
        #expect(Tmux.waits { line("TRADES").contains(" k1 ") }, "\(line("TRADES"))")
        tmux.press("4")
        for stage in ["accept", "journal", "sync", "deliver", "ack"] {
            let isMeasured = Tmux.waits {
                line("│  \(stage) ").split(separator: " ").contains { $0.first?.isNumber == true }
            }
            #expect(isMeasured, "\(stage): \(tmux.screen)")
        }
        tmux.press("6")
        #expect(tmux.shows("msgs a sync"), "\(tmux.screen)")
        let isFilled = Tmux.waits {
            line("segments").contains("active") && !line("segments").contains(" 0 segments")
        }
        #expect(isFilled, "\(tmux.screen)")
    }
}
