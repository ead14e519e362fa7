// The calls a connected, non-blocking socket takes.

public import Base
import CLinux
import Glibc

/// What a read or write came to.
public enum Transfer: Equatable, BitwiseCopyable, Sendable {
    /// So many bytes went through.
    case bytes(Int)
    /// Nothing for now.
    case wouldBlock
    /// The peer closed its side.
    case ended
    /// The connection is broken.
    case failed(Int32)
}

/// How a peer begins.
public enum Opening: Equatable, BitwiseCopyable, Sendable {
    /// With a TLS handshake.
    case handshake
    /// With anything else.
    case plain
    /// Not yet.
    case wouldBlock
    /// By closing its side, or with a broken connection.
    case ended
}

/// Operations on a connected, non-blocking socket.
public enum Socket {
    /// Sends small messages at once.
    public static func prepare(_ descriptor: Int32) {
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        unsafe _ = setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
    }

    /// Reads into `buffer`.
    public static func read(
        _ descriptor: Int32,
        into buffer: UnsafeMutableRawBufferPointer
    ) -> Transfer {
        // SAFETY: the caller's buffer is valid for its count.
        let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return .bytes(count) }
        if count == 0 { return .ended }
        return outcome(clinux_errno())
    }

    /// Asks the system to note when bytes reach `descriptor` and those accepted from it.
    ///
    /// Where it does not, `read` gives no arrivals, and all goes on.
    public static func stampArrivals(_ descriptor: Int32) {
        _ = clinux_stamp_arrivals(descriptor)
    }

    /// Reads into `buffer`, and gives when the last byte came; `never` where nobody has noted it.
    public static func read(
        _ descriptor: Int32,
        into buffer: UnsafeMutableRawBufferPointer,
        arrived: inout Instant
    ) -> Transfer {
        var nanoseconds: UInt64 = 0
        // SAFETY: the caller's buffer is valid for its count.
        let count = unsafe clinux_receive(
            descriptor,
            buffer.baseAddress,
            buffer.count,
            &nanoseconds
        )
        arrived = Instant(nanoseconds: nanoseconds)
        if count > 0 { return .bytes(count) }
        if count == 0 { return .ended }
        return outcome(clinux_errno())
    }

    /// Looks at the first byte that waits, and leaves it there.
    public static func opening(of descriptor: Int32) -> Opening {
        var first: UInt8 = 0
        // SAFETY: the call writes at most one byte.
        let count = unsafe recv(descriptor, &first, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        if count == 1 { return first == handshakeRecord ? .handshake : .plain }
        if count < 0, outcome(clinux_errno()) == .wouldBlock { return .wouldBlock }
        return .ended
    }

    /// Writes `parts` in order.
    static func write(
        _ descriptor: Int32,
        parts: UnsafeMutableBufferPointer<iovec>
    ) -> Transfer {
        var message = unsafe msghdr()
        unsafe message.msg_iov = parts.baseAddress
        unsafe message.msg_iovlen = parts.count
        // SAFETY: the parts refer to live memory of the caller.
        let count = unsafe sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
        return count >= 0 ? .bytes(count) : outcome(clinux_errno())
    }

    /// Writes `bytes`, once.
    public static func write(_ descriptor: Int32, _ bytes: [UInt8]) -> Transfer {
        // SAFETY: the array lives through the call.
        let count = unsafe bytes.withUnsafeBytes {
            unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        return count >= 0 ? .bytes(count) : outcome(clinux_errno())
    }

    /// Writes `bytes`, once.
    public static func write(_ descriptor: Int32, _ bytes: RawSpan) -> Transfer {
        // SAFETY: the span lives through the call.
        let count = unsafe bytes.withUnsafeBytes {
            unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        return count >= 0 ? .bytes(count) : outcome(clinux_errno())
    }

    /// Closes `descriptor` so that the peer can read what was written last.
    ///
    /// Closing with unread input makes the system reset the connection, and the peer loses what it
    /// has not read yet; so the input that is there is read and thrown away, up to a mebibyte.
    public static func closeGently(_ descriptor: Int32) {
        _ = shutdown(descriptor, Int32(SHUT_WR))
        var waste = InlineArray<4_096, UInt8>(repeating: 0)
        for _ in 0..<256 {
            var span = waste.mutableSpan
            // SAFETY: the array outlives the call.
            let count = unsafe span.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            if count <= 0 { break }
        }
        close(descriptor)
    }

    /// Closes `descriptor`; nothing may use it afterwards.
    public static func close(_ descriptor: Int32) {
        _ = Glibc.close(descriptor)
    }

    /// The local port of `descriptor`.
    static func port(of descriptor: Int32) -> UInt16 {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        // SAFETY: the storage is large enough for every address family.
        unsafe withUnsafeMutablePointer(to: &address) { storage in
            unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                unsafe _ = getsockname(descriptor, general, &length)
            }
        }
        return PeerAddress(address).port
    }

    /// The type of a TLS record that carries a handshake (RFC 8446, section 5.1).
    private static let handshakeRecord: UInt8 = 22

    private static func outcome(_ number: Int32) -> Transfer {
        number == EAGAIN || number == EINTR ? .wouldBlock : .failed(number)
    }
}
