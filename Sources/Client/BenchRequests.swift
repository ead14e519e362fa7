// Requests and answers in a measurement.

import Base
import Configuration
import Reactor
import Synchronization
import Telemetry

/// Answers every request, over as many connections as subscribe.
struct BenchResponder {
    private let request: BenchRequest
    private let seed: [UInt8]?

    init(_ request: BenchRequest, _ seed: [UInt8]?) {
        self.request = request
        self.seed = seed
    }

    /// Answers until it is told to stop.
    func run(_ thread: BenchThread.Steering) throws(ClientError) -> BenchResult.Flow {
        var peers: [BenchPeer] = []
        for _ in 0..<request.subscriberCount {
            let peer = try BenchPeer(request.connection, seed)
            peer.connection.subscribe(request.subject, queue: Array("bench".utf8), sid: 1)
            try peer.connection.flush { _ in }
            peers.append(peer)
        }
        var poller = try watching(peers)
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: request.payloadBytes)
        thread.beReady()
        var flow = BenchResult.Flow()
        while !thread.isStopped.load(ordering: .relaxed) {
            for at in 0..<poller.wait(milliseconds: 20) {
                let peer = peers[Int(poller.ready(at).token)]
                var replies: [[UInt8]] = []
                try peer.connection.drain(replies: &replies)
                for reply in replies where !reply.isEmpty {
                    try peer.connection.publish(reply, reply: [], headers: [], body)
                    flow.count += 1
                }
                try peer.connection.send()
            }
        }
        return flow
    }
}

/// Makes requests, one after the other on every publishing connection.
final class BenchRequester {
    private let request: BenchRequest
    private var peers: [BenchPeer] = []
    private let body: [UInt8]
    /// From a request to its answer.
    private(set) var latency = Histogram()

    init(_ request: BenchRequest, _ seed: [UInt8]?) throws(ClientError) {
        self.request = request
        body = [UInt8](repeating: UInt8(ascii: "x"), count: request.payloadBytes)
        for index in 0..<request.publisherCount {
            let peer = try BenchPeer(request.connection, seed)
            peer.connection.subscribe(inbox(index), queue: [], sid: 1)
            try peer.connection.flush { _ in }
            peers.append(peer)
        }
    }

    /// Makes all requests.
    func run() throws(ClientError) -> BenchResult.Flow {
        var poller = try watching(peers)
        var started = 0
        var answered = 0
        let start = SystemClock.monotonic()
        for index in peers.indices where started < request.messageCount {
            try ask(index)
            started += 1
        }
        var last = start
        while answered < request.messageCount {
            let count = poller.wait(milliseconds: 100)
            for at in 0..<count {
                let index = Int(poller.ready(at).token)
                var answers = 0
                try peers[index].connection.drain { _, _ in answers += 1 }
                guard answers > 0 else { continue }
                last = SystemClock.monotonic()
                latency.record(last.nanoseconds(since: peers[index].sentAt))
                answered += answers
                guard started < request.messageCount else { continue }
                try ask(index)
                started += 1
            }
            let silence = SystemClock.monotonic().nanoseconds(since: last)
            guard silence < request.connection.timeoutNanoseconds else { throw .timedOut }
        }
        var flow = BenchResult.Flow()
        flow.count = UInt64(answered)
        flow.bytes = flow.count * UInt64(request.payloadBytes)
        flow.nanoseconds = last.nanoseconds(since: start)
        return flow
    }

    private func ask(_ index: Int) throws(ClientError) {
        peers[index].sentAt = SystemClock.monotonic()
        try peers[index].connection.publish(
            request.subject,
            reply: inbox(index),
            headers: [],
            body
        )
        try peers[index].connection.send()
    }

    private func inbox(_ index: Int) -> [UInt8] {
        request.subject + Array(".reply.\(index)".utf8)
    }
}
