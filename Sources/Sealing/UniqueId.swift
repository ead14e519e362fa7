// 128 random bits that name a store, a stream or a run.

import Base
import CSodium

/// A random 128-bit name.
public struct UniqueId: BitwiseCopyable, Hashable, Sendable {
    /// The first eight bytes, little-endian.
    public let low: UInt64
    /// The last eight bytes, little-endian.
    public let high: UInt64

    /// The name made of two halves.
    public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The name of nothing: only zeros.
    public static var none: UniqueId { UniqueId(low: 0, high: 0) }

    /// A new name from the system's generator.
    public static func random() -> UniqueId {
        var halves: (UInt64, UInt64) = (0, 0)
        // SAFETY: the tuple is sixteen bytes long.
        unsafe csodium_random(&halves, 16)
        return UniqueId(low: halves.0, high: halves.1)
    }

    /// Reads 32 hexadecimal digits; `nil` for anything else.
    public init?(hex: some Collection<UInt8>) {
        guard let bytes = Hex.decode(hex), bytes.count == 16 else { return nil }
        low = bytes[..<8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        high = bytes[8...].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The sixteen bytes in order.
    public var bytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: low >> ($0 * 8)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: high >> ($0 * 8)) }
    }

    /// 32 hexadecimal digits, as directories are named.
    public var hex: String {
        Hex.text(bytes)
    }
}

extension UniqueId: Comparable {
    /// Whether `left` comes before `right`, by their bytes, and so by their digits.
    public static func < (left: UniqueId, right: UniqueId) -> Bool {
        left.low == right.low
            ? left.high.byteSwapped < right.high.byteSwapped
            : left.low.byteSwapped < right.low.byteSwapped
    }
}
