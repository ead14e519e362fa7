// 128 random bits that name a store, a stream or a run.

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
        String(decoding: Hex.encode(bytes), as: UTF8.self)
    }
}

/// Lower-case hexadecimal text.
enum Hex {
    /// Two digits a byte.
    static func encode(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let digits: [UInt8] = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    /// The bytes behind an even number of lower-case digits.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var upper: UInt8?
        for character in text {
            guard let digit = digit(character) else { return nil }
            if let high = upper {
                bytes.append(high << 4 | digit)
                upper = nil
            } else {
                upper = digit
            }
        }
        return bytes
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character &- UInt8(ascii: "a") &+ 10
        default: nil
        }
    }
}
