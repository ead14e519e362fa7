// Who a certificate says its owner is.

import COpenSSL

/// The names in a certificate, as bytes.
public struct CertificateNames: Equatable, Sendable {
    /// Alternative names that are mail addresses.
    public var emails: [[UInt8]] = []
    /// Alternative names that are host names.
    public var hosts: [[UInt8]] = []
    /// Alternative names that are URIs.
    public var uris: [[UInt8]] = []
    /// The distinguished name in the form of RFC 2253, most specific part first; empty if there is
    /// none.
    public var subject: [UInt8] = []

    /// Most alternative names that are taken; more are left out.
    public static let alternativesMax = 256
    /// The longest distinguished name that is taken, in bytes; a longer one counts as none.
    public static let subjectBytesMax = 4_096

    /// No names.
    public init() {}

    @unsafe
    init(_ certificate: OpaquePointer) {
        unsafe readAlternatives(certificate)
        let room = Self.subjectBytesMax
        subject = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            // SAFETY: the call writes at most `room` bytes and tells how many there were.
            let length = unsafe copenssl_subject(certificate, buffer.baseAddress, room)
            count = (0...room).contains(length) ? length : 0
        }
    }

    @unsafe
    private mutating func readAlternatives(_ certificate: OpaquePointer) {
        guard let names = unsafe copenssl_names(certificate) else { return }
        defer { unsafe copenssl_names_free(names) }
        let count = min(Int(unsafe copenssl_names_count(names)), Self.alternativesMax)
        for index in 0..<count {
            var bytes: UnsafePointer<UInt8>?
            var length = 0
            // SAFETY: `index` is below the count; the bytes live as long as `names`.
            let kind = unsafe copenssl_name(names, Int32(index), &bytes, &length)
            let name = unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: length))
            switch kind {
            case COPENSSL_EMAIL: emails.append(name)
            case COPENSSL_DNS: hosts.append(name)
            case COPENSSL_URI: uris.append(name)
            default: continue
            }
        }
    }
}
