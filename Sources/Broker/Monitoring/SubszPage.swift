// /subsz: subscriptions.

import Base
import JSON
import Routing

/// The arguments of /subsz.
struct SubszQuery: Equatable, Sendable {
    /// Whether subscriptions are listed.
    var isListed: Bool
    /// How many are skipped.
    var offset: Int
    /// Most that are listed.
    var limit: Int
    /// Only those of this account.
    var account: [UInt8]?
    /// Only those that this subject reaches.
    var subject: [UInt8]?

    /// The arguments of `request`.
    /// - Throws: the first one that means nothing.
    init(_ request: HttpRequest) throws(QueryError) {
        isListed = try request.bool("subs")
        offset = max(0, try request.integer("offset") ?? 0)
        let most = try request.integer("limit") ?? 0
        limit = most > 0 ? most : 1_024
        account = request.given("acc")
        subject = request.given("test")
    }
}

extension MonitoringView {
    /// The page for `query`.
    func subsz(_ query: SubszQuery) -> [UInt8] {
        var json = JSONWriter(layout, capacity: 1_024)
        begin(&json)
        let count = picture.accounts
            .filter { query.account == nil || $0.name == query.account }
            .reduce(0) { $0 + $1.subscriptionCount }
        json.field("num_subscriptions", count)
        writeFigures(into: &json)
        let found = query.isListed ? subscriptions(query) : []
        let shown = found.dropFirst(query.offset).prefix(query.limit)
        json.field("total", found.count)
        json.field("offset", query.offset)
        json.field("limit", query.limit)
        if !shown.isEmpty {
            json.name("subscriptions_list")
            json.beginArray()
            for (row, subscription) in shown {
                json.beginObject()
                json.field("account", row.accountName)
                json.field("account_tag", row.accountName)
                write(subscription, connection: row.id, into: &json)
                json.endObject()
            }
            json.endArray()
        }
        json.endObject()
        return json.bytes
    }

    /// How lookups went.
    func writeFigures(into json: inout JSONWriter) {
        let interest = picture.interest
        let lookups = interest.cacheHits &+ interest.cacheMisses
        json.field("num_cache", interest.cachedSubjects)
        json.field("num_inserts", interest.inserts)
        json.field("num_removes", interest.removes)
        json.field("num_matches", lookups)
        json.field(
            "cache_hit_rate",
            lookups == 0 ? 0 : Double(interest.cacheHits) / Double(lookups)
        )
        json.field("max_fanout", 0)
        json.field("avg_fanout", averageFanOut)
    }

    /// Messages out for every message in.
    private var averageFanOut: Double {
        let traffic = picture.counters.traffic
        guard traffic.messagesIn > 0 else { return 0 }
        return Double(traffic.messagesOut) / Double(traffic.messagesIn)
    }

    private func subscriptions(_ query: SubszQuery) -> [(ConnectionRow, SubscriptionRow)] {
        var found: [(ConnectionRow, SubscriptionRow)] = []
        for row in picture.connections {
            if let account = query.account, row.accountName != account { continue }
            for subscription in row.subscriptions {
                if let subject = query.subject,
                    !SubjectSyntax.matches(subscription.filter.raw, subject: subject.raw)
                {
                    continue
                }
                found.append((row, subscription))
            }
        }
        return found
    }
}
