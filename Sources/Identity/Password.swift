// Passwords and tokens, plain or as bcrypt.

import CCrypt

/// Comparison of what a client says with what the configuration holds.
public enum Password {
    /// Longest password that is tried against a hash, in bytes; bcrypt reads 72 of them.
    static let bytesMax = 1_024
    private static let hashBytesMax = 512

    /// Whether `expected` is a bcrypt hash, so that a comparison takes as long as its cost demands.
    public static func isHash(_ expected: [UInt8]) -> Bool {
        guard expected.count >= 7, expected.starts(with: "$2".utf8) else { return false }
        let kinds: [UInt8] = [
            UInt8(ascii: "a"), UInt8(ascii: "b"), UInt8(ascii: "x"), UInt8(ascii: "y"),
        ]
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return kinds.contains(expected[2]) && expected[3] == UInt8(ascii: "$")
            && digits.contains(expected[4]) && digits.contains(expected[5])
            && expected[6] == UInt8(ascii: "$")
    }

    /// Whether `given` is the password that `expected` is, or is the hash of.
    ///
    /// Nothing matches an empty `expected`. With a hash this takes tens to hundreds of
    /// milliseconds; the time tells nothing about how much of a password is right.
    public static func matches(_ given: [UInt8], _ expected: [UInt8]) -> Bool {
        guard !expected.isEmpty else { return false }
        guard isHash(expected) else { return Sodium.equal(given, expected) }
        guard given.count <= bytesMax, !given.contains(0), !expected.contains(0) else {
            return false
        }
        guard let made = hash(given, setting: expected) else { return false }
        return Sodium.equal(made, expected)
    }

    /// The hash of `given` in the way of `setting`.
    static func hash(_ given: [UInt8], setting: [UInt8]) -> [UInt8]? {
        var out = [CChar](repeating: 0, count: hashBytesMax)
        let phrase = given.map { CChar(bitPattern: $0) } + [0]
        let way = setting.map { CChar(bitPattern: $0) } + [0]
        // SAFETY: both inputs are terminated, and the output is as long as the call is told.
        guard unsafe ccrypt_hash(phrase, way, &out, out.count) == 1 else { return nil }
        return out.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    }
}
