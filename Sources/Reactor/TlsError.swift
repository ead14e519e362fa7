// Why TLS was refused, in numbers; words are made where they are shown.

import CLinux
import COpenSSL

/// A refusal by the TLS library, by the peer, or by a file that it was to read.
public struct TlsError: Error, Equatable, BitwiseCopyable, Sendable {
    /// What was being done.
    public enum Step: UInt8, BitwiseCopyable, CaseIterable, Sendable {
        /// Making a context.
        case context
        /// Reading the certificate file.
        case certificate
        /// Reading the key file, or finding that it belongs to another certificate.
        case key
        /// Reading the file of certificate authorities.
        case authorities
        /// Choosing cipher suites.
        case cipherSuites
        /// Choosing key exchange groups.
        case groups
        /// Making a session.
        case session
        /// Agreeing with the peer.
        case handshake
        /// Reading.
        case read
        /// Writing.
        case write
    }

    /// What was being done.
    public let step: Step
    /// The library's code; 0 if it has none.
    public let code: UInt
    /// The system's error number; 0 if it has none.
    public let number: Int32
    /// What is wrong with the peer's certificate, as the library numbers it; 0 if nothing is.
    public let verification: Int32

    /// The refusal that this thread's library tells of now.
    init(_ step: Step, verification: Int32 = 0) {
        let code = ERR_peek_error()
        self.step = step
        self.code = code
        self.verification = verification
        number = code == 0 ? clinux_errno() : copenssl_system_error(code)
    }

    /// What was being done and the library's own words for why it failed.
    public var text: String {
        let reason = reason.map { ": \($0)" } ?? ""
        guard verification != 0 else { return "\(action)\(reason)" }
        // SAFETY: the library answers a constant for every number.
        let wrong = unsafe String(cString: X509_verify_cert_error_string(Int(verification)))
        return "\(action)\(reason) (\(wrong))"
    }

    private var action: String {
        switch step {
        case .context: "TLS context"
        case .certificate: "TLS certificate"
        case .key: "TLS key"
        case .authorities: "TLS certificate authorities"
        case .cipherSuites: "TLS cipher suites"
        case .groups: "TLS key exchange groups"
        case .session: "TLS session"
        case .handshake: "TLS handshake"
        case .read: "TLS read"
        case .write: "TLS write"
        }
    }

    private var reason: String? {
        // SAFETY: both answer texts that live until the next call on this thread at least.
        if number != 0 { return unsafe String(cString: clinux_error_text(number)) }
        guard let words = unsafe ERR_reason_error_string(code) else { return nil }
        return unsafe String(cString: words)
    }
}
