// Requests about consumers, for messages, and acknowledgements.

import Base
import JetStreamApi
import Journal
import Queueing
import Wire

/// The key under which a store keeps a consumer.
enum ConsumerKey {
    /// The key of the consumer called `name`.
    static func bytes(_ name: [UInt8]) -> [UInt8] { Array("c:".utf8) + name }

    /// The name in `key`; `nil` if it is another kind of key.
    static func name(_ key: [UInt8]) -> [UInt8]? {
        key.starts(with: Array("c:".utf8)) ? Array(key.dropFirst(2)) : nil
    }
}

/// A consumer that pushes, by which its bindings are found.
struct PushConsumer: Hashable {
    let stream: UInt32
    let consumer: [UInt8]
}

extension Shard {
    /// The consumer called `name` of a stream.
    private func consumer(_ name: [UInt8], of index: UInt32) throws(QueueingError) -> UInt32 {
        guard let found = host.streams[index].stream.consumer(named: name.raw) else {
            throw QueueingError(.consumerNotFound)
        }
        return found
    }

    /// Everything about a consumer.
    func report(_ consumer: UInt32, of index: UInt32) -> ConsumerReport {
        var report = host.streams[index].stream.consumers[consumer].report(
            stream: host.streams[index].name,
            at: tick.now
        )
        report.configuration.metadata = report.configuration.metadata.shown(
            serverVersion: settings.info.identity.version,
            apiLevel: settings.info.apiLevel
        )
        return report
    }

    // MARK: - Making and removing

    /// `CONSUMER.CREATE` in all its forms.
    mutating func createConsumer(
        _ name: [UInt8],
        _ endpoint: ApiSubject,
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        let asked = try ConsumerRequest(request.body, isStrict: host.settings.isStrict)
        let named = try asked.named(by: endpoint, unnamed: randomName())
        let index = try stream(name, request)
        let wanted = try named.configuration.checked(
            on: host.streams[index].stream.state.configuration,
            in: consumerSurroundings(request.account, isPedantic: asked.isPedantic)
        )
        try checkConsumerCount(index, named.name)
        // A threshold that nobody named differs from the one that a consumer was given.
        let isNameless = !wanted.isDurable && asked.configuration.inactiveThreshold == 0
        if asked.action == .create, isNameless,
            host.streams[index].stream.consumer(named: named.name.raw) != nil
        {
            throw QueueingError(.consumerExists)
        }
        let isBound = wanted.isPush && isHeard(wanted.deliverSubject, root: request.root)
        let now = tick.now
        var made: (index: UInt32, isNew: Bool) = (noIndex, false)
        try withEffects(of: index) { host, effects throws(QueueingError) in
            made = try host.streams[index].stream.addConsumer(
                wanted,
                name: named.name,
                mayCreate: asked.action != .update,
                mayUpdate: asked.action != .create,
                isBound: isBound,
                at: now,
                into: &effects
            )
        }
        if wanted.isPush {
            host.pushConsumers.insert(PushConsumer(stream: index, consumer: named.name))
        }
        if made.isNew { advise(.create, consumer: named.name, of: index) }
        markActive(index)
        let text = ApiResponse.consumerCreate(report(made.index, of: index))
        guard let ticket = keep(made.index, of: index) else { return text }
        host.pending[ticket] = request.later(
            text,
            made: made.isNew ? .consumer(named.name, of: index) : nil
        )
        return nil
    }

    private mutating func randomName() -> [UInt8] {
        let letters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        return (0..<8).map { _ in letters[Int(random.below(62))] }
    }

    /// `CONSUMER.DELETE`.
    mutating func deleteConsumer(
        _ name: [UInt8],
        _ consumerName: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        try EmptyRequest.check(request.body)
        let index = try stream(name, request)
        let consumer = try consumer(consumerName, of: index)
        let ticket = remove(consumer, of: index)
        let text = ApiResponse.success(.consumerDelete)
        guard let ticket else { return text }
        host.pending[ticket] = request.later(text)
        return nil
    }

    /// Takes a consumer away that nobody has used.
    mutating func expire(_ consumer: UInt32, of index: UInt32) {
        guard host.streams[index].stream.consumers.contains(consumer) else { return }
        _ = remove(consumer, of: index)
    }

    /// Takes a consumer away.
    /// - Returns: the journal's ticket; `nil` if the store does not know the consumer.
    mutating func remove(_ consumer: UInt32, of index: UInt32) -> JournalTicket? {
        let name = host.streams[index].stream.consumers[consumer].name
        let flags = host.streams[index].stream.consumers[consumer].configuration.flags
        withEffects(of: index) { host, effects in
            host.streams[index].stream.removeConsumer(consumer, into: &effects)
        }
        // Those who wait are told before whoever asked.
        performEffects()
        host.pushConsumers.remove(PushConsumer(stream: index, consumer: name))
        advise(.delete, consumer: name, of: index)
        markActive(index)
        guard host.streams[index].isOnDisk, !flags.contains(.memoryStorage) else { return nil }
        return dropKept(name, of: index)
    }

    // MARK: - Asking

    private mutating func visible(_ index: UInt32) -> [UInt32] {
        var found: [([UInt8], UInt32)] = []
        for consumer in 0..<host.streams[index].stream.consumers.limit
        where host.streams[index].stream.consumers.contains(consumer) {
            let flags = host.streams[index].stream.consumers[consumer].configuration.flags
            guard flags.isDisjoint(with: [.direct, .sourcing]) else { continue }
            found.append((host.streams[index].stream.consumers[consumer].name, consumer))
        }
        return found.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
    }

    /// `CONSUMER.NAMES`.
    mutating func consumerNames(
        _ name: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        let asked = try PageRequest(request.body, isStrict: host.settings.isStrict)
        let index = try stream(name, request)
        let all = visible(index)
        let offset = min(asked.offset, all.count)
        var names: [[UInt8]] = []
        for consumer in all.dropFirst(offset).prefix(Page.namesMax) {
            names.append(host.streams[index].stream.consumers[consumer].name)
        }
        return ApiResponse.consumerNames(
            names,
            Page(total: all.count, offset: offset, limit: Page.namesMax)
        )
    }

    /// `CONSUMER.LIST`.
    mutating func consumerList(
        _ name: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        let asked = try PageRequest(request.body, isStrict: host.settings.isStrict)
        let index = try stream(name, request)
        let all = visible(index)
        let offset = min(asked.offset, all.count)
        var reports: [ConsumerReport] = []
        for consumer in all.dropFirst(offset).prefix(Page.entriesMax) {
            reports.append(report(consumer, of: index))
        }
        return ApiResponse.consumerList(
            reports,
            Page(total: all.count, offset: offset, limit: Page.entriesMax)
        )
    }

    /// `CONSUMER.INFO`.
    mutating func consumerInfo(
        _ name: [UInt8],
        _ consumerName: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        try EmptyRequest.check(request.body)
        let index = try stream(name, request)
        return ApiResponse.consumerInfo(report(try consumer(consumerName, of: index), of: index))
    }

    // MARK: - Steering

    /// `CONSUMER.PAUSE`.
    mutating func pauseConsumer(
        _ name: [UInt8],
        _ consumerName: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        let asked = try PauseRequest(request.body, isStrict: host.settings.isStrict)
        let index = try stream(name, request)
        let consumer = try consumer(consumerName, of: index)
        let now = tick.now
        let until = asked.until.map { $0 > now ? $0 : .never } ?? .never
        withEffects(of: index) { host, effects in
            host.streams[index].stream.pauseConsumer(
                consumer,
                until: until,
                at: now,
                into: &effects
            )
        }
        markActive(index)
        let text = ApiResponse.consumerPause(until: asked.said, now: now)
        guard let ticket = keep(consumer, of: index) else { return text }
        host.pending[ticket] = request.later(text)
        return nil
    }

    /// `CONSUMER.RESET`.
    mutating func resetConsumer(
        _ name: [UInt8],
        _ consumerName: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        let asked = try ResetRequest(request.body, isStrict: host.settings.isStrict)
        let index = try stream(name, request)
        guard let consumer = host.streams[index].stream.consumer(named: consumerName.raw) else {
            return nil
        }
        var start: UInt64 = 0
        try withEffects(of: index) { host, effects throws(QueueingError) in
            start = try host.streams[index].stream.resetConsumer(
                consumer,
                to: asked.sequence,
                into: &effects
            )
        }
        markActive(index)
        return ApiResponse.consumerReset(report(consumer, of: index), sequence: start)
    }

    /// `CONSUMER.UNPIN`.
    mutating func unpinConsumer(
        _ name: [UInt8],
        _ consumerName: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        let asked = try UnpinRequest(request.body, isStrict: host.settings.isStrict)
        let index = try stream(name, request)
        let consumer = try consumer(consumerName, of: index)
        try withEffects(of: index) { host, effects throws(QueueingError) in
            try host.streams[index].stream.unpinConsumer(
                consumer,
                group: asked.group,
                into: &effects
            )
        }
        markActive(index)
        return ApiResponse.success(.consumerUnpin)
    }

    // MARK: - Messages

    /// `CONSUMER.MSG.NEXT`.
    mutating func requestNext(
        _ name: [UInt8],
        _ consumerName: [UInt8],
        _ request: ApiRequest
    ) {
        guard !request.reply.isEmpty else { return }
        guard let index = host.find(request.account, name),
            let consumer = host.streams[index].stream.consumer(named: consumerName.raw)
        else {
            let address = Array("$JS.API.CONSUMER.MSG.NEXT.".utf8) + name + [0x2E] + consumerName
            return sayNobodyServes(address.raw, request.root, request.reply.raw)
        }
        let now = tick.now
        if tick.sender != noIndex {
            details[Int(tick.sender)]?.pulls.note(name, consumerName, at: now)
        }
        withEffects(of: index) { host, effects in
            host.streams[index].stream.request(
                request.body.raw,
                consumer: consumer,
                reply: request.reply.raw,
                at: now,
                into: &effects
            )
        }
        markActive(index)
    }

    /// What a client hears of a subject on which nobody listens.
    private mutating func sayNobodyServes(_ subject: RawSpan, _ root: UInt32, _ reply: RawSpan) {
        guard !reply.isEmpty else { return }
        var block = HeaderWriter(status: 503, text: "")
        block.append("Nats-Subject", subject.array)
        sendHeaders(block.finish(), root, reply.array)
    }

    /// An acknowledgement.
    mutating func serveAck(_ subject: RawSpan, reply: RawSpan, payload: RawSpan, root: UInt32) {
        guard let ack = AckSubject(subject),
            let index = findStream(subject.slice(ack.stream), root: root),
            let consumer = host.streams[index].stream.consumer(named: subject.slice(ack.consumer)),
            host.streams[index].stream.consumers[consumer].configuration.ackPolicy != .none
        else { return sayNobodyServes(subject, root, reply) }
        noteAck(ack, AckKind(payload), consumer, of: index)
        claimEffects(for: index)
        guard var effects = host.effects.take() else { return }
        host.streams[index].stream.acknowledge(
            ack,
            consumer: consumer,
            payload: payload,
            reply: reply,
            at: tick.now,
            into: &effects
        )
        let isFull = effects.isFull
        host.effects = consume effects
        if isFull { performEffects() }
        markActive(index)
    }

    /// The answer to a flow control request, on `$JS.FC.<stream>.<consumer>.<token>`.
    mutating func serveFlowControl(_ subject: RawSpan, root: UInt32) {
        let tokens = subject.array.split(separator: 0x2E).map(Array.init)
        guard tokens.count == 5 else { return }
        let (name, consumerName, token) = (tokens[2], tokens[3], tokens[4])
        guard let index = findStream(name.raw, root: root),
            let consumer = host.streams[index].stream.consumer(named: consumerName.raw)
        else { return }
        let now = tick.now
        withEffects(of: index) { host, effects in
            host.streams[index].stream.answerFlowControl(
                token.raw,
                consumer: consumer,
                last: nil,
                at: now,
                into: &effects
            )
        }
        markActive(index)
    }

    /// The stream called `name` in the account at `root`; remembers the last one that was found.
    private mutating func findStream(_ name: RawSpan, root: UInt32) -> UInt32? {
        let last = host.lastFound
        if host.streams.contains(last), self.root(of: last) == root,
            equal(host.streams[last].name.raw, name)
        {
            return last
        }
        guard let account = accounts.firstIndex(where: { $0.root == root }),
            let index = host.find(UInt32(account), name.array)
        else { return nil }
        host.lastFound = index
        return index
    }
}
