// Wakes a thread that has nothing to do.

import CLinux
import Glibc
import Synchronization

/// An event that one thread sleeps on; ringing a thread that is awake costs no system call.
final class Bell: Sendable {
    private let descriptor: Int32
    private let isAsleep = Atomic<Bool>(false)

    init() throws(DiskError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        guard descriptor >= 0 else { throw DiskError(.open, number: clinux_errno()) }
    }

    deinit { close(descriptor) }

    /// Wakes the sleeper; what was sent before is visible to it.
    func ring() {
        guard isAsleep.exchange(false, ordering: .sequentiallyConsistent) else { return }
        var one: UInt64 = 1
        // SAFETY: eventfd takes exactly eight bytes.
        unsafe _ = write(descriptor, &one, 8)
    }

    /// Sleeps until the bell rings or `milliseconds` have passed, unless `hasWork` says otherwise
    /// after the sleep was announced.
    func sleep(milliseconds: Int32, unless hasWork: () -> Bool) {
        isAsleep.store(true, ordering: .sequentiallyConsistent)
        if !hasWork() {
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            unsafe _ = poll(&wait, 1, milliseconds)
        }
        // Nobody rang who found the bell as it was left.
        if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { return }
        var count: UInt64 = 0
        // SAFETY: eventfd gives exactly eight bytes.
        unsafe _ = read(descriptor, &count, 8)
    }
}
