// Live traffic for a look around: clients in this process, over TCP as any others.

import Base
import Client
import Configuration
import Glibc
public import Reactor
import Synchronization

/// A desk of clients that trade with each other through a server until it is stopped.
///
/// Each client is a connection and a thread of its own; when the server hangs up on it, it comes
/// back after a second.
public final class Demo: Sendable {
    private let isEnding: DemoFlag
    private let threads: [WorkerThread]

    /// Starts the clients on the server at `port` of this machine.
    ///
    /// - Throws: `SystemError` when the system starts no more threads; those that run end.
    public init(port: UInt16, seed: UInt64) throws(SystemError) {
        let flag = DemoFlag()
        var started: [WorkerThread] = []
        var bodies: [(String, @Sendable () -> Void)] = [
            ("demo-desk", { DemoDesk(port, flag).run(DemoPlan(seed: seed)) }),
            ("demo-pricing", { DemoPricing(port, flag).run() }),
        ]
        for taker in DemoTaker.all {
            bodies.append(("demo-taker", { DemoTakerRun(port, flag, taker).run() }))
        }
        do throws(SystemError) {
            for (name, body) in bodies { started.append(try WorkerThread(name: name, body: body)) }
        } catch {
            flag.raise()
            for thread in started { thread.join() }
            throw error
        }
        isEnding = flag
        threads = started
    }

    /// Ends all clients and waits for them; at most two seconds.
    public func stop() {
        isEnding.raise()
        for thread in threads { thread.join() }
    }
}

/// Says to all threads that it is time to go.
final class DemoFlag: Sendable {
    private let value = Atomic<Bool>(false)

    var isRaised: Bool { value.load(ordering: .relaxed) }

    func raise() { value.store(true, ordering: .relaxed) }
}

/// The way of a client to its server.
struct DemoWay: Sendable {
    let port: UInt16
    let flag: DemoFlag

    init(_ port: UInt16, _ flag: DemoFlag) {
        self.port = port
        self.flag = flag
    }

    /// Lets `work` run on a connection called `name` until the flag is raised.
    func go(_ name: String, _ work: (inout ClientConnection) throws(ClientError) -> Void) {
        var options = ClientOptions()
        options.servers = [ServerAddress(host: "127.0.0.1", port: port)]
        options.name = Array(name.utf8)
        while !flag.isRaised {
            do throws(ClientError) {
                var connection = try ClientConnection.open(options, seed: nil)
                try work(&connection)
            } catch {
                // A kicked client comes back, as clients do.
                wait()
            }
        }
    }
}

extension DemoWay {
    /// Lets a second pass, unless it is time to go.
    private func wait() {
        let end = Pause.end(milliseconds: 1_000)
        while !flag.isRaised, SystemClock.monotonic() < end { Pause.rest(milliseconds: 50) }
    }
}

extension ClientConnection {
    /// Sends a request and waits for its answer, at most two seconds; sid 1 listens to `inbox`.
    mutating func ask(
        _ subject: String,
        _ body: [UInt8],
        inbox: [UInt8]
    ) throws(ClientError) -> Message? {
        try publish(Array(subject.utf8), reply: inbox, headers: [], body)
        try send()
        return try next(until: Pause.end(milliseconds: 2_000))
    }

    /// Waits, and answers the server's pings meanwhile; messages that come are not wanted.
    mutating func rest(until end: Instant) throws(ClientError) {
        while SystemClock.monotonic() < end {
            _ = try next(until: end)
        }
    }
}

/// Waiting.
enum Pause {
    /// Lets time pass on this thread.
    static func rest(milliseconds: Int32) {
        _ = poll(nil, 0, milliseconds)
    }

    static func end(milliseconds: UInt64) -> Instant {
        SystemClock.monotonic().adding(nanoseconds: milliseconds * 1_000_000)
    }
}
