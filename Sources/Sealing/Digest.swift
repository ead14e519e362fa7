// BLAKE2b as the formats use it.
// Source: RFC 7693; salt and personalisation as in libsodium's generichash_blake2b.

import Base
import CSodium

/// 32 bytes that are no secret: digests, salts, commitments.
public struct Digest: BitwiseCopyable, Hashable, Sendable {
    private let words: Words

    private struct Words: BitwiseCopyable, Hashable {
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var fourth: UInt64 = 0
    }

    /// The 32 bytes at the start of `bytes`; missing ones are zero.
    public init(_ bytes: RawSpan) {
        var words = Words()
        unsafe withUnsafeMutableBytes(of: &words) { target in
            unsafe bytes.withUnsafeBytes { source in
                // SAFETY: no more than 32 bytes are copied into 32 bytes.
                let count = min(source.count, target.count)
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<count]))
            }
        }
        self.words = words
    }

    /// 32 zero bytes.
    public static var zero: Digest { Digest([UInt8]().raw) }

    /// 32 bytes from the system's generator.
    public static func random() -> Digest {
        var bytes = [UInt8](repeating: 0, count: 32)
        // SAFETY: the array is 32 bytes long.
        unsafe csodium_random(&bytes, 32)
        return Digest(bytes.raw)
    }

    /// BLAKE2b-256 of `bytes`.
    public static func of(_ bytes: RawSpan) -> Digest {
        Digest(blake2b(bytes, byteCount: 32).raw)
    }

    /// The bytes in order.
    public var bytes: [UInt8] {
        unsafe withUnsafeBytes(of: words) { unsafe Array($0) }
    }
}

/// BLAKE2b without a key, `byteCount` (16 to 64) bytes long.
func blake2b(_ bytes: RawSpan, byteCount: Int) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: byteCount)
    unsafe bytes.withUnsafeBytes { input in
        // SAFETY: both buffers are as long as the call is told.
        unsafe csodium_hash(&digest, byteCount, input.baseAddress, input.count)
    }
    return digest
}

/// The value that ties a block to the one before it.
public struct ChainValue: BitwiseCopyable, Equatable, Sendable {
    /// The first eight bytes, little-endian.
    public let low: UInt64
    /// The last eight bytes, little-endian.
    public let high: UInt64

    /// The value made of two halves.
    public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// What the first block of a segment follows.
    public static var start: ChainValue { ChainValue(low: 0, high: 0) }

    /// BLAKE2b-128 of a block's header and tag.
    public static func after(header: RawSpan, tag: RawSpan) -> ChainValue {
        var digest: (UInt64, UInt64) = (0, 0)
        unsafe header.withUnsafeBytes { first in
            unsafe tag.withUnsafeBytes { second in
                // SAFETY: the tuple is sixteen bytes long; the inputs live through the call.
                unsafe csodium_hash_two(
                    &digest,
                    16,
                    first.baseAddress,
                    first.count,
                    second.baseAddress,
                    second.count
                )
            }
        }
        return ChainValue(low: digest.0, high: digest.1)
    }
}
