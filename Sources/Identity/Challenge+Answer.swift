// The other side of a challenge: a client that holds a seed.
// Source: NATS nkeys; a seed is base 32 of two prefix bytes, 32 bytes and a CRC-16/XMODEM.

import CSodium
import Wire

extension Challenge {
    /// The public user key of `seed` in its text form, and its signature of `nonce`, base64url.
    ///
    /// - Returns: `nil` when `seed` is not the text of a user's seed.
    public static func answer(
        _ nonce: [UInt8],
        seed text: [UInt8]
    ) -> (key: [UInt8], signature: [UInt8])? {
        guard Sodium.isReady, var seed = try? Nkey.decode(seed: text, of: .user) else { return nil }
        var (open, secret) = ([UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 64))
        var signature = [UInt8](repeating: 0, count: 64)
        // SAFETY: the arrays have the lengths that Ed25519 keys and signatures have.
        let isMade =
            unsafe crypto_sign_seed_keypair(&open, &secret, seed) == 0
            && crypto_sign_detached(&signature, nil, nonce, UInt64(nonce.count), secret) == 0
        // SAFETY: the arrays hold as many bytes.
        unsafe sodium_memzero(&secret, 64)
        unsafe sodium_memzero(&seed, 32)
        guard isMade, let key = try? Nkey.encode(open, as: .user) else { return nil }
        return (key, Base64.encode(signature, .url))
    }
}
