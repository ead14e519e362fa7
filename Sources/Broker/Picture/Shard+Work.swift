// Which consumers a client takes messages from.

import Base
import Queueing
import Routing

/// A consumer that a client takes messages from.
struct ConsumerWork: Sendable, Equatable {
    /// Its stream.
    let stream: [UInt8]
    /// Its name.
    let consumer: [UInt8]
    /// Messages that it has not sent to anybody.
    let pending: UInt64
    /// Messages that it has sent and that are not acknowledged.
    let unacked: UInt64

    /// How much there is to do.
    var open: UInt64 { pending &+ unacked }
}

/// The consumers that a client has asked for messages lately.
struct PulledConsumers: Sendable {
    /// A request for messages.
    struct Pull: Sendable {
        let stream: [UInt8]
        let consumer: [UInt8]
        var at: Instant
    }

    /// By no order.
    private(set) var pulls: [Pull] = []

    /// Most consumers that are remembered; the one asked longest ago is forgotten first.
    static let countMax = 8
    /// A client that has not asked for so long works on it no longer; requests seldom wait longer.
    static let lapseNanoseconds = 120 * nanosecondsPerSecond

    /// Notes a request.
    mutating func note(_ stream: [UInt8], _ consumer: [UInt8], at now: Instant) {
        if let place = pulls.firstIndex(where: { $0.consumer == consumer && $0.stream == stream }) {
            pulls[place].at = now
            return
        }
        if pulls.count == Self.countMax,
            let oldest = pulls.indices.min(by: { pulls[$0].at < pulls[$1].at })
        {
            pulls.remove(at: oldest)
        }
        pulls.append(Pull(stream: stream, consumer: consumer, at: now))
    }
}

extension Shard {
    /// What the connection at `index` has asked for messages lately.
    mutating func pulledWork(of index: UInt32) -> [ConsumerWork] {
        guard let pulled = details[Int(index)]?.pulls else { return [] }
        let account = connections[index].account
        var work: [ConsumerWork] = []
        for pull in pulled.pulls
        where tick.now.nanoseconds(since: pull.at) < PulledConsumers.lapseNanoseconds {
            guard let stream = host.find(account, pull.stream),
                let consumer = host.streams[stream].stream.consumer(named: pull.consumer.raw)
            else { continue }
            work.append(self.work(on: consumer, of: stream))
        }
        return work
    }

    /// What push consumers send to whom, by the connection's place; at most to `most` in all.
    mutating func pushedWork(most: Int) -> [UInt32: [ConsumerWork]] {
        var work: [UInt32: [ConsumerWork]] = [:]
        for (stream, name) in host.pushConsumers.map({ ($0.stream, $0.consumer) }) {
            guard work.count < most, host.streams.contains(stream),
                let consumer = host.streams[stream].stream.consumer(named: name.raw)
            else { continue }
            let configuration = host.streams[stream].stream.consumers[consumer].configuration
            let piece = self.work(on: consumer, of: stream)
            let listeners = listeners(
                on: configuration.deliverSubject,
                root: root(of: stream),
                most: most
            )
            for listener in listeners { work[listener, default: []].append(piece) }
        }
        return work
    }

    private mutating func work(on consumer: UInt32, of stream: UInt32) -> ConsumerWork {
        let name = host.streams[stream].name
        let report = host.streams[stream].stream.consumers[consumer].report(
            stream: name,
            at: tick.now
        )
        return ConsumerWork(
            stream: name,
            consumer: report.name,
            pending: report.pending,
            unacked: UInt64(report.ackPending)
        )
    }

    /// The connections that listen on `subject`, members of groups among them.
    private mutating func listeners(on subject: [UInt8], root: UInt32, most: Int) -> Set<UInt32> {
        var owners: Set<UInt32> = []
        let set = interests.lookUp(root: root, subject: subject.raw)
        for place in 0..<Int(set.count) {
            let interest = interests.interests[interests.interest(place, of: set)]
            var next = interest.firstPlain
            while next != noIndex, owners.count < most {
                owners.insert(interests.subscriptions[next].owner)
                next = interests.subscriptions[next].nextFree
            }
            var group = interest.firstGroup
            while group != noIndex {
                var member = interests.groups[group].turn
                for _ in 0..<interests.groups[group].count where owners.count < most {
                    owners.insert(interests.subscriptions[member].owner)
                    member = interests.subscriptions[member].nextFree
                }
                group = interests.groups[group].nextFree
            }
        }
        return owners.filter { $0 < ServiceOwner.first }
    }
}
