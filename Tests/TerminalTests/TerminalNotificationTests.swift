// Messages that a terminal shows outside of its window.

import Terminal
import Testing

@Suite struct TerminalNotificationTests {
    @Test func `each form has its sequence`() {
        let short = TerminalNotification.osc9.bytes(title: "sluice eu-1", text: "disk full")
        #expect(short == Array("\u{1B}]9;sluice eu-1: disk full\u{7}".utf8))
        let long = TerminalNotification.osc777.bytes(title: "sluice eu-1", text: "disk full")
        #expect(long == Array("\u{1B}]777;notify;sluice eu-1;disk full\u{7}".utf8))
    }

    @Test(arguments: TerminalNotification.allCases)
    func `no text ends the sequence or a field of it`(form: TerminalNotification) {
        let hostile = "a\u{7}b\u{1B}\\c;d\u{9C}e\nf"
        let bytes = form.bytes(title: hostile, text: hostile)
        let plain = form.bytes(title: "a b \\c d e f", text: "a b \\c d e f")
        #expect(bytes == plain)
        let many = form.bytes(title: "t", text: String(repeating: "x", count: 100_000))
        #expect(many.count < 300)
    }
}
