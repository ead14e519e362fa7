// From a confirmed action to orders: the only place where destructive orders are made.

import Base
import Canvas
import Engine

/// One order of an action, and what takes it back.
struct PlannedOrder: Hashable, Sendable {
    /// The order.
    let order: EngineOrder
    /// What it does, in words.
    let label: String
    /// What takes it back.
    let inverse: EngineOrder?
}

/// From a confirmed action to orders.
enum ActionPlan {
    static let durations = ["5m", "15m", "30m", "1h", "4h", "12h", "24h"]
    static let speeds = ["unlimited", "5 MB/s", "10 MB/s", "50 MB/s", "100 MB/s"]

    // MARK: What can be chosen

    static func options(_ action: Action, _ model: ConsoleModel) -> [ConfirmOption] {
        switch action {
        case .pause: [ConfirmOption(label: "for", choices: durations, index: 2)]
        case .pauseIngress:
            [ConfirmOption(label: "for", choices: durations + ["until resumed"], index: 2)]
        case .drain:
            [
                ConfirmOption(
                    label: "afterwards",
                    choices: ["stay drained", "resume", "seal"],
                    index: 0
                ),
                ConfirmOption(label: "deadline", choices: ["none"] + durations, index: 0),
            ]
        case .purge:
            [ConfirmOption(label: "keep last", choices: ["0", "100", "1000", "10000"], index: 0)]
        case .redrive:
            [ConfirmOption(label: "at most", choices: ["all", "1", "100", "1000"], index: 0)]
        case .throttle: [ConfirmOption(label: "limit", choices: speeds, index: 2)]
        case .rotate:
            [rotationScope(model)]
                + (isRewritingDue(model)
                    ? [ConfirmOption(label: "re-encrypt at", choices: speeds, index: 3)] : [])
        case .resume, .delete, .kick, .holdRewrite, .verify, .retireKey, .destroyKey, .compromise,
            .addSlot, .removeSlot, .lock, .unlock, .resumeWriting, .lameDuck:
            []
        }
    }

    /// Whose keys; those of all queues where their rotation has been begun and not ended.
    private static func rotationScope(_ model: ConsoleModel) -> ConfirmOption {
        let choices = rotationScopes(model)
        let isBegun = nextStep(of: .allStreams, model) != .prepare
        return ConfirmOption(
            label: "scope",
            choices: choices,
            index: isBegun ? choices.count - 1 : 0
        )
    }

    /// Whether the next step of a rotation that can be chosen is the one that has a speed.
    private static func isRewritingDue(_ model: ConsoleModel) -> Bool {
        let mine = model.screen.current == .keys ? model.selectedKey.map { [$0.scope] } ?? [] : []
        return (mine + [.allStreams]).contains { nextStep(of: $0, model) == .reencrypt }
    }

    private static func rotationScopes(_ model: ConsoleModel) -> [String] {
        // The root key itself takes the secret of every slot, which nobody types here.
        guard model.screen.current == .keys, let key = model.selectedKey, key.scope != .root
        else { return ["all queues"] }
        return ["selected", "all queues"]
    }

    // MARK: Orders

    /// The orders of `confirmation`; none unless `key` confirms it at `now`.
    static func orders(
        _ confirmation: Confirmation,
        by key: Key,
        at now: Instant,
        _ model: ConsoleModel
    ) -> [PlannedOrder] {
        guard confirmation.isConfirmed(by: key, at: now) else { return [] }
        switch confirmation.action {
        case .rotate, .holdRewrite, .verify, .retireKey, .destroyKey, .compromise, .addSlot,
            .removeSlot, .lock, .unlock:
            return keyOrders(confirmation, model)
        case .throttle where confirmation.targets.isEmpty: return keyOrders(confirmation, model)
        case .resumeWriting:
            return [PlannedOrder(order: .resumeWriting, label: "writing resumed", inverse: nil)]
        case .lameDuck:
            return [PlannedOrder(order: .lameDuck, label: "lame duck begun", inverse: nil)]
        case .pause, .pauseIngress, .resume, .drain, .purge, .delete, .redrive, .kick, .throttle:
            return confirmation.targets.compactMap { order(confirmation, $0, now, model) }
        }
    }

    private static func order(
        _ confirmation: Confirmation,
        _ target: RowId,
        _ now: Instant,
        _ model: ConsoleModel
    ) -> PlannedOrder? {
        switch target {
        case .stream(let name):
            return streamOrder(confirmation, name, consumer: nil, now, model)
        case .consumer(let stream, let name):
            if confirmation.action == .delete {
                return PlannedOrder(
                    order: .deleteConsumer(stream: stream, consumer: name),
                    label: "\(shown(name)) deleted",
                    inverse: nil
                )
            }
            return streamOrder(confirmation, stream, consumer: name, now, model)
        case .connection(let id): return connectionOrder(confirmation, id, model)
        case .key, .slot, .damage, .target, .event, .alert, .stage: return nil
        }
    }

    private static func streamOrder(
        _ confirmation: Confirmation,
        _ name: [UInt8],
        consumer: [UInt8]?,
        _ now: Instant,
        _ model: ConsoleModel
    ) -> PlannedOrder? {
        let label = consumer.map { "\(shown(name))/\(shown($0))" } ?? shown(name)
        let back = EngineOrder.resume(stream: name, consumer: consumer)
        let until = deadline(confirmation, "for", now)
        switch confirmation.action {
        case .pause:
            return PlannedOrder(
                order: .pauseDelivery(stream: name, consumer: consumer, until: until, reason: []),
                label: "\(label) paused",
                inverse: back
            )
        case .pauseIngress:
            return PlannedOrder(
                order: .pauseIngress(stream: name, until: until, reason: []),
                label: "\(label) refuses new messages",
                inverse: back
            )
        case .resume:
            return PlannedOrder(
                order: back,
                label: "\(label) resumed",
                inverse: hold(name, consumer, model)
            )
        case .drain, .purge, .delete, .redrive:
            return emptying(confirmation, name, label, now)
        case .kick, .throttle, .rotate, .holdRewrite, .verify, .retireKey, .destroyKey,
            .compromise, .addSlot, .removeSlot, .lock, .unlock, .resumeWriting, .lameDuck:
            return nil
        }
    }

    /// The orders that take messages out of a stream, or put them back.
    private static func emptying(
        _ confirmation: Confirmation,
        _ name: [UInt8],
        _ label: String,
        _ now: Instant
    ) -> PlannedOrder? {
        switch confirmation.action {
        case .drain:
            let ends: [DrainEnd] = [.rest, .resume, .seal]
            let place = confirmation.options.first { $0.label == "afterwards" }?.index ?? 0
            return PlannedOrder(
                order: .drain(
                    stream: name,
                    deadline: deadline(confirmation, "deadline", now),
                    afterwards: ends.indices.contains(place) ? ends[place] : .rest
                ),
                label: "\(label) drain started",
                inverse: .resume(stream: name, consumer: nil)
            )
        case .purge:
            let keep = UInt64(choice(confirmation, "keep last")) ?? 0
            let scope = PurgeScope(
                ceiling: confirmation.ceilings[name] ?? 0,
                keep: keep,
                filter: []
            )
            return PlannedOrder(
                order: .purge(stream: name, scope: scope),
                label: "\(label) purged",
                inverse: nil
            )
        case .delete:
            return PlannedOrder(order: .deleteStream(name), label: "\(label) deleted", inverse: nil)
        case .redrive:
            let limit = UInt64(choice(confirmation, "at most")) ?? .max
            return PlannedOrder(
                order: .redrive(stream: name, limit: limit),
                label: "\(label) dead letters put back",
                inverse: nil
            )
        case .pause, .pauseIngress, .resume, .kick, .throttle, .rotate, .holdRewrite, .verify,
            .retireKey, .destroyKey, .compromise, .addSlot, .removeSlot, .lock, .unlock,
            .resumeWriting, .lameDuck:
            return nil
        }
    }

    /// The order that brings back the hold that a resume ends.
    private static func hold(
        _ name: [UInt8],
        _ consumer: [UInt8]?,
        _ model: ConsoleModel
    ) -> EngineOrder? {
        guard consumer == nil, let stream = model.stream(.stream(name)) else { return nil }
        switch stream.state {
        case .deliveryPaused(let until):
            return .pauseDelivery(stream: name, consumer: nil, until: until, reason: [])
        case .ingressPaused(let until), .paused(let until):
            return .pauseIngress(stream: name, until: until, reason: [])
        case .draining, .drained:
            return .drain(stream: name, deadline: .distantFuture, afterwards: .rest)
        case .running, .purging, .sealed, .recovering, .readOnly, .locked: return nil
        }
    }

    private static func connectionOrder(
        _ confirmation: Confirmation,
        _ id: UInt64,
        _ model: ConsoleModel
    ) -> PlannedOrder? {
        let connection = model.data.latest.connections.first { $0.id == id }
        let name = connection.map { shown($0.name) } ?? ""
        let label = name.isEmpty ? "client #\(id)" : name
        if confirmation.action == .kick {
            return PlannedOrder(
                order: .kick(connection: id, reason: Array("closed by operator".utf8)),
                label: "\(label) disconnected",
                inverse: nil
            )
        }
        guard confirmation.action == .throttle else { return nil }
        let before = connection?.throttleBytesPerSecond ?? 0
        return PlannedOrder(
            order: .throttle(connection: id, bytesPerSecond: speed(confirmation, "limit")),
            label: "\(label) limited to \(choice(confirmation, "limit"))",
            inverse: .throttle(connection: id, bytesPerSecond: before)
        )
    }

    // MARK: Choices

    static func choice(_ confirmation: Confirmation, _ label: String) -> String {
        confirmation.options.first { $0.label == label }?.choice ?? ""
    }

    static func speed(_ confirmation: Confirmation, _ label: String) -> UInt64 {
        let digits = choice(confirmation, label).prefix { $0.isNumber }
        return (UInt64(digits) ?? 0) * 1_000_000
    }

    private static func deadline(
        _ confirmation: Confirmation,
        _ label: String,
        _ now: Instant
    ) -> Instant {
        guard let span = Quantity.nanoseconds(choice(confirmation, label)) else {
            return .distantFuture
        }
        return now.adding(nanoseconds: span)
    }

    static func shown(_ name: [UInt8]) -> String { DisplayText(name, cellsMax: 256).text }
}
