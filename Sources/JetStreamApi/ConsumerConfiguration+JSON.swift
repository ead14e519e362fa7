// A consumer's configuration as JSON, in the order and with the omissions of the API.

import Base
import JSON
import Queueing

let deliverPolicies: [(String, DeliverPolicy)] = [
    ("all", .all), ("last", .last), ("new", .new), ("by_start_sequence", .byStartSequence),
    ("by_start_time", .byStartTime), ("last_per_subject", .lastPerSubject), ("undefined", .all),
]
let ackPolicies: [(String, AckPolicy)] = [
    ("none", .none), ("all", .all), ("explicit", .explicit), ("flow_control", .flowControl),
]
let replayPolicies: [(String, ReplayPolicy)] = [("instant", .instant), ("original", .original)]
let priorityPolicies: [(String, PriorityPolicy)] = [
    ("none", .none), ("overflow", .overflow), ("pinned_client", .pinnedClient),
    ("prioritized", .prioritized), ("", .none),
]

extension ConsumerConfiguration {
    /// Takes all members of a configuration; the caller finishes.
    init(_ fields: inout FieldReader) throws(QueueingError) {
        self.init()
        durableName = try fields.bytes("durable_name")
        name = try fields.bytes("name")
        description = try fields.bytes("description")
        deliverPolicy = try fields.word("deliver_policy", deliverPolicies)
        startSequence = try fields.unsigned("opt_start_seq")
        startTime = try fields.instant("opt_start_time")
        ackPolicy = try fields.word("ack_policy", ackPolicies)
        ackWait = try fields.signed("ack_wait")
        backoff = try fields.signedNumbers("backoff")
        filter = try fields.bytes("filter_subject")
        filters = try fields.strings("filter_subjects")
        replayPolicy = try fields.word("replay_policy", replayPolicies)
        sampleFrequency = try fields.bytes("sample_freq")
        try readLimits(&fields)
        try readFlags(&fields)
        deliverSubject = try fields.bytes("deliver_subject")
        deliverGroup = try fields.bytes("deliver_group")
        heartbeat = try fields.signed("idle_heartbeat")
        inactiveThreshold = try fields.signed("inactive_threshold")
        replicas = try fields.signed("num_replicas")
        metadata = try fields.metadata("metadata")
        pauseUntil = try fields.instant("pause_until")
        priorityGroups = try fields.strings("priority_groups")
        priorityPolicy = try fields.word("priority_policy", priorityPolicies)
        priorityTimeout = try fields.signed("priority_timeout")
    }

    private mutating func readLimits(_ fields: inout FieldReader) throws(QueueingError) {
        limits.deliverMax = try fields.signed("max_deliver")
        limits.bitsPerSecondMax = try fields.unsigned("rate_limit_bps")
        limits.waitingMax = try fields.signed("max_waiting")
        limits.ackPendingMax = try fields.signed("max_ack_pending")
        limits.requestBatchMax = try fields.signed("max_batch")
        limits.requestExpiresMax = try fields.signed("max_expires")
        limits.requestBytesMax = try fields.signed("max_bytes")
    }

    private mutating func readFlags(_ fields: inout FieldReader) throws(QueueingError) {
        if try fields.bool("flow_control") { flags.insert(.flowControl) }
        if try fields.bool("headers_only") { flags.insert(.headersOnly) }
        if try fields.bool("mem_storage") { flags.insert(.memoryStorage) }
        if try fields.bool("direct") { flags.insert(.direct) }
        if try fields.bool("sourcing") { flags.insert(.sourcing) }
    }

    /// Writes the configuration as one object.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.fieldIfPresent("durable_name", durableName)
        json.fieldIfPresent("name", name)
        json.fieldIfPresent("description", description)
        json.field("deliver_policy", deliverPolicies.text(of: deliverPolicy))
        json.fieldIfNotZero("opt_start_seq", startSequence)
        if let startTime { json.field("opt_start_time", startTime.text) }
        json.field("ack_policy", ackPolicies.text(of: ackPolicy))
        json.fieldIfNotZero("ack_wait", ackWait)
        json.fieldIfNotZero("max_deliver", limits.deliverMax)
        if !backoff.isEmpty {
            json.name("backoff")
            json.beginArray()
            for wait in backoff { json.integer(wait) }
            json.endArray()
        }
        json.fieldIfPresent("filter_subject", filter)
        json.fieldIfPresent("filter_subjects", filters)
        json.field("replay_policy", replayPolicies.text(of: replayPolicy))
        writeBounds(to: &json)
        json.fieldIfPresent("deliver_subject", deliverSubject)
        json.fieldIfPresent("deliver_group", deliverGroup)
        json.fieldIfNotZero("idle_heartbeat", heartbeat)
        json.fieldIfNotZero("inactive_threshold", inactiveThreshold)
        json.field("num_replicas", replicas)
        json.fieldIfTrue("mem_storage", flags.contains(.memoryStorage))
        json.fieldIfTrue("direct", flags.contains(.direct))
        json.fieldIfTrue("sourcing", flags.contains(.sourcing))
        json.metadata(metadata)
        if let pauseUntil { json.field("pause_until", pauseUntil.text) }
        json.fieldIfPresent("priority_groups", priorityGroups)
        if priorityPolicy != .none {
            json.field("priority_policy", priorityPolicies.text(of: priorityPolicy))
        }
        json.fieldIfNotZero("priority_timeout", priorityTimeout)
        json.endObject()
    }

    private func writeBounds(to json: inout JSONWriter) {
        json.fieldIfNotZero("rate_limit_bps", limits.bitsPerSecondMax)
        json.fieldIfPresent("sample_freq", sampleFrequency)
        json.fieldIfNotZero("max_waiting", limits.waitingMax)
        json.fieldIfNotZero("max_ack_pending", limits.ackPendingMax)
        json.fieldIfTrue("flow_control", flags.contains(.flowControl))
        json.fieldIfTrue("headers_only", flags.contains(.headersOnly))
        json.fieldIfNotZero("max_batch", limits.requestBatchMax)
        json.fieldIfNotZero("max_expires", limits.requestExpiresMax)
        json.fieldIfNotZero("max_bytes", limits.requestBytesMax)
    }
}
