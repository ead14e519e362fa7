// Seeded randomness (PCG-XSH-RR 64/32 stepped twice): never for secrets.

/// A repeatable random number generator.
///
/// The same seed gives the same numbers on every machine. Not for keys, nonces or tokens.
@frozen
public struct Random: RandomNumberGenerator, BitwiseCopyable, Sendable {
    @usableFromInline var state: UInt64

    /// The generator that `seed` starts.
    @inlinable
    public init(seed: UInt64) {
        state = seed &+ 1_442_695_040_888_963_407
        _ = next32()
    }

    @inlinable
    mutating func next32() -> UInt32 {
        let old = state
        state = old &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let mixed = UInt32(truncatingIfNeeded: ((old >> 18) ^ old) >> 27)
        let turn = UInt32(truncatingIfNeeded: old >> 59)
        return (mixed >> turn) | (mixed << ((0 &- turn) & 31))
    }

    /// The next 64 bits.
    @inlinable
    public mutating func next() -> UInt64 {
        UInt64(next32()) << 32 | UInt64(next32())
    }

    /// A number from 0 up to but not including `bound`; 0 if `bound` is 0.
    ///
    /// The bias is below 2⁻³² for bounds that fit 32 bits.
    @inlinable
    public mutating func below(_ bound: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: (UInt64(next32()) &* UInt64(bound)) >> 32)
    }
}
