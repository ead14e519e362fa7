// Advisories and metrics, for whoever listens; nothing is written where nobody does.

import Base
import JetStreamApi
import Queueing
import Reactor
import Wire

/// A request whose answer somebody watches.
struct AuditedRequest {
    let client: AuditedClient
    let subject: [UInt8]
    let body: [UInt8]
}

extension Shard {
    private mutating func advisory() -> Advisory {
        Advisory(id: host.advisoryIds.next(), time: tick.now, domain: host.settings.domain)
    }

    private mutating func tell(_ subject: [UInt8], _ root: UInt32, _ text: (Advisory) -> [UInt8]) {
        guard isHeard(subject, root: root) else { return }
        emit(root, to: subject, text(advisory()))
    }

    /// Tells that a stream was made, changed or removed.
    mutating func advise(_ action: AssetAction, stream name: [UInt8], account: UInt32) {
        let verb =
            switch action {
            case .create: "STREAM.CREATED."
            case .delete: "STREAM.DELETED."
            case .modify: "STREAM.UPDATED."
            }
        let subject = Advisory.prefix + Array(verb.utf8) + name
        tell(subject, accounts[Int(account)].root) { $0.stream(name, action) }
    }

    /// Tells that a consumer was made or removed.
    mutating func advise(_ action: AssetAction, consumer: [UInt8], of index: UInt32) {
        let verb = action == .delete ? "CONSUMER.DELETED." : "CONSUMER.CREATED."
        let stream = host.streams[index].name
        let subject = Advisory.prefix + Array(verb.utf8) + stream + [0x2E] + consumer
        tell(subject, root(of: index)) { $0.consumer(consumer, of: stream, action) }
    }

    /// Tells what a consumer has to tell.
    mutating func advise(_ notice: AdvisoryNotice, _ bytes: RawSpan, _ index: UInt32) {
        guard host.streams[index].stream.consumers.contains(notice.consumer) else { return }
        let stream = host.streams[index].name
        let consumer = host.streams[index].stream.consumers[notice.consumer].name
        let names = stream + [0x2E] + consumer
        let subject = Array("$JS.EVENT.".utf8) + notice.kind.place + names
        guard isHeard(subject, root: root(of: index)) else { return }
        let configuration = host.streams[index].stream.consumers[notice.consumer].configuration
        let text = bytes.slice(notice.text).array
        let account = accounts[Int(host.streams[index].account)].name
        tell(subject, root(of: index)) {
            $0.notice(
                notice,
                text: text,
                consumer: consumer,
                of: stream,
                account: account,
                configuration
            )
        }
    }

    // MARK: - Requests

    private static var auditSubject: [UInt8] { Advisory.prefix + Array("API".utf8) }

    /// What there is to say later about a request of the sender; `nil` if nobody listens.
    mutating func audited(_ subject: RawSpan, _ body: RawSpan, root: UInt32) -> AuditedRequest? {
        guard tick.sender != noIndex, isHeard(Self.auditSubject, root: root),
            let row = row(tick.sender, hasSubscriptions: false)
        else { return nil }
        var client = AuditedClient()
        client.start = row.startedAt
        client.host = Array(row.peer.host.utf8)
        client.id = row.id
        client.account = row.accountName
        client.user = row.user
        client.name = row.program.name
        client.language = row.program.language
        client.version = row.program.version
        client.roundTrip = row.roundTripNanoseconds
        return AuditedRequest(client: client, subject: subject.array, body: body.array)
    }

    /// Answers a request to the API and tells whoever watches.
    mutating func answer(
        _ root: UInt32,
        _ reply: [UInt8],
        _ text: [UInt8],
        _ audited: AuditedRequest?
    ) {
        if !reply.isEmpty { emit(root, to: reply, text) }
        guard let audited else { return }
        let server = host.settings.leader
        tell(Self.auditSubject, root) {
            $0.audit(
                of: audited.client,
                server: server,
                subject: audited.subject,
                request: audited.body,
                response: text
            )
        }
    }
}
