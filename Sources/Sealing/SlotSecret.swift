// What opens a slot, before it becomes the slot's key.

import Base
import CSodium

/// A secret that an operator, a file or the service manager gives to open the store.
public struct SlotSecret: ~Copyable, Sendable {
    /// Which slots it may open.
    public enum Source: Equatable, Sendable {
        /// The bytes of a key file.
        case keyFile
        /// A passphrase as it was typed.
        case passphrase
        /// A credential of the service manager.
        case credential
        /// The printed recovery key.
        case recovery

        /// The kind of a new slot that it opens.
        public var newSlot: SlotKind {
            switch self {
            case .keyFile: .keyFile
            case .passphrase: .passphrase(.standard, salt: .random())
            case .credential: .credential
            case .recovery: .recovery
            }
        }
    }

    /// Where it came from.
    public let source: Source
    let bytes: SecretBytes

    /// The secret `bytes` from `source`.
    public init(_ source: Source, _ bytes: consuming SecretBytes) {
        self.source = source
        self.bytes = bytes
    }

    /// Lets `body` look at the bytes, for example to hand them on without a copy.
    public func withBytes<Value>(_ body: (RawSpan) -> Value) -> Value { body(bytes.bytes) }

    /// Whether the secret may open a slot of `kind`.
    func fits(_ kind: SlotKind) -> Bool {
        switch (source, kind) {
        case (.keyFile, .keyFile), (.passphrase, .passphrase): true
        case (.credential, .credential), (.recovery, .recovery): true
        case (.keyFile, _), (.passphrase, _), (.credential, _), (.recovery, _): false
        }
    }

    /// The key that wraps the root key in slot `number`.
    /// - Throws: `slotParameters` when stretching does not get its memory.
    func key(
        for kind: SlotKind,
        number: UInt32,
        in arena: KeyArena
    ) throws(SealingError) -> KeyHandle {
        let stretched = try SecretBytes(count: KeyArena.keyBytes)
        switch kind {
        case .keyFile, .credential, .recovery:
            // Any count of bytes will do; the keyed hash below makes 32 of them.
            unsafe bytes.bytes.withUnsafeBytes { input in
                // SAFETY: the output is 32 bytes long.
                unsafe csodium_hash(stretched.address, 32, input.baseAddress, input.count)
            }
        case .passphrase(let cost, let salt):
            let salt = salt.bytes
            // SAFETY: output 32 bytes, salt 16, passphrase as long as it says.
            let result = unsafe csodium_stretch(
                stretched.address,
                bytes.address,
                bytes.count,
                salt,
                UInt64(cost.passes),
                Int(cost.memoryKibibytes) * 1_024
            )
            guard result == 0 else { throw .slotParameters }
        }
        let key = try arena.take()
        let input = [UInt8]((0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) })
        unsafe keyedHash(
            input.raw,
            key: stretched.address,
            salt: RawSpan(),
            purpose: "sl.slot.1",
            into: arena.address(key)
        )
        return key
    }
}
