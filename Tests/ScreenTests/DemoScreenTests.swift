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
        tmux.press("q")
        #expect(tmux.shows("leave the broker running"))
        tmux.press("s")
        #expect(tmux.shows("done"))
        #expect(tmux.screen.contains("ended 0"))
        #expect(tmux.file("left").filter { $0 != "\n" } == "0")
    }
}
