// A key sealed under another key: 72 bytes.

import Base
import CSodium

/// A 32-byte key under another one: nonce ‖ XChaCha20-Poly1305 ciphertext and tag.
///
/// The nonce is random: 192 bits make a repetition under one wrapping key as good as impossible.
public struct WrappedKey: Equatable, Sendable {
    /// The 72 bytes as they stand in the ring.
    public let bytes: [UInt8]

    /// Bytes of every wrapped key.
    public static var byteCount: Int { 72 }

    /// What a wrap belongs to; a wrapped key opens nowhere else.
    public struct Context: BitwiseCopyable, Equatable, Sendable {
        /// The store.
        public let store: UniqueId
        /// What kind of key is wrapped.
        public let kind: KeyKind
        /// Whose key it is: a stream, or none.
        public let subject: UniqueId
        /// Version of the wrapped key.
        public let version: UInt32
        /// Version of the key that wraps; a slot's number for root keys.
        public let wrappedBy: UInt32

        var associated: [UInt8] {
            var bytes = Array("sl.wrap.1".utf8)
            bytes += store.bytes
            bytes.append(kind.rawValue)
            bytes += subject.bytes
            for number in [version, wrappedBy] {
                bytes += (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
            }
            return bytes
        }
    }

    /// The wrap with these 72 bytes; `nil` for another count.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    init(
        _ key: KeyHandle,
        in arena: KeyArena,
        under wrapping: KeyHandle,
        context: Context
    ) {
        var out = [UInt8](repeating: 0, count: Self.byteCount)
        unsafe csodium_random(&out, 24)
        let nonce = Array(out[..<24])
        let associated = context.associated
        var sealed = [UInt8](repeating: 0, count: 48)
        // SAFETY: keys are 32 bytes, the nonce 24, the output 32 + 16.
        unsafe csodium_seal(
            &sealed,
            arena.address(key),
            32,
            associated,
            associated.count,
            nonce,
            arena.address(wrapping)
        )
        out.replaceSubrange(24..., with: sealed)
        bytes = out
    }

    /// Opens the wrap into a new place of `arena`.
    /// - Throws: `notAuthentic` if key, context or bytes are not those of the wrap.
    func open(
        in arena: KeyArena,
        under wrapping: KeyHandle,
        context: Context
    ) throws(SealingError) -> KeyHandle {
        let opened = try arena.take()
        let associated = context.associated
        let nonce = Array(bytes[..<24])
        let sealed = Array(bytes[24...])
        // SAFETY: keys are 32 bytes, the nonce 24, the input 32 + 16.
        let result = unsafe csodium_open(
            arena.address(opened),
            sealed,
            sealed.count,
            associated,
            associated.count,
            nonce,
            arena.address(wrapping)
        )
        guard result == 0 else {
            arena.free(opened)
            throw .notAuthentic
        }
        return opened
    }
}

/// What a wrapped key is for.
public enum KeyKind: UInt8, BitwiseCopyable, Sendable {
    /// The store root key, wrapped by a slot.
    case root = 1
    /// A stream's data key, wrapped by the root key.
    case data = 2
    /// The key that seals the audit log, wrapped by the root key.
    case auditSealing = 3
    /// The seed that signs the audit log's heads, wrapped by the root key.
    case auditSigning = 4
}
