// Kinds of columns that several tables have.

import Base
import Canvas
import Engine

extension Column {
    /// The shape of the row's state, sorted by `value`.
    static func glyph(
        _ name: String,
        value: @escaping @Sendable (Row) -> Double,
        state: @escaping @Sendable (Row) -> StateText
    ) -> Column {
        Column(
            name,
            "",
            width: 1,
            alignment: .left,
            value: { .number(value($0)) },
            text: { row, style in
                let state = state(row)
                return TextRun(style.glyphs.text(state.glyph), state.role)
            }
        )
    }

    /// The word of the row's state.
    static func word(
        _ name: String,
        _ title: String,
        width: Int,
        drop: Int = 0,
        state: @escaping @Sendable (Row) -> StateText
    ) -> Column {
        Column(
            name,
            title,
            width: width,
            alignment: .left,
            drop: drop,
            value: { .text(Array(state($0).word.utf8)) },
            text: { row, _ in
                let state = state(row)
                return TextRun(state.word, state.role)
            }
        )
    }

    /// A name from outside; `-` where there is none.
    static func words(
        _ name: String,
        _ title: String,
        width: Int,
        weight: Int = 0,
        drop: Int = 0,
        isShown: Bool = true,
        role: StyleRole = .text,
        _ value: @escaping @Sendable (Row) -> [UInt8]
    ) -> Column {
        Column(
            name,
            title,
            width: width,
            weight: weight,
            alignment: .left,
            drop: drop,
            isShown: isShown,
            value: { .text(value($0)) },
            text: { row, style in
                let bytes = value(row)
                return bytes.isEmpty
                    ? TextRun("-", .textMuted) : TextRun(style.name(bytes), role)
            }
        )
    }

    /// So many of something.
    static func count(
        _ name: String,
        _ title: String,
        width: Int,
        drop: Int = 0,
        isShown: Bool = true,
        _ value: @escaping @Sendable (Row) -> UInt64
    ) -> Column {
        Column(
            name,
            title,
            width: width,
            drop: drop,
            isShown: isShown,
            value: { .number(Double(value($0))) },
            text: { row, _ in
                let count = value(row)
                return TextRun(Format.count(count), count == 0 ? .textMuted : .text)
            }
        )
    }

    /// So many of something a second.
    static func rate(
        _ name: String,
        _ title: String,
        width: Int,
        drop: Int = 0,
        _ value: @escaping @Sendable (Row) -> Double
    ) -> Column {
        Column(
            name,
            title,
            width: width,
            drop: drop,
            value: { .number(value($0)) },
            text: { row, _ in
                let text = Format.rate(value(row))
                return TextRun(text, text == "0" ? .textMuted : .text)
            }
        )
    }

    /// The round trip to whoever the row is about; `-` before it was measured.
    static func roundTrip(
        width: Int,
        drop: Int,
        _ nanoseconds: @escaping @Sendable (Row) -> UInt64
    ) -> Column {
        Column(
            "rtt",
            "RTTms",
            width: width,
            drop: drop,
            value: { .number(Double(nanoseconds($0)) / 1e6) },
            text: { row, _ in
                let measured = nanoseconds(row)
                return measured == 0
                    ? TextRun("-", .textMuted)
                    : TextRun(Format.milliseconds(nanoseconds: measured), .text)
            }
        )
    }
}
