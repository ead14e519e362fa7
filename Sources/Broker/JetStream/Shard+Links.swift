// Mirrors and sources between streams of this server: messages are copied when they are safe.

import Base
import Journal
import Queueing

extension Shard {
    /// Messages that one link takes before others have their turn.
    private static var takenAtOnce: Int { 1_024 }
    /// How long a link rests when it cannot go on and nobody will tell it when it can.
    private static var restNanoseconds: UInt64 { nanosecondsPerSecond }

    // MARK: - Links come and go

    /// Makes the links that the stream's configuration asks for and drops those it no longer does.
    mutating func linkUp(_ index: UInt32) {
        let configuration = host.streams[index].stream.state.configuration
        let isMirror = configuration.mirror != nil
        let wanted = configuration.mirror.map { [$0] } ?? configuration.sources
        var kept: [UInt32] = []
        for at in host.linksInto[index] ?? [] {
            let isWanted =
                host.links[at].link.isMirror == isMirror
                && wanted.contains(host.links[at].link.source)
            if isWanted { kept.append(at) } else { unlink(at) }
        }
        for source in wanted {
            if kept.contains(where: { host.links[$0].link.source == source }) { continue }
            let link = SourceLink(source, isMirror: isMirror)
            let at = host.links.insert(HostedLink(target: index, link: link))
            kept.append(at)
            let origin = StreamName(account: host.streams[index].account, name: source.name)
            host.linksFrom[origin, default: []].append(at)
        }
        host.linksInto[index] = kept.isEmpty ? nil : kept
        for at in kept {
            claimOrigin(of: at)
            markLink(at)
        }
    }

    /// Lets the origin of a link keep for it what it would not keep otherwise.
    private mutating func claimOrigin(of at: UInt32) {
        guard let origin = origin(of: at) else { return }
        Self.claim(&host, at, origin)
    }

    private static func claim(_ host: inout StreamHost, _ at: UInt32, _ origin: UInt32) {
        host.streams[origin].stream.claim(for: &host.links[at].link, as: at)
    }

    /// Lets go of what the link at `at` has taken, once it is safe in its target.
    private mutating func release(_ at: UInt32, upTo position: UInt64, _ origin: UInt32) {
        var hasSettled = false
        withEffects(of: origin) { host, effects in
            hasSettled = host.streams[origin].stream.settleClaim(
                at,
                upTo: position,
                into: &effects
            )
        }
        performEffects()
        if hasSettled { markActive(origin) }
    }

    private mutating func unlink(_ at: UInt32) {
        let account = host.streams[host.links[at].target].account
        let origin = StreamName(account: account, name: host.links[at].link.source.name)
        host.linksFrom[origin]?.removeAll { $0 == at }
        if host.linksFrom[origin]?.isEmpty == true { host.linksFrom[origin] = nil }
        if let index = self.origin(of: at) {
            withEffects(of: index) { host, effects in
                host.streams[index].stream.dropClaim(at, into: &effects)
            }
            performEffects()
            markActive(index)
        }
        host.links.remove(at)
    }

    /// Drops the links into a stream that goes.
    mutating func unlinkAll(into index: UInt32) {
        for at in host.linksInto.removeValue(forKey: index) ?? [] { unlink(at) }
    }

    // MARK: - What is to do

    private mutating func markLink(_ at: UInt32) {
        guard !host.links[at].isDue else { return }
        host.links[at].isDue = true
        host.dueLinks.append(at)
    }

    /// Something happened in a stream: links into it and out of it look again.
    mutating func markLinks(of index: UInt32) {
        guard !host.linksInto.isEmpty else { return }
        for at in host.linksInto[index] ?? [] { markLink(at) }
        markLinks(from: host.streams[index].account, host.streams[index].name)
    }

    /// The stream called `name` came or goes.
    mutating func markLinks(from account: UInt32, _ name: [UInt8]) {
        for at in host.linksFrom[StreamName(account: account, name: name)] ?? [] { markLink(at) }
    }

    /// The stream at `index` is new: links that waited for it have it keep what they want.
    mutating func claimLinks(from index: UInt32) {
        let name = StreamName(
            account: host.streams[index].account,
            name: host.streams[index].name
        )
        for at in host.linksFrom[name] ?? [] { claimOrigin(of: at) }
    }

    /// The links that are due copy, some messages each.
    mutating func runLinks() {
        guard !host.linksInto.isEmpty else { return }
        if host.linksRestUntil <= tick.now {
            host.linksRestUntil = .distantFuture
            for links in Array(host.linksInto.values) { for at in links { markLink(at) } }
        }
        var due: [UInt32] = []
        for at in 0..<host.dueLinks.count { due.append(host.dueLinks[at]) }
        host.dueLinks.removeAll()
        for at in due where host.links.contains(at) {
            host.links[at].isDue = false
            runLink(at)
        }
    }

    /// Lets the shard come back at once, or in time, for links that have more to do.
    mutating func scheduleLinks() {
        let next = host.dueLinks.isEmpty ? host.linksRestUntil : tick.now
        nextDeadline = min(nextDeadline, next)
    }

    private mutating func rest(_ at: UInt32) {
        let until = tick.now.adding(nanoseconds: Self.restNanoseconds)
        host.links[at].restsUntil = until
        host.linksRestUntil = min(host.linksRestUntil, until)
    }

    /// What was taken behind `durable` sequences of a stream could not be written: it is taken
    /// again, after a rest.
    mutating func rewindLinks(into index: UInt32) {
        let durable = host.streams[index].stream.state.durableSequence
        for at in host.linksInto[index] ?? [] {
            host.links[at].rewind(durable: durable)
            rest(at)
        }
    }

    // MARK: - Copying

    /// Whether the stream takes anything now; if not, it is run when that changes.
    private mutating func takes(_ index: UInt32) -> Bool {
        if host.streams[index].stream.mode.refusesIngress { return false }
        guard host.streams[index].isOnDisk else { return true }
        if host.writeStopped != nil || host.journal?.isCongested == true { return false }
        return host.journal?.hasBacklog != true
    }

    private mutating func runLink(_ at: UInt32) {
        let target = host.links[at].target
        let now = tick.now
        guard host.streams.contains(target), host.links[at].loading == 0 else { return }
        guard host.links[at].restsUntil <= now else { return }
        guard let origin = origin(of: at) else {
            host.links[at].link.error = QueueingError(.streamNotFound)
            return
        }
        let durable = host.streams[target].stream.state.durableSequence
        let safe = host.links[at].safePosition(durable: durable)
        Self.claim(&host, at, origin)
        if host.streams[origin].stream.hasClaims { release(at, upTo: safe, origin) }
        host.links[at].link.originIdentity = identity(of: origin)
        for _ in 0..<Self.takenAtOnce {
            guard takes(target) else { return }
            switch Self.next(&host, at, origin, now) {
            case .idle: return
            case .load(let sequence): return loadForLink(at, sequence, origin)
            case .take(let sequence):
                guard take(sequence, at, origin, target) else { return }
            }
        }
        markLink(at)
    }

    private func origin(of at: UInt32) -> UInt32? {
        let target = host.links[at].target
        return host.find(host.streams[target].account, host.links[at].link.source.name)
    }

    private static func next(
        _ host: inout StreamHost,
        _ at: UInt32,
        _ origin: UInt32,
        _ now: Instant
    ) -> SourceStep {
        host.streams[origin].stream.next(for: &host.links[at].link, at: now)
    }

    private mutating func loadForLink(_ at: UInt32, _ sequence: UInt64, _ origin: UInt32) {
        guard host.links[at].loaded != sequence else {
            // It was read and is not here: locked keys, or damage that the reader will tell of.
            host.links[at].loaded = 0
            return rest(at)
        }
        guard
            let ticket = host.journal?.read(stream: origin, from: sequence, blockCountMax: 4)
        else { return rest(at) }
        host.links[at].loading = sequence
        host.pending[ticket] = .readEnded(stream: origin, .link(at))
    }

    /// The bytes that a link waits for were read, or could not be.
    mutating func linkLoaded(_ at: UInt32) {
        guard host.links.contains(at) else { return }
        host.links[at].loaded = host.links[at].loading
        host.links[at].loading = 0
        markLink(at)
        scheduleLinks()
    }

    /// Stores one message of the origin in the target.
    /// - Returns: `false` if the target has no room now.
    private mutating func take(
        _ sequence: UInt64,
        _ at: UInt32,
        _ origin: UInt32,
        _ target: UInt32
    ) -> Bool {
        Self.read(&host, at, sequence, origin)
        let now = tick.now
        var taken: Stored?
        withEffects(of: target) { host, effects in
            taken = host.links[at].link.store(
                into: &host.streams[target].stream,
                at: now,
                effects: &effects
            )
        }
        performEffects()
        if let stored = taken {
            host.streams[target].counters.stored &+= 1
            if stored.isKept { record(target, stored.sequence) }
            host.links[at].note(stored.sequence, from: sequence)
            republish(stored, of: target)
            markActive(target)
        }
        return host.links[at].link.position >= sequence
    }

    private static func read(
        _ host: inout StreamHost,
        _ at: UInt32,
        _ sequence: UInt64,
        _ origin: UInt32
    ) {
        host.streams[origin].stream.read(sequence, for: &host.links[at].link)
    }

    /// Eight letters that tell a stream from an earlier one of its name.
    private func identity(of index: UInt32) -> [UInt8] {
        let letters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        let created = host.streams[index].stream.state.created.nanoseconds
        var rest = hash(host.streams[index].name.raw, seed: created)
        return (0..<8).map { _ in
            let letter = letters[Int(rest % 62)]
            rest /= 62
            return letter
        }
    }
}
