// /accountz and /accstatz: accounts.

import Base
import JSON

/// The arguments of /accstatz.
struct AccstatzQuery: Equatable, Sendable {
    /// Whether accounts without connections are shown.
    var showsUnused: Bool
    /// Only this account.
    var account: [UInt8]?

    /// The arguments of `request`.
    /// - Throws: the first one that means nothing.
    init(_ request: HttpRequest) throws(QueryError) {
        showsUnused = try request.bool("unused")
        account = request.given("acc")
    }

    /// Whether `row` is to be shown.
    func means(_ row: AccountRow) -> Bool {
        (showsUnused || row.connectionCount > 0) && (account == nil || account == row.name)
    }
}

extension MonitoringView {
    /// The names of all accounts, or one in detail.
    func accountz(_ request: HttpRequest) throws(QueryError) -> HttpReply {
        var json = JSONWriter(layout)
        begin(&json)
        let system = picture.accounts.first { $0.isSystem }
        json.fieldIfPresent("system_account", system?.name ?? [])
        if let name = request.given("acc") {
            guard let account = picture.accounts.first(where: { $0.name == name }) else {
                throw .account(name)
            }
            json.name("account_detail")
            write(account, into: &json)
        } else {
            json.name("accounts")
            json.beginArray()
            for account in picture.accounts { json.string(account.name) }
            json.endArray()
        }
        json.endObject()
        return .json(json.bytes)
    }

    private func write(_ account: AccountRow, into json: inout JSONWriter) {
        json.beginObject()
        json.field("account_name", account.name)
        json.field("update_time", facts.configuredAt.text)
        json.fieldIfTrue("is_system", account.isSystem)
        json.field("expired", false)
        json.field("complete", true)
        json.field("jetstream_enabled", account.hasStreams)
        json.field("leafnode_connections", 0)
        json.field("client_connections", account.connectionCount)
        json.field("subscriptions", account.subscriptionCount)
        json.field("name_tag", account.name)
        json.name("sublist_stats")
        json.beginObject()
        json.field("num_subscriptions", account.subscriptionCount)
        writeFigures(into: &json)
        json.endObject()
        json.endObject()
    }

    /// What the accounts that `query` means did.
    func accstatz(_ query: AccstatzQuery) -> [UInt8] {
        var json = JSONWriter(layout)
        begin(&json)
        json.name("account_statz")
        json.beginArray()
        for account in picture.accounts where query.means(account) {
            json.beginObject()
            json.field("acc", account.name)
            json.field("name", account.name)
            json.field("conns", account.connectionCount)
            json.field("leafnodes", 0)
            json.field("total_conns", account.connectionCount)
            json.field("num_subscriptions", account.subscriptionCount)
            let traffic = account.traffic
            write("sent", traffic.messagesOut, traffic.bytesOut, into: &json)
            write("received", traffic.messagesIn, traffic.bytesIn, into: &json)
            json.field("slow_consumers", 0)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    /// Messages and bytes, and those of links, which there are none of.
    private func write(
        _ name: String,
        _ messages: UInt64,
        _ bytes: UInt64,
        into json: inout JSONWriter
    ) {
        json.name(name)
        json.beginObject()
        json.field("msgs", messages)
        json.field("bytes", bytes)
        for link in ["gateways", "routes", "leafs"] {
            json.name(link)
            json.beginObject()
            json.field("msgs", 0)
            json.field("bytes", 0)
            json.endObject()
        }
        json.endObject()
    }
}
