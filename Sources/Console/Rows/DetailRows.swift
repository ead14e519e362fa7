// One row or pane with nothing left out.

import Base
import Canvas
import Engine

/// One row or pane with nothing left out.
enum DetailRows {
    /// What the detail is about.
    static func title(_ pane: Pane) -> String {
        switch pane {
        case .events: "Event"
        case .alerts: "Alert"
        case .consumers: "Consumer"
        case .keys: "Key version"
        case .damage: "Damage"
        case .targets: "Target"
        case .queueDetail: "Queue"
        case .clientDetail: "Client"
        case .keySafety: "Protection"
        case .storage: "Storage & journal"
        case .server: "Server"
        default: "Row"
        }
    }

    /// Everything about `row` of the table in `pane`, or about a pane of facts; nil once the row
    /// is gone.
    static func facts(_ pane: Pane, _ row: RowId?, _ context: PaneContext) -> [DetailFact]? {
        guard let row else { return facts(pane, context) }
        let picture = context.picture
        var facts = Lists.access(pane)?.detail(picture, row)
        // What orders events is no fact about one.
        if pane == .events { facts?.removeAll { $0.label == "number" } }
        if case .alert(let id) = row, let alert = alert(id, picture) {
            let limit = picture.model.data.alerts.policy(of: id.rule).raise
            let words = id.rule.sentence(alert, limit: limit)
            facts?.insert(DetailFact(label: "says", value: words, role: .textStrong), at: 0)
        }
        return facts
    }

    private static func alert(_ id: AlertId, _ picture: Picture) -> Alert? {
        let alerts = picture.model.data.alerts
        return alerts.open.first { $0.id == id } ?? alerts.history.last { $0.id == id }
    }

    private static func facts(_ pane: Pane, _ context: PaneContext) -> [DetailFact]? {
        let picture = context.picture
        let facts: [(String, TextRun)]? =
            switch pane {
            case .queueDetail:
                picture.selectedStream.map { stream in
                    let name = TextRun(picture.style.name(stream.name), .textStrong)
                    return [("name", name)] + QueueRows.facts(stream, picture)
                }
            case .clientDetail:
                picture.selectedConnection.map { connection in
                    let name = TextRun(picture.style.name(connection.name), .textStrong)
                    return [("name", name)] + ClientRows.facts(connection, picture.style)
                }
            case .keySafety: KeySafetyRows.facts(context)
            case .server:
                ServerPane.facts(context) + [
                    ("id", TextRun(context.style.name(context.snapshot.server.id), .text))
                ]
            case .storage:
                StorageRows.facts(context).map { label, line in
                    let role = line.first { $0.role != .textMuted }?.role ?? .textMuted
                    return (label, TextRun(line.map(\.text).joined(), role))
                }
            default: nil
            }
        return facts?.map { DetailFact(label: $0, value: listed($1.text), role: $1.role) }
    }

    /// `text` with commas where it has gaps, which lines that are broken would lose.
    private static func listed(_ text: String) -> String {
        var listed = ""
        var blanks = 0
        for character in text {
            if character == " " {
                blanks += 1
                continue
            }
            if !listed.isEmpty, blanks > 0 { listed += blanks > 1 ? ", " : " " }
            blanks = 0
            listed.append(character)
        }
        return listed
    }

    /// The facts in lines of at most `cells`.
    static func lines(_ facts: [DetailFact], cells: Int) -> [TextLine] {
        let widest = facts.map { TextWidth.cells(of: $0.label) }.max() ?? 0
        let indent = min(widest + 2, max(0, cells / 3))
        return facts.flatMap { fact -> [TextLine] in
            let label = TextWidth.pad(fact.label, cells: indent)
            let parts = TextWidth.wrapped(fact.value, cells: max(2, cells - indent))
            return parts.enumerated().map { place, part in
                let head = place == 0 ? label : String(repeating: " ", count: indent)
                return [TextRun(head, .textMuted), TextRun(part, fact.role)]
            }
        }
    }

    /// The facts as text, for the clipboard.
    static func text(_ facts: [DetailFact]) -> String {
        facts.map { "\($0.label)\t\($0.value)" }.joined(separator: "\n")
    }
}

extension DetailState {
    /// What it says now, or said last.
    func facts(_ context: PaneContext) -> [DetailFact] {
        DetailRows.facts(pane, row, context) ?? kept
    }
}
