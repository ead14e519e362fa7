// Answers to requests by message.
// Source: nats-server's system services.

import Base
import Configuration
import JSON
import Reactor
import Wire

extension ControlLoop {
    /// Takes a request by message; what it asks for needs a picture, or can be answered at once.
    mutating func take(_ request: SystemRequest, at now: Instant) {
        let options: SystemOptions
        do throws(JSONError) {
            options = try SystemOptions(request.body)
        } catch {
            answer(request, "error", Self.error(400, "invalid request"), at: now)
            return
        }
        // A server that is not meant stays silent.
        guard options.mean(facts) else { return }
        switch request.subject.service {
        case .userInfo: answer(request, "data", user(request), at: now)
        case .identity:
            var json = JSONWriter(.compact)
            json.beginObject()
            writeIdentity(into: &json)
            json.endObject()
            send(json.bytes, to: request)
        case .kick:
            if let id = options.integer("cid") {
                log.order(of: request.user, "kick of connection \(id)")
                _ = posts.shard.post(.kick(connection: id))
            }
        case .keys:
            let number = nextPictureNumber()
            asked[number] = (request, options)
            var wanted = PictureRequest(number: number)
            wanted.hasStreams = true
            ask(wanted)
        case .statistics, .page, .account, .accountStatistics, .accountStreams:
            let number = nextPictureNumber()
            asked[number] = (request, options)
            let page = request.subject.page
            let arguments = options.arguments(account: request.subject.account)
            ask(page.pictureRequest(number, .internal(arguments)))
        }
    }

    /// Answers a request whose picture has come.
    mutating func answer(
        _ request: SystemRequest,
        _ options: SystemOptions,
        _ picture: ShardPicture,
        at now: Instant
    ) {
        if case .keys(let verb) = request.subject.service {
            return answer(verb, request, picture)
        }
        var view = MonitoringView(facts, picture, layout: .compact)
        view.process = process.sample(at: now)
        view.requestCounts = requestCounts
        view.isLameDuck = lameDuck != nil
        view.diskHang = disk?.hang ?? 0
        if request.subject.service == .statistics {
            answer(request, "statsz", view.statsz, at: now)
            return
        }
        let arguments = options.arguments(account: request.subject.account)
        let reply = view.reply(request.subject.page, .internal(arguments))
        guard reply.kind == .json else {
            let words = String(decoding: reply.body, as: UTF8.self)
            answer(request, "error", Self.error(500, words), at: now)
            return
        }
        guard let body = Self.body(of: reply, for: request.subject) else {
            let name = request.subject.account ?? []
            let isThere = picture.accounts.contains { $0.name == name }
            let words = isThere ? "not jetstream enabled" : "not found"
            let text = "account \"\(LogText.safe(name))\" \(words)"
            answer(request, "error", Self.error(500, text), at: now)
            return
        }
        answer(request, "data", body, at: now)
    }

    /// The part of a page that a service answers with; `nil` if it has none.
    private static func body(of reply: HttpReply, for subject: SystemSubject) -> [UInt8]? {
        guard subject.service == .account || subject.service == .accountStreams else {
            return reply.body
        }
        let page = try? JSONReader(limits: .page).read(reply.body)
        let details = page?["account_details"]?.asArray
        guard let detail = page?["account_detail"] ?? details?.first else { return nil }
        var json = JSONWriter(.compact)
        json.value(detail)
        return json.bytes
    }

    // MARK: - Writing

    /// Sends the JSON `value` as the member `name` of the envelope.
    private mutating func answer(
        _ request: SystemRequest,
        _ name: String,
        _ value: [UInt8],
        at now: Instant
    ) {
        systemSequence += 1
        var json = JSONWriter(.compact, capacity: 1_024)
        json.beginObject()
        json.name("server")
        json.beginObject()
        writeIdentity(into: &json)
        json.field("ver", ServerVersion.nats)
        json.field("jetstream", facts.configuration.jetStream.isEnabled)
        json.field("flags", 0)
        json.field("seq", systemSequence)
        json.field("time", now.text)
        json.endObject()
        json.name(name)
        json.raw(value)
        json.endObject()
        send(json.bytes, to: request)
    }

    private func send(_ payload: [UInt8], to request: SystemRequest) {
        _ = posts.shard.post(
            .publish(payload, subject: request.reply, account: request.account)
        )
    }

    private func writeIdentity(into json: inout JSONWriter) {
        json.field("name", facts.name)
        json.field("host", facts.configuration.clients.host)
        json.field("id", facts.id)
    }

    private static func error(_ code: Int, _ description: String) -> [UInt8] {
        var json = JSONWriter(.compact)
        json.beginObject()
        json.field("code", code)
        json.field("description", description)
        json.endObject()
        return json.bytes
    }

    /// Who asks, and what they may do.
    private func user(_ request: SystemRequest) -> [UInt8] {
        var json = JSONWriter(.compact)
        json.beginObject()
        json.field("user", request.user)
        json.field("account", request.accountName)
        json.field("account_name", request.accountName)
        let user = facts.configuration.access.users.first { $0.name == request.user }
        if let permissions = user?.permissions {
            json.name("permissions")
            json.beginObject()
            write("publish", permissions.publish, into: &json)
            write("subscribe", permissions.subscribe, into: &json)
            if let responses = permissions.responses {
                json.name("responses")
                json.beginObject()
                json.field("max", responses.messagesMax ?? -1)
                json.field("ttl", responses.expiryNanoseconds.map { Int64(clamping: $0) } ?? -1)
                json.endObject()
            }
            json.endObject()
        }
        json.endObject()
        return json.bytes
    }

    private func write(_ name: String, _ rules: SubjectRules, into json: inout JSONWriter) {
        guard rules.allow != nil || !rules.deny.isEmpty else { return }
        json.name(name)
        json.beginObject()
        if let allow = rules.allow { write("allow", allow, into: &json) }
        if !rules.deny.isEmpty { write("deny", rules.deny, into: &json) }
        json.endObject()
    }

    private func write(_ name: String, _ rules: [SubjectRule], into json: inout JSONWriter) {
        json.name(name)
        json.beginArray()
        for rule in rules { json.string(rule.subject + (rule.queue.map { [0x20] + $0 } ?? [])) }
        json.endArray()
    }
}

extension SystemSubject {
    /// The page that the service shows a part or all of.
    fileprivate var page: MonitoringPage {
        switch service {
        case .page(let page): page
        case .account: .accountz
        case .accountStatistics: .accstatz
        case .accountStreams: .jsz
        case .userInfo, .identity, .statistics, .kick, .keys: .varz
        }
    }
}

extension JSONLimits {
    /// Limits of pages that this server has written itself.
    fileprivate static let page = JSONLimits(
        depthMax: 16,
        membersMax: 100_000,
        stringBytesMax: 1 << 20,
        textBytesMax: 64 << 20
    )
}
