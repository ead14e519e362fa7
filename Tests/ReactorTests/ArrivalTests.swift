// When bytes came to a socket, as the system notes it.

import Base
import Testing

@testable import Reactor

/// A connection over the loopback, both ends of it.
private struct Pair: ~Copyable {
    let client: Int32
    let server: Int32

    static func make(isNoted: Bool) throws -> Pair {
        let listener = try Listener(host: "127.0.0.1", port: 0)
        if isNoted { Socket.stampArrivals(listener.descriptor) }
        let deadline = SystemClock.monotonic().adding(nanoseconds: 5 * nanosecondsPerSecond)
        let client = try Dialer.connect(host: "127.0.0.1", port: listener.port, until: deadline)
        #expect(Dialer.wait(for: .toRead, listener.descriptor, until: deadline))
        let server = try #require(try listener.accept()).descriptor
        return Pair(client: client, server: server)
    }

    deinit {
        Socket.close(client)
        Socket.close(server)
    }

    /// Reads what the client sent a millisecond before; gives when it was sent, and when it came.
    func arrival() -> (sent: ClosedRange<Instant>, came: Instant) {
        let before = SystemClock.now()
        #expect(Socket.write(client, [1, 2, 3]) == .bytes(3))
        let after = SystemClock.now()
        while SystemClock.now().nanoseconds(since: after) < 1_000_000 {}
        var bytes = [UInt8](repeating: 0, count: 64)
        var came = Instant.never
        let outcome = unsafe bytes.withUnsafeMutableBytes {
            unsafe Socket.read(server, into: $0, arrived: &came)
        }
        #expect(outcome == .bytes(3) && bytes.starts(with: [1, 2, 3]))
        return (before...after, came)
    }
}

@Suite struct ArrivalTests {
    @Test func `bytes that waited tell when they came, on every connection of a listener`() throws {
        let pair = try Pair.make(isNoted: true)
        var (sent, came) = pair.arrival()
        // The system begins to note a while after it was asked to.
        for _ in 0..<1_000 where came == .never { (sent, came) = pair.arrival() }
        #expect(sent.contains(came), "\(sent) and \(came)")
    }

    @Test func `where nothing was asked for, nothing is told`() throws {
        let pair = try Pair.make(isNoted: false)
        #expect(pair.arrival().came == .never)
    }
}
