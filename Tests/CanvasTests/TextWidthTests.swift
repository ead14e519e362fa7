// Cells of text and the way from foreign bytes to text.

import Base
import Canvas
import Testing

@Suite struct TextWidthTests {
    static let widths: [(Unicode.Scalar, CellWidth)] = [
        ("a", .narrow), ("~", .narrow), ("é", .narrow), ("─", .narrow), ("⣿", .narrow),
        ("█", .narrow), ("▲", .narrow), ("⚠", .narrow), ("…", .narrow), ("α", .narrow),
        ("日", .wide), ("한", .wide), ("！", .wide), ("🔑", .wide), ("⌚", .wide), ("\u{20000}", .wide),
        ("\u{301}", .mark), ("\u{20DD}", .mark), ("\u{1161}", .mark),
        ("\0", .hidden), ("\u{1B}", .hidden), ("\n", .hidden), ("\u{7F}", .hidden),
        ("\u{9B}", .hidden), ("\u{202E}", .hidden), ("\u{2066}", .hidden), ("\u{200B}", .hidden),
        ("\u{200D}", .hidden), ("\u{FEFF}", .hidden), ("\u{FE0F}", .hidden),
        ("\u{E0041}", .hidden), ("\u{E000}", .hidden), ("\u{2028}", .hidden),
        ("\u{061C}", .hidden), ("\u{378}", .hidden), ("\u{3164}", .hidden), ("\u{1F3FB}", .hidden),
    ]

    @Test(arguments: widths)
    func `knows what a scalar does on the grid`(scalar: Unicode.Scalar, width: CellWidth) {
        #expect(TextWidth.width(of: scalar) == width)
    }

    @Test func `no scalar above ASCII that hides or reorders text is visible`() {
        let hiding: [ClosedRange<UInt32>] = [
            0x80...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xE000...0xF8FF,
            0xFE00...0xFE0F, 0xE0000...0xE0FFF, 0xF0000...0x10FFFF,
        ]
        for value in hiding.joined() {
            guard let scalar = Unicode.Scalar(value) else { continue }
            #expect(TextWidth.width(of: scalar) == .hidden, "U+\(String(value, radix: 16))")
        }
    }

    static let counts: [(String, Int)] = [
        ("", 0), ("abc", 3), ("日本", 4), ("e\u{301}", 1), ("e\u{301}\u{302}", 1),
        ("e\u{301}\u{302}\u{303}", 8), ("\u{301}", 7), ("\u{1B}[31m", 5), ("a\u{202E}b", 10),
        ("\u{1112}\u{1161}\u{11AB}", 2),
    ]

    @Test(arguments: counts)
    func `counts the cells that are drawn`(text: String, cells: Int) {
        #expect(TextWidth.cells(of: text) == cells)
        var frame = Frame(size: Size(columns: 40, rows: 1))
        #expect(frame.put(text, in: frame.bounds, role: .text) == cells)
    }

    static let wraps: [(String, Int, [String])] = [
        ("one two three", 7, ["one two", "three"]), ("one two", 3, ["one", "two"]),
        ("a/long/path here", 6, ["a/long", "/path", "here"]), ("", 5, [""]),
        ("日本語", 4, ["日本", "語"]), ("日本", 1, ["日", "本"]),
    ]

    @Test(arguments: wraps)
    func `wraps at blanks and inside of long words`(text: String, cells: Int, expected: [String]) {
        #expect(TextWidth.wrapped(text, cells: cells) == expected)
    }

    static let fits: [(String, Int, String)] = [
        ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abcdef", 1, "…"), ("abcdef", 0, ""),
        ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("ab", -3, ""), ("e\u{301}e\u{301}x", 2, "e\u{301}…"),
    ]

    @Test(arguments: fits)
    func `cuts by cells`(text: String, cells: Int, expected: String) {
        #expect(TextWidth.fit(text, cells: cells) == expected)
    }

    @Test func `pads to the exact width`() {
        #expect(TextWidth.pad("日", cells: 5) == "日   ")
        #expect(TextWidth.pad("日", cells: 5, alignment: .right) == "   日")
        #expect(TextWidth.pad("ab", cells: 5, alignment: .centre) == " ab  ")
        #expect(TextWidth.pad("abcdef", cells: 3) == "ab…")
    }
}

@Suite struct DisplayTextTests {
    static let cases: [([UInt8], String, Bool)] = [
        (Array("orders.created".utf8), "orders.created", false),
        (Array("日本 é".utf8), "日本 é", false),
        ([0x1B, 0x5B, 0x33, 0x31, 0x6D], "␛[31m", true),
        ([0x0D, 0x0A, 0x07, 0x7F, 0x00], "␍␊␇␡␀", true),
        ([0x9B, 0x33, 0x31, 0x6D], "·9b31m", true),
        ([0xC2, 0x9B], "\\u{9b}", true),
        ([0xC0, 0x80], "·c0·80", true),
        ([0xE0, 0x80, 0x80], "·e0·80·80", true),
        ([0xED, 0xA0, 0x80], "·ed·a0·80", true),
        ([0xF4, 0x90, 0x80, 0x80], "·f4·90·80·80", true),
        ([0xF0, 0x9F, 0x94], "·f0·9f·94", true),
        ([0xE2, 0x82, 0x41], "·e2·82A", true),
        ([0x0F], "␏", true),
        (Array("a\u{202E}b".utf8), "a\\u{202e}b", true),
        (Array("a\u{301}\u{302}\u{303}".utf8), "a\u{301}\u{302}\\u{303}", true),
        (Array("\u{301}x".utf8), "\\u{301}x", true),
    ]

    @Test(arguments: cases)
    func `shows what can be shown and names the rest`(
        bytes: [UInt8],
        text: String,
        isAltered: Bool
    ) {
        let shown = DisplayText(bytes)
        #expect(shown.text == text)
        #expect(shown.isAltered == isAltered)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `no byte string leaves anything but visible scalars`(seed: UInt64) {
        var random = Random(seed: seed)
        let pieces: [[UInt8]] = [
            [0x1B], [0x9B], [0xC2, 0x9B], [0xE2, 0x80, 0xAE], [0xF0, 0x9F, 0x94, 0x91],
            [0xCC, 0x81],
            [0xED, 0xA0, 0x80], Array("日".utf8), Array("a".utf8), [0x0A], [0xFF],
        ]
        var bytes: [UInt8] = []
        for _ in 0..<300 {
            if random.below(3) == 0 {
                bytes.append(UInt8(truncatingIfNeeded: random.next()))
            } else {
                bytes += pieces[Int(random.below(UInt32(pieces.count)))]
            }
        }
        let shown = DisplayText(bytes, cellsMax: 400)
        #expect(TextWidth.cells(of: shown.text) <= 400, "seed \(seed)")
        for scalar in shown.text.unicodeScalars {
            #expect(TextWidth.width(of: scalar) != .hidden, "seed \(seed)")
        }
        #expect(DisplayText(shown.text, cellsMax: 400).text == shown.text, "seed \(seed)")
        #expect(!DisplayText(shown.text, cellsMax: 400).isAltered, "seed \(seed)")
    }

    @Test func `valid text is passed on as it is`() {
        var random = Random(seed: 7)
        for _ in 0..<20_000 {
            guard let scalar = Unicode.Scalar(random.below(0x11_0000)),
                [.narrow, .wide].contains(TextWidth.width(of: scalar))
            else { continue }
            let text = String(Character(scalar))
            #expect(DisplayText(Array(text.utf8)).text.unicodeScalars.elementsEqual([scalar]))
        }
    }

    @Test func `stops reading once the cells are used up`() {
        let endless = DisplayText(repeatElement(UInt8(0x41), count: .max), cellsMax: 10)
        #expect(endless.text == "AAAAAAAAAA")
        #expect(endless.isAltered)
    }
}
