// `sluice bench`: one thread that publishes, one that receives, and a clock.

import Base
public import Configuration
import Reactor
import Synchronization
import Telemetry

/// Measures a server with real connections.
public enum Bench {
    /// Measures what `request` says, on this thread and one more.
    ///
    /// - Throws: the first thing that went wrong on any connection.
    public static func run(
        _ request: BenchRequest,
        seed: [UInt8]?
    ) throws(ClientError) -> BenchResult {
        var result = BenchResult()
        switch request.scenario {
        case .publish:
            result.published = try BenchPublisher(request, seed).run()
        case .fanout, .queue:
            let receiver = try BenchReceiver(request, seed)
            let thread = try BenchThread { _ throws(ClientError) in
                try BenchPublisher(request, seed).run()
            }
            let delivered = Result { () throws(ClientError) in try receiver.run(thread) }
            result.published = try thread.finish()
            result.delivered = try delivered.get()
            result.latency = receiver.latency
            result.missing = receiver.missing
        case .request:
            let responder = try BenchThread { thread throws(ClientError) in
                try BenchResponder(request, seed).run(thread)
            }
            let asked = Result { () throws(ClientError) in
                try responder.waitUntilReady(request.connection.timeoutNanoseconds)
                let requester = try BenchRequester(request, seed)
                result.published = try requester.run()
                result.latency = requester.latency
            }
            responder.stop()
            _ = try responder.finish()
            try asked.get()
        }
        return result
    }
}

/// The second thread of a measurement.
final class BenchThread: Sendable {
    typealias Outcome = Result<BenchResult.Flow, ClientError>

    private let steering: Steering
    private let thread: WorkerThread

    /// What both threads see.
    final class Steering: Sendable {
        let outcome = Latest<Outcome?>(nil)
        let isStopped = Atomic(false)
        let isReady = Atomic(false)
        let bell: Doorbell

        init(_ bell: Doorbell) {
            self.bell = bell
        }

        /// Tells the other thread that the work can start.
        func beReady() {
            isReady.store(true, ordering: .releasing)
            bell.ring()
        }
    }

    init(
        _ body: @escaping @Sendable (Steering) throws(ClientError) -> BenchResult.Flow
    ) throws(ClientError) {
        do throws(SystemError) {
            let steering = Steering(try Doorbell())
            self.steering = steering
            thread = try WorkerThread(name: "bench") {
                steering.outcome.publish(Outcome { () throws(ClientError) in try body(steering) })
                steering.bell.ring()
            }
        } catch {
            throw .system(error)
        }
    }

    /// Whether the work has failed already.
    var hasFailed: Bool {
        guard case .failure = steering.outcome.value else { return false }
        return true
    }

    /// Waits until the work can start; the thread's own failure comes out of `finish`.
    func waitUntilReady(_ nanoseconds: UInt64) throws(ClientError) {
        let deadline = SystemClock.monotonic().adding(nanoseconds: nanoseconds)
        let hasRung = Dialer.wait(for: .toRead, steering.bell.descriptor, until: deadline)
        guard hasRung, steering.isReady.load(ordering: .acquiring) else { throw .timedOut }
    }

    /// Asks the thread to end.
    func stop() {
        steering.isStopped.store(true, ordering: .relaxed)
    }

    /// Waits for the thread's end; to be called once.
    func finish() throws(ClientError) -> BenchResult.Flow {
        thread.join()
        guard let outcome = steering.outcome.value else { return BenchResult.Flow() }
        return try outcome.get()
    }
}
