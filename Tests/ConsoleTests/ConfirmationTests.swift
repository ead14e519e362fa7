// Nothing that hurts happens by slip.

import Base
import Canvas
import Engine
import Support
import Testing

@testable import Console

@Suite struct ConfirmationTests {
    private func model(production: Bool = false, readOnly: Bool = false) -> ConsoleModel {
        var model = SampleConsole.model(120, 40)
        if !production { model.session.environment = [] }
        model.session.isReadOnly = readOnly
        return model
    }

    private func press(_ model: inout ConsoleModel, _ text: String) -> [Effect] {
        text.unicodeScalars.flatMap { update(&model, .pressed(.char($0))) }
    }

    private func orders(_ effects: [Effect]) -> [EngineOrder] {
        effects.compactMap { if case .submit(let order, _) = $0 { order } else { nil } }
    }

    private func wait(_ model: inout ConsoleModel, seconds: UInt64) {
        let later = model.data.now.adding(nanoseconds: seconds * nanosecondsPerSecond)
        var picture = model.data.latest
        picture.takenAt = later
        _ = update(&model, .sampled(picture))
        _ = update(&model, .ticked(later))
    }

    @Test func `no lower-case key, digit or mark gives an order that changes anything`() {
        for screen in Screen.allCases {
            for value in UInt8(0x20)...0x7E where !(0x41...0x5A).contains(value) {
                var model = model()
                _ = update(&model, .show(screen))
                let effects = update(&model, .pressed(.char(Unicode.Scalar(value))))
                for order in orders(effects) { #expect(order.isReadOnly, "\(screen) \(value)") }
                let after = orders(update(&model, .pressed(Key(.escape))))
                #expect(!after.contains { !$0.isReadOnly }, "\(screen) \(value)")
            }
        }
    }

    @Test func `no single key gives an order that changes anything`() {
        for screen in Screen.allCases {
            for binding in Keymap.standard.bindings {
                for key in binding.keys {
                    var model = model()
                    _ = update(&model, .show(screen))
                    let effects = update(&model, .pressed(key))
                    #expect(!orders(effects).contains { !$0.isReadOnly }, "\(screen) \(key.label)")
                }
            }
        }
    }

    @Test func `a pause asks in one line and y confirms it`() throws {
        var model = model()
        #expect(orders(press(&model, "jjP")) == [])
        guard case .confirm(let question) = model.screen.overlay else {
            Issue.record("no question")
            return
        }
        #expect(question.level == .reversible)
        #expect(orders(update(&model, .pressed(Key(.enter)))) == [])
        #expect(model.screen.overlay == .none)
        let effects = press(&model, "Py")
        let order = try #require(orders(effects).first)
        guard case .pauseDelivery(let stream, nil, let until, _) = order else {
            Issue.record("not a pause: \(order)")
            return
        }
        #expect(stream == bytes("orders.new"))
        #expect(until == model.data.now.adding(nanoseconds: 1_800 * nanosecondsPerSecond))
    }

    @Test func `an unanswered question goes away`() {
        var model = model()
        _ = press(&model, "P")
        wait(&model, seconds: 14)
        #expect(model.screen.overlay != .none)
        wait(&model, seconds: 2)
        #expect(model.screen.overlay == .none)
    }

    @Test func `pause on a held queue resumes it`() {
        var model = model()
        #expect(
            orders(press(&model, "jPy")) == [
                .resume(stream: bytes("recon.clearing"), consumer: nil)
            ]
        )
    }

    @Test func `in production a pause takes a dialog`() {
        var model = model(production: true)
        _ = press(&model, "jjP")
        #expect(orders(press(&model, "y")) == [])
        #expect(orders(press(&model, "p")).count == 1)
    }

    @Test func `a drain is confirmed by its own letter, never by Enter`() {
        var model = model()
        _ = press(&model, "jjD")
        #expect(orders(update(&model, .pressed(Key(.enter)))) == [])
        let effects = press(&model, "d")
        #expect(
            orders(effects) == [
                .drain(stream: bytes("orders.new"), deadline: .distantFuture, afterwards: .rest)
            ]
        )
    }

    @Test func `a drain that would never end wants the name`() {
        var model = model()
        let stream = model.data.latest.streams.firstIndex { $0.name == bytes("orders.new") }
        if let stream { model.data.latest.streams[stream].activeConsumerCount = 0 }
        _ = press(&model, "jjD")
        guard case .confirm(let dialog) = model.screen.overlay else {
            Issue.record("no dialog")
            return
        }
        #expect(dialog.level == .destructive)
        #expect(dialog.phrase == "orders.new")
        #expect(orders(press(&model, "d")) == [])
    }

    @Test func `a purge wants the exact name and three seconds`() {
        var model = model()
        _ = press(&model, "X")
        #expect(orders(press(&model, "risk.margi")) == [])
        wait(&model, seconds: 4)
        #expect(orders(update(&model, .pressed(Key(.enter)))) == [])
        _ = press(&model, "n")
        #expect(orders(update(&model, .pressed(Key(.enter)))).count == 1)
        #expect(model.screen.overlay == .none)
    }

    @Test func `the right name before three seconds does nothing`() {
        var model = model()
        _ = press(&model, "Xrisk.margin")
        #expect(orders(update(&model, .pressed(Key(.enter)))) == [])
        wait(&model, seconds: 3)
        #expect(orders(update(&model, .pressed(Key(.enter)))).count == 1)
    }

    @Test func `a purge spares what came after the dialog opened`() throws {
        var model = model()
        let before = try #require(model.data.latest.streams.first?.lastSequence)
        _ = press(&model, "X")
        for place in model.data.latest.streams.indices {
            model.data.latest.streams[place].lastSequence += 100
        }
        _ = press(&model, "risk.margin")
        wait(&model, seconds: 4)
        let effects = update(&model, .pressed(Key(.enter)))
        #expect(
            orders(effects) == [
                .purge(
                    stream: bytes("risk.margin"),
                    scope: PurgeScope(ceiling: before, keep: 0, filter: [])
                )
            ]
        )
    }

    @Test func `several marked queues want their number`() {
        var model = model()
        _ = press(&model, "   X")
        guard case .confirm(let dialog) = model.screen.overlay else {
            Issue.record("no dialog")
            return
        }
        #expect(dialog.phrase == "purge 3 queues")
        _ = press(&model, "purge 3 queues")
        wait(&model, seconds: 4)
        #expect(orders(update(&model, .pressed(Key(.enter)))).count == 3)
    }

    @Test func `orders come from no confirmation that its key does not confirm`() {
        let model = model()
        for action in Action.allCases {
            let targets: [RowId] = [
                .stream(bytes("risk.margin")), .connection(4_801),
                .key(.stream(bytes("orders.new")), 6), .slot(2),
            ]
            for level in [SafetyLevel.reversible, .disruptive, .destructive] {
                let confirmation = Confirmation(
                    action: action,
                    targets: targets,
                    level: level,
                    openedAt: model.data.now,
                    seen: 1,
                    ceilings: [:],
                    phrase: level == .destructive ? "risk.margin" : "",
                    options: ActionPlan.options(action, model)
                )
                for key in [Key(.enter), Key(.escape), .char("z"), Key(.tab)] {
                    #expect(
                        ActionPlan.orders(confirmation, by: key, at: model.data.now, model) == [],
                        "\(action) \(level) \(key.label)"
                    )
                }
            }
        }
    }

    @Test func `read-only means no dialog on any screen`() {
        for screen in Screen.allCases {
            for binding in Keymap.standard.bindings where binding.effect == .mutates {
                var model = model(readOnly: true)
                _ = update(&model, .show(screen))
                for key in binding.keys {
                    #expect(update(&model, .pressed(key)) == [])
                    if case .confirm = model.screen.overlay {
                        Issue.record("\(screen) \(key.label)")
                    }
                }
                #expect(update(&model, .command(binding.name)) == [])
                if case .confirm = model.screen.overlay { Issue.record("\(binding.name)") }
            }
        }
    }

    @Test func `stale data is not acted on, not even in an open dialog`() {
        var model = model()
        _ = press(&model, "Xrisk.margin")
        let later = model.data.now.adding(nanoseconds: 9 * nanosecondsPerSecond)
        _ = update(&model, .ticked(later))
        #expect(model.isStale)
        #expect(orders(update(&model, .pressed(Key(.enter)))) == [])
        #expect(press(&model, "X") == [])
        #expect(model.screen.overlay == .none)
    }

    @Test func `the past cannot be acted on`() {
        var model = model()
        _ = press(&model, "[X")
        #expect(model.screen.overlay == .none)
        #expect(model.work.notices.last?.text.contains("past") == true)
    }

    @Test func `what an engine cannot do is refused with its reason`() {
        var model = model()
        model.session.capabilities[.drain] = .none(reason: "JetStream has no drain")
        _ = press(&model, "D")
        #expect(model.screen.overlay == .none)
        #expect(model.work.notices.last?.text == "drain: JetStream has no drain")
    }

    @Test func `undo takes back what was done, once`() throws {
        var model = model()
        let effects = press(&model, "jjPy")
        guard case .submit(_, let ticket) = try #require(effects.first) else { return }
        _ = update(&model, .reported([.finished(ticket, OrderOutcome())]))
        #expect(
            orders(press(&model, "U")) == [
                .resume(stream: bytes("orders.new"), consumer: nil)
            ]
        )
        #expect(orders(press(&model, "U")) == [])
    }

    @Test func `a changed state asks again`() throws {
        var model = model()
        _ = press(&model, "jjD")
        let effects = press(&model, "d")
        guard case .submit(_, let ticket) = try #require(effects.first) else { return }
        _ = update(&model, .refused(ticket, .changed))
        guard case .confirm(let dialog) = model.screen.overlay else {
            Issue.record("no dialog")
            return
        }
        #expect(dialog.action == .drain)
    }

    @Test func `tickets are never given twice`() {
        var model = model()
        let effects = press(&model, "   Py") + press(&model, "r") + press(&model, "p")
        let tickets = effects.compactMap {
            if case .submit(_, let ticket) = $0 { ticket.id } else { nil }
        }
        #expect(tickets.count >= 5)
        #expect(Set(tickets).count == tickets.count)
    }

    @Test func `rotation asks for each step`() {
        var model = model()
        _ = press(&model, "5R")
        let first = orders(press(&model, "r"))
        #expect(first == [.key(.prepare(.stream(bytes("orders.new"))))])
        var rotation = RotationStatus(scope: .stream(bytes("orders.new")))
        rotation[.prepare] = .done(at: model.data.now, nanoseconds: 1)
        model.data.latest.keys.rotations.append(rotation)
        #expect(orders(press(&model, "Rr")) == [.key(.activate(.stream(bytes("orders.new"))))])
    }

    @Test func `a question about one step of a rotation does not order another`() {
        var model = model()
        _ = press(&model, "5R")
        var rotation = RotationStatus(scope: .stream(bytes("orders.new")))
        rotation[.prepare] = .done(at: model.data.now, nanoseconds: 1)
        model.data.latest.keys.rotations.append(rotation)
        #expect(orders(press(&model, "r")) == [])
        guard case .confirm(let question) = model.screen.overlay else {
            Issue.record("no second question")
            return
        }
        #expect(question.step == .activate)
        #expect(orders(press(&model, "r")) == [.key(.activate(.stream(bytes("orders.new"))))])
    }

    @Test func `a rotation asks in the words of its step and of whose keys are meant`() {
        var model = model()
        _ = press(&model, "5R")
        let first = SampleConsole.frame(model).lines.joined(separator: "\n")
        #expect(first.contains("ROTATE KEYS OF orders.new"))
        #expect(first.contains("1 of 3: prepare  then activate, re-encrypt"))
        #expect(first.contains("press  r  to prepare"))
        // The other scope has another rotation behind it, and so another step.
        _ = update(&model, .pressed(Key(.right)))
        let second = SampleConsole.frame(model).lines.joined(separator: "\n")
        #expect(second.contains("ROTATE KEYS OF all queues"))
    }

    @Test func `what is asked has room in the dialog`() {
        for action in Action.allCases where action.level > .reversible {
            for screen in [Screen.queues, .clients, .keys] {
                var model = model()
                model.screen.current = screen
                _ = model.ask(action, targets: model.actionTargets[action], options: [])
                guard case .confirm(let question) = model.screen.overlay else { continue }
                let rows = ConfirmRows(question, model.plainPicture)
                #expect(TextWidth.cells(of: rows.effect) <= 76, "\(rows.effect)")
            }
        }
    }

    @Test func `where the root key is selected all queues are meant`() {
        var model = model()
        _ = press(&model, "5jjjjjjjj")
        #expect(model.selectedKey?.scope == .root)
        model.data.latest.keys.rotations = []
        #expect(orders(press(&model, "Rr")) == [.key(.prepare(.allStreams))])
    }

    @Test func `a key with data under it cannot be destroyed`() {
        var model = model()
        _ = press(&model, "5jjjjX")
        #expect(model.screen.overlay == .none)
        #expect(model.work.notices.last?.text == "destroy: 108GB are still under it")
    }

    @Test func `a slot is removed by its number typed`() {
        var model = model()
        _ = update(&model, .command("remove-slot 9"))
        #expect(model.screen.overlay == .none)
        _ = update(&model, .command("remove-slot 2"))
        _ = press(&model, "slot 2")
        wait(&model, seconds: 3)
        #expect(orders(update(&model, .pressed(Key(.enter)))) == [.key(.removeSlot(2))])
    }

    @Test func `a store is opened with the slot that is named, and no secret is typed here`() {
        var model = model()
        model.data.latest.keys.memory.isUnlocked = false
        _ = update(&model, .command("unlock"))
        #expect(orders(press(&model, "y")) == [.key(.unlock(.keyFile(path: bytes("master.key"))))])
        let kinds: [SlotKind] = [.passphrase, .recovery]
        model.data.latest.keys.slots = kinds.map { .init(index: UInt32($0.rawValue), kind: $0) }
        for (command, kind) in [("unlock", kinds[0]), ("unlock 3", kinds[1]), ("unlock 9", nil)] {
            _ = update(&model, .command(command))
            let opened = kind.map { [EngineOrder.key(.unlock(.typed($0, path: [])))] } ?? []
            #expect(orders(press(&model, "y")) == opened, "\(command)")
        }
    }

    @Test func `a queue named in a command is meant, whatever is selected`() {
        var model = model()
        _ = update(&model, .show(.storage))
        _ = update(&model, .command("drain surface.vol 5m"))
        let effects = press(&model, "d")
        guard case .drain(let stream, let deadline, _) = orders(effects).first else {
            Issue.record("no drain")
            return
        }
        #expect(stream == bytes("surface.vol"))
        #expect(deadline == model.data.now.adding(nanoseconds: 300 * nanosecondsPerSecond))
    }

    @Test func `pasted text is never read as keys`() {
        var model = model()
        #expect(update(&model, .pasted("PXDR\ny")) == [])
        #expect(model.screen.overlay == .none)
    }
}
