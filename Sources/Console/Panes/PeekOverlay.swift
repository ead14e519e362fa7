// Messages that were looked at, over the panes.

import Base
import Canvas
import Engine

/// Messages that were looked at.
enum PeekOverlay {
    static func draw(_ peek: PeekState, on frame: inout Frame, _ context: PaneContext) {
        let size = frame.size
        let room = OverlayView.open(
            columns: OverlayView.columns(in: size, most: 140),
            rows: OverlayView.rows(in: size),
            title: [
                TextRun("Peek ", .paneTitleFocus),
                TextRun(context.style.name(peek.stream, cellsMax: 40), .textStrong),
            ],
            badge: [TextRun(badge(peek), .paneBadge)],
            isDanger: false,
            on: &frame,
            context
        )
        guard let messages = peek.messages else {
            let text = peek.refusal.map { "not possible: \($0.sentence)" } ?? "asking..."
            frame.putLine(text, in: room, role: peek.refusal == nil ? .textMuted : .stateWarn)
            return
        }
        guard !messages.isEmpty else {
            frame.putLine("no message is waiting", in: room, role: .textMuted)
            return
        }
        if let scroll = peek.scroll, messages.indices.contains(peek.index) {
            return drawWhole(messages[peek.index], scroll, in: room, on: &frame, context)
        }
        let listRows = max(1, min(messages.count, room.rows / 2))
        let head = room.rows >= 8 ? 1 : 0
        if head > 0 {
            let titles = "      SEQUENCE  STORED       SIZE  SUBJECT"
            frame.putLine(titles, in: room.line(0), role: .tableHeader)
        }
        drawList(messages, peek, in: room.lines(head, count: listRows), on: &frame, context)
        guard messages.indices.contains(peek.index) else { return }
        let body = room.lines(head + listRows + 1, count: room.rows)
        let lines = MessageRows.lines(messages[peek.index], columns: body.columns, context.style)
        frame.putLines(lines, in: body)
        guard lines.count > body.rows, body.rows > 0 else { return }
        let last = body.line(body.rows - 1)
        frame.clear(last, ground: .dialog)
        let left = lines.count - body.rows + 1
        frame.putLine("\(left) more lines: Enter shows all", in: last, role: .textMuted)
    }

    private static func badge(_ peek: PeekState) -> String {
        guard peek.messages?.isEmpty == false else { return "nothing is taken  Esc closes" }
        return peek.scroll == nil
            ? "nothing is taken  Enter opens  y copies  Esc closes"
            : "j k scroll  y copies  Esc goes back"
    }

    /// One message with all of its lines.
    private static func drawWhole(
        _ message: PeekedMessage,
        _ scroll: Int,
        in room: Rect,
        on frame: inout Frame,
        _ context: PaneContext
    ) {
        let lines = wholeLines(message, columns: room.columns, context.style)
        let first = min(scroll, max(0, lines.count - room.rows))
        frame.putLines(Array(lines[first...]), in: room)
    }

    /// Subject, facts, headers and payload of a message, none of them cut.
    static func wholeLines(
        _ message: PeekedMessage,
        columns: Int,
        _ style: TextStyle
    ) -> [TextLine] {
        let at = message.storedAt
        let date = Format.date(at, offsetSeconds: style.offsetSeconds)
        var facts = [
            DetailFact(label: "subject", value: style.name(message.subject), role: .seriesKey),
            DetailFact(
                label: "sequence",
                value: Format.exact(message.sequence),
                role: .textStrong
            ),
            DetailFact(label: "stored", value: "\(date) \(style.clock(at))", role: .text),
            DetailFact(
                label: "size",
                value: Format.bytes(message.payloadByteCount),
                role: .text
            ),
        ]
        if message.deliveries > 1 {
            let count = "\(message.deliveries) times"
            facts.append(DetailFact(label: "delivered", value: count, role: .stateWarn))
        }
        return DetailRows.lines(facts, cells: columns) + [[]]
            + MessageRows.lines(message, columns: columns, style)
    }

    private static func drawList(
        _ messages: [PeekedMessage],
        _ peek: PeekState,
        in rect: Rect,
        on frame: inout Frame,
        _ context: PaneContext
    ) {
        let first = TextTable.first(0, showing: peek.index, of: messages.count, rows: rect.rows)
        for (row, message) in messages.dropFirst(first).prefix(rect.rows).enumerated() {
            let line = rect.line(row)
            if first + row == peek.index {
                frame.shade(line, as: .rowSelected)
                frame.rest(in: line, column: 0, row: 0, isVisible: false)
            }
            let size = TextWidth.pad(
                Format.bytes(message.payloadByteCount),
                cells: 7,
                alignment: .right
            )
            // What it is about is wanted before when it came and how large it is.
            let facts: TextLine = [
                TextRun("  " + context.style.clock(message.storedAt), .textMuted),
                TextRun("  " + size, .text),
            ]
            let number = Format.exact(message.sequence)
            let runs: TextLine =
                [TextRun(TextWidth.pad(number, cells: 14, alignment: .right), .textStrong)]
                + (rect.columns >= 50 ? facts : []) + [
                    TextRun("  " + context.style.name(message.subject, cellsMax: 80), .seriesKey),
                    TextRun(
                        message.deliveries > 1 ? "  delivered \(message.deliveries)" : "",
                        .stateWarn
                    ),
                ]
            frame.put(runs, in: line)
        }
    }
}
