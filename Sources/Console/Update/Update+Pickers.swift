// Choosers: sort, columns, settings, targets, export.

import Base
import Canvas
import Engine

/// One line of a chooser.
struct PickerItem: Hashable, Sendable {
    /// What can be chosen.
    let label: String
    /// What it is now.
    let value: String
    /// Whether it is the one that holds.
    let isOn: Bool
}

extension ConsoleModel {
    mutating func pick(_ picker: Picker) -> [Effect] {
        var state = PickerState(picker, pane: filteredPane)
        state.before = settings.theme
        if picker == .sort || picker == .columns || picker == .export, !state.pane.isTable {
            say(.info, "no table here")
            return []
        }
        let items = pickerItems(state)
        guard !items.isEmpty else {
            say(.info, picker == .targets ? "no other engine is known" : "nothing to choose")
            return []
        }
        state.index = picker == .columns ? 0 : items.firstIndex(where: \.isOn) ?? 0
        screen.overlay = .picker(state)
        return []
    }

    /// What a chooser offers.
    func pickerItems(_ state: PickerState) -> [PickerItem] {
        switch state.picker {
        case .sort:
            let sort = listState(state.pane).sort ?? Lists.access(state.pane)?.sort
            return (Lists.access(state.pane)?.columns ?? []).map { column in
                let isOn = column.name == sort?.name
                return PickerItem(
                    label: column.name,
                    value: isOn
                        ? sort?.isDescending == true ? "largest first" : "smallest first" : "",
                    isOn: isOn
                )
            }
        case .columns:
            let choices = listState(state.pane).columnChoices
            return (Lists.access(state.pane)?.columns ?? []).map { column in
                let isOn = choices[column.name] ?? column.isShown
                return PickerItem(label: column.name, value: isOn ? "shown" : "hidden", isOn: isOn)
            }
        case .setup: return setupItems
        case .targets:
            return session.targets.map { PickerItem(label: $0, value: "", isOn: false) }
        case .export:
            return ["csv", "json", "text"].map {
                PickerItem(label: $0, value: exportPath(state.pane, $0), isOn: false)
            }
        }
    }

    private var setupItems: [PickerItem] {
        [
            PickerItem(label: "theme", value: settings.theme, isOn: false),
            PickerItem(label: "refresh", value: "\(settings.refreshPerSecond) Hz", isOn: false),
            PickerItem(label: "graphs", value: data.time.style.name, isOn: false),
            PickerItem(label: "window", value: data.time.window.label, isOn: false),
            PickerItem(label: "units", value: settings.units.label, isOn: false),
            PickerItem(label: "mouse", value: settings.isMouseOn ? "on" : "off", isOn: false),
            PickerItem(label: "clock", value: settings.isClockShown ? "on" : "off", isOn: false),
            PickerItem(label: "bell", value: settings.isBellOn ? "on" : "off", isOn: false),
        ]
    }

    func exportPath(_ pane: Pane, _ format: String) -> String {
        let noun = Lists.access(pane)?.noun.split(separator: " ").first.map(String.init) ?? "pane"
        let at = shownInstant
        let clock = Format.clock(at, offsetSeconds: session.offsetSeconds).filter { $0 != ":" }
        let date = Format.date(at, offsetSeconds: session.offsetSeconds)
        return "sluice-\(noun)-\(date)-\(clock).\(format == "text" ? "txt" : format)"
    }

    mutating func press(_ key: Key, _ picker: PickerState) -> [Effect] {
        var state = picker
        let items = pickerItems(state)
        switch key {
        case Key(.escape), .char("q"), .control("c"):
            screen.overlay = .none
            if state.picker == .setup, settings.theme != state.before {
                settings.theme = state.before
                return [.theme(state.before)]
            }
            return []
        case .char("j"), Key(.down): state.index = min(max(0, items.count - 1), state.index + 1)
        case .char("k"), Key(.up): state.index = max(0, state.index - 1)
        case .char("g"), Key(.home): state.index = 0
        case .char("G"), Key(.end): state.index = max(0, items.count - 1)
        case .char("l"), Key(.right), .char(" "), Key(.enter), .char("h"), Key(.left):
            guard items.indices.contains(state.index) else { return [] }
            let isBack = key == .char("h") || key == Key(.left)
            screen.overlay = .picker(state)
            return choose(items[state.index], state, key, step: isBack ? -1 : 1)
        default: break
        }
        screen.overlay = .picker(state)
        return []
    }

    private mutating func choose(
        _ item: PickerItem,
        _ state: PickerState,
        _ key: Key,
        step: Int
    ) -> [Effect] {
        switch state.picker {
        case .sort:
            let isDescending = item.isOn ? item.value == "smallest first" : true
            setSort(state.pane, name: item.label, isDescending: isDescending)
            if key == Key(.enter) { screen.overlay = .none }
        case .columns:
            if key == Key(.enter) { screen.overlay = .none }
            var list = listState(state.pane)
            if key != Key(.enter) { list.columnChoices[item.label] = !item.isOn }
            screen.lists[state.pane] = list
        case .setup:
            if key == Key(.enter) {
                screen.overlay = .none
                return []
            }
            return change(item.label, by: step)
        case .targets:
            guard key == Key(.enter) else { return [] }
            screen.overlay = .none
            return [.attach(item.label)]
        case .export:
            guard key == Key(.enter) else { return [] }
            screen.overlay = .none
            return [Export.effect(state.pane, format: item.label, path: item.value, self)]
        }
        return []
    }

    private mutating func change(_ name: String, by step: Int) -> [Effect] {
        switch name {
        case "theme":
            guard !session.themes.isEmpty else { return [] }
            let place = session.themes.firstIndex(of: settings.theme) ?? 0
            let count = session.themes.count
            settings.theme = session.themes[(place + step + count) % count]
            return [.theme(settings.theme)]
        case "refresh":
            let rates = [1, 2, 4, 10, 30]
            let place = rates.firstIndex(of: settings.refreshPerSecond) ?? 2
            settings.refreshPerSecond = rates[min(max(0, place + step), rates.count - 1)]
            return [.refresh(settings.refreshPerSecond)]
        case "graphs": return travel(.graphStyle)
        case "window": return travel(.timeZoom(closer: step < 0))
        case "units": return arrange(.units)
        case "mouse": return serve(.mouse)
        case "clock": settings.isClockShown.toggle()
        case "bell": settings.isBellOn.toggle()
        default: break
        }
        return []
    }
}
