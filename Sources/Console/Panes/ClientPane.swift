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
        let facts = facts(connection, context)
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

    private static func facts(
        _ connection: ConnectionStatus,
        _ context: PaneContext
    ) -> [(String, TextRun)] {
        let style = context.style
        let state = ClientList.state(of: connection)
        func words(_ bytes: [UInt8]) -> TextRun {
            bytes.isEmpty ? TextRun("-", .textMuted) : TextRun(style.name(bytes), .text)
        }
        let most = connection.pendingBytesMax
        let share = most > 0 ? " of \(Format.bytes(most))" : ""
        return [
            ("state", TextRun("\(style.glyphs.text(state.glyph)) \(state.word)", state.role)),
            (
                "connected",
                TextRun("\(style.age(connection.connectedAt)) as #\(connection.id)", .text)
            ),
            ("from", words(connection.address)),
            ("client", words(connection.language + [0x20] + connection.version)),
            ("user", words(connection.user)),
            ("account", words(connection.account)),
            (
                "in",
                TextRun(
                    "\(Format.rate(connection.ingress.messagesPerSecond))/s  "
                        + Format.byteRate(connection.ingress.bytesPerSecond),
                    .seriesIn
                )
            ),
            (
                "out",
                TextRun(
                    "\(Format.rate(connection.egress.messagesPerSecond))/s  "
                        + Format.byteRate(connection.egress.bytesPerSecond),
                    .seriesOut
                )
            ),
            (
                "waiting",
                TextRun(
                    Format.bytes(connection.pendingBytes) + share,
                    connection.flags.contains(.slow) ? .stateWarn : .text
                )
            ),
            ("works on", words(connection.stream)),
            (
                "lag",
                TextRun(
                    "\(Format.exact(connection.lag)), \(Format.exact(connection.unacked)) unacked",
                    .text
                )
            ),
            (
                "limit",
                connection.throttleBytesPerSecond == 0
                    ? TextRun("none", .textMuted)
                    : TextRun(
                        Format.byteRate(Double(connection.throttleBytesPerSecond)),
                        .statePaused
                    )
            ),
            ("subscribed", TextRun("\(connection.subscriptions)", .text)),
            ("quiet for", TextRun(style.age(connection.activeAt), .text)),
            (
                "round trip",
                TextRun(
                    connection.roundTripNanoseconds == 0
                        ? "-" : Format.latency(nanoseconds: connection.roundTripNanoseconds),
                    .text
                )
            ),
        ]
    }
}
