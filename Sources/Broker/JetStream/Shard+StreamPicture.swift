// Streams and consumers as the console sees them.

import Base
import Engine
import Journal
import Queueing

extension Shard {
    /// Most streams in a picture.
    private static var picturedStreamsMax: Int { 512 }
    /// How long a client that pulls may be between two requests before nobody is behind it.
    private static var idleNanoseconds: UInt64 { 10 * nanosecondsPerSecond }

    /// Every stream as it is now; rates are found out by whoever compares two pictures.
    mutating func streamStatuses() -> [StreamStatus] {
        var list: [StreamStatus] = []
        for index in 0..<host.streams.limit where host.streams.contains(index) {
            guard list.count < Self.picturedStreamsMax else { break }
            list.append(status(of: index))
        }
        return list.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// The numbers of streams on disk by name; of equal names in several accounts the first counts.
    mutating func streamNumbers() -> [[UInt8]: UInt32] {
        var numbers: [[UInt8]: UInt32] = [:]
        for (name, index) in host.names.sorted(by: { $0.key.account > $1.key.account })
        where host.streams[index].isOnDisk {
            numbers[name.name] = index
        }
        return numbers
    }

    /// Damaged places in the order they were found, stream by stream.
    mutating func damage() -> [DamageStatus] {
        var list: [DamageStatus] = []
        for index in 0..<host.streams.limit where host.streams.contains(index) {
            for lost in host.streams[index].lost.prefix(Self.picturedStreamsMax - list.count) {
                list.append(
                    DamageStatus(
                        stream: host.streams[index].name,
                        range: ShownRange(first: lost.firstSequence, last: lost.lastSequence),
                        foundAt: .never,
                        isAuthentication: lost.defect == .notAuthentic || lost.defect == .misplaced
                    )
                )
            }
        }
        return list
    }

    mutating func status(of index: UInt32) -> StreamStatus {
        var status = StreamStatus(name: host.streams[index].name)
        let configuration = host.streams[index].stream.state.configuration
        let counters = host.streams[index].counters
        let account = Int(host.streams[index].account)
        status.account = account == 0 ? [] : accounts[account].name
        status.createdAt = host.streams[index].stream.state.created
        status.state = state(of: index, isSealed: configuration.flags.contains(.sealed))
        status.depth = host.streams[index].stream.depth
        status.storedMessages = host.streams[index].stream.state.messages
        status.storedBytes = host.streams[index].stream.state.bytes
        let first = host.streams[index].stream.state.firstSequence
        status.firstSequence = status.storedMessages == 0 ? 0 : first
        status.lastSequence = host.streams[index].stream.state.lastSequence
        status.ingress.messages = counters.stored
        status.ingress.bytes = counters.storedBytes
        status.egress.messages = counters.delivered
        status.egress.bytes = counters.deliveredBytes
        status.acks.messages = counters.acknowledged
        status.redeliveries.messages = counters.redelivered
        status.refusedPublishes = counters.refused
        status.policy = Self.policy(configuration)
        status.durability = host.streams[index].isOnDisk ? .synced : .memory
        (status.policy.deadLetter, status.deadLetters) = deadLetters(of: index)
        status.damage = host.streams[index].lost.map {
            ShownRange(first: $0.firstSequence, last: $0.lastSequence)
        }
        status.publishLatency = host.streams[index].publishTimes
        addConsumers(of: index, to: &status)
        if status.consumers.isEmpty {
            status.oldestPendingAt = host.streams[index].stream.oldestStored
        }
        return status
    }

    private mutating func state(of index: UInt32, isSealed: Bool) -> ShownStreamState {
        if let error = host.writeStopped, host.streams[index].isOnDisk {
            return .readOnly(errno: error.number)
        }
        if isSealed { return .sealed }
        let isHeld = host.streams[index].stream.isHeld
        let until = host.streams[index].holdUntil
        switch host.streams[index].stream.mode {
        case .open: return isHeld ? .deliveryPaused(until: until) : .running
        case .ingressPaused:
            return isHeld ? .paused(until: until) : .ingressPaused(until: .distantFuture)
        case .draining: return .draining(from: host.streams[index].stream.drain.startDepth)
        case .drained: return .drained
        }
    }

    private static func policy(_ configuration: StreamConfiguration) -> StreamPolicy {
        var policy = StreamPolicy()
        let limits = configuration.limits
        switch configuration.retention {
        case .limits: policy.retention = .limits
        case .interest: policy.retention = .interest
        case .workQueue: policy.retention = .workQueue
        }
        policy.messagesMax = UInt64(max(0, limits.messagesMax))
        policy.bytesMax = UInt64(max(0, limits.bytesMax))
        policy.ageMaxNanoseconds = UInt64(max(0, limits.ageMax))
        policy.messageBytesMax = UInt64(max(0, limits.messageBytesMax))
        policy.duplicateWindowNanoseconds = UInt64(max(0, limits.duplicateWindow))
        policy.discardsNew = configuration.discard == .new
        policy.subjects = configuration.subjects
        return policy
    }

    private mutating func addConsumers(of index: UInt32, to status: inout StreamStatus) {
        let name = host.streams[index].name
        for consumer in 0..<host.streams[index].stream.consumers.limit
        where host.streams[index].stream.consumers.contains(consumer) {
            let report = host.streams[index].stream.consumers[consumer].report(
                stream: name,
                at: tick.now
            )
            var row = ShownConsumer(name: report.name)
            row.kind = report.configuration.isPush ? .push : .pull
            row.isDurable = report.configuration.isDurable
            row.filters = report.configuration.allFilters
            row.pending = report.pending
            row.unacked = UInt64(report.ackPending)
            row.unackedMax = UInt64(max(0, report.configuration.limits.ackPendingMax))
            row.waitingRequests = UInt32(clamping: report.waiting)
            row.ackFloor = report.ackFloor.stream
            row.deliveredSequence = report.delivered.stream
            row.redeliveries = host.streams[index].stream.consumers[consumer].redeliveryCount
            row.egress.messages = report.delivered.consumer
            row.acks.messages = host.streams[index].stream.consumers[consumer].acknowledgedCount
            row.oldestPendingAt = host.streams[index].stream.oldestOpen(of: consumer)
            row.ackWaitNanoseconds = UInt64(max(0, report.configuration.ackWait))
            let lastUse = host.streams[index].stream.consumers[consumer].lastUse
            row.isIdle =
                report.waiting == 0 && !report.isBound
                && tick.now.nanoseconds(since: lastUse) > Self.idleNanoseconds
            if report.isPaused {
                row.pausedUntil =
                    report.pauseRemaining > 0
                    ? tick.now.adding(nanoseconds: report.pauseRemaining) : .distantFuture
            }
            if row.oldestPendingAt != .never,
                status.oldestPendingAt == .never
                    || row.oldestPendingAt < status.oldestPendingAt
            {
                status.oldestPendingAt = row.oldestPendingAt
            }
            status.unacked += row.unacked
            status.consumerCount += 1
            if !row.isIdle { status.activeConsumerCount += 1 }
            status.consumers.append(row)
        }
    }
}
