// The few calls into libsodium that identity takes.

import CSodium

/// libsodium, made ready once.
enum Sodium {
    /// Whether the library can be used; without its random source it cannot.
    static let isReady = sodium_init() >= 0

    /// A digest of `bytes` that does not tell their length.
    static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let room = digest.count
        // SAFETY: both arrays live through the call and are as long as it is told.
        let result = unsafe crypto_generichash(&digest, room, bytes, UInt64(bytes.count), nil, 0)
        precondition(result == 0, "a digest of this length exists")
        return digest
    }

    /// Whether both are the same, in a time that depends only on their lengths.
    static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        let (one, other) = (digest(left), digest(right))
        // SAFETY: both digests have as many bytes as are compared.
        return unsafe sodium_memcmp(one, other, one.count) == 0
    }

    /// `count` bytes that nobody can foresee.
    static func random(_ count: Int) -> [UInt8] {
        precondition(isReady, "no random source")
        var bytes = [UInt8](repeating: 0, count: count)
        // SAFETY: the array holds `count` bytes.
        unsafe randombytes_buf(&bytes, count)
        return bytes
    }

    /// Whether `signature` is one of `message` by the Ed25519 key `key`; weak keys sign nothing.
    static func isSigned(_ message: [UInt8], _ signature: [UInt8], by key: [UInt8]) -> Bool {
        guard signature.count == 64, key.count == 32 else { return false }
        // SAFETY: the lengths are what the call reads.
        return unsafe crypto_sign_verify_detached(
            signature,
            message,
            UInt64(message.count),
            key
        ) == 0
    }
}
