// Durations as text, and guesses at mistyped words.

import Configuration
import Testing

@Suite struct DurationTextTests {
    @Test(
        arguments: [
            ("10s", 10_000_000_000), ("1h30m", 5_400_000_000_000), ("1.5s", 1_500_000_000),
            ("100ms", 100_000_000), ("2us", 2_000), ("2µs", 2_000), ("7ns", 7),
            ("-5s", -5_000_000_000),
            ("0", 0), (".5s", 500_000_000), ("1.s", 1_000_000_000), ("+1m", 60_000_000_000),
            ("", nil), ("5", nil), ("s", nil), ("1x", nil), ("1s2", nil), ("1..5s", nil),
            (".s", nil),
            ("-", nil), ("1 s", nil), ("99999999999h", nil), ("1d", nil),
        ] as [(String, Int64?)]
    )
    func `a time is a sum of numbers with units`(text: String, nanoseconds: Int64?) {
        #expect(DurationText.nanoseconds(Array(text.utf8)) == nanoseconds)
    }

    @Test(
        arguments: [
            (0, "0ns"), (90_000_000_000, "90s"), (120_000_000_000, "2m"), (1_500_000_000, "1500ms"),
            (7_200_000_000_000, "2h"), (1_001, "1001ns"),
        ] as [(UInt64, String)]
    )
    func `a time is written in its largest exact unit`(nanoseconds: UInt64, text: String) {
        #expect(DurationText.text(nanoseconds) == text)
        #expect(DurationText.nanoseconds(Array(text.utf8)) == Int64(nanoseconds))
    }
}

@Suite struct NearestWordTests {
    @Test(
        arguments: [
            ("prot", "port"), ("hots", "host"), ("debgu", "debug"), ("PORT", "port"),
            ("por", "port"), ("zzz", nil), ("", nil), ("trace", nil),
        ] as [(String, String?)]
    )
    func `one or two mistakes are forgiven`(word: String, expected: String?) {
        #expect(NearestWord.of(Array(word.utf8), in: ["port", "host", "debug"]) == expected)
    }
}
