// Commands by name: those of bindings and those that take words.

import Base
import Canvas
import Engine

/// A command that takes words.
enum PaletteVerb: String, CaseIterable, Sendable {
    case queue, filter, sort, pause, refuse, resume, drain, purge, redrive, delete, theme, target
    case export, window, mute, retire, lock, unlock
    case addSlot = "add-slot"
    case removeSlot = "remove-slot"
    case resumeWriting = "resume-writing"
    case lameDuck = "lame-duck"

    /// The words it takes.
    var usage: String {
        switch self {
        case .queue: "NAME"
        case .filter: "EXPRESSION"
        case .sort: "COLUMN [up]"
        case .pause, .refuse, .drain: "NAME [30m]"
        case .resume, .purge, .redrive, .delete: "NAME"
        case .theme: "NAME"
        case .target: "NAME"
        case .export: "csv|json|text [FILE]"
        case .window: "1m|5m|15m|1h|6h|24h"
        case .mute: "RULE [QUEUE] 1h"
        case .removeSlot: "NUMBER"
        case .unlock: "[SLOT]"
        case .retire, .lock, .addSlot, .resumeWriting, .lameDuck: ""
        }
    }

    /// What it does.
    var help: String {
        switch self {
        case .queue: "Go to a queue."
        case .filter: "Filter the table."
        case .sort: "Sort the table."
        case .pause: "Pause delivery of a queue."
        case .refuse: "Refuse new messages for a queue."
        case .resume: "Bring a queue back to normal."
        case .drain: "Drain a queue."
        case .purge: "Purge a queue."
        case .redrive: "Put a queue's dead letters back."
        case .delete: "Delete a queue or the selected consumer."
        case .theme: "Use another theme."
        case .target: "Look at another engine."
        case .export: "Write the table to a file."
        case .window: "Choose how much time graphs show."
        case .mute: "Keep an alert silent for a while."
        case .retire: "Retire the selected key."
        case .lock: "Wipe all keys from memory."
        case .unlock: "Open the store again."
        case .addSlot: "Add a recovery slot."
        case .removeSlot: "Remove a way to open the store."
        case .resumeWriting: "Write again after a disk error."
        case .lameDuck: "Tell clients to move, then stop the server."
        }
    }

    /// The action it asks for; nil for those that only look.
    var action: Action? {
        switch self {
        case .pause: .pause
        case .refuse: .pauseIngress
        case .resume: .resume
        case .drain: .drain
        case .purge: .purge
        case .redrive: .redrive
        case .delete: .delete
        case .retire: .retireKey
        case .lock: .lock
        case .unlock: .unlock
        case .addSlot: .addSlot
        case .removeSlot: .removeSlot
        case .resumeWriting: .resumeWriting
        case .lameDuck: .lameDuck
        case .queue, .filter, .sort, .theme, .target, .export, .window, .mute: nil
        }
    }
}

/// One line of the palette.
struct Suggestion: Hashable, Sendable {
    /// The command.
    let title: String
    /// What it does.
    let help: String
    /// The keys that do the same.
    let keys: String
    /// What Tab or Enter makes of it.
    let completion: String
    /// Whether it changes the broker.
    let isMutating: Bool
    /// Why it cannot be done now.
    let reason: String?
    /// How well it fits what was typed.
    let score: Int
}

/// Commands by name.
enum Palette {
    /// What a command line stands for.
    enum Command {
        case binding(Binding)
        case verb(PaletteVerb)
    }

    /// The command that a line begins with.
    static func command(for line: String) -> Command? {
        guard let name = words(line).first else { return nil }
        if let verb = PaletteVerb(rawValue: name) { return .verb(verb) }
        return Keymap.standard[name].map { .binding($0) }
    }

    /// The words of a line; quotes keep blanks together.
    static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in line {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == " ", !isQuoted {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    /// What fits `text`, the best first.
    static func suggestions(_ model: ConsoleModel, _ text: String) -> [Suggestion] {
        if let completed = argumentSuggestions(model, text) { return completed }
        let verbs = PaletteVerb.allCases.compactMap { suggestion($0, text, model) }
        let names = Set(PaletteVerb.allCases.map(\.rawValue))
        let targets = model.actionTargets
        let bindings = model.keymap.bindings
            .filter { !names.contains($0.name) }
            .compactMap { suggestion($0, text, model, targets) }
        return (verbs + bindings).sorted { left, right in
            (right.score, left.title) < (left.score, right.title)
        }
    }

    private static func suggestion(
        _ verb: PaletteVerb,
        _ text: String,
        _ model: ConsoleModel
    ) -> Suggestion? {
        guard let score = Fuzzy.score(verb.rawValue, text) else { return nil }
        let binding = model.keymap[verb.rawValue]
        let needsWords = !verb.usage.isEmpty && !verb.usage.hasPrefix("[")
        return Suggestion(
            title: verb.usage.isEmpty ? verb.rawValue : "\(verb.rawValue) \(verb.usage)",
            help: verb.help,
            keys: binding?.keyLabels ?? "",
            completion: needsWords ? verb.rawValue + " " : verb.rawValue,
            isMutating: verb.action != nil,
            reason: verb.action.flatMap { model.capabilityReason($0) },
            score: score + 1
        )
    }

    private static func suggestion(
        _ binding: Binding,
        _ text: String,
        _ model: ConsoleModel,
        _ targets: ActionTargets
    ) -> Suggestion? {
        let byName = Fuzzy.score(binding.name, text)
        guard let score = byName ?? Fuzzy.score(binding.label.lowercased(), text) else {
            return nil
        }
        return Suggestion(
            title: binding.name,
            help: binding.help,
            keys: binding.keyLabels,
            completion: binding.name,
            isMutating: binding.effect == .mutates,
            reason: model.reasonAgainst(binding, targets),
            score: score
        )
    }

    /// Completions of the word after a verb: names of queues, themes, rules.
    private static func argumentSuggestions(
        _ model: ConsoleModel,
        _ text: String
    ) -> [Suggestion]? {
        guard let blank = text.firstIndex(of: " "),
            let verb = PaletteVerb(rawValue: String(text[..<blank]))
        else { return nil }
        let rest = String(text[text.index(after: blank)...])
        let words: [String] =
            switch verb {
            case .queue, .pause, .refuse, .resume, .drain, .purge, .redrive, .delete:
                model.data.latest.streams.map { ActionPlan.shown($0.name) }
            case .theme: model.session.themes
            case .target: model.session.targets
            case .window: TimeWindow.allCases.map(\.label)
            case .export: ["csv", "json", "text"]
            case .mute: AlertRule.allCases.map(\.name)
            case .removeSlot, .unlock: model.data.latest.keys.slots.map { "\($0.index)" }
            case .sort: Lists.access(model.filteredPane)?.columns.map(\.name) ?? []
            case .filter, .retire, .lock, .addSlot, .resumeWriting, .lameDuck: []
            }
        let found = words.compactMap { word -> Suggestion? in
            guard let score = Fuzzy.score(word.lowercased(), rest) else { return nil }
            let quoted = word.contains(" ") ? "\"\(word)\"" : word
            return Suggestion(
                title: "\(verb.rawValue) \(word)",
                help: verb.help,
                keys: "",
                completion: "\(verb.rawValue) \(quoted)",
                isMutating: verb.action != nil,
                reason: verb.action.flatMap { model.capabilityReason($0) },
                score: score
            )
        }
        return found.sorted { ($1.score, $0.title) < ($0.score, $1.title) }
    }
}

/// How well letters in order fit a word.
enum Fuzzy {
    /// Higher is better; nil if the letters do not occur in this order.
    ///
    /// No letters fit everything.
    static func score(_ word: String, _ letters: String) -> Int? {
        let wanted = Filter.lowered(Array(letters.utf8)).filter { $0 != 0x20 }
        let bytes = Filter.lowered(Array(word.utf8))
        guard !wanted.isEmpty else { return 0 }
        if bytes.starts(with: wanted) { return 1_000 - bytes.count }
        if Filter.contains(bytes, wanted) { return 500 - bytes.count }
        var score = 100
        var place = 0
        var last = -1
        for letter in wanted {
            guard let found = bytes[place...].firstIndex(of: letter) else { return nil }
            if last >= 0 { score -= found - last - 1 }
            last = found
            place = found + 1
        }
        return score
    }
}

extension ConsoleModel {
    /// Why an action is impossible whatever is selected.
    func capabilityReason(_ action: Action) -> String? {
        if session.isReadOnly { return "read-only" }
        return session.capabilities.reasonAgainst(action.capability)
    }
}
