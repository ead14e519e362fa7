// What each alert rule measures in a picture.

import Base
import Engine

extension AlertBook {
    /// The value of each rule, by raw value, below which a reading changes nothing.
    var floors: [Double] {
        AlertRule.allCases.map { rule in
            let policy = policy(of: rule)
            return min(policy.raise, policy.clear)
        }
    }
}

extension EngineSnapshot {
    /// What the rules see; readings below `floors` are left out, as an alert ends without one.
    func alertReadings(
        publishP99 milliseconds: Double?,
        syncP99: Double?,
        floors: [Double],
        queues: [[UInt8]: QueueHistory] = [:]
    ) -> [AlertReading] {
        var readings: [AlertReading] = []
        for stream in streams {
            append(stream, queues[stream.name], to: &readings, floors)
        }
        for connection in connections where connection.flags.contains(.slow) {
            let name = connection.name.isEmpty ? connection.address : connection.name
            readings.append(AlertReading(.slowClient, name, 1))
        }
        if let milliseconds { readings.append(AlertReading(.publishSlow, [], milliseconds)) }
        if let syncP99 { readings.append(AlertReading(.syncSlow, [], syncP99)) }
        readings += keyReadings + storageReadings
        return readings.filter { $0.value >= floors[Int($0.id.rule.rawValue)] }
    }

    /// Appends what is worth a look about `stream`: hardly ever anything, for there may be many.
    private func append(
        _ stream: StreamStatus,
        _ history: QueueHistory?,
        to readings: inout [AlertReading],
        _ floors: [Double]
    ) {
        func add(_ rule: AlertRule, _ value: Double) {
            guard value >= floors[Int(rule.rawValue)] else { return }
            readings.append(AlertReading(rule, stream.name, value))
        }
        add(.depthHigh, Double(stream.depth))
        add(.redelivery, stream.redeliveries.messagesPerSecond)
        add(.deadLetters, Double(stream.deadLetters))
        if stream.depth > 10_000 {
            add(.depthGrowing, max(0, history?.growth(at: takenAt) ?? 0))
        }
        let isServed = stream.state == .running && stream.consumerCount > 0
        if stream.oldestPendingAt != .never, stream.depth > 0, isServed {
            add(.oldestAge, seconds(takenAt.nanoseconds(since: stream.oldestPendingAt)))
        }
        if isServed, stream.activeConsumerCount == 0, stream.depth > 0 { add(.noConsumer, 1) }
        if !stream.damage.isEmpty { add(.damage, 1) }
        readings += stateReadings(of: stream)
    }

    private func stateReadings(of stream: StreamStatus) -> [AlertReading] {
        switch stream.state {
        case .deliveryPaused, .ingressPaused, .paused:
            guard stream.stateSince != .never else { return [] }
            let held = takenAt.nanoseconds(since: stream.stateSince)
            return [AlertReading(.pausedLong, stream.name, seconds(held))]
        case .draining where stream.depth > 0 && stream.egress.messagesPerSecond < 0.05:
            return [AlertReading(.drainStalled, stream.name, 1)]
        case .running, .draining, .drained, .purging, .sealed, .recovering, .readOnly, .locked:
            return []
        }
    }

    private var keyReadings: [AlertReading] {
        var readings: [AlertReading] = []
        for key in keys.keys where key.state == .active {
            let name = key.scope.name
            readings.append(AlertReading(.keyBudget, name, key.budgetUsed))
            if keys.rotationIntervalNanoseconds > 0, key.scope != .root {
                let age = Double(takenAt.nanoseconds(since: key.createdAt))
                let share = age / Double(keys.rotationIntervalNanoseconds)
                readings.append(AlertReading(.keyAge, name, share))
            }
        }
        for rotation in keys.rotations {
            let failed = RotationStep.allCases.contains { step in
                if case .failed = rotation[step] { true } else { false }
            }
            if failed || rotation.failedReads > 0 {
                readings.append(AlertReading(.rotationStuck, rotation.scope.name, 1))
            }
        }
        if !keys.memory.isUnlocked { readings.append(AlertReading(.storeLocked, [], 1)) }
        if !keys.keys.isEmpty, !keys.memory.isLocked {
            readings.append(AlertReading(.memoryUnprotected, [], 1))
        }
        return readings
    }

    private var storageReadings: [AlertReading] {
        var readings: [AlertReading] = []
        if storage.diskBytes > 0 {
            let used = 1 - Double(storage.freeBytes) / Double(storage.diskBytes)
            readings.append(AlertReading(.diskLow, [], used))
        }
        readings.append(AlertReading(.diskHangs, [], seconds(storage.hangNanoseconds)))
        if server.state == .writeStopped { readings.append(AlertReading(.writeStopped, [], 1)) }
        return readings
    }

    private func seconds(_ nanoseconds: UInt64) -> Double {
        Double(nanoseconds) / Double(nanosecondsPerSecond)
    }
}

extension KeyScope {
    /// The scope as alerts and exports name it.
    var name: [UInt8] {
        switch self {
        case .root: Array("root".utf8)
        case .stream(let name): name
        case .allStreams: Array("all".utf8)
        }
    }

    /// The scope in a sentence, safe to show.
    func title(_ style: TextStyle) -> String {
        self == .allStreams ? "all queues" : style.name(name, cellsMax: 30)
    }
}
