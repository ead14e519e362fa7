// Makes TCP connections, and waits for sockets where a program has nothing else to do.

public import Base
import CLinux
import Glibc

/// Connecting and waiting with a deadline on the monotonic clock.
public enum Dialer {
    /// What a socket is waited for.
    public enum Wish: Sendable {
        /// Bytes, or an end, can be read.
        case toRead
        /// There is room to write.
        case toWrite
    }

    /// A connection to `host`, a numeric address or a name, and `port`, ready for non-blocking use.
    ///
    /// All addresses of the host are tried in their order. Whoever gets the descriptor closes it.
    /// - Throws: `SystemError` of the last address; ETIMEDOUT when `deadline` is reached.
    public static func connect(
        host: String,
        port: UInt16,
        until deadline: Instant
    ) throws(SystemError) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &list) == 0, let first = unsafe list
        else { throw SystemError("getaddrinfo", number: EADDRNOTAVAIL) }
        defer { unsafe freeaddrinfo(first) }
        var refused = SystemError("connect", number: EADDRNOTAVAIL)
        var next: UnsafeMutablePointer<addrinfo>? = unsafe first
        // SAFETY: getaddrinfo gave a list that ends with a null pointer.
        while let address = unsafe next {
            do throws(SystemError) {
                return try unsafe connect(address.pointee, until: deadline)
            } catch {
                refused = error
            }
            unsafe next = address.pointee.ai_next
        }
        throw refused
    }

    /// Waits until `descriptor` can be used as wished.
    /// - Returns: `false` when `deadline` is reached first.
    public static func wait(
        for wish: Wish,
        _ descriptor: Int32,
        until deadline: Instant
    ) -> Bool {
        let events = Int16(wish == .toRead ? POLLIN : POLLOUT)
        while true {
            let left = deadline.nanoseconds(since: SystemClock.monotonic())
            let pause = min(left, 60 * nanosecondsPerSecond)
            let milliseconds = (pause + nanosecondsPerMillisecond - 1) / nanosecondsPerMillisecond
            var request = pollfd(fd: descriptor, events: events, revents: 0)
            // SAFETY: one request is given, and one is told.
            let count = unsafe poll(&request, 1, Int32(milliseconds))
            if count > 0 { return true }
            if left == 0 { return false }
        }
    }

    private static func connect(
        _ address: addrinfo,
        until deadline: Instant
    ) throws(SystemError) -> Int32 {
        let kind =
            unsafe address.ai_socktype | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        // SAFETY: the address is one of the list that the caller holds.
        let made = unsafe socket(address.ai_family, kind, 0)
        guard made >= 0 else { throw SystemError("socket") }
        if unsafe Glibc.connect(made, address.ai_addr, address.ai_addrlen) != 0 {
            var number = clinux_errno()
            if number == EINPROGRESS {
                number = wait(for: .toWrite, made, until: deadline) ? error(of: made) : ETIMEDOUT
            }
            guard number == 0 else {
                close(made)
                throw SystemError("connect", number: number)
            }
        }
        Socket.prepare(made)
        return made
    }

    private static func error(of descriptor: Int32) -> Int32 {
        var number: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        // SAFETY: the option is one 32-bit number.
        let result = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size)
        return result == 0 ? number : clinux_errno()
    }
}
