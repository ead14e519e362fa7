// When bytes came to a socket, as the system notes it.

import Base
import Testing

@testable import Reactor

@Suite struct ArrivalTests {
    /// Reads what a client sent some time before; gives when it was sent, and when it came.
    private func arrival(isNoted: Bool) throws -> (sent: ClosedRange<Instant>, came: Instant) {
        let listener = try Listener(host: "127.0.0.1", port: 0)
        if isNoted { Socket.stampArrivals(listener.descriptor) }
        let deadline = SystemClock.monotonic().adding(nanoseconds: 5 * nanosecondsPerSecond)
        let client = try Dialer.connect(host: "127.0.0.1", port: listener.port, until: deadline)
        defer { Socket.close(client) }
        #expect(Dialer.wait(for: .toRead, listener.descriptor, until: deadline))
        let server = try #require(try listener.accept()).descriptor
        defer { Socket.close(server) }
        let before = SystemClock.now()
        #expect(Socket.write(client, [1, 2, 3]) == .bytes(3))
        let after = SystemClock.now()
        // Nobody reads for two milliseconds.
        while SystemClock.now().nanoseconds(since: after) < 2_000_000 {}
        var bytes = [UInt8](repeating: 0, count: 64)
        var came = Instant.never
        let outcome = unsafe bytes.withUnsafeMutableBytes {
            unsafe Socket.read(server, into: $0, arrived: &came)
        }
        #expect(outcome == .bytes(3) && bytes.starts(with: [1, 2, 3]))
        return (before...after, came)
    }

    @Test func `bytes that waited tell when they came, on every connection of a listener`() throws {
        let (sent, came) = try arrival(isNoted: true)
        #expect(sent.contains(came), "\(sent) and \(came)")
    }

    @Test func `where nothing was asked for, nothing is told`() throws {
        #expect(try arrival(isNoted: false).came == .never)
    }
}
