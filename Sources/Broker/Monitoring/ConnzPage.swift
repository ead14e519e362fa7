// /connz: connections.

import Base
import JSON
import Reactor
import Wire

extension MonitoringView {
    /// The page for `query`.
    func connz(_ query: ConnzQuery) -> [UInt8] {
        let rows = query.rows(of: picture)
        let shown = rows.dropFirst(query.offset).prefix(query.limit)
        var json = JSONWriter(layout, capacity: 512 + shown.count * 640)
        begin(&json)
        json.field("num_connections", shown.count)
        json.field("total", total(rows, query))
        json.field("offset", query.offset)
        json.field("limit", query.limit)
        json.name("connections")
        json.beginArray()
        for row in shown { write(row, query, into: &json) }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    /// How many there are in all: one that is asked for by number does not narrow the count.
    private func total(_ rows: [ConnectionRow], _ query: ConnzQuery) -> Int {
        guard query.connection != nil else { return rows.count }
        let open = query.state == .closed ? 0 : picture.connections.count
        return open + (query.state == .open ? 0 : picture.closed.count)
    }

    private func write(_ row: ConnectionRow, _ query: ConnzQuery, into json: inout JSONWriter) {
        json.beginObject()
        json.field("cid", row.id)
        json.field("kind", "Client")
        json.field("type", "nats")
        json.field("ip", row.peer.host)
        json.field("port", Int(row.peer.port))
        json.field("start", row.startedAt.text)
        json.field("last_activity", row.activeAt.text)
        if let reason = row.closedReason {
            json.field("stop", row.stoppedAt.text)
            json.field("reason", reason.text)
        }
        json.field("rtt", goDuration(row.roundedTrip))
        json.field("uptime", ageText(row.age(at: now)))
        let end = row.stoppedAt == .never ? now : row.stoppedAt
        json.field("idle", ageText(end.nanoseconds(since: row.activeAt)))
        json.field("pending_bytes", row.pendingBytes)
        json.field("in_msgs", row.traffic.messagesIn)
        json.field("out_msgs", row.traffic.messagesOut)
        json.field("in_bytes", row.traffic.bytesIn)
        json.field("out_bytes", row.traffic.bytesOut)
        json.field("subscriptions", row.subscriptionCount)
        json.fieldIfPresent("name", row.program.name)
        json.fieldIfPresent("lang", row.program.language)
        json.fieldIfPresent("version", row.program.version)
        json.fieldIfPresent("tls_version", row.tlsVersion)
        json.fieldIfPresent("tls_cipher_suite", row.tlsCipher)
        if query.showsUsers { writeUser(row, into: &json) }
        writeSubscriptions(row, query, into: &json)
        json.endObject()
    }

    private func writeUser(_ row: ConnectionRow, into json: inout JSONWriter) {
        json.fieldIfPresent("authorized_user", row.user)
        json.field("account", row.accountName)
        json.field("name_tag", row.accountName)
    }

    private func writeSubscriptions(
        _ row: ConnectionRow,
        _ query: ConnzQuery,
        into json: inout JSONWriter
    ) {
        guard !row.subscriptions.isEmpty else { return }
        switch query.subscriptions {
        case .counted: return
        case .listed:
            json.name("subscriptions_list")
            json.beginArray()
            for subscription in row.subscriptions { json.string(subscription.filter) }
            json.endArray()
        case .detailed:
            json.name("subscriptions_list_detail")
            json.beginArray()
            for subscription in row.subscriptions {
                json.beginObject()
                write(subscription, connection: row.id, into: &json)
                json.endObject()
            }
            json.endArray()
        }
    }

    /// The members of one subscription.
    func write(
        _ subscription: SubscriptionRow,
        connection: UInt64,
        into json: inout JSONWriter
    ) {
        json.field("subject", subscription.filter)
        json.fieldIfPresent("qgroup", subscription.queue)
        json.field("sid", subscription.sid)
        json.field("msgs", subscription.delivered)
        if subscription.deliveriesMax > 0 { json.field("max", subscription.deliveriesMax) }
        json.field("cid", connection)
    }
}

extension ConnectionRow {
    /// The round trip, in whole microseconds while it is short.
    fileprivate var roundedTrip: UInt64 {
        guard roundTripNanoseconds < nanosecondsPerMillisecond else { return roundTripNanoseconds }
        return roundTripNanoseconds / 1_000 * 1_000
    }
}
