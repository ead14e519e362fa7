// What a connection is and does, in facts.

import Base
import Canvas
import Engine

/// What a connection is and does, in facts.
enum ClientRows {
    /// Every fact, as label and value, the most wanted first.
    static func facts(
        _ connection: ConnectionStatus,
        _ style: TextStyle
    ) -> [(String, TextRun)] {
        let state = ClientList.state(of: connection)
        return [
            ("state", TextRun("\(style.glyphs.text(state.glyph)) \(state.word)", state.role)),
            (
                "connected",
                TextRun("\(style.age(connection.connectedAt)) as #\(connection.id)", .text)
            ),
            ("from", words(connection.address, style)),
            ("client", words(connection.language + [0x20] + connection.version, style)),
            ("user", words(connection.user, style)),
            ("account", words(connection.account, style)),
        ] + flowFacts(connection, style)
    }

    private static func words(_ bytes: [UInt8], _ style: TextStyle) -> TextRun {
        bytes.isEmpty ? TextRun("-", .textMuted) : TextRun(style.name(bytes), .text)
    }

    /// The queue and the consumer it takes messages from.
    private static func work(_ connection: ConnectionStatus, _ style: TextStyle) -> TextRun {
        guard !connection.stream.isEmpty else { return TextRun("nothing", .textMuted) }
        let consumer = connection.consumer.isEmpty ? [] : [0x2F] + connection.consumer
        return words(connection.stream + consumer, style)
    }

    /// What is left to do on its queue; unknown where that is.
    private static func lag(_ connection: ConnectionStatus) -> TextRun {
        guard !connection.stream.isEmpty else { return TextRun("-", .textMuted) }
        let unacked = Format.exact(connection.unacked)
        return TextRun("\(Format.exact(connection.lag)), \(unacked) unacked", .text)
    }

    private static func flowFacts(
        _ connection: ConnectionStatus,
        _ style: TextStyle
    ) -> [(String, TextRun)] {
        let most = connection.pendingBytesMax
        let share = most > 0 ? " of \(Format.bytes(most))" : ""
        return [
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
            ("works on", work(connection, style)),
            ("lag", lag(connection)),
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
