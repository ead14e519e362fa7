// Rotations that a run before this one had begun go on.

import Base
import Sealing

extension CommitLoop {
    /// Goes on with what a run before this one had begun: rotations as their operators wanted
    /// them, then old versions with segments under them that belong to none, then segments of which
    /// little is left.
    mutating func resumeRotations() {
        lookForSparse()
        let wishes = catalog.state.rotations.values.sorted { $0.number < $1.number }
        for wish in wishes { resume(wish) }
        keyWork.lastRotation = max(keyWork.lastRotation, wishes.last?.number ?? 0)
        guard let all = try? keyed(.all) else { return }
        let unfinished = all.filter { stream in
            RotationPlan.next(rotationFacts(stream)) != .rest
                && !keyWork.jobs.contains { $0.covers(stream.index) }
        }
        guard let first = unfinished.first else { return }
        var target = KeyTarget.all
        if unfinished.count == 1 { target = first.index.map { .stream($0) } ?? .catalog }
        let request = KeyRequest(
            target,
            .show,
            author: Array("the start of the server".utf8),
            about: Array("unfinished rotations".utf8),
            answer: { _ in }
        )
        guard let at = try? begin(request) else { return }
        goOn(at, unfinished)
    }

    /// Goes on with the rotation that `wish` tells of, under its number.
    private mutating func resume(_ wish: RotationWish) {
        let target: KeyTarget
        switch wish.scope {
        case .all: target = .all
        case .stream(.none): target = .catalog
        case .stream(let id):
            guard let index = index(of: id) else {
                // Its stream was removed.
                if (try? secureCatalog(0)) != nil { catalog.append(.rotationGone(wish.number)) }
                return
            }
            target = .stream(index)
        }
        let request = KeyRequest(
            target,
            .show,
            author: wish.author,
            about: wish.about,
            answer: { _ in }
        )
        keyWork.lastRotation = wish.number - 1
        guard let at = try? begin(request) else { return }
        keyWork.jobs[at].progress.startedAt = wish.startedAt
        keyWork.jobs[at].progress.isHeld = wish.isHeld
        keyWork.jobs[at].progress.bytesPerSecondMax = wish.bytesPerSecondMax
        keyWork.jobs[at].destroysOld = wish.destroysOld
        keyWork.jobs[at].isUrgent = wish.isUrgent
        goOn(at, (try? keyed(target)) ?? [])
    }

    /// Lets the job at `index`, whose key is active already, rewrite what is left of `streams`.
    private mutating func goOn(_ index: Int, _ streams: [KeyedStream]) {
        let versions = streams.map { rotationFacts($0) }
        keyWork.jobs[index].progress.toVersion = versions.compactMap(\.active).max() ?? 0
        let old = versions.flatMap { facts in
            facts.states.filter { $0.value == .decryptOnly || $0.value == .compromised }.keys
        }
        keyWork.jobs[index].progress.fromVersion = old.max() ?? 0
        keyWork.jobs[index].end(.prepare, at: wallNow)
        keyWork.jobs[index].end(.activate, at: wallNow)
        keyWork.jobs[index].waiting = streams
        count(index)
        keyWork.jobs[index].begin(.reencrypt, at: wallNow)
        watchPublishers(index)
        nextDeadline = .never
    }
}
