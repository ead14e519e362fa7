// Sealing and opening the blocks of one segment.

import Base
import CSodium

/// What makes a segment's key its own.
public struct SegmentIdentity: BitwiseCopyable, Equatable, Sendable {
    /// The store.
    public let store: UniqueId
    /// The stream.
    public let stream: UniqueId
    /// Which of the stream's files the segment belongs to.
    public let lane: UInt8
    /// Number of the segment in its lane.
    public let number: UInt64
    /// How often the segment was rewritten.
    public let generation: UInt32
    /// Version of the stream's data key.
    public let keyVersion: UInt32
    /// Random bytes of this file alone.
    public let salt: Digest

    /// The identity of a segment.
    public init(
        store: UniqueId,
        stream: UniqueId,
        lane: UInt8,
        number: UInt64,
        generation: UInt32,
        keyVersion: UInt32,
        salt: Digest
    ) {
        self.store = store
        self.stream = stream
        self.lane = lane
        self.number = number
        self.generation = generation
        self.keyVersion = keyVersion
        self.salt = salt
    }

    var derivationInput: [UInt8] {
        var bytes = salt.bytes + store.bytes + stream.bytes + [lane]
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: generation >> ($0 * 8)) }
        return bytes
    }
}

/// A 192-bit nonce: a counter that never goes back, and 128 random bits.
///
/// Within one file of one run the counters differ; between files the keys differ (each has a random
/// 256-bit salt); when live memory is duplicated the random half differs. See sluice-journal(5),
/// NONCES.
public struct BlockNonce: BitwiseCopyable, Equatable, Sendable {
    /// The block's number in its file.
    public let counter: UInt64
    /// Random half.
    public let randomLow: UInt64
    /// Random half, continued.
    public let randomHigh: UInt64

    /// The nonce as it stands in a block header.
    public init(counter: UInt64, randomLow: UInt64, randomHigh: UInt64) {
        self.counter = counter
        self.randomLow = randomLow
        self.randomHigh = randomHigh
    }

    /// The nonce of block `counter`, with fresh random bits.
    public static func fresh(counter: UInt64) -> BlockNonce {
        let random = UniqueId.random()
        return BlockNonce(counter: counter, randomLow: random.low, randomHigh: random.high)
    }
}

/// Seals and opens blocks with the key of one segment.
///
/// XChaCha20-Poly1305 (libsodium). The key lives in the arena and is wiped with the cipher.
@safe
public struct SegmentCipher: ~Copyable, Sendable {
    private let arena: KeyArena
    private let key: KeyHandle

    /// Bytes that sealing adds.
    public static var tagBytes: Int { 16 }

    init(arena: KeyArena, dataKey: KeyHandle, identity: SegmentIdentity) throws(SealingError) {
        let salt = identity.salt.bytes
        let input = identity.derivationInput
        key = try arena.derive(
            from: dataKey,
            input: input.raw,
            salt: salt.raw,
            purpose: "sl.seg.1"
        )
        self.arena = arena
        let origin = KeyOrigin(identity: identity, dataKey: dataKey)
        arena.origins.withLock { $0[key.index] = origin }
    }

    deinit { arena.free(key) }

    /// Shows that whoever wrote `header` knew this segment's key.
    ///
    /// XChaCha20-Poly1305 alone does not commit to its key: a wrong key is refused here, before any
    /// block is opened.
    public func commitment(of header: RawSpan) -> Digest {
        arena.mac(header, key: key, purpose: "sl.commit.1")
    }

    /// Seals `plain` into `output`, which takes its bytes and the tag.
    public func seal(
        _ plain: RawSpan,
        associated: RawSpan,
        nonce: BlockNonce,
        into output: inout MutableRawSpan
    ) {
        precondition(output.byteCount == plain.byteCount + Self.tagBytes, "no room for the tag")
        unsafe output.withUnsafeMutableBytes { target in
            unsafe plain.withUnsafeBytes { input in
                unsafe associated.withUnsafeBytes { context in
                    unsafe withUnsafeBytes(of: nonce) { nonce in
                        // SAFETY: the output has room for input and tag; the nonce is 24 bytes.
                        unsafe csodium_seal(
                            target.baseAddress,
                            input.baseAddress,
                            input.count,
                            context.baseAddress,
                            context.count,
                            nonce.baseAddress,
                            arena.address(key)
                        )
                    }
                }
            }
        }
    }

    /// Opens `sealed` into `output`, which is shorter by the tag.
    /// - Throws: `notAuthentic` if anything is not as it was sealed; `output` is then worthless.
    public func open(
        _ sealed: RawSpan,
        associated: RawSpan,
        nonce: BlockNonce,
        into output: inout MutableRawSpan
    ) throws(SealingError) {
        guard sealed.byteCount >= Self.tagBytes,
            output.byteCount == sealed.byteCount - Self.tagBytes
        else { throw .notAuthentic }
        let result = unsafe output.withUnsafeMutableBytes { target in
            unsafe sealed.withUnsafeBytes { input in
                unsafe associated.withUnsafeBytes { context in
                    unsafe withUnsafeBytes(of: nonce) { nonce in
                        // SAFETY: the output has room for the input without its tag.
                        unsafe csodium_open(
                            target.baseAddress,
                            input.baseAddress,
                            input.count,
                            context.baseAddress,
                            context.count,
                            nonce.baseAddress,
                            arena.address(key)
                        )
                    }
                }
            }
        }
        guard result == 0 else { throw .notAuthentic }
    }
}
