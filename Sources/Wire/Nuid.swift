// Short names that do not repeat.
// Source: NATS NUID, 12 random digits and 10 that count, base 62.

import Base

/// A source of 22-letter names that do not repeat.
///
/// Not secret: who knows some of the names may guess the next ones.
public struct Nuid: Sendable {
    private static let digits = Array(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8
    )
    private static let prefixCount = 12
    private static let sequenceCount = 10
    /// 62 to the power of `sequenceCount`.
    private static let sequenceEnd: UInt64 = 839_299_365_868_340_224

    private var random: Random
    private var prefix: [UInt8] = []
    private var sequence: UInt64 = 0
    private var step: UInt64 = 33

    /// The source that `seed` starts; equal seeds give equal names.
    public init(seed: UInt64) {
        random = Random(seed: seed)
        startPrefix()
    }

    /// The next name.
    public mutating func next() -> [UInt8] {
        sequence &+= step
        if sequence >= Self.sequenceEnd { startPrefix() }
        var name = prefix
        name.reserveCapacity(Self.prefixCount + Self.sequenceCount)
        var rest = sequence
        for _ in 0..<Self.sequenceCount {
            name.append(Self.digits[Int(rest % 62)])
            rest /= 62
        }
        name[Self.prefixCount...].reverse()
        return name
    }

    private mutating func startPrefix() {
        prefix.removeAll(keepingCapacity: true)
        for _ in 0..<Self.prefixCount {
            prefix.append(Self.digits[Int(random.below(62))])
        }
        sequence = random.next() % Self.sequenceEnd
        step = 33 + UInt64(random.below(300))
    }
}
