// What has changed between marker A and now, or marker B.

import Base
import Canvas
import Engine

/// What has changed for one queue between marker A and now, or marker B.
struct Comparison {
    private let depth: Double
    private let ingress: Double
    private let egress: Double
    private let isToNow: Bool

    /// The change of the queue `name`; nil without marker A or without history.
    init?(_ name: [UInt8], _ model: ConsoleModel) {
        let time = model.data.time
        guard time.markerA != .never, let history = model.data.history.queues[name] else {
            return nil
        }
        isToNow = time.markerB == .never
        let end = isToNow ? model.shownInstant : time.markerB
        func change(_ series: Series) -> Double {
            (series.value(at: end) ?? 0) - (series.value(at: time.markerA) ?? 0)
        }
        depth = change(history.depth)
        ingress = change(history.ingress)
        egress = change(history.egress)
    }

    /// Between which moments it happened.
    var span: String { "A to \(isToNow ? "now" : "B")" }

    /// How the depth changed, in words.
    var level: String { "depth \(Self.signed(depth))" }

    /// How the rates changed, in words.
    var rates: String { "in \(Self.signed(ingress))/s  out \(Self.signed(egress))/s" }

    /// The change in words.
    var sentence: String { "\(span): \(level)  \(rates)" }

    private static func signed(_ value: Double) -> String {
        value < 0 ? "-" + Format.rate(-value) : "+" + Format.rate(value)
    }
}
