// What may change about a consumer that exists, and what else must hold on its stream.
// Source: NATS JetStream API, CONSUMER.CREATE; texts as clients know them.

import Routing

extension ConsumerConfiguration {
    /// Whether this checked configuration may become `wanted`, which is checked as well.
    ///
    /// `isBound` tells whether somebody listens on the deliver subject.
    ///
    /// - Throws: why the change is refused.
    public func checkUpdate(
        to wanted: ConsumerConfiguration,
        isBound: Bool
    ) throws(QueueingError) {
        if deliverPolicy != wanted.deliverPolicy { throw .update("deliver policy") }
        if flags.symmetricDifference(wanted.flags).contains(.memoryStorage) {
            throw .update("storage type")
        }
        if flags.symmetricDifference(wanted.flags).contains(.direct) { throw .update("direct") }
        if flags.symmetricDifference(wanted.flags).contains(.sourcing) { throw .update("sourcing") }
        if startSequence != wanted.startSequence { throw .update("start sequence") }
        if startTime != wanted.startTime { throw .update("start time") }
        if ackPolicy != wanted.ackPolicy { throw .update("ack policy") }
        if replayPolicy != wanted.replayPolicy { throw .update("replay policy") }
        if heartbeat != wanted.heartbeat { throw .update("heart beats") }
        if flags.symmetricDifference(wanted.flags).contains(.flowControl) {
            throw .update("flow control")
        }
        if deliverSubject != wanted.deliverSubject {
            if !isPush { throw .refused("can not update pull consumer to push based") }
            if !wanted.isPush { throw .refused("can not update push consumer to pull based") }
            if isBound { throw QueueingError(10_013) }
        }
        if limits.waitingMax != wanted.limits.waitingMax { throw .update("max waiting") }
    }

    /// Whether both mean the same but for metadata that servers add.
    public func isSame(as other: ConsumerConfiguration) -> Bool {
        var one = self
        var two = other
        one.metadata = metadata.withoutServerEntries
        two.metadata = other.metadata.withoutServerEntries
        return one == two
    }

    /// What a work queue asks of a checked consumer next to `others`, which exclude itself.
    ///
    /// - Throws: why it cannot be, or cannot be updated.
    public func checkWorkQueue(
        beside others: [ConsumerConfiguration],
        isNew: Bool
    ) throws(QueueingError) {
        guard flags.isDisjoint(with: [.direct, .sourcing]) else { return }
        if isNew {
            if ackPolicy != .explicit, ackPolicy != .flowControl { throw QueueingError(10_098) }
            if deliverPolicy != .all { throw QueueingError(10_101) }
        }
        let limited = others.filter { $0.flags.isDisjoint(with: [.direct, .sourcing]) }
        guard !limited.isEmpty else { return }
        if isNew, allFilters.isEmpty { throw QueueingError(10_099) }
        for other in limited {
            let theirs = other.allFilters
            if theirs.isEmpty || allFilters.isEmpty { throw QueueingError(10_100) }
            for filter in allFilters
            where theirs.contains(where: { SubjectPattern.overlap($0, filter) }) {
                throw QueueingError(10_100)
            }
        }
    }

    /// The level of the JetStream API that the configuration needs.
    public var requiredApiLevel: Int {
        if ackPolicy == .flowControl { return 4 }
        if pauseUntil != nil || priorityPolicy != .none || !priorityGroups.isEmpty { return 1 }
        return 0
    }
}

extension QueueingError {
    /// A part of a consumer that stays as it is.
    fileprivate static func update(_ what: String) -> QueueingError {
        refused("\(what) can not be updated")
    }

    /// A consumer that was not made or changed.
    fileprivate static func refused(_ reason: String) -> QueueingError {
        QueueingError(.consumerCreate, reason)
    }
}
