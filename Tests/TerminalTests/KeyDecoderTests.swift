// What bytes of a terminal mean.

import Base
import Canvas
import Terminal
import Testing

private func decode(_ bytes: [UInt8], timesOut: Bool = true) -> [TerminalEvent] {
    var decoder = KeyDecoder()
    var events: [TerminalEvent] = []
    decoder.take(bytes, into: &events)
    if timesOut { decoder.timeOut(into: &events) }
    return events
}

private func key(_ name: KeyName, _ modifiers: ModifierKeys = []) -> [TerminalEvent] {
    [.key(KeyStroke(name, modifiers))]
}

@Suite struct KeyDecoderTests {
    static let keys: [(String, [TerminalEvent])] = [
        ("a", key(.scalar("a"))), ("P", key(.scalar("P"))), (" ", key(.scalar(" "))),
        ("é", key(.scalar("é"))), ("日", key(.scalar("日"))), ("\r", key(.enter)), ("\t", key(.tab)),
        ("\u{7F}", key(.backspace)), ("\u{8}", key(.backspace)), ("\u{1B}", key(.escape)),
        ("\u{3}", key(.scalar("c"), .control)), ("\u{0}", key(.scalar(" "), .control)),
        ("\u{1C}", key(.scalar("\\"), .control)), ("\u{1B}x", key(.scalar("x"), .alt)),
        ("\u{1B}é", key(.scalar("é"), .alt)), ("\u{1B}\r", key(.enter, .alt)),
        ("\u{1B}\u{3}", key(.scalar("c"), [.alt, .control])),
        ("\u{1B}\u{1B}", key(.escape) + key(.escape)),
        ("\u{1B}\u{1B}[A", key(.escape) + key(.up)),
        ("\u{1B}[A", key(.up)), ("\u{1B}OA", key(.up)), ("\u{1B}[1;5C", key(.right, .control)),
        ("\u{1B}[1;2D", key(.left, .shift)), ("\u{1B}[1;3B", key(.down, .alt)),
        ("\u{1B}[H", key(.home)), ("\u{1B}OF", key(.end)), ("\u{1B}[1~", key(.home)),
        ("\u{1B}[4~", key(.end)), ("\u{1B}[5~", key(.pageUp)),
        ("\u{1B}[6;5~", key(.pageDown, .control)),
        ("\u{1B}[2~", key(.insert)), ("\u{1B}[3~", key(.delete)), ("\u{1B}[Z", key(.tab, .shift)),
        ("\u{1B}OP", key(.function(1))), ("\u{1B}[11~", key(.function(1))),
        ("\u{1B}[[A", key(.function(1))), ("\u{1B}[[E", key(.function(5))),
        ("\u{1B}[15~", key(.function(5))), ("\u{1B}[17~", key(.function(6))),
        ("\u{1B}[21~", key(.function(10))), ("\u{1B}[24~", key(.function(12))),
        ("\u{1B}[34~", key(.function(20))), ("\u{1B}[1;2P", key(.function(1), .shift)),
        ("\u{1B}[1;2R", key(.function(3), .shift)), ("\u{1B}[R", key(.function(3))),
        ("\u{1B}OM", key(.enter)), ("\u{1B}Oq", key(.scalar("1"))),
        ("\u{1B}[97;5u", key(.scalar("a"), .control)), ("\u{1B}[27u", key(.escape)),
        ("\u{1B}[27;5;13~", key(.enter, .control)), ("\u{1B}[", key(.scalar("["), .alt)),
        ("\u{1B}O", key(.scalar("O"), .alt)), ("\u{1B}]", key(.scalar("]"), .alt)),
        ("\u{1B}[I", [.focus(true)]), ("\u{1B}[O", [.focus(false)]),
    ]

    @Test(arguments: keys)
    func `knows the keys`(text: String, events: [TerminalEvent]) {
        #expect(decode(Array(text.utf8)) == events)
    }

    static let swallowed: [String] = [
        "\u{1B}[?2026;2$y", "\u{1B}[24;80R", "\u{1B}[?62;22c", "\u{1B}[>1;10;0c", "\u{1B}[0n",
        "\u{1B}[8;40;120t", "\u{1B}[99~", "\u{1B}[201~", "\u{1B}]10;rgb:ffff/ffff/ffff\u{7}",
        "\u{1B}]52;c;UERY\u{1B}\\", "\u{1B}P1+r524742\u{1B}\\", "\u{1B}_Gi=1;OK\u{1B}\\",
        "\u{1B}[MPDX", "\u{1B}[1;1;1;1;1X", "\u{1B}[<0;1M", "\u{1B}[<99;1;1M", "\u{1B}[127;5",
        "\u{1B}[202;202u", "\u{1B}[999999999999999999999u",
    ]

    @Test(arguments: swallowed.prefix(17))
    func `answers and unknown sequences are swallowed whole`(text: String) {
        #expect(decode(Array(text.utf8)) == [])
        #expect(
            decode(Array((text + "\u{1B}[A").utf8), timesOut: true).last == .key(KeyStroke(.up))
        )
    }

    @Test func `a number beyond all characters is no key`() {
        #expect(decode(Array("\u{1B}[999999999999999999999u".utf8)) == [])
        #expect(decode(Array("\u{1B}[27;1;1114111~".utf8)) == [])
        #expect(decode(Array("\u{1B}[155u".utf8)) == [])
    }

    static let strokes: [(String, MouseStroke)] = [
        ("\u{1B}[<0;1;1M", MouseStroke(.press, button: 0, column: 0, row: 0)),
        ("\u{1B}[<2;300;50m", MouseStroke(.release, button: 2, column: 299, row: 49)),
        ("\u{1B}[<32;10;5M", MouseStroke(.drag, button: 0, column: 9, row: 4)),
        ("\u{1B}[<64;3;4M", MouseStroke(.wheelUp, button: 0, column: 2, row: 3)),
        ("\u{1B}[<65;3;4M", MouseStroke(.wheelDown, button: 0, column: 2, row: 3)),
        (
            "\u{1B}[<20;3;4M",
            MouseStroke(.press, button: 0, column: 2, row: 3, modifiers: [.shift, .control])
        ),
        ("\u{1B}[<0;0;99999999M", MouseStroke(.press, button: 0, column: 0, row: 4_096)),
    ]

    @Test(arguments: strokes)
    func `knows the mouse`(text: String, stroke: MouseStroke) {
        #expect(decode(Array(text.utf8)) == [.mouse(stroke)])
    }

    @Test func `a paste is one event whatever is in it`() {
        let text = "PXDR\u{1B}[A\r\u{3}\u{1B}[201x"
        let bytes = Array("a\u{1B}[200~\(text)\u{1B}[201~b".utf8)
        #expect(
            decode(bytes) == key(.scalar("a")) + [.paste(Array(text.utf8), isCut: false)]
                + key(.scalar("b"))
        )
    }

    @Test func `a paste keeps a limited number of bytes`() {
        let much = [UInt8](repeating: 0x50, count: 1_000_000)
        let events = decode(Array("\u{1B}[200~".utf8) + much + Array("\u{1B}[201~q".utf8))
        let kept = [UInt8](repeating: 0x50, count: KeyDecoder.pasteByteCountMax)
        #expect(events == [.paste(kept, isCut: true)] + key(.scalar("q")))
    }

    @Test func `a paste that never ends ends by itself`() {
        #expect(decode(Array("\u{1B}[200~abc".utf8)) == [.paste(Array("abc".utf8), isCut: false)])
    }

    @Test func `bytes that are no UTF-8 are dropped`() {
        #expect(decode([0x61, 0xFF, 0x62]) == key(.scalar("a")) + key(.scalar("b")))
        #expect(decode([0xE2, 0x82, 0x62]) == key(.scalar("b")))
        #expect(decode([0xC2, 0x9B, 0x41]) == key(.scalar("A")))
        #expect(decode([0xED, 0xA0, 0x80, 0x41]) == key(.scalar("A")))
        #expect(decode([0xE2, 0x80, 0xAE, 0x41]) == key(.scalar("A")))
    }

    @Test func `tells the background colour`() {
        let black = decode(Array("\u{1B}]11;rgb:0000/0000/0000\u{7}".utf8))
        #expect(black == [.background(Rgb(0, 0, 0))])
        let short = decode(Array("\u{1B}]11;rgb:f/80/fff\u{1B}\\".utf8))
        #expect(short == [.background(Rgb(255, 128, 255))])
        #expect(decode(Array("\u{1B}]11;rgb:+f/80/fff\u{1B}\\".utf8)).count <= 1)
        #expect(decode(Array("\u{1B}]11;rgb:/80/fff\u{1B}\\".utf8)) == [])
    }

    @Test func `waits only while something is begun`() {
        var decoder = KeyDecoder()
        var events: [TerminalEvent] = []
        #expect(decoder.waitMilliseconds == nil)
        decoder.take([0x1B], into: &events)
        #expect(decoder.waitMilliseconds == 30)
        decoder.timeOut(into: &events)
        #expect(decoder.waitMilliseconds == nil)
        #expect(events == key(.escape))
    }

    @Test func `every sequence can be split at every byte`() {
        let parts =
            KeyDecoderTests.keys.map(\.0).filter { $0.utf8.count > 2 }
            + KeyDecoderTests.strokes.map(\.0) + [
                "\u{1B}[200~P\u{1B}[201~", "\u{1B}]11;rgb:0/0/0\u{7}",
            ]
        let bytes = Array(parts.joined().utf8)
        let whole = decode(bytes, timesOut: false)
        for split in 1..<bytes.count {
            var decoder = KeyDecoder()
            var events: [TerminalEvent] = []
            decoder.take(bytes[..<split], into: &events)
            decoder.take(bytes[split...], into: &events)
            #expect(events == whole, "split at \(split)")
        }
    }

    @Test(arguments: 0..<64 as Range<UInt64>)
    func `any bytes leave a decoder that works`(seed: UInt64) {
        var random = Random(seed: seed)
        var decoder = KeyDecoder()
        var events: [TerminalEvent] = []
        let likely: [UInt8] = [
            0x1B, 0x5B, 0x4F, 0x5D, 0x3B, 0x3C, 0x4D, 0x7E, 0x32, 0x30, 0x07, 0x50,
        ]
        for _ in 0..<16_384 {
            let isLikely = random.below(2) == 0
            let byte =
                isLikely
                ? likely[Int(random.below(UInt32(likely.count)))]
                : UInt8(truncatingIfNeeded: random.next())
            decoder.take([byte], into: &events)
            if random.below(50) == 0 { decoder.timeOut(into: &events) }
        }
        decoder.timeOut(into: &events)
        for event in events {
            guard case .key(let stroke) = event, case .scalar(let scalar) = stroke.name else {
                continue
            }
            #expect(TextWidth.width(of: scalar) != .hidden, "seed \(seed)")
        }
        events = []
        decoder.take([0x71], into: &events)
        #expect(events == key(.scalar("q")), "seed \(seed)")
    }
}
