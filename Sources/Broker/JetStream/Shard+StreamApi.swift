// Requests that make, change and remove streams and messages.

import Base
import JetStreamApi
import Journal
import Queueing
import Routing

extension Shard {
    /// `STREAM.CREATE`.
    mutating func createStream(
        _ name: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        let asked = try StreamRequest(request.body, isStrict: host.settings.isStrict)
        guard asked.configuration.name == name else { throw QueueingError(.streamMismatch) }
        try asked.configuration.checkServed()
        let (index, isNew) = try make(
            asked.configuration,
            isPedantic: asked.isPedantic,
            request.account
        )
        let text = ApiResponse.streamCreate(streamReport(index))
        return isNew ? persist(index, then: text, request) : text
    }

    /// Makes a stream, unless it is there already as it is wanted.
    mutating func make(
        _ configuration: StreamConfiguration,
        isPedantic: Bool,
        _ account: UInt32
    ) throws(QueueingError) -> (index: UInt32, isNew: Bool) {
        let place = surroundings(of: configuration, account, isPedantic: isPedantic)
        var wanted = try configuration.checked(in: place)
        try wanted.checkCreation()
        wanted.metadata = wanted.metadata.stored(requiredApiLevel: wanted.requiredApiLevel)
        if let index = host.find(account, wanted.name) {
            guard host.streams[index].removal == nil,
                host.streams[index].stream.state.configuration.isSame(as: wanted)
            else { throw QueueingError(.streamNameInUse) }
            return (index, false)
        }
        try checkRoom(for: wanted, account, instead: nil)
        try checkOverlap(wanted.subjects, account, except: nil)
        try makeDeadLetterQueue(for: wanted, account)
        let index = try addStream(wanted, account, created: tick.now)
        advise(.create, stream: wanted.name, account: account)
        return (index, true)
    }

    /// `STREAM.UPDATE`.
    mutating func updateStream(
        _ name: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        let asked = try StreamRequest(request.body, isStrict: host.settings.isStrict)
        guard asked.configuration.name == name else { throw QueueingError(.streamMismatch) }
        let index = try stream(name, request)
        try asked.configuration.checkServed()
        let place = surroundings(
            of: asked.configuration,
            request.account,
            isPedantic: asked.isPedantic
        )
        let current = host.streams[index].stream.state.configuration
        var wanted = try current.updated(to: asked.configuration, in: place)
        wanted.metadata = wanted.metadata.stored(requiredApiLevel: wanted.requiredApiLevel)
        try checkRoom(for: wanted, request.account, instead: current)
        try checkOverlap(wanted.subjects, request.account, except: index)
        try makeDeadLetterQueue(for: wanted, request.account)
        try change(index, to: wanted)
        let text = ApiResponse.streamUpdate(streamReport(index))
        guard let ticket = write(index, isNew: false) else { return text }
        let made = MadeThing.change(of: index, from: current, to: wanted)
        host.pending[ticket] = request.later(text, made: made)
        return nil
    }

    /// Lets a stream live by another configuration, which was checked.
    private mutating func change(
        _ index: UInt32,
        to wanted: StreamConfiguration
    ) throws(QueueingError) {
        let subjects = host.streams[index].stream.state.configuration.subjects
        tellRemovals(of: index)
        withEffects(of: index) { host, effects in
            host.streams[index].stream.update(wanted, into: &effects)
        }
        if wanted.subjects != subjects {
            unlisten(index)
            try listen(index)
        }
        linkUp(index)
        setRepublisher(index)
        markActive(index)
        advise(.modify, stream: wanted.name, account: host.streams[index].account)
    }

    /// Takes a change back that the journal refused, unless another one came behind it; what a
    /// lower limit has removed stays away.
    /// - Throws: what is missing of the way back.
    mutating func takeBack(
        _ index: UInt32,
        from refused: StreamConfiguration,
        to former: StreamConfiguration
    ) throws(QueueingError) {
        guard host.streams[index].stream.state.configuration == refused else { return }
        try change(index, to: former)
    }

    /// Refuses subjects on which another stream of the account listens.
    mutating func checkOverlap(
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
        linkUp(index)
        claimLinks(from: index)
        setRepublisher(index)
        markLinks(from: account, configuration.name)
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
        unlinkAll(into: index)
        endRedrives(of: index)
        host.republishers[index] = nil
        host.burials[index] = nil
        let account = host.streams[index].account
        markLinks(from: account, host.streams[index].name)
        host.names[StreamName(account: account, name: host.streams[index].name)] = nil
        host.streams.remove(index)
        host.journal?.forget(stream: index)
    }

    /// Makes a new stream durable and answers then; at once for a stream in memory.
    private mutating func persist(
        _ index: UInt32,
        then text: [UInt8],
        _ request: ApiRequest
    ) -> [UInt8]? {
        guard let ticket = write(index, isNew: true) else { return text }
        host.pending[ticket] = request.later(text, made: .stream(index))
        return nil
    }

    /// Writes the stream's configuration to the store.
    /// - Returns: the journal's ticket; `nil` for a stream in memory.
    mutating func write(_ index: UInt32, isNew: Bool) -> JournalTicket? {
        guard host.streams[index].isOnDisk, host.journal != nil else { return nil }
        let bytes = StreamArchive(
            account: accounts[Int(host.streams[index].account)].name,
            created: host.streams[index].stream.state.created,
            configuration: host.streams[index].stream.state.configuration
        ).text
        return isNew
            ? host.journal?.create(stream: index, configuration: bytes)
            : host.journal?.configure(stream: index, configuration: bytes)
    }

    /// `STREAM.DELETE`.
    mutating func deleteStream(
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
        withEffects(of: index) { host, effects in
            host.streams[index].stream.close(.consumerDeleted, into: &effects)
        }
        performEffects()
        for consumer in 0..<host.streams[index].stream.consumers.limit
        where host.streams[index].stream.consumers.contains(consumer) {
            let name = host.streams[index].stream.consumers[consumer].name
            advise(.delete, consumer: name, of: index)
        }
        let (name, account) = (host.streams[index].name, host.streams[index].account)
        forget(index)
        advise(.delete, stream: name, account: account)
    }

    /// `STREAM.PURGE`.
    mutating func purgeStream(
        _ name: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        let asked = try PurgeRequest(request.body, isStrict: host.settings.isStrict)
        let index = try stream(name, request)
        var purged: UInt64 = 0
        try withEffects(of: index) { host, effects throws(QueueingError) in
            purged = try host.streams[index].stream.purge(asked.purge, into: &effects)
        }
        let text = ApiResponse.streamPurge(purged)
        return try persistRemovals(index, then: text, request)
    }

    // MARK: - Messages

    /// Makes removals durable and answers then; at once for a stream in memory.
    private mutating func persistRemovals(
        _ index: UInt32,
        then text: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        markActive(index)
        guard let ticket = writeRemovals(index) else {
            return text
        }
        host.pending[ticket] = request.later(text)
        return nil
    }

    /// `STREAM.MSG.DELETE`.
    mutating func deleteMessage(
        _ name: [UInt8],
        _ request: ApiRequest
    ) throws(QueueingError) -> [UInt8]? {
        let asked = try MessageDeleteRequest(request.body, isStrict: host.settings.isStrict)
        let index = try stream(name, request)
        try withEffects(of: index) { host, effects throws(QueueingError) in
            try host.streams[index].stream.delete(asked.sequence, into: &effects)
        }
        return try persistRemovals(index, then: ApiResponse.success(.messageDelete), request)
    }
}
