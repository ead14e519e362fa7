// What a client with a key signs, and whether it did.
// Source: NATS client protocol, `nonce` of INFO and `nkey`, `sig` of CONNECT.

import Wire

/// The challenge of one connection.
public enum Challenge {
    private static let randomBytes = 11

    /// A text that was never sent before: 11 random bytes as base64url.
    public static func make() -> [UInt8] {
        Base64.encode(Sodium.random(randomBytes), .url)
    }

    /// Whether `signature`, in base 64, is that of `challenge` by the user key `key` in its text
    /// form.
    ///
    /// Malformed texts, keys of other roles, weak keys and empty challenges are not.
    public static func isAnswered(
        _ challenge: [UInt8],
        signature: [UInt8],
        key: [UInt8]
    ) -> Bool {
        guard !challenge.isEmpty, let bytes = Base64.decode(signature) else { return false }
        do throws(NkeyError) {
            return Sodium.isSigned(challenge, bytes, by: try Nkey.decode(key, as: .user))
        } catch {
            return false
        }
    }
}
