// The first line: target, environment, state, age of the data, clock.

import Base
import Canvas
import Engine

/// The first line.
enum HeaderLine {
    static func draw(in line: Rect, on frame: inout Frame, _ picture: Picture) {
        frame.clear(line, ground: .header)
        let tail = right(picture).fitted(cells: line.columns / 2, fromEnd: true)
        let cells = line.columns - tail.cells - 1
        let head = left(picture, cells: cells).fitted(cells: cells)
        frame.put(head, in: line)
        frame.put(tail, in: line, column: line.columns - tail.cells)
    }

    /// The parts from the left in `cells` cells, each may be left out from the end on.
    ///
    /// The name gives way before the state does.
    static func left(_ picture: Picture, cells: Int) -> [TextLine] {
        let model = picture.model
        let server = picture.snapshot.server
        let isNarrow = model.screen.size.columns < 100
        let kind = kind(model.session)
        // Which engine it is matters more than what the program is called.
        let isTiny = model.screen.size.columns < 72
        var parts: [TextLine] = isTiny ? [] : [[TextRun(" sluice ", .headerTarget)]]
        if !model.session.environment.isEmpty { parts.append(badge(picture)) }
        let state = [TextRun("  ", .header)] + state(picture)
        let kindText = isNarrow ? " \(kind)" : " (\(kind))"
        let rest =
            cells - parts.joined().reduce(0) { $0 + TextWidth.cells(of: $1.text) }
            - state.cells - 1
        // A whole name says more than where the engine runs.
        let whole = TextWidth.cells(of: picture.style.name(model.session.target, cellsMax: 22))
        let isShort = rest < kindText.count + max(12, whole)
        let most = isShort ? rest : rest - kindText.count
        let target = picture.style.name(model.session.target, cellsMax: max(1, min(40, most)))
        parts.append([TextRun(" \(target)", .headerTarget)])
        if !isShort { parts.append([TextRun(kindText, .header)]) }
        parts.append(state)
        // Without the clock nothing moves by itself.
        if model.settings.isClockShown, model.data.latest.takenAt != .never,
            server.startedAt != .never
        {
            let up = picture.snapshot.takenAt.nanoseconds(since: server.startedAt)
            parts.append([TextRun("  up \(Format.span(nanoseconds: up))", .header)])
        }
        if !isNarrow, !server.version.isEmpty {
            parts.append([
                TextRun("  v\(picture.style.name(server.version, cellsMax: 16))", .header)
            ])
        }
        return parts
    }

    /// Where the engine runs, or what the demonstration can be repeated with.
    private static func kind(_ session: Session) -> String {
        if let seed = session.demoSeed { return "demo, seed \(seed)" }
        return session.isEmbedded ? "embedded" : "attached"
    }

    /// The environment word between its ends.
    static func badge(_ picture: Picture) -> TextLine {
        let glyphs = picture.style.glyphs
        let environment = picture.model.session.environment
        let role: StyleRole =
            switch String(picture.style.name(environment, cellsMax: 12)).lowercased() {
            case "prod", "production", "live": .envProd
            case "stage", "staging", "uat": .envStage
            default: .envDev
            }
        let word = picture.style.name(environment, cellsMax: 12)
        guard glyphs.isAscii else { return [TextRun(" \(word) ", role)] }
        return [TextRun("[\(word)]", role)]
    }

    /// What the server does, or how old the news is.
    static func state(_ picture: Picture) -> TextLine {
        let model = picture.model
        guard model.data.latest.takenAt != .never else {
            return [TextRun("waiting for data", .stateUnknown)]
        }
        if model.isStale {
            let age = Format.dataAge(nanoseconds: model.dataAgeNanoseconds)
            return [TextRun("\(picture.style.glyphs.text(.stateCrit)) STALE \(age)", .stateCrit)]
        }
        let state = StateText(picture.snapshot.server.state)
        return [TextRun("\(picture.style.glyphs.text(state.glyph)) \(state.word)", state.role)]
    }

    /// The parts from the right; the first ones are left out first.
    private static func right(_ picture: Picture) -> [TextLine] {
        let model = picture.model
        var parts: [TextLine] = []
        if model.settings.isClockShown {
            parts.append([TextRun(picture.style.clock(model.data.now) + " ", .headerClock)])
        }
        if let moment = moment(picture) { parts.append(moment) }
        guard model.data.latest.takenAt != .never else { return parts }
        guard model.settings.isClockShown || model.isStale else { return parts }
        let age = Format.dataAge(nanoseconds: model.dataAgeNanoseconds)
        parts.append([TextRun("\(model.settings.refreshPerSecond) Hz  ", .header)])
        parts.append([TextRun("data \(age)  ", model.isStale ? .stateCrit : .header)])
        return parts
    }

    /// The moment that is shown when it is not now.
    private static func moment(_ picture: Picture) -> TextLine? {
        let model = picture.model
        let time = model.data.time
        guard !time.isLive else { return nil }
        let shown = model.shownInstant
        let ago = Format.span(nanoseconds: model.data.now.nanoseconds(since: shown))
        let word = time.cursor != .never ? "AT" : "FROZEN"
        return [
            TextRun(" \(word) \(picture.style.clock(shown)) (-\(ago)) ", .cursorTime),
            TextRun(" ", .header),
        ]
    }
}

extension [TextLine] {
    /// As many parts as fit, the first ones first; `fromEnd` puts them from the right to the left.
    func fitted(cells: Int, fromEnd: Bool = false) -> TextLine {
        var room = cells
        let kept = prefix { part in
            room -= part.cells
            return room >= 0
        }
        let ordered: [TextLine] = fromEnd ? kept.reversed() : [TextLine](kept)
        return [TextRun](ordered.joined())
    }
}
