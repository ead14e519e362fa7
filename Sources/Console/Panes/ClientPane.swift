// The selected connection.

import Base
import Canvas
import Engine

/// The selected connection.
enum ClientPane {
    static func draw(in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        let connection = context.picture.selectedConnection
        let name = connection.map { title($0, context) } ?? "no client"
        let room = context.border(name, badge: "", in: rect, on: &frame)
        guard let connection else { return }
        let facts = ClientRows.facts(connection, context.style)
        let columns = room.columns >= 100 ? 3 : room.columns >= 60 ? 2 : 1
        let perColumn = max(1, room.rows)
        let parts = Layout(Array(repeating: .share(1), count: columns), gap: 1).columns(of: room)
        for (place, fact) in facts.prefix(columns * perColumn).enumerated() {
            let part = parts[place / perColumn]
            let line = part.line(place % perColumn)
            frame.put(fact.0, in: line, column: 1, role: .textMuted)
            frame.putLine(
                fact.1.text,
                in: line.slice(13, count: line.columns),
                role: fact.1.role,
                ellipsis: context.glyphs[.ellipsis]
            )
        }
    }

    private static func title(_ connection: ConnectionStatus, _ context: PaneContext) -> String {
        connection.name.isEmpty
            ? "#\(connection.id)" : context.style.name(connection.name, cellsMax: 40)
    }
}
