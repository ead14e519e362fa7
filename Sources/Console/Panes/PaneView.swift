// Which function draws which pane.

import Canvas
import Engine

/// Which function draws which pane.
enum PaneView {
    static func draw(_ pane: Pane, in rect: Rect, on frame: inout Frame, _ context: PaneContext) {
        switch pane {
        case .throughput: ThroughputPane.draw(in: rect, on: &frame, context)
        case .heatMap: HeatMapPane.draw(in: rect, on: &frame, context)
        case .percentiles: PercentilePane.draw(in: rect, on: &frame, context)
        case .queues: TablePane.drawQueues(in: rect, on: &frame, context)
        case .queueDetail: QueuePane.drawDetail(in: rect, on: &frame, context)
        case .queueGraph: QueuePane.drawGraph(in: rect, on: &frame, context)
        case .clientDetail: ClientPane.draw(in: rect, on: &frame, context)
        case .keySummary: KeySummaryPane.draw(in: rect, on: &frame, context)
        case .rotation: RotationPane.draw(in: rect, on: &frame, context)
        case .keySafety: KeySafetyPane.draw(in: rect, on: &frame, context)
        case .storage: StoragePane.draw(in: rect, on: &frame, context)
        case .server: ServerPane.draw(in: rect, on: &frame, context)
        case .syncLatency: StoragePane.drawSyncs(in: rect, on: &frame, context)
        case .consumers, .clients, .keys, .stages, .queueLatency, .damage, .targets, .events,
            .alerts:
            TablePane.draw(pane, in: rect, on: &frame, context)
        }
    }
}
