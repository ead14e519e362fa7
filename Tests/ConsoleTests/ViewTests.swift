// Every size has a picture; nothing is drawn outside; no name can do harm.

import Base
import Canvas
import Engine
import Support
import Testing

@testable import Console

@Suite struct ViewTests {
    private static let overlays: [Overlay] = {
        var model = SampleConsole.model(120, 40)
        var overlays: [Overlay] = [.none, .quit, .drawer(scroll: 0), .palette(PaletteState())]
        for text in ["?", "X", "jjD", "5R", "c", ",", "x", "/risk", ":pause r"] {
            for scalar in text.unicodeScalars { _ = update(&model, .pressed(.char(scalar))) }
            overlays.append(model.screen.overlay)
            model.screen.overlay = .none
            _ = update(&model, .show(.overview))
        }
        return overlays
    }()

    @Test func `every small size has a picture, whatever lies above it`() {
        for columns in 1...30 {
            for rows in 1...12 {
                var model = SampleConsole.model(columns, rows)
                model.screen.overlay = Self.overlays[(columns * 12 + rows) % Self.overlays.count]
                check(model)
            }
        }
    }

    @Test(arguments: [11, 12, 13] as [UInt64])
    func `random sizes up to 400 by 120 have a picture`(seed: UInt64) {
        var random = Random(seed: seed)
        for _ in 0..<60 {
            let columns = 1 + Int(random.below(400))
            let rows = 1 + Int(random.below(120))
            var model = SampleConsole.model(columns, rows)
            model.screen.current = Screen.allCases[Int(random.below(8))]
            let overlay = Int(random.below(UInt32(Self.overlays.count)))
            model.screen.overlay = Self.overlays[overlay]
            if random.below(3) == 0 {
                let panes = model.screen.current.panes(SizeClass(model.screen.size))
                model.screen.zoomed = panes[Int(random.below(UInt32(panes.count)))]
            }
            check(model, "seed \(seed)")
        }
    }

    @Test func `a console that has seen nothing has a picture`() {
        for (columns, rows) in [(1, 1), (20, 3), (40, 10), (60, 16), (80, 24), (200, 60)] {
            let size = Size(columns: columns, rows: rows)
            let model = ConsoleModel(session: SampleConsole.session, size: size)
            for screen in Screen.allCases {
                var model = model
                model.screen.current = screen
                check(model)
            }
        }
    }

    private func check(_ model: ConsoleModel, _ note: String = "") {
        let frame = SampleConsole.frame(model)
        #expect(frame.size == model.screen.size)
        for line in frame.lines {
            let cells = TextWidth.cells(of: line)
            #expect(cells <= model.screen.size.columns, "\(model.screen.size) \(note)")
        }
    }

    @Test(arguments: [21, 22] as [UInt64])
    func `panes draw inside their rectangle only`(seed: UInt64) {
        var random = Random(seed: seed)
        let model = SampleConsole.model(120, 40)
        let size = Size(columns: 150, rows: 60)
        for pane in Pane.allCases {
            for _ in 0..<6 {
                let rect = Rect(
                    column: 10 + Int(random.below(20)),
                    row: 5 + Int(random.below(10)),
                    columns: Int(random.below(110)),
                    rows: Int(random.below(40))
                )
                var frame = Frame(size: size)
                let context = PaneContext(
                    picture: Picture(model, glyphs: .unicode),
                    isFocused: true,
                    sizeClass: .large
                )
                PaneView.draw(pane, in: rect, on: &frame, context)
                for row in 0..<size.rows {
                    for column in 0..<size.columns
                    where !rect.contains(column: column, row: row) {
                        #expect(frame[column, row] == .blank, "\(pane) \(rect) seed \(seed)")
                    }
                }
            }
        }
    }

    @Test func `at 80 by 24 no sentence is cut`() {
        for overlay in Self.overlays {
            for screen in Screen.allCases {
                var model = SampleConsole.model(80, 24)
                model.screen.current = screen
                model.screen.overlay = overlay
                for line in SampleConsole.frame(model).lines {
                    #expect(!line.contains("…") && !line.contains("~│"), "\(screen) \(line)")
                }
            }
        }
    }

    @Test(arguments: [40, 60, 80, 120])
    func `the line that asks always says what answers it`(columns: Int) {
        var model = SampleConsole.model(columns, columns == 40 ? 10 : 24)
        model.session.environment = []
        _ = update(&model, .show(.queues))
        _ = update(&model, .pressed(.char("P")))
        let lines = SampleConsole.frame(model).lines
        #expect(lines.contains { $0.contains("y yes, any other key no") }, "\(lines)")
        #expect(columns < 120 || lines.contains { $0.contains("publishers notice nothing") })
    }

    @Test func `a long name gives way before the state does`() {
        var model = SampleConsole.model(80, 24)
        model.session.target = Array(repeating: UInt8(ascii: "N"), count: 56)
        let line = SampleConsole.frame(model).lines[0]
        #expect(line.contains("NNNNNN") && line.contains("RUN"), "\(line)")
    }

    @Test func `a port is not cut while there is room`() {
        var model = SampleConsole.model(80, 24)
        model.session.demoSeed = 1
        model.session.target = bytes("127.0.0.1:38641")
        let news = model.data.latest.takenAt
        _ = update(&model, .ticked(news.adding(nanoseconds: 13 * nanosecondsPerSecond)))
        let line = SampleConsole.frame(model).lines[0]
        #expect(line.contains("127.0.0.1:38641 ") && line.contains("STALE"), "\(line)")
    }

    @Test func `what the log says has no subject, and does not stand below the word for one`() {
        var model = SampleConsole.model(80, 24)
        model.screen.current = .events
        model.data.latest.events[0].subject = []
        let lines = SampleConsole.frame(model).lines
        let heads = lines.filter { $0.contains("TIME") }
        #expect(heads.allSatisfy { $0.contains("WHAT") && !$0.contains("ABOUT") }, "\(heads)")
    }

    @Test func `no table touches its frame on the right`() {
        for screen in Screen.allCases {
            for (columns, rows) in [(80, 24), (120, 40), (200, 60)] {
                var model = SampleConsole.model(columns, rows)
                model.screen.current = screen
                let frame = SampleConsole.frame(model)
                for place in ScreenPlan(model.screen).places where place.pane.isTable {
                    let column = place.rect.endColumn - 2
                    for row in (place.rect.row + 1)..<(place.rect.endRow - 1) {
                        #expect(frame[column, row].scalar == " ", "\(place.pane) \(columns)")
                    }
                }
            }
        }
    }

    @Test func `old news is not called quiet`() {
        var snapshot = SampleConsole.model(120, 40).data.latest
        snapshot.streams = []
        let size = Size(columns: 120, rows: 40)
        var model = ConsoleModel(session: SampleConsole.session, size: size)
        _ = update(&model, .sampled(snapshot))
        model.data.alerts = AlertBook()
        #expect(SampleConsole.frame(model).lines.contains { $0.contains("all quiet") })
        let news = model.data.latest.takenAt
        _ = update(&model, .ticked(news.adding(nanoseconds: 13 * nanosecondsPerSecond)))
        let lines = SampleConsole.frame(model).lines
        #expect(lines.contains { $0.contains("no news") })
        #expect(!lines.contains { $0.contains("all quiet") })
    }

    @Test func `the seed of a demonstration stands in the first line`() {
        var model = SampleConsole.model(80, 24)
        model.session.demoSeed = 7
        #expect(SampleConsole.frame(model).lines[0].contains("demo, seed 7"))
    }

    @Test func `the last line at 80 columns names every key whole`() throws {
        let line = try #require(SampleConsole.frame(SampleConsole.model(80, 24)).lines.last)
        for label in [
            "Help", "Setup", "Filter", "Freeze", "!Pause", "!Drain", "!Purge", "!Rotate",
            "F10Quit",
        ] {
            #expect(line.contains(label), "\(line)")
        }
    }

    @Test func `the way out stands in every last line`() {
        for columns in 60...140 {
            for screen in Screen.allCases {
                var model = SampleConsole.model(columns, 30)
                model.screen.current = screen
                let line = SampleConsole.frame(model).lines.last ?? ""
                #expect(line.contains("F10") && line.contains("Quit"), "\(columns): \(line)")
            }
        }
    }

    @Test func `the rows of latencies cover what occurred and not much more`() {
        var histogram = LatencyHistogram()
        for nanoseconds in [110_000, 900_000, 4_000_000] as [UInt64] {
            histogram.record(nanoseconds, samples: 10)
        }
        for rows in 2...60 {
            let scale = LatencyScale(rows: rows, [histogram])
            #expect(zip(scale.bounds, scale.bounds.dropFirst()).allSatisfy { $0 < $1 })
            guard rows > 12, let top = scale.bounds.last else { continue }
            #expect(top >= 4_000_000 / 3 && top <= 1_000_000_000, "\(rows) rows up to \(top)")
            #expect(scale.labels.allSatisfy { $0.text.count <= 6 }, "\(scale.labels)")
        }
    }

    @Test func `without the clock nothing moves while nothing happens`() {
        var model = SampleConsole.model(120, 40)
        model.data.alerts = AlertBook()
        model.settings.isClockShown = false
        model.screen.current = .queues
        let before = SampleConsole.frame(model)
        _ = update(&model, .ticked(model.data.now.adding(nanoseconds: 1_500_000_000)))
        #expect(SampleConsole.frame(model).lines == before.lines)
        // A server that has just begun, in a picture that is newer and says the same.
        model.data.latest.streams = []
        model.data.latest.server.startedAt = Instant(
            nanoseconds: model.data.latest.takenAt.nanoseconds - 14 * nanosecondsPerSecond
        )
        let quiet = SampleConsole.frame(model)
        model.data.latest.takenAt = model.data.now
        #expect(SampleConsole.frame(model).lines == quiet.lines)
    }

    @Test func `the table of queues says what its rates count unless it is messages`() {
        var model = SampleConsole.model(120, 40)
        _ = update(&model, .show(.queues))
        for unit in ["", "rates in B/s", "rates in bit/s"] {
            let title = SampleConsole.frame(model).lines.first { $0.contains("━ Queues") } ?? ""
            #expect(unit.isEmpty ? !title.contains("rates in") : title.contains(unit))
            _ = update(&model, .pressed(.char("u")))
        }
    }

    @Test func `a drain says how far it is`() throws {
        var model = SampleConsole.model(120, 40)
        model.data.alerts = AlertBook()
        model.data.latest.streams[0].state = .draining(from: 4_000)
        model.data.latest.streams[0].depth = 1_000
        model.data.latest.streams[0].egress.messagesPerSecond = 100
        model.work.notices = []
        let lines = SampleConsole.frame(model).lines
        let line = try #require(lines.first { $0.contains("drains") })
        #expect(line.contains("75%  1,000 left  ETA 10s"), "\(line)")
    }

    @Test func `what is not measured is unknown, with the reason`() {
        var model = SampleConsole.model(120, 40)
        model.screen.current = .storage
        model.session.capabilities[.storageFigures] = .none(reason: "it is far away")
        let text = SampleConsole.frame(model).lines.joined(separator: "\n")
        #expect(text.contains("unknown: it is far away"))
        #expect(!text.contains("segments"))
        #expect(!text.contains("msgs a sync"))
    }

    @Test func `without UTF-8 nothing above 7E is drawn`() {
        for screen in Screen.allCases {
            for overlay in Self.overlays {
                var model = SampleConsole.model(120, 40)
                model.screen.current = screen
                model.screen.overlay = overlay
                let frame = SampleConsole.frame(model, theme: SampleConsole.ascii)
                for cell in frame.cells {
                    #expect((0x20...0x7E).contains(cell.scalar.value), "\(screen)")
                }
            }
        }
    }

    @Test func `hostile names reach no cell as control characters and move no border`() {
        let names: [[UInt8]] = [
            bytes("\u{1B}[31mred\u{1B}]0;x\u{7}"), bytes("\u{202E}drowssap\u{202C}"),
            bytes("a\u{300}\u{301}\u{302}\u{303}b"), [0xFF, 0xFE, 0x80, 0x0A, 0x0D, 0x09],
            Array(repeating: 0x41, count: 1_000_000), bytes("漢字かな交じり文の名前テスト長い"),
            bytes("👩‍👩‍👧‍👦🏳️‍🌈"), [], bytes("\u{9B}31m\u{85}\u{2028}\u{FEFF}"),
        ]
        for screen in Screen.allCases {
            var model = SampleConsole.model(120, 40)
            model.screen.current = screen
            poison(&model, names)
            let frame = SampleConsole.frame(model)
            for cell in frame.cells {
                let value = cell.scalar.value
                #expect(value >= 0x20 && !(0x7F...0x9F).contains(value))
                #expect(!(0x202A...0x202E).contains(value) && !(0x2066...0x2069).contains(value))
                #expect(value != 0x200B && value != 0x2028 && value != 0xFEFF)
            }
            for place in ScreenPlan(model.screen).places {
                let corner = frame[place.rect.endColumn - 1, place.rect.endRow - 1].scalar
                #expect("┘┛".unicodeScalars.contains(corner), "\(screen) \(place.pane)")
            }
        }
    }

    private func poison(_ model: inout ConsoleModel, _ names: [[UInt8]]) {
        for place in model.data.latest.streams.indices {
            model.data.latest.streams[place].name = names[place % names.count]
            model.data.latest.streams[place].stateReason = names[(place + 1) % names.count]
            model.data.latest.streams[place].policy.subjects = names
            model.data.latest.streams[place].consumers[0].name = names[place % names.count]
        }
        for place in model.data.latest.connections.indices {
            model.data.latest.connections[place].name = names[place % names.count]
            model.data.latest.connections[place].address = names[(place + 2) % names.count]
            model.data.latest.connections[place].user = names[(place + 3) % names.count]
        }
        for place in model.data.latest.events.indices {
            model.data.latest.events[place].subject = names[place % names.count]
            model.data.latest.events[place].text = names[(place + 1) % names.count]
            model.data.latest.events[place].author = names[(place + 2) % names.count]
        }
        for place in model.data.latest.keys.keys.indices {
            model.data.latest.keys.keys[place].fingerprint = names[place % names.count]
        }
        model.data.latest.server.name = names[0]
        model.data.latest.server.version = names[1]
        model.data.latest.storage.path = names[0]
        model.data.latest.targets[0].name = names[3]
        model.session.target = names[0]
        model.session.environment = names[1]
    }

    @Test func `a wild engine does no harm`() {
        var model = SampleConsole.model(120, 40)
        for place in model.data.latest.streams.indices {
            model.data.latest.streams[place].depth = .max
            model.data.latest.streams[place].storedBytes = .max
            model.data.latest.streams[place].ingress.messagesPerSecond = .infinity
            model.data.latest.streams[place].egress.messagesPerSecond = -.nan
            model.data.latest.streams[place].oldestPendingAt = .distantFuture
            model.data.latest.streams[place].state = .draining(from: 0)
            model.data.latest.streams[place].policy.ageMaxNanoseconds = .max
        }
        model.data.latest.totals.ingress.messagesPerSecond = .nan
        model.data.latest.keys.rotations[0].bytesDone = .max
        model.data.latest.keys.rotations[0].bytesPerSecond = .infinity
        model.data.latest.storage.freeBytes = .max
        model.data.latest.storage.cacheHitRatio = .nan
        model.data.latest.latency.publish.record(.max, samples: .max)
        var next = model.data.latest
        next.takenAt = next.takenAt.adding(nanoseconds: nanosecondsPerSecond)
        _ = update(&model, .sampled(next))
        for screen in Screen.allCases {
            model.screen.current = screen
            check(model)
        }
        for text in ["1X", "1D", "5R", "1P", "1p"] {
            model.screen.overlay = .none
            for scalar in text.unicodeScalars { _ = update(&model, .pressed(.char(scalar))) }
            check(model)
        }
    }

    @Test(arguments: [31, 32, 33, 34] as [UInt64])
    func `random keys never trap and never lose the picture`(seed: UInt64) {
        var random = Random(seed: seed)
        var model = SampleConsole.model(80, 24)
        let codes: [KeyCode] = [
            .enter, .escape, .tab, .up, .down, .left, .right, .home, .end, .pageUp, .pageDown,
            .backspace, .delete, .function(1), .function(4), .function(8), .function(9),
        ]
        for step in 0..<400 {
            let key =
                random.below(3) == 0
                ? Key(codes[Int(random.below(UInt32(codes.count)))])
                : .char(Unicode.Scalar(UInt8(0x20 + random.below(95))))
            _ = update(&model, .pressed(key))
            if step % 40 == 0 {
                _ = update(
                    &model,
                    .resized(
                        Size(columns: 1 + Int(random.below(140)), rows: 1 + Int(random.below(50)))
                    )
                )
                check(model, "seed \(seed) step \(step)")
            }
        }
    }
}
