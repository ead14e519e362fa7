// The tables of latencies by stage and by queue.

import Base
import Canvas
import Engine

/// Latencies of one stage or of the whole way.
struct StageRow: Sendable {
    /// 0 is the whole way, stages follow.
    let number: UInt8
    /// Its name.
    let name: String
    /// Latencies in the window that is shown.
    let histogram: LatencyHistogram
    /// Its share of the time that all stages take on average.
    let share: Double
}

/// The table of latencies by stage.
enum StageList {
    static let spec = ListSpec<StageRow>(
        noun: "stages",
        columns: [stage, share] + LatencyColumns.columns { $0.histogram },
        sort: ("order", false),
        id: { .stage($0.number) },
        name: { Array($0.name.utf8) },
        words: { [Array($0.name.utf8)] },
        rows: rows
    )

    @Sendable private static func rows(_ picture: Picture) -> [StageRow] {
        let data = picture.model.data
        let end = data.time.end(latest: picture.snapshot.takenAt)
        let last = Int(clamping: end.nanoseconds / nanosecondsPerSecond)
        let first = max(0, last - data.time.window.seconds)
        let stages = LatencyStage.allCases.map {
            data.history[$0].merged(from: first, through: last)
        }
        let sums = stages.map(\.mean)
        let total = sums.reduce(0, +)
        let whole = StageRow(
            number: 0,
            name: "publish → ack",
            histogram: data.history.publish.merged(from: first, through: last),
            share: 1
        )
        return [whole]
            + LatencyStage.allCases.map { stage in
                let place = Int(stage.rawValue)
                return StageRow(
                    number: stage.rawValue + 1,
                    name: stage.name,
                    histogram: stages[place],
                    share: total > 0 ? sums[place] / total : 0
                )
            }
    }

    private static let stage = Column<StageRow>(
        "order",
        "STAGE",
        width: 13,
        weight: 1,
        alignment: .left,
        value: { .number(Double($0.number)) },
        text: { row, style in
            let name = row.number == 0 ? Latencies.way(style.glyphs) : row.name
            return TextRun(name, row.number == 0 ? .textStrong : .text)
        }
    )

    private static let share = Column<StageRow>(
        "share",
        "OF ALL",
        width: 10,
        alignment: .left,
        drop: 2,
        value: { .number($0.share) },
        text: { row, style in
            let bar = Sparks.bar(row.share, cells: 10, role: .seriesKey, glyphs: style.glyphs)
            return row.number == 0 ? TextRun("", .text) : bar[0]
        }
    )
}

extension LatencyStage {
    /// Its name.
    var name: String {
        switch self {
        case .accept: "accept"
        case .journal: "journal"
        case .sync: "sync"
        case .deliver: "deliver"
        case .ack: "ack"
        }
    }
}

extension LatencyHistogram {
    /// The mean of the buckets' middles in nanoseconds; 0 without samples.
    var mean: Double {
        guard count > 0 else { return 0 }
        var sum = 0.0
        for (place, samples) in counts.enumerated() where samples > 0 {
            let low = Double(Self.lowerBound(of: firstBucket + place))
            let high = Double(Self.upperBound(of: firstBucket + place))
            sum += (low + high) / 2 * Double(samples)
        }
        return sum / Double(count)
    }
}

/// One queue's latencies.
struct QueueLatencyRow: Sendable {
    /// The queue.
    let name: [UInt8]
    /// Latencies of the last minute.
    let histogram: LatencyHistogram
}

/// The table of latencies by queue.
enum QueueLatencyList {
    static let spec = ListSpec<QueueLatencyRow>(
        noun: "queues",
        columns: [name] + LatencyColumns.columns { $0.histogram },
        sort: ("p99", true),
        id: { .stream($0.name) },
        name: { $0.name },
        words: { [$0.name] },
        rows: { picture in
            picture.snapshot.streams.map { stream in
                let history = picture.model.data.history.queues[stream.name]
                return QueueLatencyRow(
                    name: stream.name,
                    histogram: history?.latency(at: picture.snapshot.takenAt)
                        ?? stream.publishLatency
                )
            }
        }
    )

    private static let name = Column<QueueLatencyRow>(
        "name",
        "QUEUE",
        width: 13,
        weight: 1,
        alignment: .left,
        value: { .text($0.name) },
        text: { TextRun($1.name($0.name), .textStrong) }
    )
}

/// Percentile columns for any row with a histogram.
enum LatencyColumns {
    private static let quantiles: [(String, Double, Int)] = [
        ("p50", 0.5, 1), ("p90", 0.9, 3), ("p99", 0.99, 0), ("p99.9", 0.999, 4),
    ]

    static func columns<Row: Sendable>(
        _ histogram: @escaping @Sendable (Row) -> LatencyHistogram
    ) -> [Column<Row>] {
        let percentiles = quantiles.map { name, quantile, drop in
            Column<Row>(
                name,
                name,
                width: 6,
                drop: drop,
                value: { row in
                    .number(Double(histogram(row).percentile(quantile) ?? 0) / 1e6)
                },
                text: { row, _ in Latencies.cell(histogram(row), quantile) }
            )
        }
        return percentiles + [
            Column<Row>(
                "max",
                "max",
                width: 6,
                drop: 2,
                value: { .number(Double(histogram($0).maximum ?? 0) / 1e6) },
                text: { row, _ in
                    guard let value = histogram(row).maximum else {
                        return TextRun("-", .textMuted)
                    }
                    return TextRun(Format.milliseconds(nanoseconds: value), .text)
                }
            ),
            Column<Row>(
                "n",
                "n",
                width: 6,
                drop: 5,
                value: { .number(Double(histogram($0).count)) },
                text: { row, _ in
                    TextRun(Format.count(histogram(row).count), .textMuted)
                }
            ),
        ]
    }
}
