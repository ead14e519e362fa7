// A directory of fresh certificates that lives as long as a test.

import CCertificates
import Glibc

/// What a test certificate says.
struct CertificateRequest {
    var subject = "O=Test/CN=test"
    var alternatives: String?
    var usage: String?
    var beginsSeconds = -3_600
    var endsSeconds = 3_600
    var isAuthority = false
}

/// An authority and whatever it has signed.
final class TestCertificates {
    let directory: String
    private var names: [String] = []

    /// A new authority called `ca`.
    init() {
        var template = Array("/tmp/sluice-tests-XXXXXX".utf8CString)
        // SAFETY: the template is a terminated string that the call changes in place.
        directory = unsafe mkdtemp(&template).map { unsafe String(cString: $0) } ?? "/tmp"
        issue("ca", CertificateRequest(subject: "CN=Test Authority", isAuthority: true), by: nil)
    }

    deinit {
        for name in names {
            unsafe unlink(certificate(name))
            unsafe unlink(key(name))
        }
        unsafe rmdir(directory)
    }

    func certificate(_ name: String) -> String { "\(directory)/\(name).pem" }

    func key(_ name: String) -> String { "\(directory)/\(name).key" }

    /// Makes the certificate `name`, signed by `issuer` or by itself.
    func issue(_ name: String, _ request: CertificateRequest, by issuer: String? = "ca") {
        names.append(name)
        let signer = issuer.map { "\(directory)/\($0)" }
        // SAFETY: the call reads terminated strings.
        let isDone = unsafe ccertificates_issue(
            request.subject,
            request.alternatives,
            request.usage,
            request.beginsSeconds,
            request.endsSeconds,
            request.isAuthority ? 1 : 0,
            signer,
            "\(directory)/\(name)"
        )
        precondition(isDone == 1, "no certificate for \(name)")
    }

    /// Writes an encrypted key to the key file of `name`.
    func encryptKey(_ name: String) {
        precondition(unsafe ccertificates_encrypted_key(key(name)) == 1, "no encrypted key")
    }
}
