// What clients do to queues by message, for the audit log.

import Base
import Engine
import JetStreamApi
import Journal
import Reactor

/// Something that a client did, or was refused, to a queue.
struct Deed: Hashable, Sendable {
    /// The client: user, account and address.
    let who: [UInt8]
    /// What was asked for.
    let what: String
    /// The queue.
    let about: [UInt8]
    /// What came of it; empty while that is not known.
    var result = ""
}

/// Deeds that come again and again within a second leave two entries: the first, and how many more.
struct DeedBook {
    private struct Window {
        var end: Instant
        var repeats: UInt64 = 0
    }

    private var windows: [Deed: Window] = [:]
    /// When something is next to be written.
    private(set) var nextFlush = Instant.distantFuture

    /// Deeds of different kinds that are counted at once; more are written one by one.
    static let windowCountMax = 1_024
    static var windowNanoseconds: UInt64 { nanosecondsPerSecond }

    /// Takes `count` times `deed`.
    /// - Returns: how often it is to be written now.
    mutating func take(_ deed: Deed, _ count: UInt64, at now: Instant) -> UInt64 {
        if windows[deed] != nil {
            windows[deed]?.repeats &+= count
            return 0
        }
        guard windows.count < Self.windowCountMax else { return count }
        let end = now.adding(nanoseconds: Self.windowNanoseconds)
        windows[deed] = Window(end: end, repeats: count - min(1, count))
        nextFlush = min(nextFlush, end)
        return min(1, count)
    }

    /// What came again until `now`, and how often.
    mutating func flush(at now: Instant) -> [(Deed, UInt64)] {
        guard now >= nextFlush else { return [] }
        nextFlush = .distantFuture
        var due: [(Deed, UInt64)] = []
        for (deed, window) in windows {
            if window.end > now {
                nextFlush = min(nextFlush, window.end)
            } else if window.repeats > 0 {
                due.append((deed, window.repeats))
                let end = now.adding(nanoseconds: Self.windowNanoseconds)
                windows[deed] = Window(end: end)
                nextFlush = min(nextFlush, end)
            } else {
                windows[deed] = nil
            }
        }
        return due
    }
}

extension Shard {
    /// That the sender of the current message does `what` to the queue `about`; `nil` where
    /// there is no audit log.
    mutating func deed(_ what: String, _ about: [UInt8], account: UInt32) -> Deed? {
        guard host.journal != nil, let who = sender(in: Int(account)) else { return nil }
        return Deed(who: who, what: what, about: about)
    }

    /// Notes what came of `deed`.
    mutating func note(_ deed: Deed?, _ result: String) {
        guard var deed else { return }
        deed.result = result
        tick.deeds[deed, default: 0] &+= 1
    }

    /// Who sent the current message: user, account and address; `nil` if nobody did.
    mutating func sender(in account: Int) -> [UInt8]? {
        guard tick.sender != noIndex, let details = details[Int(tick.sender)] else { return nil }
        let user = details.user.isEmpty ? [] : details.user + Array(" ".utf8)
        let address = hostPort(details.peer.host, details.peer.port)
        return user + Array("in ".utf8) + accounts[account].name + Array(" from \(address)".utf8)
    }
}

extension ControlLoop {
    /// Writes what a client did into the audit log.
    mutating func note(_ deeds: [Deed: UInt64], at now: Instant) {
        guard keys != nil else { return }
        for (deed, count) in deeds {
            let due = self.deeds.take(deed, count, at: now)
            if due > 0 { write(deed, due) }
        }
    }

    /// Writes what came again and again.
    mutating func flushDeeds(at now: Instant) {
        for (deed, count) in deeds.flush(at: now) { write(deed, count) }
    }

    private mutating func write(_ deed: Deed, _ count: UInt64) {
        let times = count > 1 ? ", \(count) times" : ""
        keys?.desk.post(
            KeyRequest(
                .all,
                .note(deed.what, result: deed.result + times),
                author: deed.who,
                about: deed.about
            ) { _ in }
        )
    }
}

extension ApiSubject {
    /// What the audit log says of a request that changes something, and of which queue.
    var deed: (what: String, about: [UInt8])? {
        switch self {
        case .accountPurge(let name): ("account purge", name)
        case .streamCreate(let name): ("queue create", name)
        case .streamUpdate(let name): ("queue update", name)
        case .streamDelete(let name): ("queue delete", name)
        case .streamPurge(let name): ("queue purge", name)
        case .messageDelete(let name): ("message delete", name)
        case .consumerDelete(let name, _): ("consumer delete", name)
        case .consumerPause(let name, _): ("consumer pause", name)
        case .consumerReset(let name, _): ("consumer reset", name)
        case .accountInfo, .streamNames, .streamList, .streamInfo, .streamSnapshot,
            .streamRestore, .messageGet, .directGet, .directGetLast, .consumerCreate,
            .consumerDurableCreate, .consumerNames, .consumerList, .consumerInfo,
            .consumerUnpin, .consumerNext, .clusterOnly:
            nil
        }
    }
}
