// What all TLS connections of one side have in common: certificate, authorities, choices.

import COpenSSL

/// Checked and ready terms, shared by any number of sessions and threads.
///
/// It never changes: new files take effect by making a new context for the connections to come,
/// while the sessions of the old one keep it alive until the last of them ends.
public final class TlsContext: Sendable {
    /// Which side it is for.
    public let role: TlsRole
    /// Address of the library's context, never 0; counted by the library, which locks it where
    /// needed.
    private let address: UInt

    /// A context for `role`, with all files read.
    /// - Throws: `TlsError`, whose step tells which of the terms is at fault.
    public init(_ role: TlsRole, _ terms: TlsTerms) throws(TlsError) {
        ERR_clear_error()
        guard let made = unsafe copenssl_context(role == .server ? 1 : 0) else {
            throw TlsError(.context)
        }
        self.role = role
        address = UInt(bitPattern: made)
        try loadIdentity(terms)
        try loadAuthorities(terms)
        try choose(terms)
    }

    deinit { unsafe SSL_CTX_free(pointer) }

    /// A new library session, which keeps the library's context alive by itself.
    func makeSession() -> OpaquePointer? {
        unsafe SSL_new(pointer)
    }

    private var pointer: OpaquePointer? {
        // SAFETY: `address` was a pointer when it was stored, and its object lives until deinit.
        unsafe OpaquePointer(bitPattern: address)
    }

    private func loadIdentity(_ terms: TlsTerms) throws(TlsError) {
        guard let certificateFile = terms.certificateFile else { return }
        guard unsafe SSL_CTX_use_certificate_chain_file(pointer, certificateFile) == 1 else {
            throw TlsError(.certificate)
        }
        let keyFile = terms.keyFile ?? certificateFile
        guard unsafe SSL_CTX_use_PrivateKey_file(pointer, keyFile, SSL_FILETYPE_PEM) == 1,
            unsafe SSL_CTX_check_private_key(pointer) == 1
        else { throw TlsError(.key) }
    }

    private func loadAuthorities(_ terms: TlsTerms) throws(TlsError) {
        guard terms.checksPeer else {
            unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_NONE, nil)
            return
        }
        let isLoaded =
            if let file = terms.authorityFile {
                unsafe SSL_CTX_load_verify_locations(pointer, file, nil)
            } else {
                unsafe SSL_CTX_set_default_verify_paths(pointer)
            }
        guard isLoaded == 1 else { throw TlsError(.authorities) }
        let mode = SSL_VERIFY_PEER | (role == .server ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0)
        unsafe SSL_CTX_set_verify(pointer, mode, nil)
        guard role == .server else { return }
        guard let file = terms.authorityFile else { return }
        // Clients with several certificates choose by the authorities that the server names.
        unsafe SSL_CTX_set_client_CA_list(pointer, SSL_load_client_CA_file(file))
    }

    private func choose(_ terms: TlsTerms) throws(TlsError) {
        if terms.requiresTls13, unsafe copenssl_require_tls13(pointer) != 1 {
            throw TlsError(.context)
        }
        if !terms.groups.isEmpty,
            unsafe copenssl_set_groups(pointer, terms.groups.joined(separator: ":")) != 1
        {
            throw TlsError(.groups)
        }
        let names = try Self.libraryNames(of: terms.cipherSuites)
        guard unsafe SSL_CTX_set_cipher_list(pointer, names.older) == 1 else {
            throw TlsError(.cipherSuites)
        }
        guard !names.newer.isEmpty else { return }
        guard unsafe SSL_CTX_set_ciphersuites(pointer, names.newer) == 1 else {
            throw TlsError(.cipherSuites)
        }
    }

    /// The library's two lists for `suites`: up to TLS 1.2 and from TLS 1.3 on, which share no
    /// suite.
    private static func libraryNames(
        of suites: [String]
    ) throws(TlsError) -> (older: String, newer: String) {
        var (older, newer): ([String], [String]) = ([], [])
        for suite in suites {
            guard suite.utf8.starts(with: "TLS_".utf8), !suite.utf8.contains(UInt8(ascii: ":"))
            else { throw TlsError(.cipherSuites) }
            // SAFETY: the library answers a constant.
            let name = unsafe OPENSSL_cipher_name(suite).map { unsafe String(cString: $0) }
            if name == suite {
                newer.append(suite)
            } else if let name, name != "(NONE)" {
                older.append(name)
            } else {
                throw TlsError(.cipherSuites)
            }
        }
        let standard = "ECDHE+AESGCM:ECDHE+CHACHA20"
        return (
            older.isEmpty ? standard : older.joined(separator: ":"), newer.joined(separator: ":")
        )
    }
}
