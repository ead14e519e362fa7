// The bytes of one connection: a socket, TLS where it is spoken, and what was received.

import Base
import Glibc
import Reactor

/// One connection to a server, used by one thread at a time.
struct Link: ~Copyable {
    /// What to watch for input.
    let descriptor: Int32
    private var tls: TlsSession?
    private var buffer: [UInt8]
    private var used = 0

    /// Room for a read.
    private static let readBytes = 64 << 10

    /// The connection on `descriptor`, which it closes in the end.
    init(descriptor: Int32) {
        self.descriptor = descriptor
        buffer = [UInt8](repeating: 0, count: Self.readBytes * 2)
    }

    deinit {
        tls?.end()
        Socket.close(descriptor)
    }

    /// Received bytes that nobody dropped yet.
    var received: RawSpan {
        @_lifetime(borrow self)
        borrowing get { buffer.raw.extracting(first: used) }
    }

    /// A copy of the received bytes at `slice`.
    func copy(_ slice: ByteSlice) -> [UInt8] {
        slice.end <= used ? Array(buffer[slice.range]) : []
    }

    /// The eight received bytes from `offset` on as a number, lowest first.
    func number(at offset: Int) -> UInt64 {
        guard offset + 8 <= used else { return 0 }
        // SAFETY: the bytes are inside the buffer.
        return unsafe buffer.raw.unsafeLoadUnaligned(
            fromUncheckedByteOffset: offset,
            as: UInt64.self
        )
    }

    /// Drops the first `count` received bytes.
    mutating func drop(_ count: Int) {
        guard count > 0 else { return }
        if count < used {
            unsafe buffer.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                // SAFETY: both ranges are inside the buffer; they may overlap.
                unsafe _ = memmove(base, base + count, used - count)
            }
        }
        used -= min(count, used)
    }

    /// Speaks TLS from now on, by `context`, with the server called `peerName`.
    mutating func encrypt(
        _ context: TlsContext,
        peerName: String,
        until deadline: Instant
    ) throws(ClientError) {
        let session: TlsSession
        do {
            session = try TlsSession(context, descriptor: descriptor, peerName: peerName)
        } catch {
            throw .tls(error)
        }
        while true {
            let wish: Dialer.Wish
            switch session.handshake() {
            case .done:
                tls = consume session
                return
            case .wantsRead: wish = .toRead
            case .wantsWrite: wish = .toWrite
            case .ended: throw .ended
            case .failed(let error): throw .tls(error)
            }
            guard Dialer.wait(for: wish, descriptor, until: deadline) else { throw .timedOut }
        }
    }

    /// Receives what is there, waiting for it until `deadline`.
    /// - Returns: `false` when nothing came in time.
    mutating func receive(until deadline: Instant) throws(ClientError) -> Bool {
        if buffer.count - used < Self.readBytes {
            buffer.append(contentsOf: repeatElement(0, count: buffer.count))
        }
        while true {
            let transfer = read()
            switch transfer {
            case .bytes(let count):
                used += count
                return true
            case .wouldBlock: break
            case .ended: throw .ended
            case .failed(ECONNRESET): throw .ended
            case .failed(let number): throw .system(SystemError("recv", number: number))
            }
            guard Dialer.wait(for: need(.toRead), descriptor, until: deadline) else { return false }
        }
    }

    /// Whether bytes wait that the socket will not announce again.
    var hasWaitingBytes: Bool {
        switch tls {
        case .some(let session): session.hasWaitingBytes
        case .none: false
        }
    }

    /// What the socket is waited for after it would have blocked with `wish`.
    private func need(_ wish: Dialer.Wish) -> Dialer.Wish {
        switch tls {
        case .some(let session): session.waitsForRoom ? .toWrite : .toRead
        case .none: wish
        }
    }

    /// Sends all of `bytes`.
    mutating func send(_ bytes: [UInt8], until deadline: Instant) throws(ClientError) {
        var offset = 0
        while offset < bytes.count {
            switch write(bytes, from: offset) {
            case .bytes(let count): offset += count
            case .wouldBlock:
                guard Dialer.wait(for: need(.toWrite), descriptor, until: deadline) else {
                    throw .timedOut
                }
            case .ended: throw .ended
            case .failed(EPIPE), .failed(ECONNRESET): throw .ended
            case .failed(let number): throw .system(SystemError("send", number: number))
            }
        }
    }

    private mutating func read() -> Transfer {
        let start = used
        // SAFETY: the part behind the used bytes is free, and lives through the call.
        return unsafe buffer.withUnsafeMutableBytes { bytes in
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
            return unsafe tls?.read(into: room) ?? Socket.read(descriptor, into: room)
        }
    }

    private func write(_ bytes: [UInt8], from offset: Int) -> Transfer {
        let rest = bytes.raw.extracting(last: bytes.count - offset)
        return tls?.write(rest) ?? Socket.write(descriptor, rest)
    }
}
