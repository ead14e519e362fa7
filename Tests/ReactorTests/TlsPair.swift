// Two sessions that talk over a pair of connected sockets.

import Glibc

@testable import Reactor

/// A server's and a client's session on the two ends of one connection.
struct TlsPair: ~Copyable {
    let server: TlsSession
    let client: TlsSession
    let serverEnd: Int32
    let clientEnd: Int32

    init(server: TlsContext, client: TlsContext, peerName: String?) throws {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
        // SAFETY: the call writes two descriptors.
        precondition(unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0, "no socket pair")
        let ours = try TlsSession(server, descriptor: ends[0], peerName: nil)
        let theirs = try TlsSession(client, descriptor: ends[1], peerName: peerName)
        self.server = ours
        self.client = theirs
        (serverEnd, clientEnd) = (ends[0], ends[1])
    }

    deinit {
        close(serverEnd)
        close(clientEnd)
    }

    /// Lets both sides work in turn until neither gets any further; how each ended.
    func shakeHands() -> (server: TlsHandshake, client: TlsHandshake) {
        var (ours, theirs) = (TlsHandshake.wantsRead, TlsHandshake.wantsRead)
        for _ in 0..<20 {
            if theirs == .wantsRead { theirs = client.handshake() }
            if ours == .wantsRead { ours = server.handshake() }
            if theirs != .wantsRead, ours != .wantsRead { break }
        }
        return (ours, theirs)
    }
}

extension TlsSession {
    /// Everything that can be read now, and how the reading stopped.
    func readAll(chunk: Int = 4_096, held: Bool = false) -> (bytes: [UInt8], last: Transfer) {
        var (all, buffer) = ([UInt8](), [UInt8](repeating: 0, count: chunk))
        while true {
            // SAFETY: the array lives through the call.
            let answer = unsafe buffer.withUnsafeMutableBytes {
                unsafe held ? readHeld(into: $0) : read(into: $0)
            }
            guard case .bytes(let count) = answer else { return (all, answer) }
            all += buffer[..<count]
        }
    }
}
