// Moving, sorting, filtering, marking, travelling in time.

import Base
import Canvas
import Engine
import Support
import Testing

@testable import Console

@Suite struct UpdateTests {
    private func model(after text: String = "") -> ConsoleModel {
        var model = SampleConsole.model(120, 40)
        _ = press(&model, text)
        return model
    }

    private func press(_ model: inout ConsoleModel, _ text: String) -> [Effect] {
        text.unicodeScalars.flatMap { update(&model, .pressed(.char($0))) }
    }

    private func selected(_ model: ConsoleModel) -> String? {
        guard case .stream(let name) = model.selectedId(.queues) else { return nil }
        return String(decoding: name, as: UTF8.self)
    }

    @Test(arguments: [
        ("", "risk.margin"), ("j", "recon.clearing"), ("jjk", "recon.clearing"),
        ("G", "legacy.settle"),
        ("Gg", "risk.margin"), ("jjjG", "legacy.settle"), ("k", "risk.margin"),
    ])
    func `keys move the cursor`(keys: String, name: String) {
        #expect(selected(model(after: keys)) == name)
    }

    @Test func `the cursor stays on its row when the order changes`() {
        var model = model(after: "jj")
        #expect(selected(model) == "orders.new")
        _ = press(&model, "i")
        #expect(selected(model) == "orders.new")
        model.data.latest.streams.removeAll { $0.name == bytes("orders.new") }
        #expect(selected(model) != nil)
    }

    @Test(arguments: Screen.allCases)
    func `digits show screens and Tab visits every pane once`(screen: Screen) {
        var model = model(after: "\(screen.rawValue + 1)")
        #expect(model.screen.current == screen)
        var seen: [Pane] = []
        repeat {
            seen.append(model.focusedPane)
            _ = update(&model, .pressed(Key(.tab)))
        } while !seen.contains(model.focusedPane) && seen.count < 20
        #expect(Set(seen) == Set(ScreenPlan(model.screen).panes))
        _ = update(&model, .pressed(Key(.tab, .shift)))
        #expect(model.focusedPane == seen.last)
    }

    @Test func `zoom shows one pane and zoom again gives the screen back`() {
        var model = model()
        let before = SampleConsole.frame(model)
        _ = press(&model, "e")
        #expect(ScreenPlan(model.screen).panes == [.queues])
        _ = press(&model, "e")
        #expect(SampleConsole.frame(model) == before)
    }

    @Test func `every pane of every screen is left by zoom as it was`() {
        for (columns, rows) in [(80, 24), (120, 40), (200, 60)] {
            for screen in Screen.allCases {
                var model = SampleConsole.model(columns, rows, after: [.show(screen)])
                for pane in ScreenPlan(model.screen).panes {
                    model.screen.focus[screen] = pane
                    let before = SampleConsole.frame(model)
                    _ = press(&model, "e")
                    #expect(ScreenPlan(model.screen).panes.contains(pane), "\(pane)")
                    _ = press(&model, "e")
                    #expect(SampleConsole.frame(model) == before, "\(pane) \(columns)x\(rows)")
                }
            }
        }
    }

    @Test func `a filter shows how many match and Escape restores`() {
        var model = model(after: "/depth>10k")
        #expect(model.rowIds(.queues).count == 5)
        _ = update(&model, .pressed(Key(.escape)))
        #expect(model.rowIds(.queues).count == 16)
        _ = press(&model, "/~[")
        _ = update(&model, .pressed(Key(.enter)))
        #expect(model.rowIds(.queues).count == 16)
        #expect(model.work.notices.last?.text.contains("pattern") == true)
    }

    @Test func `sorting by every column gives all rows in order`() {
        for pane in Pane.allCases {
            guard let access = Lists.access(pane) else { continue }
            var model = SampleConsole.model(200, 60)
            for column in access.columns {
                model.setSort(pane, name: column.name, isDescending: true)
                let down = model.rowIds(pane)
                model.setSort(pane, name: column.name, isDescending: false)
                #expect(Set(model.rowIds(pane)) == Set(down), "\(pane) \(column.name)")
            }
        }
    }

    @Test func `marks are kept by row and cleared by Escape`() {
        var model = model(after: " j ")
        #expect(
            model.listState(.queues).marks == [
                .stream(bytes("risk.margin")), .stream(bytes("orders.new")),
            ]
        )
        _ = press(&model, "*")
        #expect(model.listState(.queues).marks.count == 14)
        _ = update(&model, .pressed(Key(.escape)))
        #expect(model.listState(.queues).marks.isEmpty)
    }

    @Test func `find goes round`() {
        var model = model()
        _ = update(&model, .pressed(.function(3)))
        _ = press(&model, "clear")
        _ = update(&model, .pressed(Key(.enter)))
        #expect(selected(model) == "recon.clearing")
        _ = press(&model, "n")
        #expect(selected(model) == "recon.clearing")
    }

    @Test func `freeze holds the picture while the broker goes on`() {
        var model = model(after: "f")
        let frozen = model.shownSnapshot.takenAt
        var picture = model.data.latest
        picture.takenAt = frozen.adding(nanoseconds: 5 * nanosecondsPerSecond)
        picture.streams[0].depth = 1
        _ = update(&model, .sampled(picture))
        #expect(model.shownSnapshot.takenAt == frozen)
        #expect(model.shownSnapshot.streams[0].depth > 1)
        _ = press(&model, "f")
        #expect(model.shownSnapshot.streams[0].depth == 1)
    }

    @Test func `the time cursor moves every pane and zero returns`() {
        var model = model(after: "[[[[[")
        #expect(!model.data.time.isLive)
        let past = model.shownSnapshot
        #expect(past.takenAt < model.data.latest.takenAt)
        let name = bytes("risk.margin")
        let then = past.streams.first { $0.name == name }?.depth
        let now = model.data.latest.streams.first { $0.name == name }?.depth
        #expect(then != nil && then != now)
        #expect(past.events.allSatisfy { $0.at <= past.takenAt })
        _ = press(&model, "0")
        #expect(model.data.time.isLive)
    }

    @Test func `the cursor stops at the beginning of history`() {
        var model = model()
        for _ in 0..<50 { _ = press(&model, "{") }
        #expect(model.data.time.cursor == model.data.history.beganAt)
        for _ in 0..<50 { _ = press(&model, "}") }
        #expect(model.data.time.isLive)
    }

    @Test func `markers go round: A, B, none`() {
        var model = model(after: "[[[m")
        let first = model.data.time.markerA
        #expect(first != .never && model.data.time.markerB == .never)
        _ = press(&model, "0m")
        #expect(model.data.time.markerA == first && model.data.time.markerB > first)
        _ = press(&model, "d")
        #expect(model.data.time.isComparing)
        #expect(model.work.notices.last?.text.contains("A to B: depth +") == true)
        _ = press(&model, "m")
        #expect(model.data.time.markerA == .never && !model.data.time.isComparing)
    }

    @Test func `jump goes to the latest thing before the cursor`() {
        var model = model(after: "'")
        #expect(model.data.time.cursor != .never)
        let first = model.data.time.cursor
        _ = press(&model, "'")
        #expect(model.data.time.cursor < first || model.data.time.cursor == .never)
    }

    @Test func `an older picture is not taken for news`() {
        var model = model()
        let newest = model.data.latest
        var old = newest
        old.takenAt = SampleMarket.start
        old.streams = []
        _ = update(&model, .sampled(old))
        #expect(model.data.latest == newest)
    }

    @Test func `quitting asks what becomes of an embedded broker`() {
        var model = model()
        #expect(press(&model, "q") == [])
        #expect(model.screen.overlay == .quit)
        #expect(press(&model, "h") == [.quit(.headless)])
        model.screen.overlay = .none
        model.session.isEmbedded = false
        #expect(press(&model, "q") == [.quit(.detach)])
    }

    @Test func `Ctrl-C twice asks, once does not`() {
        var model = model()
        _ = update(&model, .pressed(.control("c")))
        #expect(model.screen.overlay == .none)
        _ = update(&model, .pressed(.control("c")))
        #expect(model.screen.overlay == .quit)
    }

    @Test func `suspending an embedded broker is refused`() {
        var model = model()
        #expect(update(&model, .pressed(.control("z"))) == [])
        model.session.isEmbedded = false
        #expect(update(&model, .pressed(.control("z"))) == [.suspend])
    }

    @Test func `a theme is shown at once and Escape reverts it`() {
        var model = model(after: ",")
        #expect(update(&model, .pressed(Key(.right))) == [.theme("harbour-light")])
        #expect(update(&model, .pressed(Key(.escape))) == [.theme("harbour-dark")])
        #expect(model.settings.theme == "harbour-dark")
    }

    @Test func `a theme is shown while its name is typed, and Escape reverts it`() {
        var model = model(after: ":theme")
        #expect(update(&model, .pressed(.char(" "))) == [], "nothing is chosen yet")
        #expect(update(&model, .pressed(.char("m"))) == [.theme("midnight")])
        #expect(update(&model, .pressed(Key(.backspace))) == [.theme("harbour-dark")])
        #expect(update(&model, .pressed(Key(.down))) == [.theme("harbour-light")])
        #expect(update(&model, .pressed(Key(.escape))) == [.theme("harbour-dark")])
        #expect(model.settings.theme == "harbour-dark")
        _ = press(&model, ":theme mi")
        _ = update(&model, .pressed(Key(.enter)))
        #expect(model.settings.theme == "midnight")
    }

    @Test func `commands are run by name with words`() throws {
        var model = model()
        _ = update(&model, .command("queue orders.new"))
        #expect(model.screen.current == .queues && selected(model) == "orders.new")
        _ = update(&model, .command("window 1h"))
        #expect(model.data.time.window == .hour)
        _ = update(&model, .command("filter depth>10k"))
        #expect(model.rowIds(.queues).count == 5)
        _ = update(&model, .command("pause risk.margin 2h"))
        guard case .confirm(let question) = model.screen.overlay else {
            Issue.record("no question")
            return
        }
        #expect(ActionPlan.choice(question, "for") == "2h")
        _ = update(&model, .pressed(Key(.escape)))
        _ = update(&model, .command("nonsense"))
        #expect(model.work.notices.last?.text == "no such command: nonsense")
    }

    @Test func `the palette completes and runs`() {
        var model = model(after: ":win")
        _ = update(&model, .pressed(Key(.tab)))
        _ = press(&model, "15")
        _ = update(&model, .pressed(Key(.enter)))
        #expect(model.data.time.window == .quarter)
    }

    @Test func `peek asks without taking and shows what comes`() throws {
        var model = model()
        let effects = press(&model, "p")
        guard case .submit(.peek(let stream, _, _), let ticket) = try #require(effects.first) else {
            Issue.record("no peek")
            return
        }
        #expect(stream == bytes("risk.margin"))
        let message = PeekedMessage(
            sequence: 7,
            storedAt: SampleMarket.start,
            subject: bytes("a.b")
        )
        _ = update(&model, .reported([.peeked(ticket, stream: stream, messages: [message])]))
        guard case .peek(let peek) = model.screen.overlay else {
            Issue.record("closed")
            return
        }
        #expect(peek.messages == [message])
    }

    @Test func `the mouse selects, opens and shows screens`() {
        var model = model()
        let plan = ScreenPlan(model.screen)
        let rect = plan.rect(.queues) ?? .nothing
        _ = update(&model, .pointed(.press, column: rect.column + 10, row: rect.row + 4))
        #expect(selected(model) == "orders.new")
        _ = update(&model, .pointed(.press, column: rect.column + 10, row: rect.row + 4))
        #expect(model.screen.current == .queues)
        _ = update(&model, .pointed(.press, column: 28, row: 1))
        #expect(model.screen.current == .clients)
    }

    @Test func `a click on the focused graph moves the time cursor there`() {
        var model = model()
        let rect = ScreenPlan(model.screen).rect(.heatMap) ?? .nothing
        _ = update(&model, .pointed(.press, column: rect.column + 30, row: rect.row + 3))
        #expect(model.focusedPane == .heatMap && model.data.time.isLive)
        _ = update(&model, .pointed(.press, column: rect.column + 30, row: rect.row + 3))
        #expect(!model.data.time.isLive)
        let context = PaneContext(picture: model.plainPicture, isFocused: true, sizeClass: .large)
        let graph = TimeGraph(columns: rect.columns - 9, context)
        #expect(graph.position(of: model.data.time.cursor) == 22)
    }

    @Test func `ten thousand queues are moved through quickly enough to notice nothing`() {
        var model = SampleConsole.model(120, 40)
        model.data.latest.streams = (0..<10_000).map { number in
            var stream = StreamStatus(name: bytes("queue-\(number)"))
            stream.depth = UInt64(number * 7_919 % 10_007)
            return stream
        }
        _ = press(&model, "G")
        #expect(selected(model) == "queue-0")
        _ = press(&model, "g")
        #expect(selected(model) != "queue-0")
    }
}
