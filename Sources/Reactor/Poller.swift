// Readiness of many descriptors: one epoll instance.

import CLinux
import Glibc

/// What a descriptor is ready for.
@frozen
public struct Readiness: BitwiseCopyable, Sendable {
    /// What the descriptor was registered under.
    public let token: UInt64
    /// Bytes, a connection or an end can be read.
    public let isReadable: Bool
    /// There is room to write.
    public let isWritable: Bool
    /// The peer is gone or the descriptor is broken.
    public let isHungUp: Bool
}

/// Waits for descriptors to become ready; level-triggered.
@safe
public struct Poller: ~Copyable {
    private let descriptor: Int32
    private var events: UnsafeMutablePointer<epoll_event>
    private let eventCountMax: Int32 = 256

    /// An empty poller.
    /// - Throws: `SystemError` when the system has no descriptor left.
    public init() throws(SystemError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        unsafe events = .allocate(capacity: Int(eventCountMax))
        guard descriptor >= 0 else { throw SystemError("epoll_create1") }
    }

    deinit {
        close(descriptor)
        unsafe events.deallocate()
    }

    /// Watches `watched` for input, and for room to write if `forWriting`.
    /// - Throws: `SystemError` when the descriptor cannot be watched.
    public func add(_ watched: Int32, token: UInt64, forWriting: Bool = false) throws(SystemError) {
        try control(EPOLL_CTL_ADD, watched, token: token, mask: mask(true, forWriting))
    }

    /// Changes what `watched` is watched for.
    /// - Throws: `SystemError` when the descriptor is not watched.
    public func change(
        _ watched: Int32,
        token: UInt64,
        forReading: Bool,
        forWriting: Bool
    ) throws(SystemError) {
        try control(EPOLL_CTL_MOD, watched, token: token, mask: mask(forReading, forWriting))
    }

    /// Stops watching `watched`.
    public func remove(_ watched: Int32) {
        _ = epoll_ctl(descriptor, EPOLL_CTL_DEL, watched, nil)
    }

    /// Waits until something is ready, at most `milliseconds`; -1 waits for ever.
    /// - Returns: how many are ready; 0 also after a signal.
    public mutating func wait(milliseconds: Int32) -> Int {
        // SAFETY: the buffer has room for `eventCountMax` events.
        Int(max(0, unsafe epoll_wait(descriptor, events, eventCountMax, milliseconds)))
    }

    /// Waits as `wait(milliseconds:)` does, at most `nanoseconds`.
    public mutating func wait(nanoseconds: UInt64) -> Int {
        // SAFETY: the buffer has room for `eventCountMax` events.
        Int(max(0, unsafe clinux_epoll_wait(descriptor, events, eventCountMax, nanoseconds)))
    }

    /// Lets timed waits of the calling thread end at their time, not up to 50 us later.
    public static func sharpenTimers() { clinux_sharpen_timers() }

    /// The `index`-th of those the last `wait` found.
    public func ready(_ index: Int) -> Readiness {
        precondition(index >= 0 && index < Int(eventCountMax), "no such event")
        // SAFETY: checked above, and `wait` has filled it.
        let event = unsafe events[index]
        let mask = unsafe event.events
        return Readiness(
            token: unsafe event.data.u64,
            isReadable: mask & EPOLLIN.rawValue != 0,
            isWritable: mask & EPOLLOUT.rawValue != 0,
            isHungUp: mask & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
        )
    }

    private func mask(_ forReading: Bool, _ forWriting: Bool) -> UInt32 {
        (forReading ? EPOLLIN.rawValue : 0) | (forWriting ? EPOLLOUT.rawValue : 0)
    }

    private func control(
        _ operation: Int32,
        _ watched: Int32,
        token: UInt64,
        mask: UInt32
    ) throws(SystemError) {
        var event = unsafe epoll_event()
        unsafe event.events = mask
        unsafe event.data.u64 = token
        // SAFETY: the call only reads the event.
        guard unsafe epoll_ctl(descriptor, operation, watched, &event) == 0 else {
            throw SystemError("epoll_ctl")
        }
    }
}
