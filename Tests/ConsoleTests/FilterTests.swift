// Filters keep what they say.

import Testing

@testable import Console

@Suite struct FilterTests {
    private func keeps(_ text: String, _ name: String, depth: Double, state: String) -> Bool {
        Filter(text).matches(
            words: [Array(name.utf8)],
            value: { field in
                switch field {
                case "depth": .number(depth)
                case "state": .text(Array(state.utf8))
                case "name": .text(Array(name.utf8))
                default: nil
                }
            }
        )
    }

    @Test(arguments: [
        ("", true), ("orders", true), ("ORDERS", true), ("ord new", true), ("ord old", false),
        ("!orders", false), ("not risk", true), ("risk or new", true), ("depth>10k", true),
        ("depth > 10k and state!=run", false), ("depth>10k and state=run", true),
        ("depth<=128402", true), ("depth<1M (risk or orders)", true), ("name~^ord.*new$", true),
        ("~^ord", true), ("~^new", false), ("~o.d", true), ("nosuch>3", false),
        ("\"orders.new\"", true), ("state~ru", true), ("depth>=0.1M", true), ("depth=128402", true),
    ])
    func `a row is kept when the text says so`(text: String, isKept: Bool) {
        #expect(keeps(text, "orders.new", depth: 128_402, state: "RUN") == isKept)
    }

    @Test(arguments: ["~[", "depth>", "(orders", "a )", "~(a", "depth>10k and", "!"])
    func `an unfinished text keeps the last good meaning and says why`(text: String) {
        var filter = Filter("risk")
        filter.change(to: text)
        #expect(filter.problem != nil)
        #expect(filter.matches(words: [Array("risk.margin".utf8)], value: { _ in nil }))
        #expect(!filter.matches(words: [Array("orders".utf8)], value: { _ in nil }))
    }

    @Test func `deep nesting is refused, not followed`() {
        let deep = String(repeating: "(", count: 5_000) + "a" + String(repeating: ")", count: 5_000)
        #expect(Filter(deep).problem == "nested too deeply")
        #expect(Filter(String(repeating: "!", count: 5_000) + "a").problem != nil)
    }

    @Test(
        arguments: [
            ("10k", 10_000), ("2.5MB", 2_500_000), ("3M", 3_000_000), ("5m", 300), ("2h", 7_200),
            ("30s", 30), ("50%", 0.5), ("7", 7), ("1d", 86_400), ("250ms", 0.25),
        ] as [(String, Double)]
    )
    func `quantities have units`(text: String, value: Double) {
        #expect(Quantity.parse(text) == value)
    }

    @Test(arguments: ["", "k", "abc", "1x", "nan", "inf", "--1"])
    func `what is no quantity is none`(text: String) {
        #expect(Quantity.parse(text) == nil)
    }

    @Test(arguments: ["5", "0m", "-3m", "99999d"])
    func `what is no duration is none`(text: String) {
        #expect(Quantity.nanoseconds(text) == nil)
    }
}

@Suite struct PatternTests {
    private func matches(_ pattern: String, _ text: String) -> Bool? {
        (try? Pattern(pattern))?.matches(Array(text.utf8))
    }

    @Test(arguments: [
        ("abc", "xabcx", true), ("^abc", "xabc", false), ("c$", "abc", true), ("a.c", "abc", true),
        ("a*b", "aaab", true), ("a+b", "b", false), ("a?b", "b", true), ("(ab|cd)+", "xcdab", true),
        ("[a-c]x", "bx", true), ("[^a-c]x", "bx", false), ("\\.new", "orders.new", true),
        ("\\.new", "ordersnew", false), ("", "anything", true), ("()", "", true), ("a|", "b", true),
        ("[]]", "]", true),
    ])
    func `a pattern finds what it spells`(pattern: String, text: String, isFound: Bool) {
        #expect(matches(pattern, text) == isFound)
    }

    @Test(arguments: ["*a", "(a", "[a", "a\\", "[c-a]", "a)"])
    func `a broken pattern is refused`(pattern: String) {
        #expect(matches(pattern, "a") == nil)
    }

    @Test func `no pattern takes more than pattern times text`() throws {
        let pattern = try Pattern(String(repeating: "(a*)*", count: 12) + "b")
        #expect(!pattern.matches(Array(String(repeating: "a", count: 4_000).utf8)))
    }
}
