// Reports as JSON members.
// Source: NATS JetStream API; order and omissions of members are the server's.

import Base
public import JSON
public import Queueing

extension QueueingError {
    /// Writes the error as one object.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("code", Int(code.status))
        json.field("err_code", Int(code.number))
        json.fieldIfPresent("description", description)
        json.endObject()
    }
}

extension StreamReport {
    /// Writes everything but the brackets.
    func writeMembers(to json: inout JSONWriter) {
        json.name("config")
        configuration.write(to: &json)
        json.field("created", created.text)
        json.name("state")
        state.write(to: &json)
        json.fieldIfPresent("domain", domain)
        writeLeader(to: &json)
        writeOrigins(to: &json)
        json.field("ts", timestamp.text)
    }

    /// Writes the stream as the page `/jsz` shows it, with `consumers` if there are any.
    public func writeDetail(
        _ consumers: [ConsumerReport],
        hasConfiguration: Bool,
        to json: inout JSONWriter
    ) {
        json.beginObject()
        json.field("name", configuration.name)
        json.field("created", created.text)
        writeLeader(to: &json)
        if hasConfiguration {
            json.name("config")
            configuration.write(to: &json)
        }
        json.name("state")
        state.write(to: &json)
        if !consumers.isEmpty {
            json.name("consumer_detail")
            json.beginArray()
            for consumer in consumers {
                json.beginObject()
                consumer.writeMembers(to: &json, hasConfiguration: hasConfiguration)
                json.endObject()
            }
            json.endArray()
        }
        writeOrigins(to: &json)
        json.endObject()
    }

    private func writeLeader(to json: inout JSONWriter) {
        guard !leader.isEmpty else { return }
        json.name("cluster")
        json.beginObject()
        json.field("leader", leader)
        json.endObject()
    }

    private func writeOrigins(to json: inout JSONWriter) {
        if let mirror {
            json.name("mirror")
            mirror.write(to: &json)
        }
        guard !sources.isEmpty else { return }
        json.name("sources")
        json.beginArray()
        for source in sources { source.write(to: &json) }
        json.endArray()
    }
}

extension StreamStateReport {
    /// Writes the numbers as one object.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("messages", messages)
        json.field("bytes", bytes)
        json.field("first_seq", firstSequence)
        json.field("first_ts", firstTime.text)
        json.field("last_seq", lastSequence)
        json.field("last_ts", lastTime.text)
        json.fieldIfNotZero("num_subjects", UInt64(subjectCount))
        if !subjects.isEmpty {
            json.name("subjects")
            json.beginObject()
            for entry in subjects {
                json.name(entry.subject)
                json.integer(entry.count)
            }
            json.endObject()
        }
        json.fieldIfNotZero("num_deleted", deletedCount)
        json.sequences("deleted", deleted)
        if !lost.isEmpty {
            json.name("lost")
            json.beginObject()
            json.sequences("msgs", lost)
            json.field("bytes", lostBytes)
            json.endObject()
        }
        json.field("consumer_count", consumerCount)
        json.endObject()
    }
}

extension SourceReport {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("name", name)
        external?.write(to: &json)
        json.field("lag", lag)
        json.fieldIfNotZero("seq", sequence)
        json.field("active", silence)
        if let error {
            json.name("error")
            error.write(to: &json)
        }
        json.fieldIfPresent("filter_subject", filter)
        json.mappings("subject_transforms", transforms)
        json.endObject()
    }
}

extension ConsumerReport {
    /// Writes everything but the brackets.
    func writeMembers(to json: inout JSONWriter, hasConfiguration: Bool = true) {
        json.field("stream_name", stream)
        json.field("name", name)
        json.field("created", created.text)
        if hasConfiguration {
            json.name("config")
            configuration.write(to: &json)
        }
        json.place("delivered", delivered, deliveredAt)
        json.place("ack_floor", ackFloor, acknowledgedAt)
        json.field("num_ack_pending", ackPending)
        json.field("num_redelivered", redelivered)
        json.field("num_waiting", waiting)
        json.field("num_pending", pending)
        json.fieldIfTrue("push_bound", isBound)
        json.fieldIfTrue("paused", isPaused)
        json.fieldIfNotZero("pause_remaining", pauseRemaining)
        json.field("ts", timestamp.text)
        guard !priorityGroups.isEmpty else { return }
        json.name("priority_groups")
        json.beginArray()
        for group in priorityGroups {
            json.beginObject()
            json.field("group", group.group)
            json.fieldIfPresent("pinned_client_id", group.pinnedId)
            json.field("pinned_ts", group.pinnedSince.text)
            json.endObject()
        }
        json.endArray()
    }
}

extension AccountReport {
    /// Writes everything but the brackets.
    func write(to json: inout JSONWriter) {
        json.field("memory", memory)
        json.field("storage", storage)
        json.field("reserved_memory", reservedMemory)
        json.field("reserved_storage", reservedStorage)
        json.field("streams", streams)
        json.field("consumers", consumers)
        json.name("limits")
        json.beginObject()
        json.field("max_memory", limits.memoryMax)
        json.field("max_storage", limits.storageMax)
        json.field("max_streams", limits.streamsMax)
        json.field("max_consumers", limits.consumersMax)
        json.field("max_ack_pending", limits.ackPendingMax)
        json.field("memory_max_stream_bytes", limits.memoryStreamBytesMax)
        json.field("storage_max_stream_bytes", limits.storageStreamBytesMax)
        json.field("max_bytes_required", limits.isBytesMaxRequired)
        json.endObject()
        json.fieldIfPresent("domain", domain)
        json.name("api")
        json.beginObject()
        json.field("level", apiLevel)
        json.field("total", apiTotal)
        json.field("errors", apiErrors)
        json.endObject()
    }
}

extension JSONWriter {
    /// Writes the three members of a page.
    mutating func page(_ page: Page) {
        field("total", page.total)
        field("offset", page.offset)
        field("limit", page.limit)
    }

    fileprivate mutating func sequences(_ name: String, _ sequences: [UInt64]) {
        guard !sequences.isEmpty else { return }
        self.name(name)
        beginArray()
        for sequence in sequences { integer(sequence) }
        endArray()
    }

    fileprivate mutating func place(_ name: String, _ pair: SequencePair, _ time: Instant) {
        self.name(name)
        beginObject()
        field("consumer_seq", pair.consumer)
        field("stream_seq", pair.stream)
        if time != .never { field("last_active", time.text) }
        endObject()
    }
}
