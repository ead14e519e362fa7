// The table of a queue's consumers.

import Base
import Canvas
import Engine

/// One consumer and its stream.
struct ConsumerRow: Sendable {
    /// The stream's name.
    let stream: [UInt8]
    /// The consumer.
    let consumer: ConsumerStatus
    /// When the picture was taken.
    let now: Instant
}

/// The table of the selected queue's consumers.
enum ConsumerList {
    static let spec = ListSpec<ConsumerRow>(
        noun: "consumers",
        columns: [name, kind] + numbers + [oldest, floor],
        sort: ("pending", true),
        id: { .consumer(stream: $0.stream, name: $0.consumer.name) },
        name: { $0.consumer.name },
        words: { [$0.consumer.name] + $0.consumer.filters },
        rows: { picture in
            guard let stream = picture.selectedStream else { return [] }
            return stream.consumers.map {
                ConsumerRow(stream: stream.name, consumer: $0, now: picture.snapshot.takenAt)
            }
        }
    )

    private static let name = Column<ConsumerRow>(
        "name",
        "CONSUMER",
        width: 12,
        weight: 3,
        alignment: .left,
        value: { .text($0.consumer.name) },
        text: { TextRun($1.name($0.consumer.name), .textStrong) }
    )

    private static let kind = Column<ConsumerRow>(
        "state",
        "STATE",
        width: 9,
        alignment: .left,
        drop: 4,
        value: { .text(Array(word($0.consumer, now: $0.now).utf8)) },
        text: { row, _ in
            let word = word(row.consumer, now: row.now)
            let isPaused = row.consumer.pausedUntil > row.now
            return TextRun(
                word,
                isPaused ? .statePaused : row.consumer.isIdle ? .stateWarn : .stateOk
            )
        }
    )

    private static let numbers: [Column<ConsumerRow>] = [
        .count("pending", "PENDING", width: 8) { $0.consumer.pending },
        .count("unacked", "UNACK", width: 8, drop: 2) { $0.consumer.unacked },
        .rate("out", "OUT/s", width: 8, drop: 1) { $0.consumer.egress.messagesPerSecond },
        .rate("ack", "ACK/s", width: 8, drop: 5) { $0.consumer.acks.messagesPerSecond },
        .count("redelivered", "REDEL", width: 8, drop: 6) { $0.consumer.redeliveries },
        .count("waiting", "WAIT", width: 8, drop: 7) { UInt64($0.consumer.waitingRequests) },
    ]

    private static let oldest = Column<ConsumerRow>(
        "oldest",
        "OLDEST",
        width: 7,
        drop: 3,
        value: { .number(Double($0.now.nanoseconds(since: $0.consumer.oldestPendingAt)) / 1e9) },
        text: { row, style in
            let hasNone = row.consumer.pending == 0 && row.consumer.unacked == 0
            return TextRun(
                hasNone ? "-" : style.age(row.consumer.oldestPendingAt),
                hasNone ? .textMuted : .text
            )
        }
    )

    private static let floor = Column<ConsumerRow>(
        "floor",
        "ACK FLOOR",
        width: 12,
        drop: 8,
        value: { .number(Double($0.consumer.ackFloor)) },
        text: { row, _ in TextRun(Format.exact(row.consumer.ackFloor), .textMuted) }
    )

    private static func word(_ consumer: ConsumerStatus, now: Instant) -> String {
        if consumer.pausedUntil > now {
            let left = consumer.pausedUntil.nanoseconds(since: now)
            return consumer.pausedUntil == .distantFuture
                ? "PAUSE" : "PAUSE " + Format.brief(nanoseconds: left)
        }
        if consumer.isIdle { return "NOBODY" }
        return consumer.kind == .pull ? "PULL" : "PUSH"
    }
}
