// The last line: function keys and what they do here.

import Base
import Canvas
import Engine

/// One key of the bar.
struct KeyBarItem: Equatable {
    /// The binding.
    let binding: Binding
    /// Its first column.
    let column: Int
    /// Its cells.
    let cells: Int
    /// The label, cut to what there is room for.
    let label: String
    /// Why it does nothing here.
    let reason: String?
}

/// The last line.
enum KeyBar {
    private static let names = [
        "help", "setup", "find", "filter", "freeze", "pause", "drain", "purge", "rotate", "quit",
    ]

    static func draw(in line: Rect, on frame: inout Frame, _ picture: Picture, _ plan: ScreenPlan) {
        guard !line.isEmpty else { return }
        frame.clear(line, ground: .keybarLabel)
        for item in items(line.columns, picture, plan) {
            guard let key = item.binding.keys.first else { continue }
            let role: StyleRole =
                item.reason != nil
                ? .actionDisabled : item.binding.effect == .mutates ? .actionMutating : .keybarLabel
            let next = frame.put(key.label, in: line, column: item.column, role: .keybarKey)
            let gap = item.label.prefix { $0 == " " }.count
            let label = String(item.label.dropFirst(gap))
            frame.put(label, in: line, column: next + gap, role: role)
        }
    }

    /// The keys in `columns` cells.
    static func items(_ columns: Int, _ picture: Picture, _ plan: ScreenPlan) -> [KeyBarItem] {
        let bindings = shown(picture, plan)
        let width = columns / max(1, bindings.count)
        guard width >= 12 else { return packed(bindings, columns, picture) }
        return bindings.enumerated().map { place, binding in
            let key = TextWidth.cells(of: binding.keys.first?.label ?? "")
            let label = label(binding, picture, gap: " ")
            return KeyBarItem(
                binding: binding,
                column: place * width,
                cells: width,
                label: TextWidth.fit(label, cells: width - key - 1),
                reason: reason(binding, picture)
            )
        }
    }

    /// The key at an absolute place.
    static func key(column: Int, row: Int, _ picture: Picture, _ plan: ScreenPlan) -> Key? {
        guard plan.keyBar.contains(column: column, row: row) else { return nil }
        let item = items(plan.keyBar.columns, picture, plan).first {
            column >= $0.column && column < $0.column + $0.cells
        }
        return item?.binding.keys.first
    }

    /// What is left out first where there is no room for all; the way out never is.
    private static let dispensable = ["find", "setup", "filter", "freeze"]

    /// Labels one behind the other, some left out when there is no room.
    private static func packed(
        _ bindings: [Binding],
        _ columns: Int,
        _ picture: Picture
    ) -> [KeyBarItem] {
        var column = 0
        var items: [KeyBarItem] = []
        func cells(_ bindings: [Binding], gap: Int) -> Int {
            bindings.reduce(-1) { sum, binding in
                let key = TextWidth.cells(of: binding.keys.first?.label ?? "")
                let text = label(binding, picture, gap: "")
                return sum + key + text.count + (text.hasPrefix(" ") ? gap : 1)
            }
        }
        // Where not all have room, keys and labels stand without a gap.
        let isTight = cells(bindings, gap: 1) > columns
        var bindings = bindings
        for name in dispensable where cells(bindings, gap: 0) > columns {
            bindings.removeAll { $0.name == name }
        }
        for binding in bindings {
            let key = TextWidth.cells(of: binding.keys.first?.label ?? "")
            var text = label(binding, picture, gap: "")
            if isTight, text.hasPrefix(" ") { text.removeFirst() }
            if column + key + text.count > columns {
                text = String(text.prefix(max(0, columns - column - key)))
            }
            guard text.count >= 4 else { break }
            let cells = key + text.count
            items.append(
                KeyBarItem(
                    binding: binding,
                    column: column,
                    cells: cells,
                    label: text,
                    reason: reason(binding, picture)
                )
            )
            column += cells + 1
        }
        return items
    }

    private static func shown(_ picture: Picture, _ plan: ScreenPlan) -> [Binding] {
        let keymap = picture.model.keymap
        if plan.sizeClass == .list {
            return ["help", "palette", "next-pane", "quit"].compactMap { keymap[$0] }
        }
        return names.compactMap { name in
            if name == "purge", picture.contexts.first == .keys { return keymap["destroy"] }
            return keymap[name]
        }
    }

    private static func label(_ binding: Binding, _ picture: Picture, gap: String) -> String {
        guard binding.effect == .mutates else { return (gap.isEmpty ? " " : gap) + binding.label }
        return gap + (reason(binding, picture) == nil ? "!" : "-") + binding.label
    }

    private static func reason(_ binding: Binding, _ picture: Picture) -> String? {
        let applies = picture.contexts.contains(binding.context)
        guard applies else { return "not here" }
        return picture.model.reasonAgainst(binding, picture.actionTargets)
    }
}
