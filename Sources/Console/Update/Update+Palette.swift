// The command palette: typing, completing, running.

import Base
import Canvas
import Engine

extension ConsoleModel {
    mutating func press(_ key: Key, _ palette: PaletteState) -> [Effect] {
        var palette = palette
        let found = Palette.suggestions(self, palette.field.text)
        switch (key.code, key.modifiers) {
        case (.escape, _), (.scalar("c"), .control):
            screen.overlay = .none
            return showTheme(palette.before)
        case (.enter, _):
            screen.overlay = .none
            return run(palette, found)
        case (.tab, _):
            if found.indices.contains(palette.index) {
                palette.field = TextField(found[palette.index].completion)
                palette.index = 0
            }
        case (.down, _): palette.index = min(max(0, found.count - 1), palette.index + 1)
        case (.up, _): palette.index = max(0, palette.index - 1)
        case (.scalar("p"), .control), (.pageUp, _): recall(&palette, by: 1)
        case (.scalar("n"), .control), (.pageDown, _): recall(&palette, by: -1)
        default:
            if palette.field.apply(key) { palette.index = 0 }
        }
        let effects = preview(&palette)
        screen.overlay = .palette(palette)
        return effects
    }

    /// Shows the theme that is named so far, or the one before again.
    private mutating func preview(_ palette: inout PaletteState) -> [Effect] {
        let text = palette.field.text
        let isChosen = text.utf8.count > "theme ".utf8.count || palette.index > 0
        guard text.hasPrefix("theme "), isChosen else { return showTheme(palette.before) }
        let found = Palette.suggestions(self, text)
        guard found.indices.contains(palette.index) else { return showTheme(palette.before) }
        if palette.before == nil { palette.before = settings.theme }
        return showTheme(Palette.words(found[palette.index].completion).last)
    }

    private mutating func showTheme(_ name: String?) -> [Effect] {
        guard let name, name != settings.theme else { return [] }
        settings.theme = name
        return [.theme(name)]
    }

    private func recall(_ palette: inout PaletteState, by step: Int) {
        let wanted = min(max(0, palette.recall + step), screen.commandHistory.count)
        palette.recall = wanted
        palette.field = TextField(
            wanted == 0 ? "" : screen.commandHistory[screen.commandHistory.count - wanted]
        )
    }

    private mutating func run(_ palette: PaletteState, _ found: [Suggestion]) -> [Effect] {
        let typed = palette.field.text
        // Words behind a verb that complete nothing are a whole command line.
        let isWhole = Palette.command(for: typed) != nil && typed.contains(" ")
        if isWhole, found.isEmpty { return run(command: typed) }
        guard found.indices.contains(palette.index) else {
            say(.warning, "no such command: \(typed)")
            return []
        }
        let suggestion = found[palette.index]
        if let reason = suggestion.reason {
            say(.warning, "\(suggestion.title): \(reason)")
            return []
        }
        if suggestion.completion.hasSuffix(" ") {
            screen.overlay = .palette(PaletteState())
            var open = PaletteState()
            open.field = TextField(suggestion.completion)
            screen.overlay = .palette(open)
            return []
        }
        return run(command: suggestion.completion)
    }

    /// Carries out a command line.
    mutating func run(command line: String) -> [Effect] {
        guard let command = Palette.command(for: line) else {
            say(.warning, "no such command: \(line)")
            return []
        }
        screen.commandHistory.append(line)
        if screen.commandHistory.count > 100 { screen.commandHistory.removeFirst() }
        let words = Palette.words(line)
        switch command {
        case .binding(let binding):
            if let reason = reasonAgainst(binding) {
                say(.warning, "\(binding.label.lowercased()): \(reason)")
                return []
            }
            return update(&self, binding.intent)
        case .verb(let verb): return run(verb, Array(words.dropFirst()), line)
        }
    }

    private mutating func run(_ verb: PaletteVerb, _ words: [String], _ line: String) -> [Effect] {
        switch verb {
        case .queue: return goTo(words)
        case .filter:
            let text = line.drop { $0 != " " }.dropFirst()
            screen.focus[screen.current] = filteredPane
            changeFilter(to: String(text))
        case .sort:
            guard let name = words.first else { return arrange(.pick(.sort)) }
            setSort(filteredPane, name: name, isDescending: words.dropFirst().first != "up")
        case .pause, .resume, .drain, .purge, .redrive, .delete, .refuse:
            return act(verb, words)
        case .theme:
            guard let name = words.first, session.themes.contains(name) else {
                say(.warning, "theme: one of \(session.themes.joined(separator: ", "))")
                return []
            }
            settings.theme = name
            return [.theme(name)]
        case .target: return words.first.map { [.attach($0)] } ?? arrange(.pick(.targets))
        case .export:
            let format = words.first ?? "csv"
            guard ["csv", "json", "text"].contains(format) else {
                say(.warning, "export: csv, json or text")
                return []
            }
            let path = words.dropFirst().first ?? exportPath(filteredPane, format)
            return [Export.effect(filteredPane, format: format, path: path, self)]
        case .window:
            guard let window = TimeWindow.allCases.first(where: { $0.label == words.first }) else {
                say(.warning, "window: 1m, 5m, 15m, 1h, 6h or 24h")
                return []
            }
            data.time.window = window
        case .mute: mute(words)
        case .retire: return ask(.retireKey)
        case .addSlot: return ask(.addSlot)
        case .removeSlot:
            return ask(.removeSlot, targets: words.first.flatMap { slot($0) } ?? [], options: [])
        case .lock: return ask(.lock)
        case .unlock:
            guard let word = words.first else { return ask(.unlock) }
            guard let slot = slot(word) else {
                say(.warning, "unlock: no such slot: \(word)")
                return []
            }
            return ask(.unlock, targets: slot, options: [])
        case .resumeWriting: return ask(.resumeWriting)
        case .lameDuck: return ask(.lameDuck)
        }
        return []
    }

    /// The slot with the number `word`; nil if there is none.
    private func slot(_ word: String) -> [RowId]? {
        data.latest.keys.slots.first { "\($0.index)" == word }.map { [.slot($0.index)] }
    }

    private mutating func goTo(_ words: [String]) -> [Effect] {
        guard let name = words.first else {
            say(.warning, "queue: a name, such as: queue orders.new")
            return []
        }
        guard let stream = streamNamed(name) else {
            say(.warning, "queue: no such queue: \(name)")
            return []
        }
        show(.queues)
        screen.lists[.queues, default: ListState()].filter = Filter()
        setSelection(.queues, id: .stream(stream), index: 0)
        return []
    }

    private mutating func act(_ verb: PaletteVerb, _ words: [String]) -> [Effect] {
        guard let action = verb.action else { return [] }
        guard let name = words.first else { return ask(action) }
        guard let stream = streamNamed(name) else {
            say(.warning, "\(verb.rawValue): no such queue: \(name)")
            return []
        }
        var options: [ConfirmOption] = []
        if let span = words.dropFirst().first, Quantity.nanoseconds(span) != nil {
            options = [
                ConfirmOption(label: "for", choices: [span], index: 0),
                ConfirmOption(label: "deadline", choices: [span], index: 0),
            ]
        }
        return ask(action, targets: [.stream(stream)], options: options)
    }

    private mutating func mute(_ words: [String]) {
        guard words.count >= 2, let rule = AlertRule.allCases.first(where: { $0.name == words[0] }),
            let span = Quantity.nanoseconds(words[words.count - 1])
        else {
            say(.warning, "mute: a rule, a queue and a time, such as: mute depth-high email.out 1h")
            return
        }
        let subject = words.count > 2 ? streamNamed(words[1]) ?? Array(words[1].utf8) : []
        data.alerts.mute(
            AlertId(rule: rule, subject: subject),
            until: data.now.adding(nanoseconds: span)
        )
        say(.info, "\(rule.name) muted for \(words[words.count - 1])")
    }

    private func streamNamed(_ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        if data.latest.streams.contains(where: { $0.name == bytes }) { return bytes }
        return data.latest.streams.first { ActionPlan.shown($0.name) == text }?.name
    }
}
