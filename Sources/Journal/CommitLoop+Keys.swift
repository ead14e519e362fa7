// Requests about keys: the ring changes here and nowhere else.

import Base
import Sealing

extension CommitLoop {
    /// The time of day, as far as the loop's own clock tells.
    var wallNow: Instant {
        let passed = now.nanoseconds(since: keyWork.beganAt ?? now)
        return origin.created.adding(nanoseconds: passed)
    }

    /// Carries out the next part of what is to be done about keys, and shows them to who looks.
    /// - Returns: whether there was anything to be done.
    mutating func workOnKeys() -> Bool {
        if keyWork.beganAt == nil { keyWork.beganAt = now }
        var hasWork = false
        for request in keyWork.desk.requests.takeAll() {
            take(request)
            hasWork = true
        }
        if runSchedule() { hasWork = true }
        if advanceRotation() { hasWork = true }
        if keyWork.desk.isLookedAt {
            noteFiles()
            keyWork.desk.show(keyPicture)
        }
        return hasWork
    }

    private mutating func take(_ request: KeyRequest) {
        do throws(KeyRefusal) {
            guard stopped == nil else {
                if case .changeRoot(let change) = request.command { origin.vault.discard(change) }
                throw .disk(stopped ?? DiskError(.write, number: noSuchFile))
            }
            keyWork.answers.append((request, .success(try carryOut(request))))
        } catch {
            keyWork.answers.append((request, .failure(error)))
        }
    }

    private mutating func carryOut(_ request: KeyRequest) throws(KeyRefusal) -> KeyOutcome {
        switch request.command {
        case .prepare: return try prepare(request)
        case .activate: return try activate(request)
        case .reencrypt(let most): return try reencrypt(request, bytesPerSecond: most)
        case .rotate(let destroysOld, let most):
            let done = try rotate(request, destroysOld: destroysOld)
            let at = keyWork.jobs.count - 1
            keyWork.jobs[at].progress.bytesPerSecondMax = most
            keyWork.steer()
            try noteWish(at)
            return done
        case .note, .unlocked, .show: return KeyOutcome()
        case .audit(let first): return auditPage(from: first)
        case .hold(let isHeld): return try hold(request.target, isHeld)
        case .verify: return try verify(request)
        case .retire(let version): return try retire(request.target, version)
        case .destroy(let version): return try destroy(request, version)
        case .compromise(let version): return try compromise(request, version)
        case .addSlot(let slot): return try add(slot)
        case .removeSlot(let number): return try removeSlot(number)
        case .lock:
            keyWork.mustLock = true
            return KeyOutcome()
        case .changeRoot(let change): return try changeRoot(change)
        }
    }

    /// The streams that `target` means.
    func keyed(_ target: KeyTarget) throws(KeyRefusal) -> [KeyedStream] {
        let catalog = KeyedStream(id: .none, index: nil)
        switch target {
        case .catalog: return [catalog]
        case .stream(let index):
            guard let stream = stream(index) else { throw .notFound }
            return [KeyedStream(id: stream.id, index: index)]
        case .all:
            return [catalog]
                + streams.compactMap { stream in
                    stream.map { KeyedStream(id: $0.id, index: $0.index) }
                }
        }
    }

    // MARK: - Versions

    private mutating func prepare(_ request: KeyRequest) throws(KeyRefusal) -> KeyOutcome {
        let streams = try keyed(request.target)
        let at = try begin(request)
        do throws(KeyRefusal) {
            try makeVersions(of: streams)
        } catch {
            keyWork.jobs[at].fail(.prepare, error, at: wallNow)
            throw error
        }
        keyWork.jobs[at].end(.prepare, at: wallNow)
        return outcome(at)
    }

    /// Makes a new version for each of `streams` that has none waiting, and reads it back.
    private mutating func makeVersions(of streams: [KeyedStream]) throws(KeyRefusal) {
        let vault = origin.vault
        var waiting: [UniqueId: DataKeyName] = [:]
        for record in vault.ring.dataKeys where record.state == .preActive {
            waiting[record.name.stream] = record.name
        }
        var names: [DataKeyName] = []
        for stream in streams {
            if let name = waiting[stream.id] {
                names.append(name)
                continue
            }
            do throws(SealingError) {
                let version = try vault.addVersion(of: stream.id, at: wallNow)
                names.append(DataKeyName(stream: stream.id, version: version))
            } catch {
                throw .sealing(error)
            }
        }
        try writeRing()
        let isKept: Bool
        do throws(DiskError) {
            isKept = try RingFile.holds(names, of: vault, on: disk)
        } catch {
            throw .disk(error)
        }
        guard isKept else { throw .notKept }
    }

    private mutating func activate(_ request: KeyRequest) throws(KeyRefusal) -> KeyOutcome {
        let streams = try keyed(request.target)
        guard let at = keyWork.jobs.lastIndex(where: { $0.progress.target == request.target })
        else {
            _ = try prepare(request)
            return try activate(request)
        }
        try activate(streams, at)
        return outcome(at)
    }

    private mutating func activate(
        _ streams: [KeyedStream],
        _ at: Int
    ) throws(KeyRefusal) {
        let vault = origin.vault
        let before = vault.ring
        let ids = Set(streams.map(\.id))
        let own = before.dataKeys.filter { ids.contains($0.name.stream) }
        let names = own.filter { $0.state == .preActive }.map(\.name)
        guard !names.isEmpty else { throw .wrongState }
        keyWork.jobs[at].begin(.activate, at: wallNow)
        watchPublishers(at)
        do throws(KeyRefusal) {
            for name in names {
                do throws(SealingError) {
                    try vault.activate(name, at: wallNow)
                } catch {
                    throw .sealing(error)
                }
            }
            try writeRing()
        } catch {
            vault.restoreStates(of: before)
            keyWork.jobs[at].fail(.activate, error, at: wallNow)
            throw error
        }
        let active = own.filter { $0.state == .active }
        keyWork.jobs[at].progress.fromVersion = active.map(\.name.version).max() ?? 0
        keyWork.jobs[at].progress.toVersion = names.map(\.version).max() ?? 0
        keyWork.jobs[at].waiting = streams
        keyWork.jobs[at].end(.activate, at: wallNow)
        count(at)
    }

    private mutating func rotate(
        _ request: KeyRequest,
        destroysOld: Bool
    ) throws(KeyRefusal) -> KeyOutcome {
        let streams = try keyed(request.target)
        try secureWish()
        _ = try prepare(request)
        guard let at = keyWork.jobs.indices.last else { throw .wrongState }
        try activate(streams, at)
        keyWork.jobs[at].destroysOld = destroysOld
        keyWork.jobs[at].begin(.reencrypt, at: wallNow)
        return outcome(at)
    }

    private mutating func reencrypt(
        _ request: KeyRequest,
        bytesPerSecond: UInt64
    ) throws(KeyRefusal) -> KeyOutcome {
        let streams = try keyed(request.target)
        let at: Int
        if let own = keyWork.jobs.lastIndex(where: { $0.progress.target == request.target }) {
            at = own
        } else {
            at = try begin(request)
        }
        keyWork.jobs[at].progress.bytesPerSecondMax = bytesPerSecond
        keyWork.steer()
        let isRunning = keyWork.jobs[at].isRunning
        if !isRunning { keyWork.jobs[at].isUrgent = false }
        try noteWish(at)
        if isRunning { return outcome(at) }
        keyWork.jobs[at].waiting = streams
        count(at)
        keyWork.jobs[at].begin(.reencrypt, at: wallNow)
        watchPublishers(at)
        return outcome(at)
    }

    private mutating func compromise(
        _ request: KeyRequest,
        _ version: UInt32
    ) throws(KeyRefusal) -> KeyOutcome {
        let streams = try keyed(request.target)
        guard streams.count == 1, let stream = streams.first else { throw .wrongState }
        let name = DataKeyName(stream: stream.id, version: version)
        guard let record = origin.vault.ring.dataKey(name) else { throw .notFound }
        if record.state == .active { _ = try rotate(request, destroysOld: false) }
        let before = origin.vault.ring
        do throws(SealingError) {
            try origin.vault.compromise(name, at: wallNow)
        } catch {
            throw .wrongState
        }
        do throws(KeyRefusal) {
            try writeRing()
        } catch {
            origin.vault.restoreStates(of: before)
            throw error
        }
        if record.state != .active { _ = try reencrypt(request, bytesPerSecond: 0) }
        return try hurry(request.target)
    }

    /// Lets the rotation of `target` go before all others.
    private mutating func hurry(_ target: KeyTarget) throws(KeyRefusal) -> KeyOutcome {
        let at = keyWork.jobs.lastIndex { $0.progress.target == target && $0.isRunning }
        guard let at else { throw .wrongState }
        keyWork.jobs[at].isUrgent = true
        keyWork.jobs[at].progress.isHeld = false
        keyWork.steer()
        try noteWish(at)
        return outcome(at)
    }

    private func retire(_ target: KeyTarget, _ version: UInt32) throws(KeyRefusal) -> KeyOutcome {
        for stream in try keyed(target) {
            let facts = rotationFacts(stream)
            guard let state = facts.states[version] else { continue }
            guard state != .active, state != .preActive else { throw .wrongState }
            guard RotationPlan.retired(facts).contains(version) else {
                throw .stillInUse(bytes: bytes(under: version, facts))
            }
        }
        return KeyOutcome()
    }

    private func bytes(under version: UInt32, _ facts: RotationFacts) -> UInt64 {
        facts.sealed.filter { $0.version == version }.reduce(0) { $0 &+ $1.byteCount }
    }

    private mutating func destroy(
        _ request: KeyRequest,
        _ version: UInt32
    ) throws(KeyRefusal) -> KeyOutcome {
        let target = request.target
        let streams = try keyed(target).filter { stream in
            origin.vault.ring.dataKey(DataKeyName(stream: stream.id, version: version)) != nil
        }
        guard !streams.isEmpty else { throw .notFound }
        _ = try retire(target, version)
        let names = streams.map { DataKeyName(stream: $0.id, version: version) }
        try destroy(names, by: request.author, about: request.about)
        for at in keyWork.jobs.indices where keyWork.jobs[at].progress.target == target {
            keyWork.jobs[at].end(.destroy, at: wallNow)
        }
        return KeyOutcome()
    }

    /// Wipes keys of which nothing is left, and the rings that held them.
    mutating func destroy(
        _ names: [DataKeyName],
        by who: [UInt8],
        about: [UInt8]
    ) throws(KeyRefusal) {
        let records = records(of: names)
        for name in names {
            do throws(SealingError) {
                try origin.vault.destroy(name, isStreamGone: false, at: wallNow)
            } catch {
                throw .sealing(error)
            }
        }
        do throws(DiskError) {
            try RingFile.write(origin.vault, disk: disk, store: store, isErasing: true)
        } catch {
            throw refused(error)
        }
        noteDestroyed(records, by: who, about: about)
    }
}
