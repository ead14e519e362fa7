// /jsz: streams, by account.
// Source: nats-server's monitoring endpoints.

import Base
import Configuration
import JSON
import JetStreamApi
import Queueing

/// The arguments of /jsz.
struct JszQuery: Equatable, Sendable {
    /// How much is told.
    var detail = JetStreamDetail.sums
    /// Whether accounts are shown one by one.
    var showsAccounts = false
    /// Whether configurations are shown.
    var showsConfiguration = false
    /// Whether it is told how many streams and consumers this server leads: all of them.
    var showsLeaders = false
    /// Only this account.
    var account: [UInt8]?
    /// How many accounts are skipped.
    var offset = 0
    /// Most accounts.
    var limit = 1_024

    /// The arguments of `request`.
    /// - Throws: the first one that means nothing.
    init(_ request: HttpRequest) throws(QueryError) {
        showsAccounts = try request.bool("accounts")
        if try request.bool("streams") { detail = .streams }
        if try request.bool("consumers") { detail = .consumers }
        showsConfiguration = try request.bool("config")
        offset = max(0, try request.integer("offset") ?? 0)
        if let most = try request.integer("limit"), most > 0 { limit = most }
        for name in ["leader-only", "stream-leader-only", "direct-consumers"] {
            _ = try request.bool(name)
        }
        showsLeaders = try request.bool("raft")
        account = request.given("acc")
        if detail > .sums || account != nil { showsAccounts = true }
    }

    /// The accounts of `picture` that are meant.
    func accounts(of picture: ShardPicture) -> ArraySlice<AccountStreams> {
        guard showsAccounts else { return [] }
        if let account { return picture.jetStream.filter { $0.name == account }[...] }
        return picture.jetStream.dropFirst(offset).prefix(limit)
    }
}

extension MonitoringView {
    /// The page.
    func jsz(_ query: JszQuery) -> [UInt8] {
        var json = JSONWriter(layout, capacity: 4_096)
        json.beginObject()
        writeJetStreamSums(into: &json)
        json.field("server_id", facts.id)
        json.field("now", now.text)
        json.fieldIfTrue("disabled", !facts.configuration.jetStream.isEnabled)
        writeJetStreamSettings(into: &json)
        let reports = picture.jetStream.map(\.report)
        for (name, count) in [
            ("streams", reports.reduce(0) { $0 + $1.streams }),
            ("consumers", reports.reduce(0) { $0 + $1.consumers }),
        ] {
            json.field(name, count)
            if query.showsLeaders { json.field(name + "_leader", count) }
        }
        json.field("messages", picture.jetStream.reduce(0) { $0 + $1.messages })
        json.field("bytes", reports.reduce(0) { $0 + $1.memory + $1.storage })
        let accounts = query.accounts(of: picture)
        if !accounts.isEmpty {
            json.name("account_details")
            json.beginArray()
            for account in accounts { write(account, query, into: &json) }
            json.endArray()
        }
        json.field("total", picture.jetStream.count)
        json.endObject()
        return json.bytes
    }

    private func write(
        _ account: AccountStreams,
        _ query: JszQuery,
        into json: inout JSONWriter
    ) {
        let report = account.report
        json.beginObject()
        json.field("name", account.name)
        json.field("id", account.name)
        json.field("memory", report.memory)
        json.field("storage", report.storage)
        // No limit is written as the largest number.
        json.field("reserved_memory", UInt64(bitPattern: report.limits.memoryMax))
        json.field("reserved_storage", UInt64(bitPattern: report.limits.storageMax))
        writeApi(accounts: 0, level: 0, report.apiTotal, report.apiErrors, into: &json)
        if query.detail > .sums, !account.streams.isEmpty {
            json.name("stream_detail")
            json.beginArray()
            for stream in account.streams {
                stream.report.writeDetail(
                    stream.consumers,
                    hasConfiguration: query.showsConfiguration,
                    to: &json
                )
            }
            json.endArray()
        }
        json.endObject()
    }

    /// What all accounts use together, without brackets.
    private func writeJetStreamSums(into json: inout JSONWriter) {
        let reports = picture.jetStream.map(\.report)
        json.field("memory", reports.reduce(0) { $0 + $1.memory })
        json.field("storage", reports.reduce(0) { $0 + $1.storage })
        json.field("reserved_memory", reports.reduce(0) { $0 + $1.reservedMemory })
        json.field("reserved_storage", reports.reduce(0) { $0 + $1.reservedStorage })
        writeApi(
            accounts: reports.count,
            level: reports.first?.apiLevel ?? 0,
            reports.reduce(0) { $0 + $1.apiTotal },
            reports.reduce(0) { $0 + $1.apiErrors },
            into: &json
        )
    }

    private func writeApi(
        accounts: Int,
        level: Int,
        _ total: UInt64,
        _ errors: UInt64,
        into json: inout JSONWriter
    ) {
        json.field("accounts", accounts)
        json.field("ha_assets", 0)
        json.name("api")
        json.beginObject()
        json.field("level", level)
        json.field("total", total)
        json.field("errors", errors)
        json.endObject()
    }

    private func writeJetStreamSettings(into json: inout JSONWriter) {
        let settings = facts.configuration.jetStream
        json.name("config")
        json.beginObject()
        json.field("max_memory", settings.memoryBytesMax ?? -1)
        json.field("max_storage", settings.storeBytesMax ?? -1)
        json.field("store_dir", settings.storeDirectory)
        json.field("sync_interval", 0)
        json.field("sync_always", true)
        json.fieldIfPresent("domain", settings.domain)
        json.field("compress_ok", true)
        json.fieldIfTrue("strict", settings.isStrict)
        json.endObject()
        json.name("limits")
        json.beginObject()
        if let most = settings.requestBatchMax { json.field("max_request_batch", most) }
        if let most = settings.ackPendingMax { json.field("max_ack_pending", most) }
        if let most = settings.duplicateWindowNanosecondsMax {
            json.field("duplicate_window", most)
        }
        json.endObject()
    }

    /// What /varz says of streams.
    func writeJetStream(into json: inout JSONWriter) {
        json.name("jetstream")
        json.beginObject()
        if facts.configuration.jetStream.isEnabled {
            writeJetStreamSettings(into: &json)
            json.name("stats")
            json.beginObject()
            writeJetStreamSums(into: &json)
            json.endObject()
        }
        json.endObject()
    }
}
