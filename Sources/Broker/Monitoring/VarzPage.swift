// /varz: the server and its sums.

import Base
import Configuration
import JSON

/// What the process uses, sampled by the control thread.
struct ProcessSample: Equatable, Sendable {
    /// Resident memory in bytes.
    var memoryBytes: UInt64 = 0
    /// Processor use of the last second in percent of one core.
    var processorPercent: Double = 0
    /// Cores that may be used.
    var cores = 1
}

extension MonitoringView {
    /// The page.
    var varz: [UInt8] {
        var json = JSONWriter(layout, capacity: 4_096)
        json.beginObject()
        writeIdentity(into: &json)
        writeLimits(into: &json)
        writeProcess(into: &json)
        writeTraffic(into: &json)
        writeRest(into: &json)
        writeLabels(into: &json)
        json.endObject()
        return json.bytes
    }

    /// The sums alone, as answers by message give them.
    var statsz: [UInt8] {
        var json = JSONWriter(layout)
        let counters = picture.counters
        json.beginObject()
        json.field("start", facts.startedAt.text)
        json.field("mem", process.memoryBytes)
        json.field("cores", process.cores)
        json.name("cpu")
        number(process.processorPercent, into: &json)
        json.field("connections", picture.connectionCount)
        json.field("total_connections", counters.connectionsTotal)
        json.field("active_accounts", picture.accounts.count { $0.connectionCount > 0 })
        json.field("subscriptions", picture.subscriptionCount)
        let traffic = counters.traffic
        for name in ["sent", "sent_to_clients"] {
            writeVolume(name, traffic.messagesOut, traffic.bytesOut, into: &json)
        }
        for name in ["received", "received_from_clients"] {
            writeVolume(name, traffic.messagesIn, traffic.bytesIn, into: &json)
        }
        json.field("slow_consumers", counters.slowConsumers)
        json.field("active_servers", 1)
        json.field("gomaxprocs", process.cores)
        json.endObject()
        return json.bytes
    }

    private func writeVolume(
        _ name: String,
        _ messages: UInt64,
        _ bytes: UInt64,
        into json: inout JSONWriter
    ) {
        json.name(name)
        json.beginObject()
        json.field("msgs", messages)
        json.field("bytes", bytes)
        json.endObject()
    }

    private func writeIdentity(into json: inout JSONWriter) {
        let configuration = facts.configuration
        json.field("server_id", facts.id)
        json.field("server_name", facts.name)
        json.field("version", ServerVersion.nats)
        json.field("sluice", ServerVersion.product)
        json.field("proto", 1)
        json.field("go", "")
        json.field("host", configuration.clients.host)
        json.field("port", Int(facts.port))
        json.fieldIfTrue("auth_required", configuration.access.isRequired)
        json.fieldIfTrue("tls_required", configuration.tls != nil)
        json.fieldIfTrue(
            "tls_verify",
            configuration.tls?.clientCertificates != .ignored
                && configuration.tls != nil
        )
    }

    private func writeLabels(into json: inout JSONWriter) {
        let identity = facts.configuration.identity
        if !identity.tags.isEmpty {
            json.name("tags")
            json.beginArray()
            for tag in identity.tags { json.string(tag) }
            json.endArray()
        }
        guard !identity.metadata.isEmpty else { return }
        json.name("metadata")
        json.beginObject()
        for datum in identity.metadata {
            json.name(datum.name)
            json.string(datum.value)
        }
        json.endObject()
    }

    private func writeLimits(into json: inout JSONWriter) {
        let configuration = facts.configuration
        let limits = configuration.limits
        json.field("max_connections", limits.connectionsMax ?? -1)
        if let most = limits.subscriptionsMax { json.field("max_subscriptions", most) }
        json.field("ping_interval", limits.pingIntervalNanoseconds)
        json.field("ping_max", limits.pingsOutMax)
        json.field("http_host", configuration.monitoring.host)
        json.field("http_port", Int(facts.monitoringPort))
        let base = configuration.monitoring.basePath
        json.field("http_base_path", base == "/" ? "" : base)
        json.field("https_port", Int(facts.secureMonitoringPort))
        json.name("auth_timeout")
        seconds(configuration.access.timeoutNanoseconds, into: &json)
        json.field("max_control_line", limits.controlLineBytesMax)
        json.field("max_payload", limits.payloadBytesMax)
        json.field("max_pending", limits.pendingBytesMax)
        for part in ["cluster", "gateway", "leaf", "mqtt", "websocket"] {
            json.name(part)
            json.beginObject()
            json.endObject()
        }
        writeJetStream(into: &json)
        json.name("tls_timeout")
        seconds(configuration.tls?.timeoutNanoseconds ?? 2 * nanosecondsPerSecond, into: &json)
        json.field("write_deadline", limits.writeNanoseconds)
    }

    private func writeProcess(into json: inout JSONWriter) {
        json.field("start", facts.startedAt.text)
        json.field("now", now.text)
        json.field("uptime", ageText(now.nanoseconds(since: facts.startedAt)))
        json.field("mem", process.memoryBytes)
        json.field("cores", process.cores)
        json.field("gomaxprocs", process.cores)
        json.name("cpu")
        number(process.processorPercent, into: &json)
        json.field("connections", picture.connectionCount)
        json.field("total_connections", picture.counters.connectionsTotal)
        json.field("routes", 0)
        json.field("remotes", 0)
        json.field("leafnodes", 0)
    }

    private func writeTraffic(into json: inout JSONWriter) {
        let counters = picture.counters
        json.field("in_msgs", counters.traffic.messagesIn)
        json.field("in_bytes", counters.traffic.bytesIn)
        json.field("in_client_msgs", counters.traffic.messagesIn)
        json.field("in_client_bytes", counters.traffic.bytesIn)
        json.field("out_msgs", counters.traffic.messagesOut)
        json.field("out_bytes", counters.traffic.bytesOut)
        json.field("out_client_msgs", counters.traffic.messagesOut)
        json.field("out_client_bytes", counters.traffic.bytesOut)
        json.field("slow_consumers", counters.slowConsumers)
        json.field("stale_connections", counters.staleConnections)
        json.field("stalled_clients", counters.stalls)
        json.field("subscriptions", picture.subscriptionCount)
    }

    private func writeRest(into json: inout JSONWriter) {
        json.name("http_req_stats")
        json.beginObject()
        for (path, count) in requestCounts.sorted(by: { $0.key < $1.key }) {
            json.field(path, count)
        }
        json.endObject()
        json.field("config_load_time", facts.configuredAt.text)
        json.field("config_digest", "")
        if let index = facts.configuration.access.systemAccount {
            json.field("system_account", facts.configuration.access.accounts[index].name)
        }
        writeByKind("slow_consumer_stats", picture.counters.slowConsumers, into: &json)
        writeByKind("stale_connection_stats", picture.counters.staleConnections, into: &json)
    }

    /// One count by the kinds of connections, of which we have clients.
    private func writeByKind(_ name: String, _ clients: UInt64, into json: inout JSONWriter) {
        json.name(name)
        json.beginObject()
        json.field("clients", clients)
        json.field("routes", 0)
        json.field("gateways", 0)
        json.field("leafs", 0)
        json.endObject()
    }

    private func seconds(_ nanoseconds: UInt64, into json: inout JSONWriter) {
        number(Double(nanoseconds) / Double(nanosecondsPerSecond), into: &json)
    }

    /// A number without a point where it is whole.
    private func number(_ value: Double, into json: inout JSONWriter) {
        if let whole = Int64(exactly: value) { json.integer(whole) } else { json.double(value) }
    }
}
