// A key that is printed: 256 random bits as fourteen groups that a person can type.

import Base
import CSodium

/// A recovery key: 32 random bytes, shown once.
///
/// The text is the bytes and three bytes of their BLAKE2b hash in base 32 (digits and capital
/// letters without I, L, O, U), in groups of four. A slip of the pen is found out before anything
/// is tried.
public struct RecoveryKey: ~Copyable, Sendable {
    /// The text, without an end of line.
    public let text: SecretBytes
    /// What opens the slot.
    public let secret: SlotSecret

    private static var alphabet: [UInt8] { Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8) }
    private static var keyBytes: Int { 32 }
    private static var checkBytes: Int { 3 }
    private static var digitCount: Int { 56 }
    private static var groupDigits: Int { 4 }

    /// A new key.
    /// - Throws: `keyMemoryFull` or `libraryUnavailable`.
    public static func make() throws(SealingError) -> RecoveryKey {
        let key = try SecretBytes.random(count: keyBytes)
        let text = try write(key)
        return RecoveryKey(text: text, secret: SlotSecret(.recovery, key))
    }

    /// Reads what a person typed; blanks, dashes and small letters do not matter.
    /// - Throws: `slotNotOpened` if that is no recovery key, `keyMemoryFull`.
    public static func read(_ text: borrowing SecretBytes) throws(SealingError) -> SlotSecret {
        var all = try SecretBytes(count: keyBytes + checkBytes)
        guard decode(text, into: &all) else { throw .slotNotOpened }
        let key = try SecretBytes(copying: all.bytes.extracting(first: keyBytes))
        let wanted = check(key)
        let last = all.bytes.extracting(last: checkBytes)
        for at in 0..<checkBytes {
            // SAFETY: the offset is below the count.
            let byte = unsafe last.unsafeLoad(fromByteOffset: at, as: UInt8.self)
            guard byte == wanted[at] else { throw .slotNotOpened }
        }
        return SlotSecret(.recovery, key)
    }

    private static func check(_ key: borrowing SecretBytes) -> [UInt8] {
        Array(blake2b(key.bytes, byteCount: 32).prefix(checkBytes))
    }

    private static func write(_ key: borrowing SecretBytes) throws(SealingError) -> SecretBytes {
        let wanted = check(key)
        let groups = digitCount / groupDigits
        var text = try SecretBytes(count: digitCount + groups - 1)
        _ = text.fill { bytes in
            var held: UInt32 = 0
            var bits = 0
            var place = 0
            var digits = 0
            func put(_ digit: Int) {
                if digits > 0, digits.isMultiple(of: groupDigits) {
                    bytes.storeBytes(of: UInt8(ascii: "-"), toByteOffset: place, as: UInt8.self)
                    place += 1
                }
                bytes.storeBytes(of: alphabet[digit], toByteOffset: place, as: UInt8.self)
                place += 1
                digits += 1
            }
            for at in 0..<(keyBytes + checkBytes) {
                // SAFETY: the offset is below the key's count.
                let byte =
                    at < keyBytes
                    ? unsafe key.bytes.unsafeLoad(fromByteOffset: at, as: UInt8.self)
                    : wanted[at - keyBytes]
                held = held << 8 | UInt32(byte)
                bits += 8
                while bits >= 5 {
                    put(Int(held >> (UInt32(bits) - 5)) & 31)
                    bits -= 5
                }
            }
            return place
        }
        return text
    }

    private static func decode(
        _ text: borrowing SecretBytes,
        into all: inout SecretBytes
    ) -> Bool {
        var held: UInt32 = 0
        var bits = 0
        var place = 0
        var isWhole = true
        let source = text.bytes
        _ = all.fill { bytes in
            for at in 0..<source.byteCount {
                // SAFETY: the offset is below the count.
                let character = unsafe source.unsafeLoad(fromByteOffset: at, as: UInt8.self)
                if [0x20, 0x0A, 0x0D, 0x09, UInt8(ascii: "-")].contains(character) { continue }
                guard let digit = value(character) else {
                    isWhole = false
                    return 0
                }
                held = held << 5 | UInt32(digit)
                bits += 5
                guard bits >= 8 else { continue }
                bits -= 8
                guard place < keyBytes + checkBytes else {
                    isWhole = false
                    return 0
                }
                bytes.storeBytes(
                    of: UInt8(truncatingIfNeeded: held >> UInt32(bits)),
                    toByteOffset: place,
                    as: UInt8.self
                )
                place += 1
            }
            return place
        }
        return isWhole && place == keyBytes + checkBytes && bits < 5
    }

    private static func value(_ character: UInt8) -> Int? {
        let upper = (0x61...0x7A).contains(character) ? character - 0x20 : character
        switch upper {
        case UInt8(ascii: "O"): return 0
        case UInt8(ascii: "I"), UInt8(ascii: "L"): return 1
        default: return alphabet.firstIndex(of: upper)
        }
    }
}
