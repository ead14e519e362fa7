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
        guard let connection else {
            return frame.putEmpty("what a client is and does stands here", in: room)
        }
        let facts = ClientRows.facts(connection, context.style)
        FactColumns.draw(facts, in: room, on: &frame, context)
    }

    private static func title(_ connection: ConnectionStatus, _ context: PaneContext) -> String {
        connection.name.isEmpty
            ? "#\(connection.id)" : context.style.name(connection.name, cellsMax: 40)
    }
}
