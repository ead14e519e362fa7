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

    /// The answer `text`, to be given once the journal has made it true, `made` with it.
    func later(_ text: [UInt8], made: UInt32? = nil) -> AfterJournal {
        .answer(root: root, reply: reply, text: text, refusal: unsafeAnswer, made: made)
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
        let request = ApiRequest(
            account: UInt32(account),
            root: root,
            reply: reply.array,
            body: payload.array,
            headers: headers.array,
            responseType: endpoint.responseType
        )
        host.apiTotal &+= 1
        do throws(QueueingError) {
            let text = try answer(endpoint, request)
            if let deed = endpoint.deed {
                let result = text == nil ? "accepted" : "done"
                note(deed.what, deed.about, account: request.account, result)
            }
            if let text, !request.reply.isEmpty { emit(root, to: request.reply, text) }
        } catch {
            host.apiErrors &+= 1
            if let deed = endpoint.deed {
                let reason = String(decoding: error.description, as: UTF8.self)
                note(deed.what, deed.about, account: request.account, "refused: \(reason)")
            }
            guard !request.reply.isEmpty, let type = endpoint.responseType else { return }
            emit(root, to: request.reply, ApiResponse.refusal(error, to: type))
        }
    }

    /// The answer to a request; `nil` if it comes later or in another way.
    private mutating func answer(
        _ endpoint: ApiSubject,
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        switch endpoint {
        case .accountInfo:
            try EmptyRequest.check(request.body)
            return ApiResponse.accountInfo(accountReport(request.account))
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
        case .streamSnapshot, .streamRestore: return nil
        }
    }

    // MARK: - The account

    private mutating func accountReport(_ account: UInt32) -> AccountReport {
        var report = AccountReport()
        report.apiLevel = Int(settings.info.apiLevel)
        report.domain = host.settings.domain
        report.apiTotal = host.apiTotal
        report.apiErrors = host.apiErrors
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
        report.timestamp = tick.now
        return report
    }

    private mutating func createStream(
        _ name: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        let asked = try StreamRequest(request.body, isStrict: host.settings.isStrict)
        guard asked.configuration.name == name else { throw QueueingError(.streamMismatch) }
        var place = StreamSurroundings()
        place.isPedantic = asked.isPedantic
        var wanted = try asked.configuration.checked(in: place)
        try wanted.checkCreation()
        wanted.metadata = wanted.metadata.stored(requiredApiLevel: wanted.requiredApiLevel)
        if let index = host.find(request.account, name) {
            guard host.streams[index].removal == nil,
                host.streams[index].stream.state.configuration.isSame(as: wanted)
            else { throw QueueingError(.streamNameInUse) }
            return ApiResponse.streamCreate(streamReport(index))
        }
        try checkOverlap(wanted.subjects, request.account, except: nil)
        let index = try addStream(wanted, request.account, created: tick.now)
        let text = ApiResponse.streamCreate(streamReport(index))
        return persist(index, isNew: true, then: text, request)
    }

    private mutating func updateStream(
        _ name: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        let asked = try StreamRequest(request.body, isStrict: host.settings.isStrict)
        guard asked.configuration.name == name else { throw QueueingError(.streamMismatch) }
        let index = try stream(name, request)
        var place = StreamSurroundings()
        place.isPedantic = asked.isPedantic
        let current = host.streams[index].stream.state.configuration
        var wanted = try current.updated(to: asked.configuration, in: place)
        wanted.metadata = wanted.metadata.stored(requiredApiLevel: wanted.requiredApiLevel)
        try checkOverlap(wanted.subjects, request.account, except: index)
        withEffects { host, effects in
            host.streams[index].stream.update(wanted, into: &effects)
        }
        if wanted.subjects != current.subjects {
            unlisten(index)
            try listen(index)
        }
        markActive(index)
        let text = ApiResponse.streamUpdate(streamReport(index))
        return persist(index, isNew: false, then: text, request)
    }

    /// Refuses subjects on which another stream of the account listens.
    private func checkOverlap(
        _ subjects: [[UInt8]],
        _ account: UInt32,
        except own: UInt32?
    ) throws(QueueingError) {
        for index in host.streams(of: account) where index != own {
            for taken in host.streams[index].stream.state.configuration.subjects {
                for subject in subjects where SubjectSyntax.overlap(taken.raw, subject.raw) {
                    throw QueueingError(.subjectsOverlap)
                }
            }
        }
    }

    /// Makes a stream of a checked configuration and listens for it.
    /// - Returns: its index.
    mutating func addStream(
        _ configuration: StreamConfiguration,
        _ account: UInt32,
        created: Instant
    ) throws(QueueingError) -> UInt32 {
        host.seed = host.seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let state = StreamState(
            configuration,
            created: created,
            residentBytesMax: host.settings.residentBytesMax,
            seed: host.seed
        )
        let index = host.streams.insert(HostedStream(account: account, state: state))
        host.names[StreamName(account: account, name: configuration.name)] = index
        do throws(QueueingError) {
            try listen(index)
        } catch {
            forget(index)
            throw error
        }
        return index
    }

    /// Subscribes to the stream's subjects.
    private mutating func listen(_ index: UInt32) throws(QueueingError) {
        for subject in host.streams[index].stream.state.configuration.subjects {
            guard
                let made = subscribe(
                    service: ServiceOwner.stream(index),
                    root: root(of: index),
                    to: subject
                )
            else { throw QueueingError(.insufficientStorage) }
            host.streams[index].subscriptions.append(made)
        }
    }

    private mutating func unlisten(_ index: UInt32) {
        for subscription in host.streams[index].subscriptions {
            interests.unsubscribe(subscription)
        }
        host.streams[index].subscriptions = []
    }

    /// Forgets a stream and everything about it.
    private mutating func forget(_ index: UInt32) {
        unlisten(index)
        let account = host.streams[index].account
        host.names[StreamName(account: account, name: host.streams[index].name)] = nil
        host.streams.remove(index)
        host.journal?.forget(stream: index)
    }

    /// Makes the stream's configuration durable and answers then; at once for a stream in memory.
    private mutating func persist(
        _ index: UInt32,
        isNew: Bool,
        then text: [UInt8],
        _ request: ApiRequest
    ) -> [UInt8]? {
        guard host.streams[index].isOnDisk, host.journal != nil else { return text }
        let bytes = StreamArchive(
            account: accounts[Int(request.account)].name,
            created: host.streams[index].stream.state.created,
            configuration: host.streams[index].stream.state.configuration
        ).text
        let ticket =
            isNew
            ? host.journal?.create(stream: index, configuration: bytes)
            : host.journal?.configure(stream: index, configuration: bytes)
        guard let ticket else { return text }
        host.pending[ticket] = request.later(text, made: isNew ? index : nil)
        return nil
    }

    private mutating func deleteStream(
        _ name: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        try EmptyRequest.check(request.body)
        let index = try stream(name, request)
        guard host.streams[index].removal == nil else { throw QueueingError(.streamNotFound) }
        let text = ApiResponse.success(.streamDelete)
        guard let ticket = remove(index) else { return text }
        host.pending[ticket] = request.later(text)
        return nil
    }

    /// Takes a stream away with everything in it; those who wait are told.
    ///
    /// One on disk stays, and keeps its number, until the journal has taken it away.
    /// - Returns: the journal's ticket; `nil` for a stream in memory.
    @discardableResult
    mutating func remove(_ index: UInt32) -> JournalTicket? {
        guard host.streams[index].isOnDisk, let ticket = host.journal?.remove(stream: index) else {
            drop(index)
            return nil
        }
        host.streams[index].removal = ticket
        return ticket
    }

    /// Forgets a stream; those who wait are told.
    mutating func drop(_ index: UInt32) {
        refuseAllWaiting(index)
        withEffects { host, effects in
            host.streams[index].stream.close(.consumerDeleted, into: &effects)
        }
        perform(index)
        forget(index)
    }

    private mutating func purgeStream(
        _ name: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        let asked = try PurgeRequest(request.body, isStrict: host.settings.isStrict)
        let index = try stream(name, request)
        var purged: UInt64 = 0
        try withEffects { host, effects throws(QueueingError) in
            purged = try host.streams[index].stream.purge(asked.purge, into: &effects)
        }
        let text = ApiResponse.streamPurge(purged)
        return persistRemovals(index, then: text, request)
    }

    // MARK: - Messages

    /// Makes removals durable and answers then; at once for a stream in memory.
    private mutating func persistRemovals(
        _ index: UInt32,
        then text: [UInt8],
        _ request: ApiRequest
    ) -> [UInt8]? {
        markActive(index)
        guard let ticket = writeRemovals(index, isDurable: true) else {
            // What a store that has stopped writing refused may be on disk all the same.
            let isUnsafe = host.streams[index].isOnDisk && host.writeStopped != nil
            return isUnsafe ? request.unsafeAnswer : text
        }
        host.pending[ticket] = request.later(text)
        return nil
    }

    private mutating func deleteMessage(
        _ name: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        let asked = try MessageDeleteRequest(request.body, isStrict: host.settings.isStrict)
        let index = try stream(name, request)
        try withEffects { host, effects throws(QueueingError) in
            try host.streams[index].stream.delete(asked.sequence, into: &effects)
        }
        return persistRemovals(index, then: ApiResponse.success(.messageDelete), request)
    }
}
