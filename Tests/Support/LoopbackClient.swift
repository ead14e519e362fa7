// A client for tests: blocking, with a limit on every wait.

import Glibc

/// A TCP connection to a port of this machine.
public final class LoopbackClient {
    private let descriptor: Int32
    private var received: [UInt8] = []

    /// Longest wait for bytes.
    public static let secondsMax = 10

    /// Connects to `port`.
    public init(port: UInt16) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // SAFETY: the address has the size the call is told.
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                unsafe _ = Glibc.connect(descriptor, general, size)
            }
        }
        var limit = timeval(tv_sec: Self.secondsMax, tv_usec: 0)
        let limitSize = socklen_t(MemoryLayout<timeval>.size)
        unsafe _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, limitSize)
        unsafe _ = setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, limitSize)
    }

    deinit { Glibc.close(descriptor) }

    /// Sends `text`; a peer that is gone is noticed by the next read.
    public func send(_ text: String) {
        send(Array(text.utf8))
    }

    /// Sends `bytes`; see `send(_: String)`.
    public func send(_ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            // SAFETY: the call reads the rest of the array.
            let count = unsafe bytes.withUnsafeBytes { region in
                unsafe Glibc.send(
                    descriptor,
                    region.baseAddress.map { unsafe $0 + done },
                    bytes.count - done,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { return }
            done += count
        }
    }

    /// Everything up to and including `mark`; what came until then if it never comes.
    public func read(through mark: String) -> String {
        let mark = Array(mark.utf8)
        while true {
            if let end = Self.end(of: mark, in: received) {
                defer { received.removeFirst(end) }
                return String(decoding: received[..<end], as: UTF8.self)
            }
            guard fill() else { return takeAll() }
        }
    }

    /// Everything until the peer closes, or until nothing comes for the longest wait.
    public func readToEnd() -> String {
        while fill() {}
        return takeAll()
    }

    /// Whether the peer closes without another byte.
    public func isClosed() -> Bool {
        received.isEmpty && !fill() && received.isEmpty
    }

    private func takeAll() -> String {
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    private func fill() -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        // SAFETY: the call writes at most the size of the array.
        let count = unsafe piece.withUnsafeMutableBytes {
            unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
        }
        guard count > 0 else { return false }
        received += piece[..<count]
        return true
    }

    private static func end(of mark: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= mark.count else { return nil }
        for start in 0...(bytes.count - mark.count)
        where bytes[start..<start + mark.count].elementsEqual(mark) {
            return start + mark.count
        }
        return nil
    }
}
