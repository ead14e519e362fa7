// The last line: function keys and what they do here.

import Base
import Canvas
import Engine

/// One key of the bar.
struct KeyBarItem: Equatable {
    /// The key; nil where somebody has taken it away.
    let key: Key?
    /// Its first column.
    let column: Int
    /// Its cells.
    let cells: Int
    /// The label, cut to what there is room for.
    let label: String
    /// What the label means.
    let role: StyleRole
}

/// A binding as the bar offers it.
private struct Offer {
    let name: String
    let key: Key?
    let keyCells: Int
    let role: StyleRole
    /// The label with what stands before it: a space, or the mark of what changes the broker.
    let label: String

    init(_ binding: Binding, _ picture: Picture) {
        name = binding.name
        key = binding.keys.first
        keyCells = TextWidth.cells(of: key?.label ?? "")
        let isApplicable = picture.contexts.contains(binding.context)
        let isPossible =
            isApplicable && picture.model.reasonAgainst(binding, picture.actionTargets) == nil
        let mutates = binding.effect == .mutates
        role = !isPossible ? .actionDisabled : mutates ? .actionMutating : .keybarLabel
        label = (mutates ? isPossible ? "!" : "-" : " ") + binding.label
    }

    var hasGap: Bool { label.hasPrefix(" ") }
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
            guard let key = item.key else { continue }
            let next = frame.put(key.label, in: line, column: item.column, role: .keybarKey)
            let gap = item.label.prefix { $0 == " " }.count
            let label = String(item.label.dropFirst(gap))
            frame.put(label, in: line, column: next + gap, role: item.role)
        }
    }

    /// The keys in `columns` cells.
    static func items(_ columns: Int, _ picture: Picture, _ plan: ScreenPlan) -> [KeyBarItem] {
        let offers = shown(picture, plan).map { Offer($0, picture) }
        let width = columns / max(1, offers.count)
        guard width >= 12 else { return packed(offers, columns) }
        return offers.enumerated().map { place, offer in
            let label = offer.hasGap ? offer.label : " " + offer.label
            return KeyBarItem(
                key: offer.key,
                column: place * width,
                cells: width,
                label: TextWidth.fit(label, cells: width - offer.keyCells - 1),
                role: offer.role
            )
        }
    }

    /// The key at an absolute place.
    static func key(column: Int, row: Int, _ picture: Picture, _ plan: ScreenPlan) -> Key? {
        guard plan.keyBar.contains(column: column, row: row) else { return nil }
        let item = items(plan.keyBar.columns, picture, plan).first {
            column >= $0.column && column < $0.column + $0.cells
        }
        return item?.key
    }

    /// What is left out first where there is no room for all; the way out never is.
    private static let dispensable = ["find", "setup", "filter", "freeze"]

    /// Labels one behind the other, some left out when there is no room.
    private static func packed(_ offers: [Offer], _ columns: Int) -> [KeyBarItem] {
        var column = 0
        var items: [KeyBarItem] = []
        func cells(_ offers: [Offer], gap: Int) -> Int {
            offers.reduce(-1) { sum, offer in
                sum + offer.keyCells + offer.label.count + (offer.hasGap ? gap : 1)
            }
        }
        // Where not all have room, keys and labels stand without a gap.
        let isTight = cells(offers, gap: 1) > columns
        var offers = offers
        for name in dispensable where cells(offers, gap: 0) > columns {
            offers.removeAll { $0.name == name }
        }
        for offer in offers {
            var text = offer.label
            if isTight, offer.hasGap { text.removeFirst() }
            if column + offer.keyCells + text.count > columns {
                text = String(text.prefix(max(0, columns - column - offer.keyCells)))
            }
            guard text.count >= 4 else { break }
            let cells = offer.keyCells + text.count
            items.append(
                KeyBarItem(
                    key: offer.key,
                    column: column,
                    cells: cells,
                    label: text,
                    role: offer.role
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
}
