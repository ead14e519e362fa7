// What is asked of /connz, and which connections that are in which order.

import Base
import Routing
import Wire

/// The arguments of /connz.
struct ConnzQuery: Equatable, Sendable {
    /// Which connections.
    enum State: Equatable, Sendable {
        /// Those that go on.
        case open
        /// Those that ended.
        case closed
        /// Both.
        case any
    }

    /// How much is told of subscriptions.
    enum Subscriptions: Equatable, Sendable {
        /// Their number.
        case counted
        /// Their subjects.
        case listed
        /// Everything.
        case detailed
    }

    /// The order of connections.
    enum Order: String, CaseIterable, Sendable {
        /// By number.
        case cid
        /// By age, the oldest first.
        case start
        /// By subscriptions, most first.
        case subs
        /// By bytes that wait, most first.
        case pending
        /// By messages sent to it, most first.
        case msgs_to
        /// By messages it sent, most first.
        case msgs_from
        /// By bytes sent to it, most first.
        case bytes_to
        /// By bytes it sent, most first.
        case bytes_from
        /// By the last sign of life, newest first.
        case last
        /// By the time without a sign of life, longest first.
        case idle
        /// By age, the youngest first.
        case uptime
        /// By end, newest first.
        case stop
        /// By the reason of the end.
        case reason
        /// By round trip, longest first.
        case rtt
    }

    /// The order.
    var order = Order.cid
    /// Whether users and accounts are told.
    var showsUsers = false
    /// How much is told of subscriptions.
    var subscriptions = Subscriptions.counted
    /// How many connections are skipped.
    var offset = 0
    /// Most connections.
    var limit = 1_024
    /// Only this connection.
    var connection: UInt64?
    /// Which connections.
    var state = State.open
    /// Only connections of this user.
    var user: [UInt8]?
    /// Only connections of this account.
    var account: [UInt8]?
    /// Only connections with a subscription that this subject reaches.
    var subject: [UInt8]?

    /// The arguments of `request`.
    /// - Throws: the first one that means nothing.
    init(_ request: HttpRequest) throws(QueryError) {
        if let name = request.argument("sort"), !name.isEmpty {
            guard let order = Order(rawValue: String(decoding: name, as: UTF8.self)) else {
                throw .sorting(name)
            }
            self.order = order
        }
        showsUsers = try request.bool("auth")
        if request.argument("subs") == Array("detail".utf8) {
            subscriptions = .detailed
        } else if try request.bool("subs") {
            subscriptions = .listed
        }
        offset = max(0, try request.integer("offset") ?? 0)
        if let most = try request.integer("limit"), most > 0 { limit = most }
        if let id = try request.integer("cid"), id > 0 {
            connection = UInt64(id)
            limit = 1
        }
        if let name = request.argument("state"), !name.isEmpty { state = try Self.state(name) }
        user = request.given("user")
        account = request.given("acc")
        subject = request.given("filter_subject")
        if state != .closed, order == .stop || order == .reason {
            throw .sortingOfOpen(order.rawValue)
        }
    }

    private static func state(_ name: [UInt8]) throws(QueryError) -> State {
        switch String(decoding: name, as: UTF8.self).lowercased() {
        case "open": return .open
        case "closed": return .closed
        case "any", "all": return .any
        default: throw .state(name)
        }
    }

    /// The connections of `picture` that are meant, in order, without offset and limit.
    func rows(of picture: ShardPicture) -> [ConnectionRow] {
        var rows: [ConnectionRow] = []
        if state != .closed { rows += picture.connections }
        if state != .open { rows += picture.closed }
        rows.removeAll { !isMeant($0) }
        sort(&rows, at: picture.takenAt)
        return rows
    }

    private func isMeant(_ row: ConnectionRow) -> Bool {
        if let connection, row.id != connection { return false }
        if let user, row.user != user { return false }
        if let account, row.accountName != account { return false }
        guard let subject else { return true }
        return row.subscriptions.contains { subscription in
            SubjectSyntax.overlap(subscription.filter.raw, subject.raw)
        }
    }

    private func sort(_ rows: inout [ConnectionRow], at now: Instant) {
        switch order {
        case .cid, .start: rows.sort { $0.id < $1.id }
        case .subs: sort(&rows) { UInt64($0.subscriptionCount) }
        case .pending: sort(&rows) { UInt64($0.pendingBytes) }
        case .msgs_to: sort(&rows) { $0.traffic.messagesOut }
        case .msgs_from: sort(&rows) { $0.traffic.messagesIn }
        case .bytes_to: sort(&rows) { $0.traffic.bytesOut }
        case .bytes_from: sort(&rows) { $0.traffic.bytesIn }
        case .last: sort(&rows) { $0.activeAt.nanoseconds }
        case .idle: sort(&rows) { UInt64.max - $0.activeAt.nanoseconds }
        case .uptime: sort(&rows) { UInt64.max - $0.age(at: now) }
        case .stop: sort(&rows) { $0.stoppedAt.nanoseconds }
        case .reason:
            rows.sort {
                ($0.closedReason?.text ?? "", $0.id) < ($1.closedReason?.text ?? "", $1.id)
            }
        case .rtt: sort(&rows) { $0.roundTripNanoseconds }
        }
    }

    /// The largest first, equal ones by number.
    private func sort(_ rows: inout [ConnectionRow], by value: (ConnectionRow) -> UInt64) {
        rows.sort { left, right in
            let (first, second) = (value(left), value(right))
            return first == second ? left.id < right.id : first > second
        }
    }
}

extension ConnectionRow {
    /// How long the connection lived so far, or at all.
    func age(at now: Instant) -> UInt64 {
        (stoppedAt == .never ? now : stoppedAt).nanoseconds(since: startedAt)
    }
}

extension HttpRequest {
    /// The argument `name`, unless it is empty.
    func given(_ name: String) -> [UInt8]? {
        guard let value = argument(name), !value.isEmpty else { return nil }
        return value
    }
}
