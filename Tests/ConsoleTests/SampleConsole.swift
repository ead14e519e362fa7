// A console that has watched the sample market for seven minutes.

import Base
import Canvas
import Console
import Engine
import Support

/// A console that has watched the sample market for five minutes.
enum SampleConsole {
    static let session: Session = {
        var session = Session(target: bytes("eu-1"), author: bytes("anna"))
        session.environment = bytes("PROD")
        session.themes = ["harbour-dark", "harbour-light", "midnight"]
        return session
    }()

    /// Watching is slow, so it is done once.
    private static let watched: ConsoleModel = {
        var model = ConsoleModel(session: session, size: Size(columns: 120, rows: 40))
        var market = SampleMarket(seed: 1)
        _ = update(&model, .sampled(market.current))
        for _ in 0..<420 { _ = update(&model, .sampled(market.step())) }
        return model
    }()

    static func model(_ columns: Int, _ rows: Int) -> ConsoleModel {
        var model = watched
        model.screen.size = Size(columns: columns, rows: rows)
        return model
    }

    /// The model after `intents`.
    static func model(_ columns: Int, _ rows: Int, after intents: [Intent]) -> ConsoleModel {
        var model = model(columns, rows)
        for intent in intents { _ = update(&model, intent) }
        return model
    }

    static let unicode = Theme(title: "test", glyphs: .unicode)
    static let ascii = Theme(title: "test", glyphs: .ascii)

    static func frame(_ model: ConsoleModel, theme: Theme = unicode) -> Frame {
        view(model, theme: theme, size: model.screen.size)
    }
}
