// How each screen divides its room among its panes.

import Canvas

extension Screen {
    /// The panes of the screen, in the order that Tab visits them.
    func panes(_ sizeClass: SizeClass) -> [Pane] {
        switch self {
        case .overview:
            sizeClass == .huge
                ? [
                    .throughput, .heatMap, .percentiles, .queues, .keySummary, .clients, .storage,
                    .events,
                ]
                : sizeClass == .large
                    ? [.throughput, .heatMap, .queues, .keySummary, .events, .clients]
                    : sizeClass == .medium
                        ? [.throughput, .heatMap, .queues, .keySummary]
                        : [.queues, .throughput, .heatMap]
        case .queues:
            sizeClass >= .large
                ? [.queues, .queueDetail, .queueGraph, .consumers]
                : sizeClass == .medium
                    ? [.queues, .queueDetail, .queueGraph] : [.queues, .consumers]
        case .clients: sizeClass >= .medium ? [.clients, .clientDetail] : [.clients]
        case .latency:
            sizeClass >= .large
                ? [.heatMap, .percentiles, .stages, .queueLatency]
                : sizeClass == .medium ? [.heatMap, .stages] : [.stages, .queueLatency, .heatMap]
        case .keys:
            sizeClass >= .medium ? [.keys, .rotation, .keySafety] : [.keys, .rotation]
        case .storage:
            sizeClass >= .medium ? [.storage, .syncLatency, .damage] : [.storage, .damage]
        case .targets: sizeClass >= .medium ? [.targets, .server] : [.targets]
        case .events: [.alerts, .events]
        }
    }

    /// What is shown when `pane` is to have the whole of `body`; a queue's facts bring its past and
    /// its consumers with them.
    func zoomedPlaces(_ pane: Pane, in body: Rect) -> [PanePlace] {
        guard pane == .queueDetail, body.columns >= 76, body.rows >= 14 else {
            return [PanePlace(pane: pane, rect: body)]
        }
        let columns = Layout([.fixed(max(41, body.columns * 2 / 5)), .share(1)]).columns(of: body)
        return stack(columns[0], [(.queueDetail, .share(1))])
            + stack(columns[1], [(.queueGraph, .share(3)), (.consumers, .share(2, min: 5))])
    }

    /// The panes and their rectangles in `body`.
    func places(in body: Rect, _ sizeClass: SizeClass, focus: Pane?) -> [PanePlace] {
        switch self {
        case .overview: overview(body, sizeClass, focus)
        case .queues: queues(body, sizeClass, focus)
        case .clients: clients(body, sizeClass)
        case .latency: latency(body, sizeClass, focus)
        case .keys: keys(body, sizeClass, focus)
        case .storage: storage(body, sizeClass)
        case .targets:
            sizeClass >= .medium
                ? stack(body, [(.targets, .share(1)), (.server, .fixed(10))])
                : stack(body, [(.targets, .share(1))])
        case .events:
            stack(body, [(.alerts, .share(2, min: 5)), (.events, .share(5, min: 5))])
        }
    }

    private func overview(_ body: Rect, _ sizeClass: SizeClass, _ focus: Pane?) -> [PanePlace] {
        switch sizeClass {
        case .huge:
            let rows = Layout([.share(7), .share(9), .share(4)]).rows(of: body)
            return side(
                rows[0],
                [(.throughput, .share(1)), (.heatMap, .share(1)), (.percentiles, .share(1))]
            )
                + side(rows[1], [(.queues, .share(2)), (.keySummary, .share(1))])
                + side(
                    rows[2],
                    [(.clients, .share(9)), (.storage, .share(9)), (.events, .share(12))]
                )
        case .large:
            let rows = Layout([.share(15), .share(15), .fixed(6 + max(0, body.rows - 36) / 6)])
                .rows(of: body)
            let keysWidth = min(44, max(36, body.columns / 3 - 2))
            return side(rows[0], [(.throughput, .share(1)), (.heatMap, .share(1))])
                + side(rows[1], [(.queues, .share(1)), (.keySummary, .fixed(keysWidth))])
                + side(rows[2], [(.events, .share(1)), (.clients, .fixed(keysWidth))])
        case .medium:
            let graphs = max(7, body.rows * 7 / 20)
            let rows = Layout([.fixed(graphs), .share(1), .fixed(3)]).rows(of: body)
            return side(rows[0], [(.throughput, .share(1)), (.heatMap, .share(1))])
                + stack(rows[1], [(.queues, .share(1))])
                + stack(rows[2], [(.keySummary, .share(1))])
        case .small, .list, .lines, .dot:
            let graph: Pane = focus == .heatMap ? .heatMap : .throughput
            return stack(body, [(graph, .fixed(max(5, body.rows * 2 / 5))), (.queues, .share(1))])
        }
    }

    private func queues(_ body: Rect, _ sizeClass: SizeClass, _ focus: Pane?) -> [PanePlace] {
        switch sizeClass {
        case .huge:
            let columns = Layout([.share(3), .share(2)]).columns(of: body)
            return stack(columns[0], [(.queues, .share(1))])
                + stack(
                    columns[1],
                    [(.queueDetail, .fixed(20)), (.queueGraph, .share(2)), (.consumers, .share(1))]
                )
        case .large:
            // Every fact about a queue has room, unless the table would have none.
            let facts = max(12, min(19, body.rows - 17)) + max(0, body.rows - 36) / 4
            let rows = Layout([.share(1), .fixed(facts)]).rows(of: body)
            let right = Layout([.fixed(46), .share(1)]).columns(of: rows[1])
            return stack(rows[0], [(.queues, .share(1))])
                + stack(right[0], [(.queueDetail, .share(1))])
                + stack(
                    right[1],
                    [(.queueGraph, .share(3, min: 5)), (.consumers, .share(1, min: 5))]
                )
        case .medium:
            let rows = Layout([.share(1), .fixed(8)]).rows(of: body)
            return stack(rows[0], [(.queues, .share(1))])
                + side(rows[1], [(.queueDetail, .fixed(45)), (.queueGraph, .share(1))])
        case .small, .list, .lines, .dot:
            return stack(body, [(focus == .consumers ? .consumers : .queues, .share(1))])
        }
    }

    private func clients(_ body: Rect, _ sizeClass: SizeClass) -> [PanePlace] {
        guard sizeClass >= .medium else { return stack(body, [(.clients, .share(1))]) }
        return stack(body, [(.clients, .share(1)), (.clientDetail, .fixed(7))])
    }

    private func latency(_ body: Rect, _ sizeClass: SizeClass, _ focus: Pane?) -> [PanePlace] {
        switch sizeClass {
        case .huge, .large:
            let rows = Layout([.share(3), .share(2, min: 9)]).rows(of: body)
            return side(rows[0], [(.heatMap, .share(3)), (.percentiles, .share(2))])
                + side(rows[1], [(.stages, .share(1)), (.queueLatency, .share(1))])
        case .medium:
            return stack(body, [(.heatMap, .share(1)), (.stages, .fixed(9))])
        case .small, .list, .lines, .dot:
            let shown: Pane =
                focus == .heatMap || focus == .queueLatency ? focus ?? .stages : .stages
            return stack(body, [(shown, .share(1))])
        }
    }

    private func keys(_ body: Rect, _ sizeClass: SizeClass, _ focus: Pane?) -> [PanePlace] {
        switch sizeClass {
        case .huge, .large:
            let rows = Layout([.share(1), .fixed(16)]).rows(of: body)
            return stack(rows[0], [(.keys, .share(1))])
                + side(rows[1], [(.rotation, .share(3)), (.keySafety, .share(2))])
        case .medium:
            let rows = Layout([.share(1), .fixed(11)]).rows(of: body)
            return stack(rows[0], [(.keys, .share(1))])
                + side(rows[1], [(.rotation, .share(1)), (.keySafety, .fixed(33))])
        case .small, .list, .lines, .dot:
            return stack(body, [(focus == .rotation ? .rotation : .keys, .share(1))])
        }
    }

    private func storage(_ body: Rect, _ sizeClass: SizeClass) -> [PanePlace] {
        switch sizeClass {
        case .huge, .large:
            let columns = Layout([.share(1), .share(1)]).columns(of: body)
            return stack(columns[0], [(.storage, .fixed(16)), (.damage, .share(1, min: 5))])
                + stack(columns[1], [(.syncLatency, .share(1))])
        case .medium:
            let rows = Layout([.share(1), .fixed(5)]).rows(of: body)
            return side(rows[0], [(.storage, .share(1)), (.syncLatency, .fixed(36))])
                + stack(rows[1], [(.damage, .share(1))])
        case .small, .list, .lines, .dot:
            return stack(body, [(.storage, .share(1)), (.damage, .fixed(5))])
        }
    }

    private func stack(_ rect: Rect, _ parts: [(Pane, Extent)]) -> [PanePlace] {
        zip(parts, Layout(parts.map(\.1)).rows(of: rect)).map { PanePlace(pane: $0.0, rect: $1) }
    }

    private func side(_ rect: Rect, _ parts: [(Pane, Extent)]) -> [PanePlace] {
        zip(parts, Layout(parts.map(\.1)).columns(of: rect)).map { PanePlace(pane: $0.0, rect: $1) }
    }
}
