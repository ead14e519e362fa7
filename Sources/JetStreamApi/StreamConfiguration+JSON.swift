// A stream's configuration as JSON, in the order and with the omissions of the API.

import Base
import JSON
import Queueing

let retentions: [(String, Retention)] = [
    ("limits", .limits), ("interest", .interest), ("workqueue", .workQueue),
]
let discardPolicies: [(String, DiscardPolicy)] = [("old", .old), ("new", .new)]
let storageKinds: [(String, StorageKind)] = [("file", .file), ("memory", .memory)]
let compressionKinds: [(String, CompressionKind)] = [("none", .none), ("s2", .s2)]
let persistences: [(String, Persistence)] = [
    ("default", .whenDurable), ("async", .whenTaken), ("", .whenDurable),
]

/// Which JSON member stands for which flag, in the order of the API.
private let flagNames: [(String, StreamFlags)] = [
    ("no_ack", .noAck), ("allow_direct", .allowDirect), ("mirror_direct", .mirrorDirect),
    ("discard_new_per_subject", .discardNewPerSubject), ("sealed", .sealed),
    ("deny_delete", .denyDelete), ("deny_purge", .denyPurge), ("allow_rollup_hdrs", .allowRollup),
    ("allow_msg_ttl", .allowTtl), ("allow_msg_counter", .allowCounter),
    ("allow_atomic", .allowAtomic), ("allow_msg_schedules", .allowSchedules),
    ("allow_batched", .allowBatched),
]

extension StreamConfiguration {
    /// Takes all members of a configuration; the caller finishes.
    init(_ fields: inout FieldReader) throws(QueueingError) {
        self.init()
        name = try fields.bytes("name")
        description = try fields.bytes("description")
        subjects = try fields.strings("subjects")
        retention = try fields.word("retention", retentions)
        discard = try fields.word("discard", discardPolicies)
        storage = try fields.word("storage", storageKinds)
        do {
            compression = try fields.word("compression", compressionKinds)
        } catch {
            throw QueueingError(.invalidJson, "unknown compression algorithm")
        }
        persistence = try fields.word("persist_mode", persistences)
        replicas = try fields.signed("num_replicas")
        firstSequence = try fields.unsigned("first_seq")
        for (name, flag) in flagNames where try fields.bool(name) { flags.insert(flag) }
        try readLimits(&fields)
        try readOthers(&fields)
        metadata = try fields.metadata("metadata")
    }

    private mutating func readLimits(_ fields: inout FieldReader) throws(QueueingError) {
        limits.consumersMax = try fields.signed("max_consumers")
        limits.messagesMax = try fields.signed("max_msgs")
        limits.bytesMax = try fields.signed("max_bytes")
        limits.ageMax = try fields.signed("max_age")
        limits.messagesPerSubjectMax = try fields.signed("max_msgs_per_subject")
        limits.messageBytesMax = try fields.signed("max_msg_size")
        limits.duplicateWindow = try fields.signed("duplicate_window")
        limits.deleteMarkerTtl = try fields.signed("subject_delete_marker_ttl")
        if var consumers = try fields.object("consumer_limits") {
            consumerInactiveThreshold = try consumers.signed("inactive_threshold")
            consumerAckPendingMax = try consumers.signed("max_ack_pending")
            try consumers.finish()
        }
    }

    private mutating func readOthers(_ fields: inout FieldReader) throws(QueueingError) {
        if var part = try fields.object("placement") {
            var placement = Placement()
            placement.cluster = try part.bytes("cluster")
            placement.tags = try part.strings("tags")
            placement.preferred = try part.bytes("preferred")
            try part.finish()
            self.placement = placement
        }
        if var part = try fields.object("mirror") { mirror = try StreamSource(&part) }
        for var part in try fields.objects("sources") { sources.append(try StreamSource(&part)) }
        if var part = try fields.object("subject_transform") {
            subjectTransform = try SubjectMapping(&part)
            try part.finish()
        }
        if var part = try fields.object("republish") {
            let mapping = try SubjectMapping(&part)
            let isHeadersOnly = try part.bool("headers_only")
            try part.finish()
            republish = Republish(mapping: mapping, isHeadersOnly: isHeadersOnly)
        }
    }

    /// Writes the configuration as one object.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("name", name)
        json.fieldIfPresent("description", description)
        json.fieldIfPresent("subjects", subjects)
        json.field("retention", retentions.text(of: retention))
        json.field("max_consumers", limits.consumersMax)
        json.field("max_msgs", limits.messagesMax)
        json.field("max_bytes", limits.bytesMax)
        json.field("max_age", limits.ageMax)
        json.field("max_msgs_per_subject", limits.messagesPerSubjectMax)
        json.fieldIfNotZero("max_msg_size", limits.messageBytesMax)
        json.field("discard", discardPolicies.text(of: discard))
        json.field("storage", storageKinds.text(of: storage))
        json.field("num_replicas", replicas)
        json.fieldIfTrue("no_ack", flags.contains(.noAck))
        json.fieldIfNotZero("duplicate_window", limits.duplicateWindow)
        placement?.write(to: &json)
        mirror.map {
            json.name("mirror")
            $0.write(to: &json)
        }
        if !sources.isEmpty {
            json.name("sources")
            json.beginArray()
            for source in sources { source.write(to: &json) }
            json.endArray()
        }
        json.field("compression", compressionKinds.text(of: compression))
        json.fieldIfNotZero("first_seq", firstSequence)
        writeMappings(to: &json)
        writeFlags(to: &json)
        json.metadata(metadata)
        json.endObject()
    }

    private func writeMappings(to json: inout JSONWriter) {
        if let subjectTransform {
            json.name("subject_transform")
            subjectTransform.write(to: &json)
        }
        guard let republish else { return }
        json.name("republish")
        json.beginObject()
        json.fieldIfPresent("src", republish.mapping.source)
        json.field("dest", republish.mapping.destination)
        json.fieldIfTrue("headers_only", republish.isHeadersOnly)
        json.endObject()
    }

    private func writeFlags(to json: inout JSONWriter) {
        json.field("allow_direct", flags.contains(.allowDirect))
        json.field("mirror_direct", flags.contains(.mirrorDirect))
        json.fieldIfTrue("discard_new_per_subject", flags.contains(.discardNewPerSubject))
        json.field("sealed", flags.contains(.sealed))
        json.field("deny_delete", flags.contains(.denyDelete))
        json.field("deny_purge", flags.contains(.denyPurge))
        json.field("allow_rollup_hdrs", flags.contains(.allowRollup))
        json.name("consumer_limits")
        json.beginObject()
        json.fieldIfNotZero("inactive_threshold", consumerInactiveThreshold)
        json.fieldIfNotZero("max_ack_pending", consumerAckPendingMax)
        json.endObject()
        json.field("allow_msg_ttl", flags.contains(.allowTtl))
        json.fieldIfNotZero("subject_delete_marker_ttl", limits.deleteMarkerTtl)
        json.fieldIfTrue("allow_msg_counter", flags.contains(.allowCounter))
        json.fieldIfTrue("allow_atomic", flags.contains(.allowAtomic))
        json.fieldIfTrue("allow_msg_schedules", flags.contains(.allowSchedules))
        if persistence == .whenTaken { json.field("persist_mode", "async") }
        json.fieldIfTrue("allow_batched", flags.contains(.allowBatched))
    }
}

extension SubjectMapping {
    /// Takes the two subjects; the caller finishes.
    init(_ fields: inout FieldReader) throws(QueueingError) {
        self.init(source: try fields.bytes("src"), destination: try fields.bytes("dest"))
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("src", source)
        json.field("dest", destination)
        json.endObject()
    }
}

extension Placement {
    fileprivate func write(to json: inout JSONWriter) {
        json.name("placement")
        json.beginObject()
        json.fieldIfPresent("cluster", cluster)
        json.fieldIfPresent("tags", tags)
        json.fieldIfPresent("preferred", preferred)
        json.endObject()
    }
}

extension StreamSource {
    /// Takes and finishes a source.
    init(_ fields: inout FieldReader) throws(QueueingError) {
        self.init()
        name = try fields.bytes("name")
        startSequence = try fields.unsigned("opt_start_seq")
        startTime = try fields.instant("opt_start_time")
        filter = try fields.bytes("filter_subject")
        for var part in try fields.objects("subject_transforms") {
            transforms.append(try SubjectMapping(&part))
            try part.finish()
        }
        if var part = try fields.object("external") {
            external = ExternalStream(
                apiPrefix: try part.bytes("api"),
                deliverPrefix: try part.bytes("deliver")
            )
            try part.finish()
        }
        if var part = try fields.object("consumer") {
            consumer = SourceConsumer(
                name: try part.bytes("name"),
                deliverSubject: try part.bytes("deliver_subject")
            )
            try part.finish()
        }
        try fields.finish()
    }

    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("name", name)
        json.fieldIfNotZero("opt_start_seq", startSequence)
        if let startTime { json.field("opt_start_time", startTime.text) }
        json.fieldIfPresent("filter_subject", filter)
        json.mappings("subject_transforms", transforms)
        external?.write(to: &json)
        if let consumer {
            json.name("consumer")
            json.beginObject()
            json.fieldIfPresent("name", consumer.name)
            json.fieldIfPresent("deliver_subject", consumer.deliverSubject)
            json.endObject()
        }
        json.endObject()
    }
}

extension ExternalStream {
    func write(to json: inout JSONWriter) {
        json.name("external")
        json.beginObject()
        json.field("api", apiPrefix)
        json.field("deliver", deliverPrefix)
        json.endObject()
    }
}
