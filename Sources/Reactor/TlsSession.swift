// One TLS connection over a non-blocking socket.

import CLinux
import COpenSSL
import Glibc

/// Where a handshake stands.
public enum TlsHandshake: Equatable, BitwiseCopyable, Sendable {
    /// Both sides agree; data may flow.
    case done
    /// Goes on when the socket can be read.
    case wantsRead
    /// Goes on when the socket can be written.
    case wantsWrite
    /// The peer went away.
    case ended
    /// There will be no agreement.
    case failed(TlsError)
}

/// The TLS state of one connected socket, used by one thread at a time.
///
/// The socket stays the caller's: it is watched and closed by whoever opened it. Bytes may wait
/// decrypted inside the session while the socket has nothing more to read, so a reader goes on
/// until `read` answers
/// `wouldBlock`. No call allocates in our code; the library holds its record buffers only while a
/// record is under way.
@safe
public struct TlsSession: ~Copyable {
    let session: OpaquePointer

    /// A session of `context` on `descriptor`; a client that checks its peer names it as
    /// `peerName`, a host name or a numeric address.
    /// - Throws: `TlsError` when there is no memory, or when `peerName` is no name.
    public init(
        _ context: TlsContext,
        descriptor: Int32,
        peerName: String?
    ) throws(TlsError) {
        // SAFETY: the session is this value's own until deinit.
        unsafe session = try Self.open(context, descriptor, peerName)
    }

    deinit { unsafe SSL_free(session) }

    // MARK: - Transfer

    /// Takes the handshake as far as the socket allows.
    public func handshake() -> TlsHandshake {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(session)
        if result == 1 { return .done }
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .ended
        case SSL_ERROR_SYSCALL where ERR_peek_error() == 0: return .ended
        default:
            let verification = Int32(truncatingIfNeeded: unsafe SSL_get_verify_result(session))
            return .failed(TlsError(.handshake, verification: verification))
        }
    }

    /// Whether the handshake is done.
    public var isEstablished: Bool {
        unsafe SSL_is_init_finished(session) == 1
    }

    /// Reads into `buffer`, one record or what is left of one.
    ///
    /// `failed` carries the system's number, or EPROTO if the library refused;
    /// `TlsSession.lastError` then tells more.
    public func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        ERR_clear_error()
        var count = 0
        // SAFETY: the caller's buffer is valid for its count.
        let result = unsafe SSL_read_ex(session, buffer.baseAddress, buffer.count, &count)
        return result == 1 ? .bytes(count) : outcome(result)
    }

    /// Reads into `buffer` like `read`, but only from what the session holds already; the socket
    /// announces by itself what it holds.
    public func readHeld(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        unsafe copenssl_set_open(session, 0)
        defer { unsafe copenssl_set_open(session, 1) }
        // SAFETY: the caller's buffer is valid for its count.
        return unsafe read(into: buffer)
    }

    /// Writes `bytes` as far as the socket takes them.
    ///
    /// After an answer below their count the next write must begin with the rest of the same bytes,
    /// and with no fewer of them; they may have moved. Failures are told as by `read`.
    public func write(_ bytes: RawSpan) -> Transfer {
        ERR_clear_error()
        // SAFETY: the span lives through the call, and the offset stays below its count.
        return unsafe bytes.withUnsafeBytes { source in
            var written = 0
            while written < source.count {
                var count = 0
                let rest = unsafe source.baseAddress.map { unsafe $0 + written }
                let left = source.count &- written
                let result = unsafe SSL_write_ex(session, rest, left, &count)
                guard result == 1 else { return written > 0 ? .bytes(written) : outcome(result) }
                written &+= count
            }
            return .bytes(written)
        }
    }

    /// Whether the last call that answered `wouldBlock` waits for room to write, whichever it was.
    public var waitsForRoom: Bool {
        unsafe SSL_want(session) == SSL_WRITING
    }

    /// Whether bytes wait inside the session that the socket will not announce again.
    public var hasWaitingBytes: Bool {
        unsafe SSL_has_pending(session) == 1
    }

    /// Tells the peer, if it can be told at once, that nothing more will come.
    public func end() {
        guard isEstablished else { return }
        ERR_clear_error()
        unsafe _ = SSL_shutdown(session)
    }

    /// What the last failed call on this thread died of; meaningful until the next call.
    public static func lastError(_ step: TlsError.Step) -> TlsError {
        TlsError(step)
    }

    // MARK: - What was agreed

    /// The protocol version, for monitoring.
    public var version: String {
        // SAFETY: the library answers a constant.
        unsafe String(cString: SSL_get_version(session))
    }

    /// The IANA name of the cipher suite, for monitoring; empty before the handshake is done.
    public var cipherSuite: String {
        guard let cipher = unsafe SSL_get_current_cipher(session) else { return "" }
        guard let name = unsafe SSL_CIPHER_standard_name(cipher) else { return "" }
        // SAFETY: the library answers a constant.
        return unsafe String(cString: name)
    }

    /// The names in the peer's certificate; `nil` if it sent none.
    ///
    /// Only where the context checks its peers did anybody vouch for them.
    public func peerNames() -> CertificateNames? {
        // SAFETY: the certificate is ours until it is freed.
        guard let certificate = unsafe SSL_get1_peer_certificate(session) else { return nil }
        defer { unsafe X509_free(certificate) }
        return unsafe CertificateNames(certificate)
    }

    private static func open(
        _ context: TlsContext,
        _ descriptor: Int32,
        _ peerName: String?
    ) throws(TlsError) -> OpaquePointer {
        ERR_clear_error()
        // SAFETY: the new session is only used here until it is given out or freed.
        guard let made = unsafe context.makeSession() else { throw TlsError(.session) }
        var isReady = unsafe copenssl_attach(made, descriptor) == 1
        switch context.role {
        case .server: unsafe SSL_set_accept_state(made)
        case .client: unsafe SSL_set_connect_state(made)
        }
        if isReady, let peerName {
            isReady = unsafe copenssl_expect_name(made, peerName) == 1
        }
        guard !isReady else { return unsafe made }
        let error = TlsError(.session)
        unsafe SSL_free(made)
        throw error
    }

    private func outcome(_ result: Int32) -> Transfer {
        let number = clinux_errno()
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .wouldBlock
        case SSL_ERROR_ZERO_RETURN: return .ended
        case SSL_ERROR_SYSCALL where ERR_peek_error() == 0: return .failed(number)
        default: return .failed(EPROTO)
        }
    }
}
