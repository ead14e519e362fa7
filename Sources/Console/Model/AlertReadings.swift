// What each alert rule measures in a picture.

import Base
import Engine

extension EngineSnapshot {
    /// Everything the rules look at; values below every limit are included, so that alerts can end.
    func alertReadings(publishP99 milliseconds: Double?, syncP99: Double?) -> [AlertReading] {
        var readings: [AlertReading] = []
        for stream in streams { readings += self.readings(of: stream) }
        for connection in connections where connection.flags.contains(.slow) {
            let name = connection.name.isEmpty ? connection.address : connection.name
            readings.append(AlertReading(.slowClient, name, 1))
        }
        if let milliseconds { readings.append(AlertReading(.publishSlow, [], milliseconds)) }
        if let syncP99 { readings.append(AlertReading(.syncSlow, [], syncP99)) }
        readings += keyReadings + storageReadings
        return readings
    }

    private func readings(of stream: StreamStatus) -> [AlertReading] {
        var readings = [
            AlertReading(.depthHigh, stream.name, Double(stream.depth)),
            AlertReading(.redelivery, stream.name, stream.redeliveries.messagesPerSecond),
            AlertReading(.deadLetters, stream.name, Double(stream.deadLetters)),
        ]
        let growth = stream.ingress.messagesPerSecond - stream.egress.messagesPerSecond
        if stream.depth > 10_000 {
            readings.append(AlertReading(.depthGrowing, stream.name, max(0, growth)))
        }
        let isServed = stream.state == .running && stream.consumerCount > 0
        if stream.oldestPendingAt != .never, stream.depth > 0, isServed {
            let age = takenAt.nanoseconds(since: stream.oldestPendingAt)
            readings.append(AlertReading(.oldestAge, stream.name, seconds(age)))
        }
        if stream.state == .running, stream.consumerCount > 0, stream.activeConsumerCount == 0,
            stream.depth > 0
        {
            readings.append(AlertReading(.noConsumer, stream.name, 1))
        }
        readings += stateReadings(of: stream)
        if !stream.damage.isEmpty { readings.append(AlertReading(.damage, stream.name, 1)) }
        return readings
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
}
