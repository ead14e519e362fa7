// What a consumer's configuration must and what it means where it says nothing.
// Source: NATS JetStream API, ConsumerConfig; texts as clients know them.

import Base
import Routing

/// Upper bounds of a server or an account for every consumer; 0 for none.
public struct ConsumerSurroundings: BitwiseCopyable, Sendable {
    /// Whether anything unsaid is an error.
    public var isPedantic = false
    /// How many messages may be unacknowledged.
    public var ackPendingMax: Int64 = 0
    /// How many messages one pull request may ask for.
    public var requestBatchMax: Int64 = 0

    /// No bounds.
    public init() {}
}

extension ConsumerConfiguration {
    private static let millisecond: Int64 = 1_000_000

    /// This configuration on `stream` with everything said.
    ///
    /// - Throws: the first thing wrong with it.
    public func checked(
        on stream: StreamConfiguration,
        in place: ConsumerSurroundings
    ) throws(QueueingError) -> ConsumerConfiguration {
        if replicas > 1 { throw QueueingError(.replicasNotSupported) }
        var result = self
        try result.fill(stream, place)
        try result.checkNames()
        try result.checkReplicas(stream)
        try result.checkAcks()
        if result.isPush { try result.checkPush(stream) } else { try result.checkPull(stream) }
        try result.checkBounds(stream, place)
        try result.checkFilters()
        try result.checkStart()
        try result.checkRest()
        try result.checkGroups()
        if let placement = stream.placement, !placement.preferred.isEmpty {
            throw .stream("preferred server not permitted in placement")
        }
        return result
    }

    private mutating func fill(
        _ stream: StreamConfiguration,
        _ place: ConsumerSurroundings
    ) throws(QueueingError) {
        try fillNegatives(place.isPedantic)
        if !isPush, limits.waitingMax == 0 { limits.waitingMax = 512 }
        if ackWait == 0, ackPolicy == .explicit || ackPolicy == .all { ackWait = 30_000_000_000 }
        if let first = backoff.first {
            if place.isPedantic, ackWait != first {
                throw .pedantic("first backoff value has to equal batch AckWait")
            }
            ackWait = first
        }
        if limits.ackPendingMax == 0 {
            if place.isPedantic, stream.consumerAckPendingMax > 0 {
                throw .pedantic("max_ack_pending must be set if it's configured in stream limits")
            }
            limits.ackPendingMax = stream.consumerAckPendingMax
        }
        if inactiveThreshold == 0 {
            if place.isPedantic, stream.consumerInactiveThreshold > 0 {
                throw .pedantic(
                    "inactive_threshold must be set if it's configured in stream limits"
                )
            }
            inactiveThreshold = stream.consumerInactiveThreshold
        }
        if limits.ackPendingMax == 0, ackPolicy != .none {
            let most = place.ackPendingMax
            limits.ackPendingMax = most > 0 ? min(most, 1_000) : 1_000
        }
        if !isPush, limits.requestBatchMax == 0, place.requestBatchMax > 0 {
            if place.isPedantic {
                throw .pedantic("max_request_batch must be set if it's JetStream limits are set")
            }
            limits.requestBatchMax = place.requestBatchMax
        }
        if priorityPolicy == .pinnedClient, priorityTimeout == 0 {
            priorityTimeout = 120_000_000_000
        }
        if ackPolicy == .flowControl, !place.isPedantic {
            flags.insert(.flowControl)
            heartbeat = 1_000_000_000
        }
    }

    private mutating func fillNegatives(_ isPedantic: Bool) throws(QueueingError) {
        func refuse(_ name: String, _ rule: String) throws(QueueingError) {
            if isPedantic { throw .pedantic("\(name) must \(rule)") }
        }
        if limits.deliverMax <= 0 {
            if limits.deliverMax < -1 { try refuse("max_deliver", "be set to -1") }
            limits.deliverMax = -1
        }
        if limits.ackPendingMax < -1 {
            try refuse("max_ack_pending", "be set to -1")
            limits.ackPendingMax = -1
        }
        let fields: [(WritableKeyPath<ConsumerConfiguration, Int64>, String)] = [
            (\.limits.waitingMax, "max_waiting"), (\.limits.requestBatchMax, "max_batch"),
            (\.limits.requestExpiresMax, "max_expires"), (\.limits.requestBytesMax, "max_bytes"),
            (\.heartbeat, "idle_heartbeat"), (\.inactiveThreshold, "inactive_threshold"),
            (\.priorityTimeout, "priority_timeout"),
        ]
        for (path, name) in fields where self[keyPath: path] < 0 {
            try refuse(name, "not be negative")
            self[keyPath: path] = 0
        }
    }

    private func checkNames() throws(QueueingError) {
        let rule = #"name can not contain '.', '*', '>', '\', '/'"#
        if !name.isEmpty, !StreamConfiguration.isName(name) { throw .stream("consumer \(rule)") }
        if !durableName.isEmpty, !StreamConfiguration.isName(durableName) {
            throw .stream("consumer durable \(rule)")
        }
        if max(name.count, durableName.count) > StreamConfiguration.nameBytesMax {
            throw QueueingError(10_102, Array("\(StreamConfiguration.nameBytesMax)".utf8))
        }
    }

    private func checkReplicas(_ stream: StreamConfiguration) throws(QueueingError) {
        if replicas > 0, replicas > stream.replicas { throw QueueingError(10_126) }
        if replicas < 0 { throw QueueingError(10_133) }
        if stream.retention != .limits, replicas != 0, replicas != stream.replicas {
            throw QueueingError(10_134)
        }
    }

    private func checkAcks() throws(QueueingError) {
        if backoff.contains(where: { $0 < 0 }) { throw QueueingError(10_184) }
        if ackWait < 0 { throw QueueingError(10_183) }
        if ackPolicy == .flowControl {
            if !isPush { throw QueueingError(10_218) }
            if !flags.contains(.flowControl) { throw QueueingError(10_219) }
            if heartbeat != 1_000_000_000 {
                throw .stream("flow control ack policy heartbeat needs to be 1s")
            }
            if limits.ackPendingMax <= 0 { throw QueueingError(10_220) }
            if ackWait != 0 || !backoff.isEmpty { throw QueueingError(10_221) }
            if limits.deliverMax > 0 { throw QueueingError(10_222) }
        }
        if limits.deliverMax != -1, Int64(backoff.count) > limits.deliverMax {
            throw QueueingError(10_116)
        }
        if description.count > StreamConfiguration.descriptionBytesMax {
            throw QueueingError(10_107, Array("\(StreamConfiguration.descriptionBytesMax)".utf8))
        }
    }

    private func checkPush(_ stream: StreamConfiguration) throws(QueueingError) {
        if SubjectPattern.hasWildcard(deliverSubject) { throw QueueingError(10_079) }
        if !SubjectPattern.isFilter(deliverSubject) { throw QueueingError(10_112) }
        for subject in stream.subjects where SubjectPattern.contains(subject, deliverSubject) {
            throw QueueingError(10_081)
        }
        if limits.waitingMax != 0 { throw QueueingError(10_080) }
        if limits.ackPendingMax > 0, ackPolicy == .none { throw QueueingError(10_082) }
        if heartbeat > 0, heartbeat < 100 * Self.millisecond { throw QueueingError(10_083) }
    }

    private func checkPull(_ stream: StreamConfiguration) throws(QueueingError) {
        if ackPolicy == .none, stream.retention == .workQueue { throw QueueingError(10_084) }
        if limits.bitsPerSecondMax > 0 { throw QueueingError(10_086) }
        if heartbeat > 0 { throw QueueingError(10_088) }
        if flags.contains(.flowControl) { throw QueueingError(10_089) }
        if limits.requestExpiresMax != 0, limits.requestExpiresMax < Self.millisecond {
            throw QueueingError(10_115)
        }
    }

    private func checkBounds(
        _ stream: StreamConfiguration,
        _ place: ConsumerSurroundings
    ) throws(QueueingError) {
        if !isPush, place.requestBatchMax > 0, limits.requestBatchMax > place.requestBatchMax {
            throw QueueingError(10_125, Array("\(place.requestBatchMax)".utf8))
        }
        for most in [place.ackPendingMax, stream.consumerAckPendingMax]
        where most > 0 && limits.ackPendingMax > most {
            throw QueueingError(10_121, Array("\(most)".utf8))
        }
        let threshold = stream.consumerInactiveThreshold
        if threshold > 0, inactiveThreshold > threshold {
            throw QueueingError(10_153, Array(durationText(threshold).utf8))
        }
        if flags.contains(.direct) {
            if !isPush { throw QueueingError(10_090) }
            if isDurable { throw QueueingError(10_091) }
        }
    }
}
