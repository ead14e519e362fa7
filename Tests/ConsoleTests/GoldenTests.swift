// Whole screens against pictures that somebody has looked at.
//
// GOLDEN=write writes the pictures anew; they are then reviewed as pictures.

import Base
import Canvas
import Console
import Engine
import Support
import Testing

@Suite struct GoldenTests {
    private static let sizes = [(80, 24), (120, 40), (200, 60)]

    @Test(arguments: Screen.allCases)
    func `each screen looks as it did`(screen: Screen) throws {
        for (columns, rows) in Self.sizes {
            let model = SampleConsole.model(columns, rows, after: [.show(screen)])
            try compare(SampleConsole.frame(model), "\(screen)-\(columns)x\(rows)")
        }
    }

    @Test func `small screens look as they did`() throws {
        for (columns, rows) in [(60, 16), (40, 10), (20, 3), (8, 1)] {
            let frame = SampleConsole.frame(SampleConsole.model(columns, rows))
            try compare(frame, "overview-\(columns)x\(rows)")
        }
    }

    @Test func `the screen without UTF-8 looks as it did`() throws {
        for (columns, rows) in Self.sizes {
            let model = SampleConsole.model(columns, rows)
            try compare(
                SampleConsole.frame(model, theme: SampleConsole.ascii),
                "overview-ascii-\(columns)x\(rows)"
            )
        }
    }

    @Test(arguments: Scenes.all)
    func `each scene looks as it did`(scene: Scene) throws {
        for (columns, rows) in [(80, 24), (120, 40)] {
            let model = SampleConsole.model(columns, rows, after: scene.intents)
            try compare(SampleConsole.frame(model), "\(scene.name)-\(columns)x\(rows)")
        }
    }

    private func compare(_ frame: Frame, _ name: String) throws {
        let path = Self.folder + name + ".frame"
        let text = GoldenFrame.text(frame)
        if TextFile.isSet("GOLDEN") { TextFile.write(text, to: path) }
        let kept = try #require(TextFile.read(path), "no picture \(name)")
        #expect(kept == text, "\(name) differs")
    }

    private static let folder: String = {
        let here = "\(#filePath)"
        return here.prefix(upTo: here.lastIndex(of: "/") ?? here.endIndex) + "/Golden/"
    }()
}

/// A named list of things that happen before a picture is taken.
struct Scene: CustomTestStringConvertible, Sendable {
    let name: String
    let intents: [Intent]

    var testDescription: String { name }
}

enum Scenes {
    private static func keys(_ text: String) -> [Intent] {
        text.unicodeScalars.map { .pressed(.char($0)) }
    }

    private static var peeked: EngineReport {
        let ticket = Ticket(id: 1, seen: 0, author: bytes("anna"))
        let messages = (0..<24).map { number -> PeekedMessage in
            let at = SampleMarket.start.adding(nanoseconds: UInt64(number) * 41_000_000)
            var message = PeekedMessage(
                sequence: 89_000_107 + UInt64(number),
                storedAt: at,
                subject: bytes("risk.margin.ACME.\(number % 5)")
            )
            message.headers = bytes(
                "NATS/1.0\r\nNats-Msg-Id: m-\(number)\r\nDesk: delta-one\r\n\r\n"
            )
            message.payload = bytes("{\"account\":\"A-\(number)\",\"margin\":12840.55,\"calls\":3}")
            message.payloadByteCount = UInt64(message.payload.count) + (number == 0 ? 4_000 : 0)
            message.deliveries = number == 2 ? 4 : 1
            return message
        }
        return .peeked(ticket, stream: bytes("risk.margin"), messages: messages)
    }

    static let all: [Scene] = [
        Scene(name: "help", intents: keys("?")),
        Scene(name: "palette", intents: keys(":pau")),
        Scene(name: "filter", intents: keys("/depth>10k")),
        Scene(name: "purge", intents: keys("Xrisk.mar")),
        Scene(name: "drain", intents: keys("jD")),
        Scene(name: "rotate", intents: keys("5R")),
        Scene(name: "setup", intents: keys(",")),
        Scene(name: "columns", intents: keys("c")),
        Scene(name: "scrub", intents: keys("[[[[[[[[[[m")),
        Scene(
            name: "frozen",
            intents: keys("f") + [.ticked(SampleMarket.start.adding(nanoseconds: 312_000_000_000))]
        ),
        Scene(name: "peek", intents: keys("p") + [.reported([peeked])]),
        Scene(
            name: "message",
            intents: keys("p") + [.reported([peeked]), .pressed(Key(.enter))]
        ),
        Scene(name: "event", intents: keys("8") + [.pressed(Key(.enter))]),
        Scene(name: "key", intents: keys("5jj") + [.pressed(Key(.enter))]),
        Scene(name: "client", intents: keys("3") + [.pressed(Key(.enter))]),
        Scene(name: "compare", intents: keys("4[[[[[[[[[[[[[[[[[[[[m0")),
        Scene(name: "quit", intents: keys("q")),
        Scene(name: "readonly-notice", intents: keys("4P")),
    ]
}
