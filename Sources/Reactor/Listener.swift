// Accepts TCP connections.

import CLinux
import Glibc

/// A listening TCP socket.
public struct Listener: ~Copyable {
    /// What to watch for input.
    public let descriptor: Int32
    /// The port it listens on, also when port 0 was asked for.
    public let port: UInt16

    /// Listens on `host`, a numeric address or a name, and `port`; port 0 takes a free one.
    /// - Throws: `SystemError` naming the call that failed.
    public init(host: String, port: UInt16, backlog: Int32 = 4_096) throws(SystemError) {
        descriptor = try Self.open(host: host, port: port, backlog: backlog)
        self.port = Socket.port(of: descriptor)
    }

    /// The listener that was handed over as `handle`.
    public init(_ handle: ListenerHandle) {
        descriptor = handle.descriptor
        port = handle.port
    }

    /// Gives the socket away, to a listener that another thread makes.
    public consuming func hand() -> ListenerHandle {
        let handle = ListenerHandle(descriptor: descriptor, port: port)
        discard self
        return handle
    }

    private static func open(
        host: String,
        port: UInt16,
        backlog: Int32
    ) throws(SystemError) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &list) == 0, let first = unsafe list
        else { throw SystemError("getaddrinfo", number: EADDRNOTAVAIL) }
        defer { unsafe freeaddrinfo(first) }
        // SAFETY: getaddrinfo gave a list of at least one entry.
        let address = unsafe first.pointee
        let kind =
            unsafe address.ai_socktype | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let made = unsafe socket(address.ai_family, kind, 0)
        guard made >= 0 else { throw SystemError("socket") }
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        unsafe _ = setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, size)
        var refused: SystemError?
        if unsafe bind(made, address.ai_addr, address.ai_addrlen) != 0 {
            refused = SystemError("bind")
        } else if listen(made, backlog) != 0 {
            refused = SystemError("listen")
        }
        guard let refused else { return made }
        close(made)
        throw refused
    }

    deinit { close(descriptor) }

    /// The next waiting connection, ready for non-blocking use.
    /// - Returns: `nil` when nobody waits.
    /// - Throws: `SystemError`, for example when descriptors are used up; the listener stays
    ///   usable.
    public func accept() throws(SystemError) -> Accepted? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        // SAFETY: the storage is large enough for every address family.
        let descriptor = unsafe withUnsafeMutablePointer(to: &address) { storage in
            unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                unsafe clinux_accept(self.descriptor, general, &length)
            }
        }
        if descriptor >= 0 {
            Socket.prepare(descriptor)
            return Accepted(descriptor: descriptor, peer: PeerAddress(address))
        }
        let number = clinux_errno()
        if number == EAGAIN || number == EINTR || number == ECONNABORTED { return nil }
        throw SystemError("accept4", number: number)
    }
}

/// A listening socket on its way from one thread to another.
///
/// Whoever gets it makes a `Listener` of it, once.
public struct ListenerHandle: Sendable {
    let descriptor: Int32
    /// The port it listens on.
    public let port: UInt16
}

/// A connection that was just accepted.
public struct Accepted: Sendable {
    /// The connection's descriptor; whoever gets it closes it.
    public let descriptor: Int32
    /// Who connected.
    public let peer: PeerAddress

    /// The connection `descriptor` from `peer`.
    public init(descriptor: Int32, peer: PeerAddress) {
        self.descriptor = descriptor
        self.peer = peer
    }
}

/// The numeric address of a peer.
public struct PeerAddress: Sendable, Equatable {
    /// The host in text.
    public let host: String
    /// The port.
    public let port: UInt16

    /// An address by its parts.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    init(_ storage: sockaddr_storage) {
        var storage = storage
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var service = [CChar](repeating: 0, count: 32)
        // SAFETY: both buffers are as long as the call is told.
        unsafe withUnsafePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                unsafe _ = getnameinfo(
                    general,
                    socklen_t(MemoryLayout<sockaddr_storage>.size),
                    &host,
                    socklen_t(host.count),
                    &service,
                    socklen_t(service.count),
                    NI_NUMERICHOST | NI_NUMERICSERV
                )
            }
        }
        self.host = PeerAddress.text(host)
        port = UInt16(PeerAddress.text(service)) ?? 0
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
