// Wakes a thread that waits in its poller.

import CLinux
import Glibc

/// An event counter that makes a poller wake up.
public final class Doorbell: Sendable {
    /// What the woken side watches for input.
    public let descriptor: Int32

    /// A silent doorbell.
    /// - Throws: `SystemError` when the system has no descriptor left.
    public init() throws(SystemError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError("eventfd") }
    }

    deinit { close(descriptor) }

    /// Wakes the other side; harmless when it is awake.
    public func ring() {
        var one: UInt64 = 1
        // SAFETY: eventfd takes exactly eight bytes.
        unsafe _ = write(descriptor, &one, 8)
    }

    /// Waits until the bell rings, for threads that do nothing else.
    public func wait() {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // SAFETY: the call is told of one entry and given one.
        unsafe _ = poll(&watched, 1, -1)
    }

    /// Makes the bell silent again.
    public func answer() {
        var count: UInt64 = 0
        // SAFETY: eventfd gives exactly eight bytes.
        unsafe _ = read(descriptor, &count, 8)
    }
}
