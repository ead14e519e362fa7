// The receiving side of a measurement.

import Base
import Configuration
import Reactor
import Telemetry

/// Takes the messages of all subscribing connections.
final class BenchReceiver {
    private let peers: [BenchPeer]
    private var poller: Poller
    private let request: BenchRequest
    private let expected: UInt64
    private var received: UInt64 = 0
    /// From the writing of a message to its reading.
    private(set) var latency = Histogram()

    /// Connects and subscribes everybody.
    init(_ request: BenchRequest, _ seed: [UInt8]?) throws(ClientError) {
        self.request = request
        let queue = request.scenario == .queue ? Array("bench".utf8) : []
        let share = request.scenario == .queue ? 1 : request.subscriberCount
        expected = UInt64(request.messageCount) * UInt64(share)
        var peers: [BenchPeer] = []
        for _ in 0..<request.subscriberCount {
            let peer = try BenchPeer(request.connection, seed)
            peer.connection.subscribe(request.subject, queue: queue, sid: 1)
            try peer.connection.flush { _ in }
            peers.append(peer)
        }
        self.peers = peers
        poller = try watching(peers)
    }

    /// Messages that never came.
    var missing: UInt64 { expected - min(expected, received) }

    /// Receives until everything came, until nothing comes any more, or until `publisher` fails.
    func run(_ publisher: BenchThread) throws(ClientError) -> BenchResult.Flow {
        let hasTimes = request.payloadBytes >= 8
        var first = Instant.never
        var last = SystemClock.monotonic()
        while received < expected, !publisher.hasFailed {
            let count = poller.wait(milliseconds: 100)
            var now = SystemClock.monotonic()
            let before = received
            for at in 0..<count {
                let peer = peers[Int(poller.ready(at).token)]
                now = SystemClock.monotonic()
                try peer.connection.drain { _, sentAt in
                    received &+= 1
                    guard hasTimes else { return }
                    latency.record(now.nanoseconds(since: Instant(nanoseconds: sentAt)))
                }
            }
            if received > before {
                if first == .never { first = now }
                last = now
            } else if now.nanoseconds(since: last) > request.connection.timeoutNanoseconds {
                break
            }
        }
        var flow = BenchResult.Flow()
        flow.count = received
        flow.bytes = received * UInt64(request.payloadBytes)
        flow.nanoseconds = first == .never ? 0 : last.nanoseconds(since: first)
        return flow
    }
}

/// A poller that watches `peers`, each under its index.
func watching(_ peers: [BenchPeer]) throws(ClientError) -> Poller {
    do {
        let poller = try Poller()
        for (index, peer) in peers.enumerated() {
            try poller.add(peer.connection.descriptor, token: UInt64(index))
        }
        return poller
    } catch {
        throw .system(error)
    }
}
