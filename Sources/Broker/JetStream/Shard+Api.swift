// Requests to the JetStream API: which endpoint, and the answer.

import Base
import JetStreamApi
import Journal
import Queueing
import Routing
import Wire

/// A request to the API.
struct ApiRequest {
    let account: UInt32
    let root: UInt32
    let reply: [UInt8]
    let body: [UInt8]
    let headers: [UInt8]
    /// What its answers are called; `nil` for endpoints that answer with messages.
    let responseType: ApiResponseType?
    /// What whoever watches is told with the answer.
    let audited: AuditedRequest?
    /// What the audit log says of it; `nil` for what changes nothing.
    let deed: Deed?

    /// The answer `text`, to be given once the journal has made it true, `made` with it.
    func later(_ text: [UInt8], made: MadeThing? = nil) -> AfterJournal {
        .answer(
            DelayedAnswer(
                root: root,
                reply: reply,
                text: text,
                refusal: unsafeAnswer,
                made: made,
                audited: audited,
                deed: deed
            )
        )
    }

    /// The answer where the journal could not.
    var unsafeAnswer: [UInt8] {
        guard let responseType else { return [] }
        return ApiResponse.refusal(QueueingError(.insufficientStorage), to: responseType)
    }
}

extension Shard {
    /// A request to the JetStream API, on a subject that begins with `$JS.API.`.
    mutating func serveApi(
        _ subject: RawSpan,
        reply: RawSpan,
        headers: RawSpan,
        payload: RawSpan,
        root: UInt32
    ) {
        let prefixBytes = 8
        guard let account = accounts.firstIndex(where: { $0.root == root }),
            let endpoint = ApiSubject(subject.extracting(prefixBytes..<subject.byteCount).array)
        else { return }
        // Nobody else is answered.
        if case .accountPurge = endpoint, !accounts[account].isSystem { return }
        let request = ApiRequest(
            account: UInt32(account),
            root: root,
            reply: reply.array,
            body: payload.array,
            headers: headers.array,
            responseType: endpoint.responseType,
            audited: endpoint.responseType == nil ? nil : audited(subject, payload, root: root),
            deed: endpoint.deed.flatMap { deed($0.what, $0.about, account: UInt32(account)) }
        )
        accounts[account].apiTotal &+= 1
        do throws(QueueingError) {
            try checkReach(request, endpoint)
            guard let text = try answer(endpoint, request) else { return }
            note(request.deed, "done")
            self.answer(root, request.reply, text, request.audited)
        } catch {
            accounts[account].apiErrors &+= 1
            note(request.deed, "refused: \(String(decoding: error.description, as: UTF8.self))")
            guard let type = endpoint.responseType else { return }
            let text = ApiResponse.refusal(error, to: type)
            self.answer(root, request.reply, text, request.audited)
        }
    }

    /// Refuses what the account or this server cannot have.
    private mutating func checkReach(
        _ request: ApiRequest,
        _ endpoint: ApiSubject
    ) throws(QueueingError) {
        if case .accountPurge = endpoint { return }
        if accounts[Int(request.account)].streamLimits == nil {
            throw QueueingError(.notEnabledForAccount)
        }
        guard !request.headers.isEmpty else { return }
        let headers = Headers(request.headers.span)
        guard let place = headers.value(of: "Nats-Required-Api-Level") else { return }
        let level = UInt64(String(decoding: headers.bytes(of: place), as: UTF8.self)) ?? .max
        if level > UInt64(settings.info.apiLevel) { throw QueueingError(.apiLevelRequired) }
    }

    /// The answer to a request; `nil` if it comes later or in another way.
    private mutating func answer(
        _ endpoint: ApiSubject,
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        switch endpoint {
        case .accountInfo:
            return ApiResponse.accountInfo(accountReport(request.account))
        case .accountPurge(let name): return purge(account: name)
        case .streamCreate(let name): return try createStream(name, request)
        case .streamUpdate(let name): return try updateStream(name, request)
        case .streamNames: return try streamNames(request)
        case .streamList: return try streamList(request)
        case .streamInfo(let name): return try streamInfo(name, request)
        case .streamDelete(let name): return try deleteStream(name, request)
        case .streamPurge(let name): return try purgeStream(name, request)
        case .messageGet(let name): return try getMessage(name, request)
        case .messageDelete(let name): return try deleteMessage(name, request)
        case .clusterOnly: throw QueueingError(.clusteringRequired)
        case .directGet(let name):
            directGet(name, subject: nil, request)
            return nil
        case .directGetLast(let name, let subject):
            directGet(name, subject: subject, request)
            return nil
        case .consumerCreate(let name, _, _), .consumerDurableCreate(let name, _):
            return try createConsumer(name, endpoint, request)
        case .consumerNames(let name): return try consumerNames(name, request)
        case .consumerList(let name): return try consumerList(name, request)
        case .consumerInfo(let name, let consumer):
            return try consumerInfo(name, consumer, request)
        case .consumerDelete(let name, let consumer):
            return try deleteConsumer(name, consumer, request)
        case .consumerPause(let name, let consumer):
            return try pauseConsumer(name, consumer, request)
        case .consumerReset(let name, let consumer):
            return try resetConsumer(name, consumer, request)
        case .consumerUnpin(let name, let consumer):
            return try unpinConsumer(name, consumer, request)
        case .consumerNext(let name, let consumer):
            requestNext(name, consumer, request)
            return nil
        case .streamSnapshot(let name): return try refuseSnapshot(name, request)
        case .streamRestore(let name): return try refuseRestore(name, request)
        }
    }

    // MARK: - The account

    /// Takes every stream of the account called `name` away.
    private mutating func purge(account name: [UInt8]) -> [UInt8] {
        if let account = accounts.firstIndex(where: { $0.name == name }) {
            for index in host.streams(of: UInt32(account))
            where host.streams[index].removal == nil {
                remove(index)
            }
        }
        return ApiResponse.accountPurge()
    }

    /// What the account uses and may use.
    mutating func accountReport(_ account: UInt32) -> AccountReport {
        var report = AccountReport()
        report.apiLevel = Int(settings.info.apiLevel)
        report.domain = host.settings.domain
        report.limits = streamLimits(account)
        report.apiTotal = accounts[Int(account)].apiTotal
        report.apiErrors = accounts[Int(account)].apiErrors
        for index in host.streams(of: account) {
            report.streams += 1
            report.consumers += visibleConsumers(index)
            let state = host.streams[index].stream.report(consumerCount: 0)
            let limit = UInt64(
                max(0, host.streams[index].stream.state.configuration.limits.bytesMax)
            )
            if host.streams[index].isOnDisk {
                report.storage += state.bytes
                report.reservedStorage += limit
            } else {
                report.memory += state.bytes
                report.reservedMemory += limit
            }
        }
        return report
    }

    // MARK: - Streams

    /// The stream called `name`.
    func stream(_ name: [UInt8], _ request: ApiRequest) throws(QueueingError) -> UInt32 {
        guard let index = host.find(request.account, name) else {
            throw QueueingError(.streamNotFound)
        }
        return index
    }

    /// How many consumers clients see.
    func visibleConsumers(_ index: UInt32) -> Int {
        host.streams[index].stream.consumers.count
    }

    /// Everything about a stream.
    mutating func streamReport(_ index: UInt32) -> StreamReport {
        var report = StreamReport()
        report.configuration = host.streams[index].stream.state.configuration
        report.configuration.metadata = report.configuration.metadata.shown(
            serverVersion: settings.info.identity.version,
            apiLevel: settings.info.apiLevel
        )
        report.created = host.streams[index].stream.state.created
        report.state = host.streams[index].stream.report(
            consumerCount: visibleConsumers(index)
        )
        report.domain = host.settings.domain
        reportLinks(index, into: &report)
        report.timestamp = tick.now
        return report
    }
}
